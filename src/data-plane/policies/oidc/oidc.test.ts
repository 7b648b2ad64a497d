import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, it } from 'node:test';
import { testSecrets } from '../../../../test/support/policy-secrets.ts';
import { FakeClock, systemRandom } from '../../../kernel/index.ts';
import { ExampleExchange, exampleTlsDownstream } from '../../../observe/example-exchange.ts';
import type { OidcPolicy } from '../../../snapshot/index.ts';
import { NEXT, WAIT, type Outgoing, type OutgoingOutcome, type OutgoingRequest, type Settled, type Site, type Step } from '../../exchange/index.ts';
import { linkCallback, linkStep, PolicyWorker } from '../index.ts';

const basis: OidcPolicy = {
  signer: 'arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/app/shop/0', issuer: 'https://idp.test', authorizationEndpoint: 'https://idp.test/auth?tenant=1', tokenEndpoint: 'https://idp.test/token',
  userInfoEndpoint: 'https://idp.test/me', clientId: 'app', clientSecret: 's3cret:ü', cookieName: 'AWSELBAuthSessionCookie', scope: 'openid email', sessionTimeoutSeconds: 3600, extraParameters: { prompt: 'login' },
  onUnauthenticated: 'authenticate',
};

/** A provider that says what it is told to. */
class Provider implements Outgoing {
  readonly asked: OutgoingRequest[] = [];
  pkce = true;
  claims: Record<string, unknown> = { sub: 'user-1', email: 'jane@shop.test' };
  idToken: Record<string, unknown> = {};
  tokens: Record<string, unknown> = {};
  nonce = '';
  now = 0;
  metadata: Record<string, unknown> = {};
  keys: readonly object[] = [];
  /** Header and key that ID tokens are signed with; null: they are not. */
  signing: { readonly header: object; readonly key: KeyObject } | null = null;
  outcome: ((url: string) => OutgoingOutcome | null) = () => null;

  send(request: OutgoingRequest, done: (outcome: OutgoingOutcome) => void): void {
    this.asked.push(request);
    queueMicrotask(() => done(this.outcome(request.url) ?? json(this.#answer(request.url))));
  }

  #answer(url: string): object {
    if (url.endsWith('openid-configuration')) return { issuer: 'https://idp.test', code_challenge_methods_supported: this.pkce ? ['S256'] : [], ...this.metadata };
    if (url.endsWith('/keys')) return { keys: this.keys };
    if (url.endsWith('/me')) return this.claims;
    const id = { iss: 'https://idp.test', aud: 'app', sub: 'user-1', exp: this.now + 300, iat: this.now, nonce: this.nonce, ...this.idToken };
    return { access_token: 'access-1', token_type: 'Bearer', expires_in: 300, refresh_token: 'refresh-1', id_token: this.#signed(id), ...this.tokens };
  }

  #signed(claims: object): string {
    const text = `${encoded(this.signing?.header ?? {})}.${encoded(claims)}`;
    return `${text}.${this.signing === null ? 'c2ln' : sign('sha256', Buffer.from(text), this.signing.key).toString('base64url')}`;
  }
}

const encoded = (document: object): string => Buffer.from(JSON.stringify(document)).toString('base64url');
const json = (document: object, status = 200): OutgoingOutcome => ({ kind: 'answer', status, contentType: 'application/json', body: Buffer.from(JSON.stringify(document)) });

interface Answer {
  readonly status: number;
  readonly location: URL | null;
  readonly cookies: ReadonlyMap<string, string>;
  readonly exchange: ExampleExchange;
}

class Browser {
  readonly clock = new FakeClock();
  readonly provider = new Provider();
  readonly worker: PolicyWorker;
  readonly jar = new Map<string, string>();
  step: Step;
  callback: Step;

  constructor(change: Partial<OidcPolicy> = {}) {
    this.worker = new PolicyWorker({ clock: this.clock, random: systemRandom, outgoing: this.provider, secrets: testSecrets });
    this.step = linkStep({ kind: 'oidc', settings: { ...basis, ...change } }, this.worker);
    this.callback = linkCallback([this.step], this.worker)!;
  }

  get now(): number {
    return Math.floor(this.clock.now() / 1000);
  }

  async get(target: string, { jar = this.jar, headers = '', authority = 'shop.test' }: { jar?: Map<string, string>; headers?: string; authority?: string } = {}): Promise<Answer> {
    const exchange = new ExampleExchange(exampleTlsDownstream);
    const mark = target.indexOf('?');
    Object.assign(exchange, { method: 'GET', target, path: mark < 0 ? target : target.slice(0, mark), query: mark < 0 ? null : target.slice(mark + 1), authority });
    exchange.headers = headers + [...jar].map(([name, value], i) => `${i === 0 ? 'Cookie: ' : '; '}${name}=${value}`).join('') + (jar.size > 0 ? '\r\n' : '');
    let later: Settled | null = null;
    exchange.site = { proceed: (_: unknown, verdict: Settled) => void (later = verdict) } as unknown as Site;
    this.provider.now = this.now;
    const at = exchange.path === '/oauth2/idpresponse' ? this.callback : this.step;
    const verdict = at.onRequest(exchange);
    const settled = (): boolean => verdict !== WAIT || later !== null;
    for (let i = 0; i < 30 && !settled(); i++) await turn();
    const final = verdict === WAIT ? (later as Settled | null) : verdict;
    const fields = exchange.clientFields + (final !== null && final !== NEXT && 'headers' in final ? final.headers : '');
    const cookies = new Map<string, string>();
    for (const [, name, value] of fields.matchAll(/^Set-Cookie: ([^=]+)=([^;]*); Expires=[^;]+; Path=\/; Secure; HttpOnly\r$/gm)) {
      cookies.set(name!, value!);
      if (value === '') jar.delete(name!);
      else jar.set(name!, value!);
    }
    const location = /^Location: (.*)\r$/m.exec(fields)?.[1];
    return { status: final === NEXT ? 200 : (final as { status: number } | null)?.status ?? 0, location: location === undefined ? null : new URL(location), cookies, exchange };
  }

  /** To the provider and back; what the callback answers. */
  async login(target = '/page?a=b'): Promise<Answer> {
    const { location } = await this.get(target);
    return this.back(location!);
  }

  back(location: URL, more: Record<string, string> = { code: 'code-1' }): Promise<Answer> {
    this.provider.nonce = location.searchParams.get('nonce')!;
    return this.get(`/oauth2/idpresponse?${new URLSearchParams({ state: location.searchParams.get('state')!, ...more }).toString()}`);
  }
}

const fieldsOf = ({ exchange }: Answer): Record<string, string> => Object.fromEntries([...(exchange.targetFields ?? '').matchAll(/^X-Amzn-Oidc-(\w+): (.*)\r$/gm)].map(([, name, value]) => [name!, value!]));

describe('a login', () => {
  it('goes to the provider and back, and then the target hears who it is', async () => {
    const browser = new Browser();
    await turn();
    const away = await browser.get('/page?a=b');
    assert.equal(away.status, 302);
    const { searchParams, origin, pathname } = away.location!;
    assert.equal(origin + pathname, 'https://idp.test/auth');
    const { state, nonce, code_challenge: challenge, ...rest } = Object.fromEntries(searchParams);
    assert.deepEqual(rest, {
      tenant: '1', prompt: 'login', client_id: 'app', redirect_uri: 'https://shop.test/oauth2/idpresponse', response_type: 'code', scope: 'openid email', code_challenge_method: 'S256',
    });
    assert.ok(state!.length > 100 && nonce!.length === 22 && challenge!.length === 43);
    assert.deepEqual([...away.cookies.keys()], ['AWSALBAuthNonce']);
    const back = await browser.back(away.location!);
    assert.deepEqual([back.status, back.location!.href, back.exchange.loginEvent], [302, 'https://shop.test/page?a=b', 'success']);
    const [, token, info] = browser.provider.asked as [OutgoingRequest, OutgoingRequest, OutgoingRequest];
    assert.equal(token.headers['authorization'], `Basic ${Buffer.from('app:s3cret%3A%C3%BC').toString('base64')}`);
    const { code_verifier: verifier, ...sent } = Object.fromEntries(new URLSearchParams(String(token.body)));
    assert.deepEqual(sent, { grant_type: 'authorization_code', code: 'code-1', redirect_uri: 'https://shop.test/oauth2/idpresponse' });
    assert.equal(verifier!.length, 43);
    assert.equal(info.headers['authorization'], 'Bearer access-1');
    const page = await browser.get('/page?a=b');
    assert.equal(page.status, 200);
    const { Accesstoken: access, Identity: subject, Data: data } = fieldsOf(page);
    assert.deepEqual([access, subject], ['access-1', 'user-1']);
    const [head, claims, signature] = data!.split('.') as [string, string, string];
    assert.ok(claims.length % 4 === 0 && head.length % 4 === 0, 'padded, as AWS has it');
    const exp = browser.now + 120;
    assert.deepEqual(JSON.parse(Buffer.from(head, 'base64url').toString()), { typ: 'JWT', kid: testSecrets.signing.kid, alg: 'ES256', iss: 'https://idp.test', client: 'app', signer: basis.signer, exp });
    assert.deepEqual(JSON.parse(Buffer.from(claims, 'base64url').toString()), { sub: 'user-1', email: 'jane@shop.test', exp, iss: 'https://idp.test' });
    const key = { key: createPublicKey(testSecrets.signing.privateKey), dsaEncoding: 'ieee-p1363' } as const;
    assert.ok(verify('sha256', Buffer.from(`${head}.${claims}`), key, Buffer.from(signature, 'base64url')));
  });

  it('goes without PKCE where it is not offered, and without a secret where there is none', async () => {
    const browser = new Browser({ clientSecret: '' });
    browser.provider.pkce = false;
    await turn();
    const { location } = await browser.get('/');
    assert.equal(location!.searchParams.has('code_challenge'), false);
    assert.equal((await browser.back(location!)).status, 302);
    const { headers, body } = browser.provider.asked[1]!;
    assert.deepEqual([headers['authorization'], new URLSearchParams(String(body)).get('client_id'), new URLSearchParams(String(body)).has('code_verifier')], [undefined, 'app', false]);
  });

  it('ends only in the browser that began it, once, and within 15 minutes', async () => {
    const browser = new Browser();
    const { location } = await browser.get('/');
    const reason = async (answer: Promise<Answer>): Promise<unknown> => {
      const { status, exchange } = await answer;
      return [status, exchange.errorReason];
    };
    const url = (more: Record<string, string>): string => `/oauth2/idpresponse?${new URLSearchParams(more).toString()}`;
    const state = location!.searchParams.get('state')!;
    assert.deepEqual(await reason(browser.get(url({ code: 'x', state }), { jar: new Map() })), [401, 'AuthMissingAWSALBAuthNonce']);
    assert.deepEqual(await reason(browser.get(url({ code: 'x', state }), { jar: new Map([['AWSALBAuthNonce', 'A'.repeat(43)]]) })), [401, 'AuthInvalidAWSALBAuthNonce']);
    assert.deepEqual(await reason(browser.get(url({ code: 'x' }))), [401, 'AuthMissingStateParam']);
    assert.deepEqual(await reason(browser.get(url({ code: 'x', state: 'invented' }))), [401, 'AuthInvalidStateParam']);
    assert.deepEqual(await reason(browser.get(url({ code: 'x', state: state.replace(/.$/, (c) => (c === 'A' ? 'B' : 'A')) }))), [401, 'AuthInvalidStateParam']);
    assert.deepEqual(await reason(browser.get(url({ state }))), [401, 'AuthMissingCodeParam']);
    assert.deepEqual(await reason(browser.back(location!, { error: 'access_denied' })), [561, '']);
    const again = await browser.get('/');
    assert.equal((await browser.back(again.location!)).status, 302);
    // the same answer of the provider, played again
    assert.deepEqual(await reason(browser.back(again.location!)), [401, 'AuthMissingAWSALBAuthNonce']);
    const late = await browser.get('/', { jar: new Map() });
    browser.jar.set('AWSALBAuthNonce', late.cookies.get('AWSALBAuthNonce')!);
    browser.clock.advance(15 * 60_000 + 1000);
    assert.deepEqual(await reason(browser.back(late.location!)), [401, 'AuthInvalidStateParam']);
  });

  it('of two tabs do not spoil one another', async () => {
    const browser = new Browser();
    const one = await browser.get('/one');
    const two = await browser.get('/two');
    browser.provider.nonce = one.location!.searchParams.get('nonce')!;
    const nonce = browser.jar.get('AWSALBAuthNonce')!;
    assert.equal((await browser.back(one.location!)).location!.pathname, '/one');
    browser.jar.set('AWSALBAuthNonce', nonce);
    assert.equal((await browser.back(two.location!)).location!.pathname, '/two');
  });

  it('is refused by its reasons', async () => {
    const timeout: OutgoingOutcome = { kind: 'timeout' };
    const at = (part: string, outcome: OutgoingOutcome) => (provider: Provider): void => void (provider.outcome = (url) => (url.endsWith(part) ? outcome : null));
    for (const [spoil, status, reason] of [
      [at('/token', json({ error: 'invalid_grant' }, 400)), 401, 'AuthInvalidGrantError'],
      [at('/token', json({ error: 'invalid_client' }, 401)), 500, 'AuthTokenEpRequestFailed'],
      [at('/token', timeout), 500, 'AuthTokenEpRequestTimeout'],
      [at('/token', { kind: 'failed', why: 'refused' }), 500, 'AuthTokenEpRequestFailed'],
      [at('/token', { kind: 'answer', status: 200, contentType: '', body: Buffer.from('<html>') }), 401, 'AuthInvalidTokenResponse'],
      [(provider: Provider) => void (provider.tokens = { access_token: 'a\r\nX-Evil: 1' }), 401, 'AuthInvalidTokenResponse'],
      [(provider: Provider) => void (provider.tokens = { token_type: 'mac' }), 401, 'AuthInvalidTokenResponse'],
      [(provider: Provider) => void (provider.tokens = { id_token: undefined }), 401, 'AuthInvalidIdToken'],
      [(provider: Provider) => void (provider.idToken = { iss: 'https://evil.test' }), 401, 'AuthInvalidIdToken'],
      [(provider: Provider) => void (provider.idToken = { aud: ['app', 'other'] }), 401, 'AuthInvalidIdToken'],
      [(provider: Provider) => void (provider.idToken = { aud: 'other' }), 401, 'AuthInvalidIdToken'],
      [(provider: Provider) => void (provider.idToken = { azp: 'other' }), 401, 'AuthInvalidIdToken'],
      [(provider: Provider) => void (provider.idToken = { nonce: 'another' }), 401, 'AuthInvalidIdToken'],
      [(provider: Provider) => void (provider.idToken = { exp: 5 }), 401, 'AuthInvalidIdToken'],
      [at('/me', timeout), 500, 'AuthUserinfoEpRequestTimeout'],
      [at('/me', json({}, 503)), 500, 'AuthUserinfoEpRequestFailed'],
      [at('/me', { kind: 'too-large' }), 500, 'AuthUserinfoResponseSizeExceeded'],
      [(provider: Provider) => void (provider.claims = { sub: 'somebody else' }), 401, 'AuthInvalidUserinfoResponse'],
      [(provider: Provider) => void (provider.claims = { sub: 'user-1', groups: 'x'.repeat(11 * 1024) }), 500, 'AuthUserinfoResponseSizeExceeded'],
    ] as const) {
      const browser = new Browser();
      spoil(browser.provider);
      const { status: got, exchange } = await browser.login();
      assert.deepEqual([got, exchange.errorReason], [status, reason]);
      assert.deepEqual([...browser.jar.keys()], [], 'nobody is logged in');
    }
  });

  it('needs a Host', async () => {
    const { status, exchange } = await new Browser().get('/', { authority: '' });
    assert.deepEqual([status, exchange.errorReason], [401, 'AuthMissingHostHeader']);
  });
});

describe('the signature of an ID token', () => {
  const [own, other] = [generateKeyPairSync('rsa', { modulusLength: 2048 }), generateKeyPairSync('rsa', { modulusLength: 2048 })];
  const jwk = (kid: string, { publicKey }: { readonly publicKey: KeyObject }): object => ({ ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' });
  const header = { alg: 'RS256', kid: 'one' };

  async function loginWith(set: { readonly metadata?: object; readonly keys?: readonly object[]; readonly signing: Provider['signing'] }): Promise<Answer> {
    const browser = new Browser();
    Object.assign(browser.provider, { metadata: { jwks_uri: 'https://idp.test/keys' }, keys: [jwk('one', own)], ...set });
    await turn();
    return browser.login();
  }

  it('is checked where the issuer says where its keys are', async () => {
    assert.equal((await loginWith({ signing: { header, key: own.privateKey } })).status, 302);
    const forged = await loginWith({ signing: { header, key: other.privateKey } });
    assert.deepEqual([forged.status, forged.exchange.errorReason], [401, 'AuthInvalidIdToken']);
    assert.equal((await loginWith({ signing: { header: { alg: 'RS256', kid: 'two' }, key: own.privateKey } })).status, 401);
    assert.equal((await loginWith({ signing: { header: { alg: 'XX256' }, key: own.privateKey } })).status, 401);
  });

  it('is left to TLS where there are no such keys: other metadata, no set, a secret', async () => {
    for (const metadata of [{}, { jwks_uri: 'http://idp.test/keys' }, { jwks_uri: 'https://idp.test/keys', issuer: 'https://other.test' }]) assert.equal((await loginWith({ metadata, signing: { header, key: other.privateKey } })).status, 302);
    assert.equal((await loginWith({ metadata: { jwks_uri: 'https://idp.test/me' }, signing: { header, key: other.privateKey } })).status, 302);
    assert.equal((await loginWith({ signing: { header: { alg: 'HS256' }, key: own.privateKey } })).status, 302);
  });
});

describe('a session', () => {
  it('is split at 4 KB, and put together again', async () => {
    const browser = new Browser();
    browser.provider.claims = { sub: 'user-1', groups: Array.from({ length: 9 * 1024 }, (_, i) => String.fromCharCode(97 + (i * 7919) % 26)).join('') };
    await browser.login();
    assert.deepEqual([...browser.jar.keys()], ['AWSELBAuthSessionCookie-0', 'AWSELBAuthSessionCookie-1', 'AWSELBAuthSessionCookie-2', 'AWSELBAuthSessionCookie-3'].slice(0, browser.jar.size));
    assert.ok(browser.jar.size >= 3);
    for (const [name, value] of browser.jar) assert.ok(name.length + value.length < 4096);
    assert.equal((await browser.get('/')).status, 200);
    browser.jar.delete('AWSELBAuthSessionCookie-1');
    assert.equal((await browser.get('/')).status, 302);
  });

  it('that was changed, or is of another login, is none, and its cookies are ended', async () => {
    const browser = new Browser();
    await browser.login();
    const [[name, value]] = [...browser.jar] as [[string, string]];
    for (const changed of [value.replace(/^./, (c) => (c === 'A' ? 'B' : 'A')), `${value}AAAA`, value.slice(0, -4), 'x', '!']) {
      const jar = new Map([[name, changed]]);
      const { status, exchange, cookies } = await browser.get('/', { jar });
      assert.deepEqual([status, exchange.errorReason, cookies.get(name)], [302, 'AuthInvalidCookie', '']);
      assert.equal(exchange.targetFields, '');
    }
    browser.step = linkStep({ kind: 'oidc', settings: { ...basis, clientId: 'other' } }, browser.worker);
    assert.equal((await browser.get('/')).status, 302);
  });

  it('ends after its time, however it is used, and on logout', async () => {
    const browser = new Browser({ sessionTimeoutSeconds: 200 });
    await browser.login();
    browser.clock.advance(199_000);
    assert.equal((await browser.get('/')).status, 200);
    browser.clock.advance(1_000);
    assert.equal((await browser.get('/')).status, 302);
    const other = new Browser();
    await other.login();
    other.jar.set('AWSELBAuthSessionCookie-0', '');
    assert.equal((await other.get('/')).status, 302);
  });

  it('is renewed with the refresh token once the access token has expired, once for many requests', async () => {
    const browser = new Browser();
    await browser.login();
    browser.clock.advance(301_000);
    browser.provider.claims = { sub: 'user-1', email: 'new@shop.test' };
    browser.provider.tokens = { access_token: 'access-2', refresh_token: 'refresh-2', id_token: undefined };
    const before = browser.provider.asked.length;
    const old = new Map(browser.jar);
    const answers = await Promise.all(Array.from({ length: 5 }, () => browser.get('/', { jar: new Map(old) })));
    assert.deepEqual(answers.map(({ status }) => status), [200, 200, 200, 200, 200]);
    assert.equal(browser.provider.asked.length - before, 2);
    assert.equal(new URLSearchParams(String(browser.provider.asked[before]!.body)).get('refresh_token'), 'refresh-1');
    for (const answer of answers) {
      assert.equal(fieldsOf(answer)['Accesstoken'], 'access-2');
      assert.match(Buffer.from(fieldsOf(answer)['Data']!.split('.')[1]!, 'base64url').toString(), /new@shop\.test/);
      assert.ok(answer.cookies.get('AWSELBAuthSessionCookie-0') !== '');
    }
    // the old cookie is served by what the refresh has brought, for a minute
    assert.equal((await browser.get('/', { jar: new Map(old) })).status, 200);
    assert.equal(browser.provider.asked.length - before, 2);
    assert.equal(fieldsOf(await browser.get('/', { jar: new Map(answers[0]!.cookies) }))['Accesstoken'], 'access-2');
  });

  it('is renewed once by two workers that see it at the same moment, with a provider that takes a refresh token once', async () => {
    const [one, two] = [new Browser(), new Browser()];
    two.clock.advance(one.clock.now() - two.clock.now());
    await one.login();
    let used = 0;
    one.provider.outcome = two.provider.outcome = (url) => (url.endsWith('/token') && used++ > 0 ? json({ error: 'invalid_grant' }, 400) : null);
    one.provider.tokens = two.provider.tokens = { access_token: 'access-2', refresh_token: 'refresh-2', id_token: undefined };
    one.worker.desk = {
      ask(request, done) {
        const known = two.worker.renew(request, done);
        if (known !== null) queueMicrotask(() => done(known, false));
        return true;
      },
    };
    for (const { clock } of [one, two]) clock.advance(301_000);
    const cookies = new Map(one.jar);
    const answers = await Promise.all([one.get('/', { jar: new Map(cookies) }), two.get('/', { jar: new Map(cookies) }), one.get('/', { jar: new Map(cookies) })]);
    assert.deepEqual(answers.map(({ status }) => status), [200, 200, 200]);
    assert.deepEqual(answers.map((answer) => fieldsOf(answer)['Accesstoken']), ['access-2', 'access-2', 'access-2']);
    assert.equal(used, 1);
    assert.equal(answers.filter(({ exchange }) => exchange.loginEvent === 'refreshed').length, 1);
  });

  it('whose refresh is refused logs in again; one that cannot be asked for is an error', async () => {
    const browser = new Browser();
    await browser.login();
    browser.clock.advance(301_000);
    browser.provider.outcome = (url) => (url.endsWith('/token') ? { kind: 'timeout' } : null);
    const { status, exchange } = await browser.get('/');
    assert.deepEqual([status, exchange.errorReason], [500, 'AuthTokenEpRequestTimeout']);
    browser.provider.outcome = (url) => (url.endsWith('/token') ? json({ error: 'invalid_grant' }, 400) : null);
    assert.equal((await browser.get('/')).status, 302);
    // "IdP does not support refresh tokens": the session goes on to its end
    const other = new Browser();
    other.provider.tokens = { refresh_token: undefined };
    await other.login();
    other.clock.advance(3_000_000);
    assert.equal((await other.get('/')).status, 200);
  });
});

describe('who is not logged in', () => {
  it('is denied, or let in as nobody', async () => {
    const denied = await new Browser({ onUnauthenticated: 'deny' }).get('/');
    assert.deepEqual([denied.status, denied.exchange.errorReason], [401, '']);
    const allowed = await new Browser({ onUnauthenticated: 'allow' }).get('/', { headers: 'X-Amzn-Oidc-Identity: root\r\n' });
    assert.deepEqual([allowed.status, allowed.exchange.targetFields], [200, '']);
  });
});
