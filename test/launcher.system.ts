import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from './support/turnpike.ts';

const LAUNCHER = join(ROOT, 'bin', 'turnpike.mjs');

/** A Node.js on the machine that is too old to run Turnpike itself, but new enough to start it; null where there is none. */
function olderNode(): string | null {
  for (const place of ['/usr/bin/node', '/usr/local/bin/node']) {
    const { stdout, status } = spawnSync(place, ['--version'], { encoding: 'utf8' });
    const major = Number(/^v(\d+)/.exec(stdout ?? '')?.[1]);
    if (status === 0 && major >= 18 && major < 26) return place;
  }
  return null;
}

const node = olderNode();
const skip = node === null ? 'there is no older Node.js on this machine' : false;

test('an older Node.js goes on as the one that came along', { skip }, () => {
  const { stdout, status, stderr } = spawnSync(node!, [LAUNCHER, 'version', '--json'], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  assert.match((JSON.parse(stdout) as { node: string }).node, /^2[6-9]\./);
  assert.equal(spawnSync(node!, [LAUNCHER, 'frobnicate'], { encoding: 'utf8' }).status, 2, 'the exit code is handed on');
});

test('an older Node.js hands on the signal to stop', { skip }, async () => {
  const dataFolder = mkdtempSync(join(tmpdir(), 'turnpike-launcher-'));
  const child = spawn(node!, [LAUNCHER, 'serve', '--json', '--data', dataFolder, '--endpoint', '127.0.0.1:0', '--workers', '1', '--drain-seconds', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((resolve) => void child.once('exit', (code) => resolve(code)));
  const line = await new Promise<string>((resolve) => void child.stdout.once('data', (text: Buffer) => resolve(text.toString())));
  const { endpoint } = JSON.parse(line) as { endpoint: string };
  assert.equal((await fetch(`${endpoint}/_admin/status`)).status, 200);
  child.kill('SIGTERM');
  assert.equal(await ended, 0);
  await assert.rejects(fetch(`${endpoint}/_admin/status`), 'the server has gone with the launcher');
  rmSync(dataFolder, { recursive: true, force: true });
});

test('without the Node.js package it says what is missing and what to do', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-launcher-'));
  mkdirSync(join(folder, 'bin'));
  cpSync(LAUNCHER, join(folder, 'bin', 'turnpike.mjs'));
  const { status, stderr } = spawnSync(node!, [join(folder, 'bin', 'turnpike.mjs'), 'version'], { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  assert.equal(status, 1);
  assert.match(stderr, /Turnpike runs on Node\.js 26 or newer, and this is .*is not installed: run `npm install` without --omit=optional/);
});

test('a copy that is not complete says so', () => {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-launcher-'));
  mkdirSync(join(folder, 'bin'));
  cpSync(LAUNCHER, join(folder, 'bin', 'turnpike.mjs'));
  const { status, stderr } = spawnSync(process.execPath, [join(folder, 'bin', 'turnpike.mjs'), 'version'], { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  assert.equal(status, 1);
  assert.match(stderr, /dist\/app\/main\.js is missing/);
});
