import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { eventually } from '../../test/support/eventually.ts';
import { FunctionBench } from '../../test/support/function-bench.ts';
import { zip, zipFiles } from '../../test/support/zip.ts';
import { findPython } from './interpreters.ts';
import { LayerMount } from './layer-mount.ts';

const PATH = process.env['PATH'] ?? '';
const skip = LayerMount.find(PATH, []) === null ? 'needs root that may mount' : false;

// https://docs.aws.amazon.com/lambda/latest/dg/packaging-layers.html
test('a function finds its layers at /opt, which is nobody else\'s', { skip }, async () => {
  await using bench = new FunctionBench();
  const before = readdirSync('/opt');
  const layer = bench.layer(zipFiles({ 'data/greeting.txt': 'hello', 'nodejs/node_modules/left/index.js': 'module.exports = __filename' }));
  const source = `const { readFileSync, writeFileSync, readdirSync } = require('node:fs');
    let written = 'written'; try { writeFileSync('/opt/mine', 'x'); } catch (error) { written = error.code; }
    exports.handler = async () => ({ greeting: readFileSync('/opt/data/greeting.txt', 'utf8'), left: require('left'), opt: readdirSync('/opt'), written, value: process.env.VALUE, root: process.env.LAMBDA_LAYERS_ROOT });`;
  const value = "it's\n$HOME `id` \\ \"quoted\"";
  const id = bench.put('f', source, { layers: [layer], environment: { VALUE: value } });
  assert.deepEqual(await bench.answer(id), { greeting: 'hello', left: '/opt/nodejs/node_modules/left/index.js', opt: ['data', 'nodejs'], written: 'EROFS', value, root: '/opt' });
  assert.deepEqual(readdirSync('/opt'), before);
  const plain = bench.put('plain', "exports.handler = async () => require('node:fs').readdirSync('/opt');");
  assert.deepEqual(await bench.answer(plain), before, 'a function without layers has the machine\'s');
});

test('extensions, wrappers and runtimes of layers are started from /opt', { skip }, async () => {
  await using bench = new FunctionBench();
  const layer = bench.layer(zip([
    { name: 'wrap', data: '#!/bin/sh\nexport WRAPPED="$0"\nexec "$@"\n', mode: 0o100755 },
    { name: 'extensions/told', data: '#!/bin/sh\necho "extension $0"\nexec sleep 20\n', mode: 0o100755 },
  ]));
  // It never registers: what is looked at is where it was started from.
  const id = bench.put('f', 'exports.handler = async () => process.env.WRAPPED;', { layers: [layer], environment: { AWS_LAMBDA_EXEC_WRAPPER: '/opt/wrap' } });
  void bench.invoke(id);
  await eventually('the extension runs', () => bench.logText().includes('extension /opt/extensions/told\n'));
  const bootstrap = `#!/bin/sh
    while true; do
      id=$(curl -sS -o "$TMPDIR/event" -D - "http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation/next" | tr -d '\\r' | sed -n 's/^lambda-runtime-aws-request-id: //Ip')
      curl -sS -d "{\\"started\\":\\"$0\\",\\"event\\":$(cat "$TMPDIR/event")}" "http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation/$id/response" > /dev/null
    done`;
  const runtime = bench.layer(zip([{ name: 'bootstrap', data: bootstrap, mode: 0o100755 }]));
  const own = bench.put('own', { 'function.sh': '' }, { runtime: 'provided.al2023', layers: [runtime] });
  assert.deepEqual(await bench.answer(own, { n: 1 }, { tail: false }), { started: '/opt/bootstrap', event: { n: 1 } });
});

test('a function that runs as another user has its layers at /opt, and what mounts them never sees its variables', { skip: skip || (findPython('', PATH) === null ? 'needs python3' : false) }, async () => {
  await using bench = new FunctionBench({}, undefined, 65534);
  const layer = bench.layer(zipFiles({ 'python/left.py': 'where = __file__' }));
  const source = { 'index.py': 'import os, left\ndef handler(event, context):\n    return [os.getuid(), os.getgid(), os.getgroups(), left.where, os.environ["VALUE"]]' };
  const id = bench.put('f', source, { runtime: 'python3.12', layers: [layer], environment: { VALUE: 'mine', LD_PRELOAD: '/nowhere.so', PATH: '/nowhere' } });
  const result = await bench.invoke(id);
  // where this checkout lies in a folder that is closed to others, nobody else can run it
  if (result.kind === 'function-error') assert.match(result.payload.toString(), /exit/);
  else assert.deepEqual(result.kind === 'ok' && JSON.parse(result.payload.toString()), [65534, 65534, [], '/opt/python/left.py', 'mine']);
  const printed = bench.logText().match(/.*nowhere\.so.*/g) ?? [];
  assert.ok(printed.every((line) => !/\b(unshare|mount|setpriv)\b/.test(line)), printed.join('\n'));
});

test('without a bootstrap a function of its own runtime fails as on AWS', async () => {
  await using bench = new FunctionBench();
  const failure = await bench.failure(bench.put('f', { 'function.sh': '' }, { runtime: 'provided.al2023' }));
  assert.equal(failure.errorType, 'Runtime.InvalidEntrypoint');
  assert.match(failure.errorMessage, /^RequestId: [-0-9a-f]{36} Error: Couldn't find valid bootstrap\(s\): \[\/var\/task\/bootstrap \/opt\/bootstrap\]$/);
});
