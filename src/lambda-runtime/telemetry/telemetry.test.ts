import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../../../test/support/eventually.ts';
import { FunctionBench } from '../../../test/support/function-bench.ts';
import { zip } from '../../../test/support/zip.ts';
import { LayerMount } from '../layer-mount.ts';
import { readSubscription } from './subscription.ts';

/** An extension that subscribes, and tells in its log what it is sent. `$LISTEN`: the host that it listens on. */
const EXTENSION = `#!/usr/bin/env node
const { createServer, request } = require('node:http');
const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const call = (method, path, headers, body) => new Promise((done) => { const r = request({ host, port, method, headers, path }, (a) => { let text = ''; a.on('data', (c) => { text += c; }); a.on('end', () => done({ status: a.statusCode, headers: a.headers, text })); }); r.end(body); });
let ended = false;
const server = createServer((asked, answer) => { let text = ''; asked.on('data', (c) => { text += c; }); asked.on('end', () => { answer.end(); process.stderr.write('got ' + text + '\\n'); }); });
server.listen(0, process.env.LISTEN, async () => {
  const { headers } = await call('POST', '/2020-01-01/extension/register', { 'Lambda-Extension-Name': 'listener' }, JSON.stringify({ events: ['INVOKE', 'SHUTDOWN'] }));
  const id = { 'Lambda-Extension-Identifier': headers['lambda-extension-identifier'] };
  const bad = await call('PUT', '/2022-07-01/telemetry', id, JSON.stringify({ schemaVersion: '2022-12-13', types: [], destination: { protocol: 'HTTP', URI: 'http://sandbox.localdomain' } }));
  process.stderr.write('refused ' + bad.status + ' ' + bad.text + '\\n');
  const good = await call('PUT', '/2022-07-01/telemetry', id, JSON.stringify({ schemaVersion: '2022-12-13', types: ['platform', 'function'], buffering: { timeoutMs: 25 }, destination: { protocol: 'HTTP', URI: 'http://sandbox.localdomain:' + server.address().port + '/in' } }));
  process.stderr.write('subscribed ' + good.status + ' ' + good.text + '\\n');
  for (;;) {
    const event = JSON.parse((await call('GET', '/2020-01-01/extension/event/next', id)).text);
    if (event.eventType === 'SHUTDOWN') setTimeout(() => process.exit(0), 200);
  }
});
`;

interface Event {
  readonly time: string;
  readonly type: string;
  readonly record: Readonly<Record<string, unknown>> | string;
}

function received(bench: FunctionBench): readonly Event[] {
  return [...bench.logText().matchAll(/^got (.*)$/gm)].flatMap(([, text]) => JSON.parse(text!) as Event[]);
}

// https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
test('an extension that subscribed is sent what the platform does and what the function prints', async () => {
  await using bench = new FunctionBench();
  const layer = bench.layer(zip([{ name: 'extensions/listener', data: EXTENSION, mode: 0o100755 }]));
  const source = 'exports.handler = async ({ fail }) => { console.log("hello"); if (fail) throw new Error("no"); return "four"; };';
  const id = bench.put('f', source, { layers: [layer], environment: { LISTEN: '0.0.0.0' } });
  const requestId = '11111111-2222-4333-8444-555555555555';
  await bench.answer(id, {}, { requestId, traceId: 'Root=1-2-3', tail: false });
  await bench.invoke(id, { fail: true }, { tail: false });
  await eventually('both reports have come', () => received(bench).filter(({ type }) => type === 'platform.report').length === 2);
  assert.match(bench.logText(), /^refused 400 \{"errorMessage":"types should not be empty; URI port is not provided","errorType":"ValidationError"\}$/m);
  assert.match(bench.logText(), /^subscribed 200 "OK"$/m);
  const events = received(bench);
  const of = (type: string): readonly Event['record'][] => events.filter((event) => event.type === type).map(({ record }) => record);
  assert.deepEqual(of('platform.initStart'), [{ initializationType: 'on-demand', phase: 'init', functionName: 'f', functionVersion: '$LATEST' }]);
  assert.deepEqual(of('platform.telemetrySubscription'), [{ name: 'listener', state: 'Subscribed', types: ['platform', 'function'] }]);
  assert.deepEqual(of('platform.extension'), [{ name: 'listener', state: 'Ready', events: ['INVOKE', 'SHUTDOWN'] }]);
  assert.deepEqual(of('platform.initRuntimeDone'), [{ initializationType: 'on-demand', phase: 'init', status: 'success' }]);
  assert.deepEqual(of('platform.start')[0], { requestId, version: '$LATEST', tracing: { type: 'X-Amzn-Trace-Id', value: 'Root=1-2-3' } });
  const [done, failed] = of('platform.runtimeDone') as readonly Readonly<Record<string, unknown>>[];
  assert.deepEqual({ ...done, metrics: { ...(done!['metrics'] as object), durationMs: 0 } }, { requestId, status: 'success', metrics: { durationMs: 0, producedBytes: 6 } });
  assert.deepEqual([failed!['status'], failed!['errorType']], ['error', 'Error']);
  assert.match(String(of('function')[0]), /\tINFO\thello$/);
  assert.deepEqual(of('extension'), [], 'it did not ask for what it prints itself');
  const order = events.map(({ type }) => type);
  assert.ok(order.indexOf('platform.initStart') < order.indexOf('platform.initReport') && order.indexOf('platform.initReport') < order.indexOf('platform.start') && order.indexOf('platform.start') < order.indexOf('platform.report'));
});

/** An extension that listens for lines, and subscribes to both interfaces, each twice. */
const LINES = `#!/usr/bin/env node
const { createServer } = require('node:net');
const api = 'http://' + process.env.AWS_LAMBDA_RUNTIME_API;
(async () => {
  const ports = {};
  for (const of of ['telemetry', 'logs']) {
    const server = createServer((socket) => { let rest = ''; socket.on('data', (c) => { const lines = (rest + c).split('\\n'); rest = lines.pop(); for (const line of lines) process.stderr.write(of + ' ' + line + '\\n'); }); });
    await new Promise((done) => server.listen(0, '0.0.0.0', done));
    ports[of] = server.address().port;
  }
  const registered = await fetch(api + '/2020-01-01/extension/register', { method: 'POST', headers: { 'Lambda-Extension-Name': 'lines' }, body: JSON.stringify({ events: ['INVOKE'] }) });
  const headers = { 'Lambda-Extension-Identifier': registered.headers.get('lambda-extension-identifier') };
  const put = async (path, document) => { const answer = await fetch(api + path, { method: 'PUT', headers, body: JSON.stringify(document) }); return answer.status + ' ' + await answer.text(); };
  const subscribe = async () => [
    await put('/2022-07-01/telemetry', { schemaVersion: '2022-12-13', types: ['platform'], buffering: { timeoutMs: 25 }, destination: { protocol: 'TCP', port: ports.telemetry } }),
    await put('/2020-08-15/logs', { schemaVersion: '2021-03-18', types: ['platform', 'function'], buffering: { timeoutMs: 25 }, destination: { protocol: 'TCP', port: ports.logs } }),
  ];
  process.stderr.write('said ' + JSON.stringify([...await subscribe(), ...await subscribe(), await put('/2020-08-15/logs', { types: [] })]) + '\\n');
  let late = false;
  for (;;) {
    await fetch(api + '/2020-01-01/extension/event/next', { headers });
    if (!late) process.stderr.write('late ' + (await subscribe()).join() + '\\n');
    late = true;
  }
})();
`;

// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-logs-api.html and https://docs.aws.amazon.com/lambda/latest/dg/telemetry-api.html#telemetry-api-destination
test('the older Logs API, and TCP: each event is a line, and who subscribes twice is told once', async () => {
  await using bench = new FunctionBench();
  const layer = bench.layer(zip([{ name: 'extensions/lines', data: LINES, mode: 0o100755 }]));
  const id = bench.put('f', 'exports.handler = async ({ exit }) => { console.log("hello"); if (exit) process.exit(3); return 1; };', { layers: [layer] });
  const requestId = '11111111-2222-4333-8444-555555555555';
  await bench.answer(id, {}, { requestId, traceId: 'Root=1-2-3', tail: false });
  const told = (of: string): readonly Event[] => [...bench.logText().matchAll(new RegExp(`^${of} (\\{.*)$`, 'gm'))].map(([, text]) => JSON.parse(text!) as Event);
  await eventually('both reports have come', () => ['logs', 'telemetry'].every((of) => told(of).some(({ type }) => type === 'platform.report')), 5000);
  assert.match(bench.logText(), /^said \["200 \\"OK\\"","200 \\"OK\\"","200 \\"OK\\"","200 \\"OK\\"","400 \{.*destination is not provided.*Logs\.ValidationError/m);
  await eventually('it was too late', () => /^late 403 .*Telemetry\.SubscriptionClosed.*403 .*Logs\.SubscriptionClosed/m.test(bench.logText()));
  const logs = told('logs');
  assert.deepEqual(logs.map(({ type }) => type), ['platform.logsSubscription', 'platform.extension', 'platform.start', 'function', 'platform.runtimeDone', 'platform.end', 'platform.report']);
  const [subscribed, , start, printed, done, end, report] = logs.map(({ record }) => record);
  assert.deepEqual(subscribed, { name: 'lines', state: 'Subscribed', types: ['platform', 'function'] });
  assert.deepEqual([start, done, end], [{ requestId, version: '$LATEST' }, { requestId, status: 'success' }, { requestId }]);
  assert.match(String(printed), /\tINFO\thello$/);
  assert.deepEqual(Object.keys(report as object), ['requestId', 'metrics']);
  const telemetry = told('telemetry').map(({ type }) => type);
  assert.ok(telemetry.includes('platform.initReport') && !telemetry.includes('platform.end') && !telemetry.includes('platform.logsSubscription'), telemetry.join());
});

test('the end of an environment is told before it ends', async () => {
  await using bench = new FunctionBench({ idleMs: 200 });
  const layer = bench.layer(zip([{ name: 'extensions/listener', data: EXTENSION.replace('timeoutMs: 25', 'timeoutMs: 30000'), mode: 0o100755 }]));
  const id = bench.put('f', 'exports.handler = async () => 1;', { layers: [layer], environment: { LISTEN: '0.0.0.0' } });
  await bench.answer(id, {}, { tail: false });
  await eventually('what was kept for a full batch is sent at the shutdown', () => received(bench).some(({ type }) => type === 'platform.report'));
  await eventually('the environment is gone', () => bench.host.environments().length === 0);
});

test('the extensions of two environments listen on one port, by the name that each has for itself', { skip: LayerMount.find(process.env['PATH'] ?? '', []) === null ? 'needs root that may mount' : false }, async () => {
  await using bench = new FunctionBench();
  const layer = bench.layer(zip([{ name: 'extensions/listener', data: EXTENSION.replace('listen(0,', 'listen(8099,'), mode: 0o100755 }]));
  const id = bench.put('f', 'exports.handler = async () => { await new Promise((r) => setTimeout(r, 1000)); return process.pid; };', { layers: [layer], environment: { LISTEN: 'sandbox.localdomain' } });
  const pids = await Promise.all([1, 2].map(() => bench.answer(id, {}, { tail: false })));
  assert.equal(new Set(pids).size, 2);
  await eventually('both are told of their own', () => received(bench).filter(({ type }) => type === 'platform.report').length === 2);
});

test('a subscription is read strictly, and all that is wrong is told', () => {
  const read = (document: unknown, of: 'telemetry' | 'logs' = 'telemetry'): unknown => readSubscription(of, Buffer.from(JSON.stringify(document)));
  const good = { schemaVersion: '2025-01-29', types: ['extension'], destination: { protocol: 'HTTP', URI: 'http://sandbox:9/a?b' } };
  const limits = { maxItems: 10_000, maxBytes: 262_144, timeoutMs: 1000 };
  assert.deepEqual(read(good), { of: 'telemetry', schema: '2025-01-29', types: ['extension'], destination: { protocol: 'HTTP', port: 9, path: '/a?b' }, ...limits });
  assert.deepEqual(read({ types: ['platform'], destination: { protocol: 'TCP', port: 9 } }, 'logs'), { of: 'logs', schema: '2020-08-15', types: ['platform'], destination: { protocol: 'TCP', port: 9 }, ...limits });
  for (const [change, wrong] of [
    [{ schemaVersion: '2021-01-01' }, /^schemaVersion should be one of/], [{ types: ['metrics'] }, /^types should be among platform, function, extension$/], [{ buffering: { timeoutMs: 24 } }, /^buffering\.timeoutMs should be between 25 and 30000$/],
    [{ destination: { protocol: 'TCP', port: '1' } }, /^destination\.port should be between 1 and 65535$/], [{ destination: { protocol: 'UDP', port: 1 } }, /^destination\.protocol should be one of HTTP, TCP$/], [{ destination: { protocol: 'HTTP', URI: 'http://elsewhere.test:80/' } }, /^destination\.URI should be/], [{ destination: undefined, types: [] }, /^types should not be empty; destination is not provided$/],
  ] as const) assert.match(String(read({ ...good, ...change })), wrong);
  assert.match(String(read({ ...good }, 'logs')), /^schemaVersion should be one of 2020-08-15, 2021-03-18$/);
  assert.equal(readSubscription('telemetry', Buffer.from('{')), 'the body is not JSON');
});
