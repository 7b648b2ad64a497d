/**
 * Authorizers that are down, slow or throttled, while requests go on: each gets AWS's answer, what is remembered serves until its time is over, and routes
 * without an authorizer do not notice.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html (authorizer timeout)
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { after, before, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { SignJWT } from 'jose';
import { describeLoad, startLoad, type Load } from '../../support/load/load.ts';
import { zip } from '../../support/zip.ts';
import { ApiInstallation, type Api } from './http-api.ts';

let apis: ApiInstallation;
let url: string;
before(async () => {
  apis = await ApiInstallation.open({ workers: '2' });
  url = `http://127.0.0.1:${(await apis.inside.target()).port}/`;
});
after(() => apis[Symbol.asyncDispose]());

const ALLOW = 'exports.handler = async () => ({ isAuthorized: true });';
const THROW = 'exports.handler = async () => { throw new Error("down"); };';
const SLEEP = (ms: number): string => `exports.handler = () => new Promise((resolve) => setTimeout(resolve, ${ms}, { isAuthorized: true }));`;

interface Guarded {
  readonly api: Api;
  readonly functionName: string;
}

/** `GET /open` asks nobody, `GET /guarded` a function. */
async function guarded(source: string, options: { readonly ttl?: number; readonly timeout?: number; readonly concurrency?: number } = {}): Promise<Guarded> {
  const api = await apis.api();
  const fn = await apis.function(source, { timeout: options.timeout ?? 30 });
  const functionName = fn.slice(fn.lastIndexOf(':') + 1);
  if (options.concurrency !== undefined) await apis.aws('lambda', 'PutFunctionConcurrency', { FunctionName: functionName, ReservedConcurrentExecutions: options.concurrency });
  const { AuthorizerId } = await apis.v2<{ AuthorizerId: string }>('CreateAuthorizer', {
    ApiId: api.id, Name: 'guard', AuthorizerType: 'REQUEST', AuthorizerUri: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${fn}/invocations`,
    AuthorizerPayloadFormatVersion: '2.0', EnableSimpleResponses: true, IdentitySource: ['$request.header.Authorization'], AuthorizerResultTtlInSeconds: options.ttl ?? 0,
  });
  const integration = await apis.url(api, url);
  await apis.route(api, 'GET /open', integration);
  await apis.route(api, 'GET /guarded', integration, { AuthorizationType: 'CUSTOM', AuthorizerId });
  return { api, functionName };
}

/** Requests to a path all the while, which must all be answered with one status. */
const steady = (api: Api, path: string, more: { readonly headers?: Readonly<Record<string, string>>; readonly expect?: number } = {}): Promise<Load> =>
  startLoad({ name: path, port: apis.port, hostHeader: api.host, connections: 4, pauseMs: 20, shots: [{ method: 'GET', path, headers: more.headers ?? {}, expect: [more.expect ?? 200] }] });

async function ended(t: TestContext, ...loads: readonly Load[]): Promise<void> {
  for (const load of loads) {
    const result = await load.end();
    t.diagnostic(describeLoad(result));
    assert.ok(result.done > 20, describeLoad(result));
    assert.deepEqual(result.failures, []);
  }
}

const as = (who: string): { readonly path: string; readonly headers: string } => ({ path: '/guarded', headers: `Authorization: ${who}\r\n` });
const FAILED = [500, '{"message":"Internal Server Error"}'];

async function answer(api: Api, asked: Parameters<ApiInstallation['get']>[1]): Promise<readonly unknown[]> {
  const { status, body } = await apis.get(api, asked);
  return [status, body];
}

test('while it is down, what is remembered serves until its time is over; everybody else gets 500', async (t) => {
  const ttlMs = 15_000;
  const { api, functionName } = await guarded(ALLOW, { ttl: ttlMs / 1000 });
  // each worker remembers for itself, and connections are spread over both
  const known = async (): Promise<readonly number[]> => (await Promise.all(Array.from({ length: 24 }, () => apis.get(api, as('known'))))).map(({ status }) => status);
  const rememberedFrom = performance.now();
  assert.deepEqual(new Set(await known()), new Set([200]));
  await apis.aws('lambda', 'UpdateFunctionCode', { FunctionName: functionName, ZipFile: zip([{ name: 'index.js', data: THROW }]) });
  await using open = await steady(api, '/open');
  await using remembered = await steady(api, '/guarded', { headers: { Authorization: 'known' } });
  await using strange = await steady(api, '/guarded', { headers: { Authorization: 'stranger' }, expect: 500 });
  assert.deepEqual(await answer(api, as('nobody')), FAILED);
  assert.deepEqual(await answer(api, { path: '/guarded' }), [401, '{"message":"Unauthorized"}']);
  await sleep(Math.max(0, rememberedFrom + ttlMs - 1_500 - performance.now()));
  await ended(t, open, remembered, strange);
  await sleep(Math.max(0, rememberedFrom + ttlMs + 1_500 - performance.now()));
  assert.deepEqual(new Set(await known()), new Set([500]));
});

test('one that does not answer within ten seconds is 500 for all who wait, and for nobody else', { timeout: 240_000 }, async (t) => {
  const { api } = await guarded(SLEEP(25_000));
  await using load = await steady(api, '/open');
  const began = performance.now();
  const answers = await Promise.all(Array.from({ length: 6 }, async () => [await answer(api, { ...as('anybody'), ms: 30_000 }), performance.now() - began] as const));
  for (const [got, ms] of answers) {
    assert.deepEqual(got, FAILED);
    assert.ok(ms >= 9_500 && ms < 20_000, `${ms} ms`);
  }
  await ended(t, load);
});

test('one that runs into the time of its function is 500 then', async () => {
  const { api } = await guarded(SLEEP(20_000), { timeout: 1 });
  const began = performance.now();
  assert.deepEqual(await answer(api, as('anybody')), FAILED);
  assert.ok(performance.now() - began < 9_000);
});

test('one that is throttled is 500 for those who come too many, who do not wait for it', async (t) => {
  const { api } = await guarded(SLEEP(4_000), { concurrency: 2 });
  await using load = await steady(api, '/open');
  const answers = await Promise.all(Array.from({ length: 30 }, () => answer(api, as('anybody'))));
  const statuses = answers.map(([status]) => status);
  assert.equal(statuses.filter((status) => status === 200).length, 2, statuses.join());
  assert.deepEqual(answers.find(([status]) => status !== 200), FAILED);
  assert.equal(statuses.filter((status) => status === 500).length, 28);
  await ended(t, load);
});

/** An issuer of tokens that can be made to be slow, to fail, and to change its keys. */
class Issuer {
  mood: 'well' | 'silent' | 'failing' = 'well';
  readonly silenced = new Set<ServerResponse>();
  #kid = 0;
  #key!: KeyObject;
  #published!: object;

  readonly url: string;

  private constructor(url: string) {
    this.url = url;
    this.rotate();
  }

  static async open(): Promise<Issuer> {
    const target = await apis.inside.target((request, response) => {
      if (issuer.mood === 'silent') return void issuer.silenced.add(response);
      if (issuer.mood === 'failing') return void response.writeHead(500).end();
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(request.url === '/keys' ? { keys: [issuer.#published] } : { issuer: issuer.url, jwks_uri: `${issuer.url}/keys` }));
    });
    const issuer = new Issuer(`http://127.0.0.1:${target.port}`);
    return issuer;
  }

  /** A new key in place of the old one. */
  rotate(): void {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    this.#key = privateKey;
    this.#published = { ...publicKey.export({ format: 'jwk' }), kid: `k${++this.#kid}`, alg: 'RS256', use: 'sig' };
  }

  token(sub: string): Promise<string> {
    return new SignJWT({ iss: this.url, aud: 'app', sub, exp: Math.floor(Date.now() / 1000) + 300 }).setProtectedHeader({ alg: 'RS256', kid: `k${this.#kid}` }).sign(this.#key);
  }
}

async function tokenGuarded(issuer: Issuer): Promise<Api> {
  const api = await apis.api();
  const { AuthorizerId } = await apis.v2<{ AuthorizerId: string }>('CreateAuthorizer', {
    ApiId: api.id, Name: 'jwt', AuthorizerType: 'JWT', IdentitySource: ['$request.header.Authorization'], JwtConfiguration: { Issuer: issuer.url, Audience: ['app'] },
  });
  const integration = await apis.url(api, url);
  await apis.route(api, 'GET /open', integration);
  await apis.route(api, 'GET /guarded', integration, { AuthorizationType: 'JWT', AuthorizerId });
  return api;
}

test('an issuer that changes its keys, and then is down: new tokens get in at once, and those whose keys are known go on getting in', async (t) => {
  const issuer = await Issuer.open();
  const api = await tokenGuarded(issuer);
  const first = await issuer.token('ann');
  assert.equal((await apis.get(api, as(`Bearer ${first}`))).status, 200);
  await using open = await steady(api, '/open');
  await using before = await steady(api, '/guarded', { headers: { Authorization: `Bearer ${first}` } });
  await sleep(1_000);
  await ended(t, open, before);
  issuer.rotate();
  const second = await issuer.token('ben');
  const entered = await Promise.all(Array.from({ length: 24 }, () => apis.get(api, as(`Bearer ${second}`))));
  assert.deepEqual(new Set(entered.map(({ status }) => status)), new Set([200]));
  issuer.mood = 'failing';
  await using during = await steady(api, '/guarded', { headers: { Authorization: `Bearer ${second}` } });
  issuer.rotate();
  const { status, headers } = await apis.get(api, as(`Bearer ${await issuer.token('eve')}`));
  assert.equal(status, 401);
  assert.match(String(headers['www-authenticate']), /^Bearer scope="" error="invalid_token" error_description="unable to find a signing key/);
  await sleep(1_000);
  await ended(t, during);
});

test('an issuer that was never there, or says nothing, is 401, and routes without tokens do not notice', { timeout: 240_000 }, async (t) => {
  for (const mood of ['failing', 'silent'] as const) {
    const issuer = await Issuer.open();
    issuer.mood = mood;
    const api = await tokenGuarded(issuer);
    const token = await issuer.token('ann');
    await using load = await steady(api, '/open');
    await sleep(500);
    const answers = await Promise.all(Array.from({ length: 10 }, () => apis.get(api, as(`Bearer ${token}`))));
    for (const { status, body, headers } of answers) {
      assert.deepEqual([status, body], [401, '{"message":"Unauthorized"}']);
      assert.equal(headers['www-authenticate'], 'Bearer scope="" error="invalid_token" error_description="OIDC discovery endpoint communication error"');
    }
    await ended(t, load);
    for (const response of issuer.silenced) response.destroy();
  }
});
