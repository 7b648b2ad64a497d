import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, it } from 'node:test';
import { SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import { FakeClock, seededRandom } from '../../../kernel/index.ts';
import { ExampleExchange, exampleDownstream } from '../../../observe/example-exchange.ts';
import type { JwtPolicy } from '../../../snapshot/index.ts';
import { NEXT, WAIT, type Outgoing, type OutgoingOutcome, type OutgoingRequest, type Settled, type Site } from '../../exchange/index.ts';
import { linkStep, PolicyWorker } from '../index.ts';
import { testSecrets } from '../../../../test/support/policy-secrets.ts';

const URL_OF_KEYS = 'https://idp.test/keys';
const ISSUER = 'https://idp.test/';
const ALL = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512'] as const;

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const otherRsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const curves = { ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }), ES384: generateKeyPairSync('ec', { namedCurve: 'P-384' }), ES512: generateKeyPairSync('ec', { namedCurve: 'P-521' }) };
const jwk = (key: KeyObject, more: object): object => ({ ...key.export({ format: 'jwk' }), ...more });
const rsaJwk = jwk(rsa.publicKey, { kid: 'one', use: 'sig', alg: 'RS256' });

class Endpoint implements Outgoing {
  readonly asked: OutgoingRequest[] = [];
  readonly held: (() => void)[] = [];
  hold = false;
  outcome: OutgoingOutcome = { kind: 'failed', why: 'nothing set' };
  readonly documents = new Map<string, object>();

  serve(keys: readonly object[]): this {
    this.outcome = answer({ keys });
    return this;
  }

  send(request: OutgoingRequest, done: (outcome: OutgoingOutcome) => void): void {
    this.asked.push(request);
    const document = this.documents.get(request.url);
    const outcome = document ? answer(document) : this.outcome;
    if (this.hold) this.held.push(() => done(outcome));
    else queueMicrotask(() => done(outcome));
  }
}

const answer = (document: object, status = 200): OutgoingOutcome => ({ kind: 'answer', status, contentType: 'application/json', body: Buffer.from(JSON.stringify(document)) });

const basis: JwtPolicy = {
  answers: 'alb', sources: [{ kind: 'header', name: 'authorization', schemeRequired: true }], keys: { kind: 'jwks', url: URL_OF_KEYS, maxBytes: 150 * 1024, maxKeys: 10 },
  algorithms: ALL, kidRequired: false, issuer: ISSUER, audiences: [], claims: [], scopes: [], leewaySeconds: 10,
};

function stage(endpoint: Endpoint, change: Partial<JwtPolicy> = {}) {
  const clock = new FakeClock();
  const worker = new PolicyWorker({ clock, random: seededRandom(1), outgoing: endpoint, secrets: testSecrets });
  const policy = { ...basis, ...change };
  const step = linkStep({ kind: 'jwt', settings: policy }, worker);
  const now = Math.floor(clock.now() / 1000);
  const request = async (headers: string, query: string | null = null, by = step) => {
    const exchange = new ExampleExchange(exampleDownstream);
    exchange.headers = headers;
    exchange.query = query;
    let later: Settled | null = null;
    exchange.site = { proceed: (_exchange: unknown, verdict: Settled) => void (later = verdict) } as unknown as Site;
    const verdict = by.onRequest(exchange);
    const settled = (): boolean => verdict !== WAIT || later !== null;
    for (let i = 0; i < 20 && !settled(); i++) await turn();
    return { exchange, verdict: verdict === WAIT ? later : verdict, waited: verdict === WAIT };
  };
  return {
    clock, worker, policy, now, request,
    bearer: async (token: string) => {
      const { exchange, verdict, waited } = await request(`Authorization: Bearer ${token}\r\n`);
      return { status: verdict === NEXT ? 200 : verdict === null ? 0 : (verdict as { status: number }).status, reason: exchange.errorReason, identity: exchange.identity, waited };
    },
  };
}

const sign = (claims: JWTPayload, { alg = 'RS256', key = rsa.privateKey as KeyObject, ...header }: { alg?: string; key?: KeyObject | Uint8Array; kid?: string; [name: string]: unknown } = {}): Promise<string> =>
  new SignJWT(claims).setProtectedHeader({ alg, kid: 'one', ...header }).sign(key);

const base64 = (value: object | string): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

describe('jwt', () => {
  it('lets every algorithm in that it is told to, by the keys of the set', async () => {
    for (const alg of ALL) {
      const pair = alg.startsWith('ES') ? curves[alg as keyof typeof curves] : rsa;
      const { bearer, now } = stage(new Endpoint().serve([jwk(pair.publicKey, { kid: 'one' })]));
      const { status, identity } = await bearer(await sign({ iss: ISSUER, exp: now + 60, scope: 'a b' }, { alg, key: pair.privateKey }));
      assert.equal(status, 200, alg);
      assert.deepEqual(identity?.kind === 'jwt' && identity.scopes, ['a', 'b']);
    }
  });

  it('answers at once when the keys are there, and asks for them once', async () => {
    const endpoint = new Endpoint().serve([rsaJwk]);
    const { bearer, now } = stage(endpoint);
    await turn();
    for (let i = 0; i < 5; i++) assert.deepEqual((await bearer(await sign({ iss: ISSUER, exp: now + 60, jti: String(i) }))).waited, false);
    assert.equal(endpoint.asked.length, 1);
    const [{ url, maxBytes, withinMs }] = endpoint.asked as [OutgoingRequest];
    assert.deepEqual([url, maxBytes, withinMs], [URL_OF_KEYS, 153_600, 5000]);
  });

  it('believes a known token until it expires, to the second', async () => {
    const { bearer, now, clock } = stage(new Endpoint().serve([rsaJwk]));
    const token = await sign({ iss: ISSUER, exp: now + 60 });
    assert.equal((await bearer(token)).status, 200);
    clock.advance(59_000);
    assert.equal((await bearer(token)).status, 200);
    clock.advance(1_000);
    assert.deepEqual(await bearer(token), { status: 401, reason: 'JWTClaimValueInvalid', identity: null, waited: false });
  });

  it('judges a known token by its own conditions', async () => {
    const { bearer, request, now, worker, policy } = stage(new Endpoint().serve([rsaJwk]));
    const token = await sign({ iss: ISSUER, exp: now + 60, aud: 'one' });
    assert.equal((await bearer(token)).status, 200);
    const header = `Authorization: Bearer ${token}\r\n`;
    for (const change of [{ audiences: ['two'] }, { algorithms: ['ES256'] }, { issuer: 'https://other.test' }, { scopes: ['x'] }] as const) {
      const { verdict } = await request(header, null, linkStep({ kind: 'jwt', settings: { ...policy, ...change } }, worker));
      assert.notEqual(verdict, NEXT, JSON.stringify(change));
    }
  });
});

describe('the attack table', () => {
  type Attack = (now: number) => Promise<string> | string;
  const claims = (now: number, more: object = {}): JWTPayload => ({ iss: ISSUER, exp: now + 60, ...more });
  const publicPem = rsa.publicKey.export({ format: 'pem', type: 'spki' }) as string;
  const forged = (header: object, now: number, secret: string | null): string => {
    const signed = `${base64(header)}.${base64(claims(now))}`;
    return `${signed}.${secret === null ? '' : createHmac('sha256', secret).update(signed).digest('base64url')}`;
  };
  const attacks: readonly (readonly [name: string, reason: string, attack: Attack])[] = [
    ['alg none, unsigned', 'JWTSignatureValidationError', (now) => new UnsecuredJWT(claims(now)).encode()],
    ['alg None in other letters', 'JWTSignatureValidationError', (now) => forged({ alg: 'nOnE' }, now, null)],
    ['alg none with a signature', 'JWTSignatureValidationError', (now) => forged({ alg: 'none', kid: 'one' }, now, 'x')],
    ['HS256 with the public key as its secret', 'JWTSignatureValidationError', (now) => forged({ alg: 'HS256', kid: 'one' }, now, publicPem)],
    ['HS256 with the modulus as its secret', 'JWTSignatureValidationError', (now) => forged({ alg: 'HS256', kid: 'one' }, now, (rsaJwk as { n: string }).n)],
    ['RS256 that is an HMAC', 'JWTSignatureValidationError', (now) => forged({ alg: 'RS256', kid: 'one' }, now, publicPem)],
    ['another algorithm than the key says', 'JWTSignatureValidationError', (now) => sign(claims(now), { alg: 'PS256' })],
    ['a curve for an RSA key', 'JWTSignatureValidationError', (now) => sign(claims(now), { alg: 'ES256', key: curves.ES256.privateKey })],
    ['a key of the attacker under our kid', 'JWTSignatureValidationError', (now) => sign(claims(now), { key: otherRsa.privateKey })],
    ['kid that is a path', 'JWTSignatureValidationError', (now) => sign(claims(now), { kid: '../../../../dev/null', key: otherRsa.privateKey })],
    ['kid that is SQL', 'JWTSignatureValidationError', (now) => sign(claims(now), { kid: "x' UNION SELECT 'key", key: otherRsa.privateKey })],
    ['kid of a prototype', 'JWTSignatureValidationError', (now) => sign(claims(now), { kid: '__proto__', key: otherRsa.privateKey })],
    ['kid that is no text', 'JWTRequestFormatInvalid', (now) => `${base64({ alg: 'RS256', kid: ['one'] })}.${base64(claims(now))}.AAAA`],
    ['jku to keys of the attacker', 'JWTSignatureValidationError', (now) => sign(claims(now), { kid: 'theirs', jku: 'https://evil.test/keys', key: otherRsa.privateKey })],
    ['x5u to keys of the attacker', 'JWTSignatureValidationError', (now) => sign(claims(now), { kid: 'theirs', x5u: 'https://evil.test/cert', key: otherRsa.privateKey })],
    ['jwk of the attacker in the header', 'JWTSignatureValidationError', (now) => sign(claims(now), { kid: 'theirs', jwk: jwk(otherRsa.publicKey, {}), key: otherRsa.privateKey })],
    ['crit', 'JWTRequestFormatInvalid', (now) => `${base64({ alg: 'RS256', kid: 'one', crit: ['x'], x: 1 })}.${base64(claims(now))}.AAAA`],
    ['b64 false', 'JWTRequestFormatInvalid', (now) => `${base64({ alg: 'RS256', kid: 'one', b64: false })}.${base64(claims(now))}.AAAA`],
    ['changed claims', 'JWTSignatureValidationError', async (now) => (await sign(claims(now))).replace(/\.[^.]+\./, `.${base64(claims(now, { admin: true }))}.`)],
    ['cut signature', 'JWTSignatureValidationError', async (now) => (await sign(claims(now))).slice(0, -6) + ''],
    ['no signature', 'JWTSignatureValidationError', async (now) => (await sign(claims(now))).replace(/[^.]+$/, '')],
    ['two parts', 'JWTRequestFormatInvalid', async (now) => (await sign(claims(now))).replace(/\.[^.]+$/, '')],
    ['four parts', 'JWTRequestFormatInvalid', async (now) => `${await sign(claims(now))}.AAAA`],
    ['five parts, as of an encrypted token', 'JWTRequestFormatInvalid', async (now) => `${await sign(claims(now))}.AAAA.AAAA`],
    ['padding', 'JWTRequestFormatInvalid', async (now) => `${await sign(claims(now))}==`],
    ['plain base64', 'JWTRequestFormatInvalid', async (now) => (await sign(claims(now))).replace(/.$/, '+')],
    ['spare bits in the signature', 'JWTRequestFormatInvalid', async (now) => (await sign(claims(now))).replace(/.$/, (c) => String.fromCharCode(c.charCodeAt(0) + 1))],
    ['nothing at all', 'JWTRequestFormatInvalid', () => ''],
    ['dots', 'JWTRequestFormatInvalid', () => '..'],
    ['claims that are a list', 'JWTRequestFormatInvalid', () => `${base64({ alg: 'RS256', kid: 'one' })}.${base64('[]')}.AAAA`],
    ['a header that is no JSON', 'JWTRequestFormatInvalid', () => `${base64('{')}.${base64('{}')}.AAAA`],
    ['claims that are no UTF-8', 'JWTRequestFormatInvalid', () => `${base64({ alg: 'RS256', kid: 'one' })}.${Buffer.from([0x7b, 0xff, 0x7d]).toString('base64url')}.AAAA`],
    ['a second token behind it', 'JWTRequestFormatInvalid', async (now) => `${await sign(claims(now))} ${await sign(claims(now))}`],
    ['oversized', 'JWTRequestFormatInvalid', async (now) => sign(claims(now, { pad: 'x'.repeat(17_000) }))],
    ['expired', 'JWTClaimValueInvalid', (now) => sign(claims(now, { exp: now - 1 }))],
    ['expiring now', 'JWTClaimValueInvalid', (now) => sign(claims(now, { exp: now }))],
    ['without exp', 'JWTClaimNotPresent', (_now) => sign({ iss: ISSUER })],
    ['exp that is a text', 'JWTClaimFormatInvalid', (now) => sign(claims(now, { exp: '9999999999' }))],
    ['not valid yet', 'JWTClaimValueInvalid', (now) => sign(claims(now, { nbf: now + 11 }))],
    ['nbf that is a text', 'JWTClaimFormatInvalid', (now) => sign(claims(now, { nbf: '0' }))],
    ['issued in the future', 'JWTClaimValueInvalid', (now) => sign(claims(now, { iat: now + 11 }))],
    ['wrong issuer', 'JWTClaimValueInvalid', (now) => sign(claims(now, { iss: 'https://idp.test' }))],
    ['without issuer', 'JWTClaimNotPresent', (now) => sign({ exp: now + 60 })],
    ['issuer that is a list', 'JWTClaimFormatInvalid', (now) => sign(claims(now, { iss: [ISSUER] }))],
  ];
  for (const [name, reason, attack] of attacks) {
    it(`refuses ${name}`, async () => {
      const endpoint = new Endpoint().serve([rsaJwk]);
      const { bearer, now } = stage(endpoint);
      await turn();
      const { status, reason: said, identity } = await bearer(await attack(now));
      assert.deepEqual({ status, reason: said, identity }, { status: 401, reason, identity: null });
      for (const { url } of endpoint.asked) assert.equal(url, URL_OF_KEYS);
    });
  }

  it('refuses infinity as an expiry', async () => {
    const { bearer } = stage(new Endpoint().serve([rsaJwk]));
    const { CompactSign } = await import('jose');
    const token = await new CompactSign(Buffer.from(`{"iss":"${ISSUER}","exp":1e999}`)).setProtectedHeader({ alg: 'RS256', kid: 'one' }).sign(rsa.privateKey);
    assert.deepEqual([(await bearer(token)).reason], ['JWTClaimFormatInvalid']);
  });

  it('refuses no header, other schemes, and two of them', async () => {
    const { request, now } = stage(new Endpoint().serve([rsaJwk]));
    const token = await sign({ iss: ISSUER, exp: now + 60 });
    for (const [headers, reason] of [
      ['', 'JWTHeaderNotPresent'], [`Authorization: Basic ${token}\r\n`, 'JWTRequestFormatInvalid'], [`Authorization: ${token}\r\n`, 'JWTRequestFormatInvalid'],
      [`Authorization: Bearer ${token}\r\nAuthorization: Bearer ${token}\r\n`, 'JWTRequestFormatInvalid'], ['Authorization: Bearer\r\n', 'JWTRequestFormatInvalid'],
    ] as const) {
      const { exchange, verdict } = await request(headers);
      assert.equal((verdict as { status: number }).status, 401);
      assert.equal(exchange.errorReason, reason, headers);
    }
    assert.equal((await request(`authorization: bEARER   ${token}\r\n`)).verdict, NEXT);
  });
});

describe('keys', () => {
  it('of bad shapes are not used, and do not spoil the others', async () => {
    const small = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const odd = [
      { kty: 'oct', k: 'AAAA', kid: 'one' }, { kty: 'RSA', n: 5, e: 'AQAB', kid: 'one' }, jwk(otherRsa.publicKey, { kid: 'one', use: 'enc' }), 'text', null, jwk(small.publicKey, { kid: 'one' }),
      jwk(otherRsa.publicKey, { kid: 'one', key_ops: ['encrypt'] }),
    ];
    const { bearer, now } = stage(new Endpoint().serve([...(odd as object[]), rsaJwk]));
    assert.equal((await bearer(await sign({ iss: ISSUER, exp: now + 60 }))).status, 200);
    assert.equal((await bearer(await sign({ iss: ISSUER, exp: now + 60 }, { key: otherRsa.privateKey }))).status, 401);
  });

  it('a token without kid needs exactly one key that fits', async () => {
    const token = (now: number): Promise<string> => new SignJWT({ iss: ISSUER, exp: now + 60 }).setProtectedHeader({ alg: 'RS256' }).sign(rsa.privateKey);
    const one = stage(new Endpoint().serve([rsaJwk, jwk(curves.ES256.publicKey, { kid: 'two' })]));
    assert.equal((await one.bearer(await token(one.now))).status, 200);
    const two = stage(new Endpoint().serve([rsaJwk, jwk(otherRsa.publicKey, { kid: 'two' })]));
    assert.equal((await two.bearer(await token(two.now))).status, 401);
    const required = stage(new Endpoint().serve([rsaJwk]), { kidRequired: true });
    assert.equal((await required.bearer(await token(required.now))).status, 401);
  });

  it('that are down, slow, too large, too many or nonsense refuse with 500, and recover', async () => {
    const many = Array.from({ length: 11 }, (_, i) => ({ ...rsaJwk, kid: String(i) }));
    for (const [outcome, reason] of [
      [{ kind: 'failed', why: 'refused' }, 'JWKSRequestFailed'], [{ kind: 'timeout' }, 'JWKSRequestTimeout'], [{ kind: 'too-large' }, 'JWKSResponseSizeExceeded'],
      [answer({ keys: many }), 'JWKSResponseSizeExceeded'], [answer({ keys: {} }), 'JWKSRequestFailed'], [answer({ keys: [rsaJwk] }, 503), 'JWKSRequestFailed'],
      [{ kind: 'answer', status: 200, contentType: '', body: Buffer.from('<html>') }, 'JWKSRequestFailed'],
    ] as const) {
      const endpoint = new Endpoint();
      endpoint.outcome = outcome;
      const { bearer, now, clock } = stage(endpoint);
      const token = await sign({ iss: ISSUER, exp: now + 600 });
      const { status, reason: said } = await bearer(token);
      assert.deepEqual([status, said], [500, reason]);
      // not a request for each request: rests get longer
      for (let i = 0; i < 50; i++) assert.equal((await bearer(token)).status, 500);
      assert.equal(endpoint.asked.length, 1);
      endpoint.serve([rsaJwk]);
      clock.advance(250);
      assert.equal((await bearer(token)).status, 200);
    }
  });

  it('rotate: an unknown kid fetches them again, five times at once and then once in ten seconds', async () => {
    const endpoint = new Endpoint().serve([rsaJwk]);
    const { bearer, now, clock } = stage(endpoint);
    const old = await sign({ iss: ISSUER, exp: now + 600 });
    assert.equal((await bearer(old)).status, 200);
    endpoint.serve([rsaJwk, jwk(otherRsa.publicKey, { kid: 'two' })]);
    const young = await sign({ iss: ISSUER, exp: now + 600 }, { kid: 'two', key: otherRsa.privateKey });
    const { status, waited } = await bearer(young);
    assert.deepEqual([status, waited, endpoint.asked.length], [200, true, 2]);
    for (let i = 0; i < 100; i++) assert.equal((await bearer(await sign({ iss: ISSUER, exp: now + 600 }, { kid: `invented ${i}` }))).status, 401);
    assert.equal(endpoint.asked.length, 6);
    clock.advance(10_000);
    await bearer(await sign({ iss: ISSUER, exp: now + 600 }, { kid: 'invented' }));
    assert.equal(endpoint.asked.length, 7);
    // the old key is withdrawn: what it has signed is not believed any more, although it was
    endpoint.serve([jwk(otherRsa.publicKey, { kid: 'two' })]);
    assert.equal((await bearer(old)).status, 200);
    clock.advance(10_000);
    await bearer(await sign({ iss: ISSUER, exp: now + 600 }, { kid: 'invented' }));
    assert.equal((await bearer(old)).status, 401);
    assert.equal((await bearer(young)).status, 200);
  });

  it('are refreshed beside the traffic after five minutes, and go on for two hours when that fails', async () => {
    const endpoint = new Endpoint().serve([rsaJwk]);
    const { bearer, now, clock } = stage(endpoint);
    const token = await sign({ iss: ISSUER, exp: now + 100_000 });
    assert.equal((await bearer(token)).status, 200);
    endpoint.outcome = { kind: 'failed', why: 'down' };
    clock.advance(5 * 60_000 + 1);
    assert.deepEqual((await bearer(token)).waited, false);
    assert.equal(endpoint.asked.length, 2);
    clock.advance(7_200_000 - 5 * 60_000 - 2);
    assert.equal((await bearer(token)).status, 200);
    clock.advance(60_000);
    assert.equal((await bearer(token)).status, 500);
  });

  it('are found by discovery, which may not lead to a weaker place', async () => {
    const url = 'https://idp.test/.well-known/openid-configuration';
    const endpoint = new Endpoint();
    endpoint.documents.set(url, { issuer: ISSUER, jwks_uri: URL_OF_KEYS }).set(URL_OF_KEYS, { keys: [rsaJwk] });
    const good = stage(endpoint, { keys: { ...basis.keys, kind: 'discovery', url } });
    assert.equal((await good.bearer(await sign({ iss: ISSUER, exp: good.now + 60 }))).status, 200);
    for (const uri of ['http://idp.test/keys', 'file:///etc/keys', 'keys', 5]) {
      endpoint.documents.set(url, { jwks_uri: uri });
      const bad = stage(endpoint, { keys: { ...basis.keys, kind: 'discovery', url } });
      assert.equal((await bad.bearer(await sign({ iss: ISSUER, exp: bad.now + 60 }))).status, 500);
    }
  });

  it('requests that come while keys are on their way wait for one fetch', async () => {
    const endpoint = new Endpoint().serve([rsaJwk]);
    endpoint.hold = true;
    const { bearer, now } = stage(endpoint);
    const token = await sign({ iss: ISSUER, exp: now + 60 });
    const waiting = Promise.all(Array.from({ length: 10 }, () => bearer(token)));
    await turn();
    for (const release of endpoint.held) release();
    assert.deepEqual((await waiting).map(({ status }) => status), Array.from({ length: 10 }, () => 200));
    assert.equal(endpoint.asked.length, 1);
  });
});

describe('claims', () => {
  const cases: readonly (readonly [JwtPolicy['claims'][number], unknown, string])[] = [
    [{ name: 'c', format: 'single-string', values: ['a', 'b'] }, 'b', ''],
    [{ name: 'c', format: 'single-string', values: ['a'] }, 'A', 'JWTClaimValueInvalid'],
    [{ name: 'c', format: 'single-string', values: ['a'] }, ['a'], 'JWTClaimFormatInvalid'],
    [{ name: 'c', format: 'single-string', values: ['a'] }, undefined, 'JWTClaimNotPresent'],
    [{ name: 'toString', format: 'single-string', values: ['a'] }, undefined, 'JWTClaimNotPresent'],
    [{ name: 'c', format: 'string-array', values: ['a', 'b'] }, ['b', 'x', 'a'], ''],
    [{ name: 'c', format: 'string-array', values: ['a', 'b'] }, ['a'], 'JWTClaimValueInvalid'],
    [{ name: 'c', format: 'string-array', values: ['a'] }, 'a', 'JWTClaimFormatInvalid'],
    [{ name: 'c', format: 'string-array', values: ['1'] }, [1], 'JWTClaimFormatInvalid'],
    [{ name: 'c', format: 'space-separated-values', values: ['a', 'b'] }, 'b c a', ''],
    [{ name: 'c', format: 'space-separated-values', values: ['a', 'b'] }, 'ab', 'JWTClaimValueInvalid'],
    [{ name: 'c', format: 'space-separated-values', values: ['a'] }, ['a'], 'JWTClaimFormatInvalid'],
  ];
  for (const [check, said, reason] of cases) {
    it(`${check.format} ${JSON.stringify(check.values)} of ${JSON.stringify(said)}: ${reason || 'passes'}`, async () => {
      const { bearer, now } = stage(new Endpoint().serve([rsaJwk]), { claims: [check] });
      assert.equal((await bearer(await sign({ iss: ISSUER, exp: now + 60, ...(said === undefined ? {} : { c: said }) }))).reason, reason);
    });
  }
});

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html */
describe('as an HTTP API has it', () => {
  const api: Partial<JwtPolicy> = {
    answers: 'http-api', kidRequired: true, audiences: ['app', 'other'], scopes: ['read', 'admin'], algorithms: ['RS256'],
    sources: [{ kind: 'header', name: 'authorization', schemeRequired: false }, { kind: 'query', name: 'token' }],
  };
  const ask = async (claims: JWTPayload, how = (token: string): [string, string | null] => [`Authorization: ${token}\r\n`, null]) => {
    const { request, now } = stage(new Endpoint().serve([rsaJwk]), api);
    const { verdict, exchange } = await request(...how(await sign({ iss: ISSUER, exp: now + 60, aud: 'app', scope: 'read', ...claims })));
    return verdict === NEXT ? exchange.identity : (verdict as { status: number; headers: string; body: string });
  };

  it('lets in by aud, by client_id where there is none, and by one scope of scope or scp', async () => {
    for (const claims of [{}, { aud: ['x', 'other'] }, { aud: undefined, client_id: 'app' }, { scope: undefined, scp: ['admin'] }, { scope: 'x admin' }]) {
      assert.equal((await ask(claims) as { kind?: string }).kind, 'jwt', JSON.stringify(claims));
    }
    assert.equal((await ask({}, (token) => ['', `a=1&token=${token}`]) as { kind?: string }).kind, 'jwt');
    assert.equal((await ask({}, (token) => [`Authorization: Bearer ${token}\r\n`, null]) as { kind?: string }).kind, 'jwt');
  });

  it('refuses in its words', async () => {
    assert.deepEqual(await ask({ aud: 'elsewhere', client_id: 'app' }), {
      status: 401, reason: null, body: '{"message":"Unauthorized"}',
      headers: 'content-type: application/json\r\nwww-authenticate: Bearer scope="read admin" error="invalid_token" error_description="the token does not have a valid audience"\r\n',
    });
    assert.deepEqual(await ask({ scope: 'write' }), {
      status: 403, reason: null, body: '{"message":"Forbidden"}', headers: 'content-type: application/json\r\nwww-authenticate: Bearer scope="read admin" error="insufficient_scope"\r\n',
    });
    assert.match((await ask({}, () => ['', null]) as { headers: string }).headers, /www-authenticate: Bearer\r\n$/);
    assert.match((await ask({ exp: 1 }) as { headers: string }).headers, /error_description="the token has expired"/);
  });
});
