/** Finds the function that `_HANDLER` names: `file.export`, `folder/file.export`, `file.object.method`. */
'use strict';
const { existsSync, readFileSync } = require('node:fs');
const { basename, dirname, join, resolve } = require('node:path');
const { pathToFileURL } = require('node:url');
const { RuntimeFailure } = require('./failure.cjs');

/** Loads the handler. Throws a failure with AWS's error type where it cannot. */
async function loadHandler(root, name) {
  if (name.includes('..')) {
    throw new RuntimeFailure('Runtime.MalformedHandlerName', `'${name}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`);
  }
  const file = basename(name);
  const dot = file.indexOf('.');
  if (dot < 1 || dot === file.length - 1) throw new RuntimeFailure('Runtime.MalformedHandlerName', 'Bad handler');
  const module = await loadModule(resolve(root, name.slice(0, name.length - file.length), file.slice(0, dot)), root);
  let handler = module;
  for (const member of file.slice(dot + 1).split('.')) handler = handler?.[member];
  if (!handler) throw new RuntimeFailure('Runtime.HandlerNotFound', `${name} is undefined or not exported`);
  if (typeof handler !== 'function') throw new RuntimeFailure('Runtime.HandlerNotFound', `${name} is not a function`);
  return handler;
}

async function loadModule(path, root) {
  try {
    const file = candidates(path).find((candidate) => existsSync(candidate));
    // What is no file of the function's own may still be a package of it.
    if (!file) return require(require.resolve(path.slice(root.length + 1), { paths: [root] }));
    // `import` loads CommonJS too; but `require` shows its exports whole (`import` of CommonJS only shows those that can be seen without running it).
    if (isModule(file)) return await import(pathToFileURL(file).href);
    return require(file);
  } catch (error) {
    if (error instanceof SyntaxError) throw new RuntimeFailure('Runtime.UserCodeSyntaxError', String(error), error);
    if (error?.code === 'MODULE_NOT_FOUND' || error?.code === 'ERR_MODULE_NOT_FOUND') throw new RuntimeFailure('Runtime.ImportModuleError', String(error), error);
    throw error;
  }
}

function candidates(path) {
  return [path, `${path}.js`, `${path}.mjs`, `${path}.cjs`, `${path}.ts`, `${path}.mts`, `${path}.cts`];
}

function isModule(file) {
  if (/\.(mjs|mts)$/.test(file)) return true;
  if (!/\.(js|ts)$/.test(file)) return false;
  return isModuleFolder(dirname(file));
}

/** Whether the nearest package.json says `"type": "module"`. */
function isModuleFolder(folder) {
  if (basename(folder) === 'node_modules') return false;
  const manifest = join(folder, 'package.json');
  if (existsSync(manifest)) {
    try {
      return JSON.parse(readFileSync(manifest, 'utf8')).type === 'module';
    } catch {
      return false;
    }
  }
  const above = dirname(folder);
  return above === folder ? false : isModuleFolder(above);
}

module.exports = { loadHandler };
