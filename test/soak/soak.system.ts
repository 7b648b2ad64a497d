/**
 * Everything at once for two minutes, or for as many seconds as TURNPIKE_SOAK_SECONDS says (3600: the hour): nothing fails that should not, and
 * neither memory nor descriptors grow.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { test } from 'node:test';
import { CreateRuleCommand, DeleteRuleCommand, ModifyLoadBalancerAttributesCommand, ModifyRuleCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AddPermissionCommand, CreateFunctionCommand, LambdaClient, PutFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import { Backend } from '../support/load/backend.ts';
import { Balancer, clientSettings, fixed, forward, onPath } from '../support/load/balancer.ts';
import { HEAP_PROBE, usedHeaps } from '../support/load/heap.ts';
import { describeLoad, startLoad } from '../support/load/load.ts';
import { descriptors, residentBytes } from '../support/load/process-state.ts';
import { roughClients } from '../support/load/rough.ts';
import { startTurnpike } from '../support/turnpike.ts';
import { zipFiles } from '../support/zip.ts';

const SECONDS = Number(process.env['TURNPIKE_SOAK_SECONDS'] ?? 120);
/** Caches fill, code is compiled, lists reach their size: what is measured begins after it. */
const WARM_SHARE = 0.25;
const SAMPLES = 16;
const FUNCTION_CLIENTS = 4;
const ROUGH_CLIENTS = 8;
/** Those who leave a function alone leave it running: more than there are clients. */
const ENVIRONMENTS = 24;
/** Of a thread's heap in use from the first third to the last one, by median. A leak of 20 bytes a request would be some MB in two minutes. */
const HEAP_GROWTH_BYTES = 2 * 2 ** 20;
/** What is resident also holds garbage and the allocator's free lists, and the probe's own: a coarser measure. */
const RESIDENT_GROWTH_BYTES = 48 * 2 ** 20;
const MB = 2 ** 20;

const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));
const skip = existsSync('/proc/self/fd') ? false : 'needs /proc: memory and descriptors of another process are read there';

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

/** Median of the last third less that of the first. */
function growth(values: readonly number[]): number {
  const third = Math.floor(values.length / 3);
  return median(values.slice(-third)) - median(values.slice(0, third));
}

/** Rules change for as long as it lasts; how many times. */
async function changeRules(balancer: Balancer, steady: string, until: AbortSignal): Promise<number> {
  let changes = 0;
  while (!until.aborted) {
    await balancer.elb.send(new ModifyRuleCommand({ RuleArn: steady, Actions: [fixed('200', String(changes))] }));
    const made = await balancer.elb.send(new CreateRuleCommand({ ListenerArn: balancer.listenerArn, Priority: 11, Conditions: [onPath('/passing')], Actions: [fixed('200', 'passing')] }));
    await balancer.elb.send(new DeleteRuleCommand({ RuleArn: made.Rules![0]!.RuleArn! }));
    changes += 3;
    await pause(300);
  }
  return changes;
}

/** How often each reason stands in the balancer's access log: `error_reason` is its 25th field. */
function errorReasons(dataFolder: string): Readonly<Record<string, number>> {
  const reasons: Record<string, number> = {};
  const root = join(dataFolder, 'logs');
  if (!existsSync(root)) return reasons;
  for (const file of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const bytes = readFileSync(join(file.parentPath, file.name));
    for (const line of (file.name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1').split('\n')) {
      const reason = [...line.matchAll(/"[^"]*"|\S+/g)][24]?.[0];
      if (reason !== undefined && reason !== '"-"') reasons[reason] = (reasons[reason] ?? 0) + 1;
    }
  }
  return reasons;
}

async function functionRule(endpoint: string, balancer: Balancer): Promise<void> {
  const lambda = new LambdaClient(clientSettings(endpoint));
  const made = await lambda.send(new CreateFunctionCommand({
    FunctionName: 'hello', Runtime: 'nodejs22.x', Handler: 'index.handler', Role: 'arn:aws:iam::000000000000:role/lambda', Timeout: 30,
    Code: { ZipFile: zipFiles({ 'index.js': "exports.handler = async (event) => { console.log(event.path); if (event.path.endsWith('slow')) await new Promise((done) => setTimeout(done, 6000)); return { statusCode: 200, body: 'hello' }; };" }) },
  }));
  await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName: 'hello', ReservedConcurrentExecutions: ENVIRONMENTS }));
  await lambda.send(new AddPermissionCommand({ FunctionName: 'hello', StatementId: 'elb', Action: 'lambda:InvokeFunction', Principal: 'elasticloadbalancing.amazonaws.com' }));
  await balancer.rule(2, '/function/*', forward(await balancer.functionGroup('function', made.FunctionArn!)));
}

test(`${SECONDS} s of everything`, { timeout: (SECONDS + 300) * 1000, skip }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-soak-'));
  const turnpike = await startTurnpike({ dataFolder: folder, options: ['--workers', '2', '--drain-seconds', '5'], nodeOptions: HEAP_PROBE });
  const backends = await Promise.all(['one', 'two'].map((name) => Backend.start({ name })));
  t.after(async () => {
    await turnpike.stop();
    for (const backend of backends) await backend.kill();
    rmSync(folder, { recursive: true });
  });
  const balancer = await Balancer.create(turnpike.endpoint);
  const group = await balancer.group('app', backends.map(({ port }) => port));
  await balancer.rule(1, '/app/*', forward(group));
  await functionRule(turnpike.endpoint, balancer);
  const changing = await balancer.rule(10, '/changing', fixed('200', 'new'));
  await balancer.elb.send(new ModifyLoadBalancerAttributesCommand({
    LoadBalancerArn: balancer.arn, Attributes: [{ Key: 'access_logs.s3.enabled', Value: 'true' }, { Key: 'access_logs.s3.bucket', Value: 'logs' }],
  }));
  await balancer.becomes(group, Object.fromEntries(backends.map(({ port }) => [port, 'healthy'])));

  // as many environments as there will be, so that their pipes and sockets are there before and after
  const prelude = await Promise.all(Array.from({ length: ENVIRONMENTS }, () => fetch(`${balancer.url}/function/slow`).then(async (answer) => `${answer.status} ${await answer.text()}`)));
  assert.deepEqual(prelude, Array.from({ length: ENVIRONMENTS }, () => '200 hello'), `the function does not answer. Turnpike printed:\n${turnpike.printed()}`);
  const before = descriptors(turnpike.pid);

  const begun = performance.now();
  const stop = new AbortController();
  const { port } = balancer;
  const body = 'x'.repeat(2000);
  await using steady = await startLoad({
    name: 'steady', port, connections: 32, pauseMs: 15, windowMs: 10_000,
    shots: [{ method: 'GET', path: '/app/1' }, { method: 'POST', path: '/app/2', body }, { method: 'POST', path: '/app/3', body, chunked: true }, { method: 'GET', path: '/app/chunked' }, { method: 'GET', path: '/nothing', expect: [404] }, { method: 'GET', path: '/changing' }],
  });
  await using fresh = await startLoad({ name: 'fresh', port, connections: 8, pauseMs: 20, requestsPerConnection: 1, windowMs: 10_000, shots: [{ method: 'GET', path: '/app/4', headers: { Connection: 'close' } }] });
  await using functions = await startLoad({ name: 'functions', port, connections: FUNCTION_CLIENTS, pauseMs: 20, windowMs: 10_000, shots: [{ method: 'GET', path: '/function/1' }] });
  await using rough = roughClients(port, ROUGH_CLIENTS);
  await pause(500);
  const changes = changeRules(balancer, changing, stop.signal);

  await pause(SECONDS * 1000 * WARM_SHARE);
  const heaps: Record<string, number[]> = {};
  const resident: number[] = [];
  const open: number[] = [];
  const step = (SECONDS * 1000 * (1 - WARM_SHARE)) / SAMPLES;
  for (let n = 1; n <= SAMPLES; n++) {
    for (const [thread, used] of Object.entries(await usedHeaps(turnpike))) (heaps[thread] ??= []).push(used);
    resident.push(residentBytes(turnpike.pid));
    open.push([...descriptors(turnpike.pid).values()].reduce((sum, count) => sum + count, 0));
    await pause(Math.max(0, begun + SECONDS * 1000 * WARM_SHARE + n * step - performance.now()));
  }
  stop.abort();
  const changed = await changes;
  const [steadyResult, freshResult, functionResult, roughResult] = await Promise.all([steady.end(), fresh.end(), functions.end(), rough.end()]);

  t.diagnostic(`steady: ${describeLoad(steadyResult)}`);
  t.diagnostic(`new connections: ${describeLoad(freshResult)}`);
  t.diagnostic(`functions: ${describeLoad(functionResult)}`);
  t.diagnostic(`rough: ${JSON.stringify(roughResult.done)}; ${changed} rule changes`);
  for (const [thread, used] of Object.entries(heaps)) t.diagnostic(`heap of ${thread}: ${used.map((bytes) => (bytes / MB).toFixed(1)).join(' ')} MB, growth ${(growth(used) / MB).toFixed(2)} MB`);
  t.diagnostic(`resident: ${resident.map((bytes) => (bytes / MB).toFixed(0)).join(' ')} MB, growth ${(growth(resident) / MB).toFixed(0)} MB; descriptors ${open.join(' ')}`);

  for (const result of [steadyResult, freshResult, functionResult]) {
    assert.deepEqual(result.failures, [], `${JSON.stringify(result.failures)}\nReasons in the access log: ${JSON.stringify(errorReasons(folder))}\nTurnpike printed:\n${turnpike.printed()}`);
  }
  assert.deepEqual(roughResult.wrong, []);
  assert.equal(Object.keys(roughResult.done).length, 10);
  assert.ok(changed > SECONDS / 2, `only ${changed} changes`);
  for (const [thread, used] of Object.entries(heaps)) assert.ok(growth(used) < HEAP_GROWTH_BYTES, `the heap of ${thread} has grown by ${(growth(used) / MB).toFixed(2)} MB`);
  assert.ok(growth(open) < 40, `descriptors have grown by ${growth(open)}`);
  assert.ok(growth(resident) < RESIDENT_GROWTH_BYTES, `what is resident has grown by ${(growth(resident) / MB).toFixed(0)} MB`);


  // nobody is left to speak to: no connection of clients, nor one to targets, may be left either
  for (const backend of backends) await backend.kill();
  let left = descriptors(turnpike.pid);
  for (let waited = 0; (left.get('socket') ?? 0) > (before.get('socket') ?? 0) && waited < 100; waited++) {
    await pause(100);
    left = descriptors(turnpike.pid);
  }
  t.diagnostic(`descriptors before ${JSON.stringify([...before])} and after ${JSON.stringify([...left])}`);
  for (const kind of ['socket', 'pipe']) assert.ok((left.get(kind) ?? 0) <= (before.get(kind) ?? 0), `${left.get(kind)} of kind ${kind} are open, ${before.get(kind) ?? 0} were`);
});
