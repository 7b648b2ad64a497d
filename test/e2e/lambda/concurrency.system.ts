/** Concurrency, throttles, provisioned concurrency and the weights of aliases under load: exact, through every way in. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { ApiGatewayV2Client, CreateApiCommand } from '@aws-sdk/client-apigatewayv2';
import {
  AddPermissionCommand, CreateAliasCommand, CreateFunctionCommand, GetProvisionedConcurrencyConfigCommand, LambdaClient, PublishVersionCommand, PutFunctionConcurrencyCommand,
  PutProvisionedConcurrencyConfigCommand, UpdateFunctionCodeCommand,
} from '@aws-sdk/client-lambda';
import { Balancer, clientSettings, forward } from '../../support/load/balancer.ts';
import { startTurnpike } from '../../support/turnpike.ts';
import { zipFiles } from '../../support/zip.ts';

/** An address of this test's own: its ports are shared with nobody. */
const ADDRESS = '127.0.77.3';
const ROLE = 'arn:aws:iam::000000000000:role/lambda';
/** Tells when it ran, which environment it was, and how that was initialised. The clock is one for all processes of a machine. */
const SPANS = `
const loaded = Date.now();
exports.handler = async ({ wait }) => {
  const begun = performance.timeOrigin + performance.now();
  await new Promise((resolve) => setTimeout(resolve, wait));
  return { begun, ended: performance.timeOrigin + performance.now(), loaded, pid: process.pid, type: process.env.AWS_LAMBDA_INITIALIZATION_TYPE };
};`;

interface Span {
  readonly begun: number;
  readonly ended: number;
  readonly loaded: number;
  readonly pid: number;
  readonly type: string;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

interface Asked {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const agent = new Agent({ keepAlive: true, maxSockets: 256 });

function ask({ host, port, path, headers = {}, body }: Asked): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host, port, path, headers: { ...headers }, method: body === undefined ? 'GET' : 'POST', agent }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => (text += part)).on('end', () => resolve({ status: answer.statusCode!, headers: answer.headers, body: text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** The most that ran at the same moment. */
function mostAtOnce(spans: readonly Span[]): number {
  const moments = spans.flatMap(({ begun, ended }) => [[begun, 1], [ended, -1]] as const).sort(([one, up], [other, down]) => one - other || up - down);
  let now = 0;
  return Math.max(...moments.map(([, change]) => (now += change)));
}

async function stage(t: TestContext, options: readonly string[] = []) {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-concurrency-'));
  const turnpike = await startTurnpike({
    dataFolder: join(folder, 'data'), options: ['--workers', '1', '--drain-seconds', '0', '--addresses', ADDRESS, '--address-pool', 'no', '--port-offset', '8000', ...options],
  });
  t.after(async () => {
    await turnpike.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const lambda = new LambdaClient(clientSettings(turnpike.endpoint));
  const { hostname, port } = new URL(turnpike.endpoint);
  return {
    turnpike, lambda,
    create: async (name: string, source: string): Promise<string> =>
      (await lambda.send(new CreateFunctionCommand({ FunctionName: name, Runtime: 'nodejs22.x', Handler: 'index.handler', Role: ROLE, Timeout: 20, Code: { ZipFile: zipFiles({ 'index.js': source }) } }))).FunctionArn!,
    /** An Invoke without the weight of an SDK. */
    invoke: (name: string, event: object): Promise<Answer> => ask({
      host: hostname, port: Number(port), path: `/2015-03-31/functions/${name}/invocations`, body: JSON.stringify(event),
      headers: { authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=0', 'content-type': 'application/json' },
    }),
  };
}

/** Runs `calls` of them, `at` at a time. */
async function load(calls: number, at: number, call: () => Promise<Answer>): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  let left = calls;
  await Promise.all(Array.from({ length: at }, async () => {
    while (left-- > 0) answers.push(await call());
  }));
  return answers;
}

/** Answers that ran, and those that did not; the latter are all the throttle that AWS documents. */
function divided(answers: readonly Answer[], reason: string): { readonly ran: readonly Span[]; readonly throttled: number } {
  const ran = answers.filter(({ status }) => status === 200).map(({ body }) => JSON.parse(body) as Span);
  const rest = answers.filter(({ status }) => status !== 200);
  for (const { status, headers, body } of rest) {
    assert.deepEqual([status, headers['x-amzn-errortype'], JSON.parse(body)], [429, 'TooManyRequestsException', { Reason: reason, Type: 'User', message: 'Rate Exceeded.' }]);
  }
  return { ran, throttled: rest.length };
}

// https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
test('a reservation is never exceeded, and is had whole; what is beyond it is throttled', { timeout: 240_000 }, async (t) => {
  const { lambda, create, invoke } = await stage(t);
  await create('reserved', SPANS);
  await create('other', SPANS);
  await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName: 'reserved', ReservedConcurrentExecutions: 4 }));
  await Promise.all([1, 2, 3, 4].map(() => invoke('reserved', { wait: 2500 })));
  const [answers] = await Promise.all([load(400, 24, () => invoke('reserved', { wait: 20 })), load(20, 2, () => invoke('other', { wait: 20 }))]);
  const { ran, throttled } = divided(answers, 'ReservedFunctionConcurrentInvocationLimitExceeded');
  assert.equal(mostAtOnce(ran), 4, `${mostAtOnce(ran)} ran at once`);
  assert.equal(new Set(ran.map(({ pid }) => pid)).size, 4);
  assert.ok(throttled > 0 && ran.length + throttled === 400);
  // another function has nothing to do with it
  assert.equal((await invoke('other', { wait: 0 })).status, 200);
  await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName: 'reserved', ReservedConcurrentExecutions: 0 }));
  assert.equal(divided(await load(20, 4, () => invoke('reserved', { wait: 0 })), 'ReservedFunctionConcurrentInvocationLimitExceeded').throttled, 20);
});

// https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html#concurrency-quotas
test('functions without a reservation share the account\'s concurrency', { timeout: 240_000 }, async (t) => {
  const { create, invoke } = await stage(t, ['--limits', 'concurrent-executions=6']);
  await create('one', SPANS);
  await create('two', SPANS);
  await Promise.all(['one', 'one', 'one', 'two', 'two', 'two'].map((name) => invoke(name, { wait: 2500 })));
  const both = await Promise.all(['one', 'two'].map((name) => load(200, 10, () => invoke(name, { wait: 20 }))));
  const { ran, throttled } = divided(both.flat(), 'ConcurrentInvocationLimitExceeded');
  assert.equal(mostAtOnce(ran), 6, `${mostAtOnce(ran)} ran at once`);
  assert.ok(throttled > 0 && ran.length + throttled === 400);
});

// https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html
test('what is provisioned meets no cold start; what comes beyond it is started on demand', { timeout: 240_000 }, async (t) => {
  const { lambda, create, invoke } = await stage(t);
  await create('ready', SPANS);
  await lambda.send(new PublishVersionCommand({ FunctionName: 'ready' }));
  await lambda.send(new CreateAliasCommand({ FunctionName: 'ready', Name: 'live', FunctionVersion: '1' }));
  await lambda.send(new PutProvisionedConcurrencyConfigCommand({ FunctionName: 'ready', Qualifier: 'live', ProvisionedConcurrentExecutions: 3 }));
  for (let status = ''; status !== 'READY'; status = (await lambda.send(new GetProvisionedConcurrencyConfigCommand({ FunctionName: 'ready', Qualifier: 'live' }))).Status!) await new Promise((resolve) => setTimeout(resolve, 50));
  const called = Date.now();
  const spans = async (at: number, wait: number): Promise<readonly Span[]> => divided(await load(at, at, () => invoke('ready:live', { wait })), '').ran;
  for (const { type, loaded } of await spans(3, 100)) assert.ok(type === 'provisioned-concurrency' && loaded < called, `${type}, loaded ${loaded - called} ms after the call`);
  for (let round = 0; round < 5; round++) {
    const all = await spans(5, round === 0 ? 4000 : 600);
    const provisioned = all.filter(({ type }) => type === 'provisioned-concurrency');
    // the first time two are started; where a start takes longer than a call, the last takes what has become free
    assert.ok(provisioned.length < 5 && mostAtOnce(provisioned) === 3 && new Set(provisioned.map(({ pid }) => pid)).size === 3, JSON.stringify(all));
    // what was started on demand is idle now, and yet what is provisioned comes first
    assert.deepEqual((await spans(2, 20)).map(({ type }) => type), ['provisioned-concurrency', 'provisioned-concurrency']);
  }
});

const VERSIONED = (n: number): string => `exports.handler = async () => ({ statusCode: 200, headers: { 'content-type': 'text/plain' }, body: '${n}' });`;
const INVOCATIONS = 10_000;
const WEIGHT = 0.07;

// https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html
test('the weights of an alias hold within one per cent of 10,000 invocations, by Invoke, through a load balancer and through an HTTP API', { timeout: 400_000 }, async (t) => {
  const { turnpike, lambda, create, invoke } = await stage(t);
  await create('weighed', VERSIONED(1));
  await lambda.send(new PublishVersionCommand({ FunctionName: 'weighed' }));
  await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: 'weighed', ZipFile: zipFiles({ 'index.js': VERSIONED(2) }) }));
  await lambda.send(new PublishVersionCommand({ FunctionName: 'weighed' }));
  const alias = (await lambda.send(new CreateAliasCommand({ FunctionName: 'weighed', Name: 'live', FunctionVersion: '1', RoutingConfig: { AdditionalVersionWeights: { 2: WEIGHT } } }))).AliasArn!;
  for (const principal of ['elasticloadbalancing', 'apigateway']) {
    await lambda.send(new AddPermissionCommand({ FunctionName: 'weighed', Qualifier: 'live', StatementId: principal, Action: 'lambda:InvokeFunction', Principal: `${principal}.amazonaws.com` }));
  }
  const balancer = await Balancer.create(turnpike.endpoint);
  await balancer.rule(1, '/weighed', forward(await balancer.functionGroup('weighed', alias)));
  const api = await new ApiGatewayV2Client(clientSettings(turnpike.endpoint)).send(new CreateApiCommand({ Name: 'weighed', ProtocolType: 'HTTP', Target: alias }));
  const apiHost = new URL(api.ApiEndpoint!).hostname;
  const ways: Readonly<Record<string, () => Promise<Answer>>> = {
    Invoke: () => invoke('weighed:live', {}),
    'a load balancer': () => ask({ host: ADDRESS, port: balancer.port, path: '/weighed' }),
    'an HTTP API': () => ask({ host: ADDRESS, port: 8080, path: '/', headers: { host: apiHost } }),
  };
  for (const [way, call] of Object.entries(ways)) {
    const begun = performance.now();
    const counts = new Map<string, number>();
    for (const { status, body } of await load(INVOCATIONS, 8, call)) {
      assert.equal(status, 200, `${way}: ${body}`);
      const version = way === 'Invoke' ? (JSON.parse(body) as { body: string }).body : body;
      counts.set(version, (counts.get(version) ?? 0) + 1);
    }
    const second = counts.get('2') ?? 0;
    assert.equal((counts.get('1') ?? 0) + second, INVOCATIONS);
    assert.ok(Math.abs(second - INVOCATIONS * WEIGHT) <= INVOCATIONS * WEIGHT * 0.01, `${way}: ${second} of ${INVOCATIONS} for a weight of ${WEIGHT}`);
    t.diagnostic(`${way}: ${second} of ${INVOCATIONS}, ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  }
});
