/** What a function can do to itself: each with AWS's answer, by Invoke and through a load balancer, and the next invocation served. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { AddPermissionCommand, CreateFunctionCommand, InvokeCommand, LambdaClient, UpdateFunctionCodeCommand } from '@aws-sdk/client-lambda';
import { eventually } from '../../support/eventually.ts';
import { alive } from '../../support/function-bench.ts';
import { Balancer, clientSettings, forward } from '../../support/load/balancer.ts';
import { startTurnpike } from '../../support/turnpike.ts';
import { zipFiles } from '../../support/zip.ts';

/** An Invoke names what to do in its event, a balancer in the path. */
const SOURCE = `
const { spawn } = require('node:child_process');
const answer = (body) => ({ statusCode: 200, headers: { 'content-type': 'text/plain' }, body });
const DO = {
  'fine': async () => answer('fine ' + process.pid),
  'throws': () => { throw new RangeError('too far'); },
  'rejects': async () => { await null; throw new TypeError('not so'); },
  'rejects aside': async () => { Promise.reject(new Error('aside')); await new Promise((r) => setTimeout(r, 500)); return answer('never'); },
  'exits': async () => process.exit(3),
  'exits well': async () => process.exit(0),
  'hangs': async () => { for (;;); },
  'waits': () => new Promise(() => setInterval(() => {}, 1000)),
  'leaks': async () => { const kept = []; for (;;) { kept.push(Buffer.alloc(8 << 20, 1)); await new Promise((r) => setTimeout(r, 10)); } },
  'leaks in a child': async () => { spawn(process.execPath, ['-e', 'globalThis.kept = Buffer.alloc(600 << 20, 1); setTimeout(() => {}, 60000)']); await new Promise((r) => setTimeout(r, 60000)); },
  'floods': async () => { for (let i = 0; i < 3000; i++) process.stdout.write('x'.repeat(1023) + '\\n'); return answer('flooded'); },
  'garbage': async () => { const own = {}; own.own = own; return own; },
  'too much': async () => answer('x'.repeat(7 * 1024 * 1024)),
  'forks': async () => answer(String(spawn('sleep', ['60'], { detached: true, stdio: 'ignore' }).pid)),
  'aborts': async () => process.abort(),
};
exports.handler = async (event) => DO[event.do ?? decodeURIComponent(event.path.slice(1))]();
`;

interface Failure {
  readonly what: string;
  readonly errorType: string;
  readonly message: RegExp;
}

/** What ends by its time limit is done by a function with a short one: a machine that is busy takes its time for all else. */
const HASTY = ['hangs', 'waits'];

/** https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html, and the words of the runtime and its emulator. */
const FAILURES: readonly Failure[] = [
  { what: 'throws', errorType: 'RangeError', message: /^too far$/ },
  { what: 'rejects', errorType: 'TypeError', message: /^not so$/ },
  { what: 'rejects aside', errorType: 'Runtime.UnhandledPromiseRejection', message: /^Error: aside$/ },
  { what: 'exits', errorType: 'Runtime.ExitError', message: /^RequestId: \S+ Error: Runtime exited with error: exit status 3$/ },
  { what: 'exits well', errorType: 'Runtime.ExitError', message: /^RequestId: \S+ Error: Runtime exited without providing a reason$/ },
  { what: 'aborts', errorType: 'Runtime.ExitError', message: /signal: aborted$/ },
  { what: 'hangs', errorType: 'Sandbox.Timedout', message: /^RequestId: \S+ Error: Task timed out after 2\.00 seconds$/ },
  { what: 'waits', errorType: 'Sandbox.Timedout', message: /Task timed out after 2\.00 seconds$/ },
  { what: 'leaks', errorType: 'Runtime.OutOfMemory', message: /signal: killed$/ },
  { what: 'leaks in a child', errorType: 'Runtime.OutOfMemory', message: /signal: killed$/ },
  { what: 'garbage', errorType: 'Error', message: /^Unable to stringify response body$/ },
  { what: 'too much', errorType: 'Function.ResponseSizeTooLarge', message: /^Response payload size exceeded maximum allowed payload size \(6291556 bytes\)\.$/ },
];

test('whatever a function does to itself is told as AWS tells it, and the next invocation is served', { timeout: 600_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-failures-'));
  const turnpike = await startTurnpike({ dataFolder: join(folder, 'data'), options: ['--workers', '1', '--drain-seconds', '0'] });
  t.after(async () => {
    await turnpike.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const lambda = new LambdaClient({ ...clientSettings(turnpike.endpoint), maxAttempts: 1 });
  const create = async (FunctionName: string, source: string, Timeout = 60): Promise<string> => {
    const made = await lambda.send(new CreateFunctionCommand({ FunctionName, Runtime: 'nodejs22.x', Handler: 'index.handler', Role: 'arn:aws:iam::000000000000:role/r', Timeout, MemorySize: 256, Code: { ZipFile: zipFiles({ 'index.js': source }) } }));
    await lambda.send(new AddPermissionCommand({ FunctionName, StatementId: 'elb', Action: 'lambda:InvokeFunction', Principal: 'elasticloadbalancing.amazonaws.com' }));
    return made.FunctionArn!;
  };
  const invoke = async (what: string, FunctionName = HASTY.includes(what) ? 'hasty' : 'own-worst') => {
    const { StatusCode, FunctionError, Payload } = await lambda.send(new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify({ do: what })) }));
    return { status: StatusCode, error: FunctionError, document: JSON.parse(Buffer.from(Payload!).toString()) as { readonly errorType: string; readonly errorMessage: string; readonly body: string } };
  };
  const balancer = await Balancer.create(turnpike.endpoint);
  const hasty = forward(await balancer.functionGroup('hasty', await create('hasty', SOURCE, 2)));
  for (const [index, what] of HASTY.entries()) await balancer.rule(1 + index, `/${what}`, hasty);
  await balancer.rule(10, '/*', forward(await balancer.functionGroup('own-worst', await create('own-worst', SOURCE))));
  const through = async (what: string): Promise<readonly [number, string]> => {
    const answer = await fetch(`${balancer.url}/${encodeURIComponent(what)}`);
    return [answer.status, await answer.text()];
  };
  const isServed = async (after: string): Promise<void> => {
    assert.match((await invoke('fine')).document.body, /^fine \d+$/, `after it ${after}`);
    assert.equal((await through('fine'))[0], 200, `after it ${after}, through the balancer`);
  };

  for (const { what, errorType, message } of FAILURES) {
    const { status, error, document } = await invoke(what);
    assert.deepEqual([status, error, document.errorType], [200, 'Unhandled', errorType], `${what}: ${JSON.stringify(document)}`);
    assert.match(document.errorMessage, message, what);
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html#http-502-issues
    const [code, page] = await through(what);
    assert.equal(code, 502, what);
    assert.match(page, /502 Bad Gateway/);
    await isServed(what);
    assert.match((await invoke('fine', 'hasty')).document.body, /^fine/);
  }

  assert.equal((await invoke('floods')).document.body, 'flooded');
  await isServed('floods');

  const child = Number((await invoke('forks')).document.body);
  assert.ok(alive(child));
  await invoke('exits');
  await eventually('a child that left its group ends with the environment', () => !alive(child), 10_000);
  await isServed('forks');

  for (let round = 0; round < 3; round++) {
    const pid = Number((await invoke('fine')).document.body.slice(5));
    process.kill(pid, 'SIGKILL');
    // what is on its way to a process that dies in the same moment fails, as on AWS
    await eventually('it has died', () => !alive(pid));
    await new Promise((resolve) => setTimeout(resolve, 500));
    await isServed('died between invocations');
  }

  // an initialisation that fails is tried again at each invocation, and ends with code that starts
  const looping = await create('looping', 'throw new SyntaxError("at load");');
  await balancer.rule(5, '/looping', forward(await balancer.functionGroup('looping', looping)));
  for (let round = 0; round < 4; round++) {
    const { error, document } = await invoke('fine', 'looping');
    assert.deepEqual([error, document.errorType, document.errorMessage], ['Unhandled', 'Runtime.UserCodeSyntaxError', 'SyntaxError: at load']);
  }
  await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: 'looping', ZipFile: zipFiles({ 'index.js': SOURCE }) }));
  assert.match((await invoke('fine', 'looping')).document.body, /^fine \d+$/);
});
