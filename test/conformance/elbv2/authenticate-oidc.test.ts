/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html, against a certified provider. */
import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { once } from 'node:events';
import { connect, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http2';
import { after, before, test } from 'node:test';
import { loginStage, type LoginStage } from '../../support/login-stage.ts';
import { CookieClient, httpsGet, type HttpsAnswer } from './https-client.ts';

let stage: LoginStage;
before(async () => {
  stage = await loginStage();
});
after(() => stage[Symbol.asyncDispose]());

/** Follows redirects; at the provider's pages, logs in as `name` and consents. */
async function visit(client: CookieClient, url: string, name = 'jane'): Promise<HttpsAnswer & { readonly url: string }> {
  let at = url;
  for (let i = 0; i < 20; i++) {
    const answer = await client.get(at);
    const { location } = answer.headers;
    if (location !== undefined) {
      at = new URL(location as string, at).href;
      continue;
    }
    const form = /<form[^>]*action="([^"]+)"[^>]*>([\s\S]*?)<\/form>/.exec(answer.body);
    if (form === null) return { ...answer, url: at };
    const prompt = /name="prompt" value="(\w+)"/.exec(form[2]!)![1]!;
    const sent = await client.post(new URL(form[1]!, at).href, prompt === 'login' ? { prompt, login: name, password: 'x' } : { prompt });
    at = new URL(sent.headers['location'] as string, at).href;
  }
  throw new Error(`it goes round at ${at}`);
}

const text = (body: string, id: string): string => new RegExp(`<p id="${id}">([^<]*)</p>`).exec(body)![1]!;

test('a first visit goes to the provider, comes back to the page, and the target can check who it is', async () => {
  const client = new CookieClient();
  const page = await visit(client, `${stage.origin}/page?a=b`);
  assert.deepEqual([page.status, page.url, text(page.body, 'at'), text(page.body, 'who')], [200, `${stage.origin}/page?a=b`, '/page?a=b', 'jane']);
  assert.ok(stage.provider.asked.includes('/.well-known/openid-configuration'));
  const data = text(page.body, 'data');
  const [head, claims, signature] = data.split('.') as [string, string, string];
  const { kid, signer } = JSON.parse(Buffer.from(head, 'base64url').toString()) as { kid: string; signer: string };
  assert.match(signer, /^arn:aws:elasticloadbalancing:us-east-1:\d{12}:loadbalancer\/app\//);
  const endpoint = stage.installation.system.endpointUrl;
  const pem = await (await fetch(`${endpoint}/_elb/public-keys/${kid}`)).text();
  assert.ok(verify('sha256', Buffer.from(`${head}.${claims}`), { key: createPublicKey(pem), dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url')));
  const { exp: _, ...said } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>;
  assert.deepEqual(said, { sub: 'jane', email: 'jane@idp.test', email_verified: true, iss: stage.provider.issuer });
  assert.equal((await fetch(`${endpoint}/_elb/public-keys/other`)).status, 404);
});

test('nobody can say who they are', async () => {
  const client = new CookieClient();
  await visit(client, `${stage.origin}/`);
  const smuggled = await client.get(`${stage.origin}/`, { 'x-amzn-oidc-identity': 'root', 'X-AMZN-OIDC-DATA': 'forged', x_amzn_oidc_identity: 'root', 'x-amzn-oidc_accesstoken': 'forged' });
  assert.equal(text(smuggled.body, 'who'), 'jane');
  const names = stage.target.seen.at(-1)!.raw.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase()).filter((name) => name.includes('oidc'));
  assert.deepEqual(names, ['x-amzn-oidc-accesstoken', 'x-amzn-oidc-identity', 'x-amzn-oidc-data']);
});

test('nor over HTTP/2, whose answer sets cookies too', async () => {
  const client = new CookieClient();
  await visit(client, `${stage.origin}/`);
  const jar = client.jar.get(new URL(stage.origin).host)!;
  const session = connect(stage.origin, { rejectUnauthorized: false });
  try {
    const ask = async (headers: OutgoingHttpHeaders): Promise<{ status: number; cookies: readonly string[]; body: string }> => {
      const stream = session.request({ ':path': '/', ...headers });
      const [answer] = (await once(stream, 'response')) as [IncomingHttpHeaders & { ':status'?: number }];
      let body = '';
      for await (const part of stream) body += String(part);
      return { status: answer[':status']!, cookies: answer['set-cookie'] ?? [], body };
    };
    const smuggled = await ask({ 'cookie': [...jar].map(([name, value]) => `${name}=${value}`), 'x-amzn-oidc-identity': 'root', 'x-amzn-oidc-data': 'forged', 'x_amzn_oidc_identity': 'root' });
    assert.deepEqual([smuggled.status, text(smuggled.body, 'who')], [200, 'jane']);
    const names = stage.target.seen.at(-1)!.raw.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase()).filter((name) => name.includes('oidc'));
    assert.deepEqual(names, ['x-amzn-oidc-accesstoken', 'x-amzn-oidc-identity', 'x-amzn-oidc-data']);
    const away = await ask({});
    assert.equal(away.status, 302);
    assert.match(away.cookies.join(), /^AWSALBAuthNonce=[\w-]{43}; /);
  } finally {
    session.close();
  }
});

test('who is not logged in is denied or let in as nobody, as the rule says', async () => {
  const { installation, listener, target } = stage;
  const forward = { Type: 'forward', Order: 2, TargetGroupArn: await installation.group([target.port]) };
  for (const [priority, behavior] of [[1, 'deny'], [2, 'allow']] as const) {
    await installation.aws('elbv2', 'CreateRule', {
      ListenerArn: listener, Priority: priority, Conditions: [{ Field: 'path-pattern', Values: [`/${behavior}`] }], Actions: [stage.oidc({ OnUnauthenticatedRequest: behavior }), forward],
    });
  }
  assert.equal((await httpsGet(`${stage.origin}/deny`)).status, 401);
  const allowed = await httpsGet(`${stage.origin}/allow`, { 'x-amzn-oidc-identity': 'root' });
  assert.deepEqual([allowed.status, text(allowed.body, 'who')], [200, 'nobody']);
  // one login for rules that ask for the same one
  const client = new CookieClient();
  await visit(client, `${stage.origin}/`);
  assert.equal(text((await client.get(`${stage.origin}/deny`)).body, 'who'), 'jane');
});

test('an answer of the provider that is played again, changed or refused ends in 401 and 561, and the log says why', async () => {
  const client = new CookieClient();
  const begun = await client.get(`${stage.origin}/`);
  const state = new URL(begun.headers['location'] as string).searchParams.get('state')!;
  const callback = `${stage.origin}/oauth2/idpresponse`;
  assert.equal((await client.get(`${callback}?code=invented&state=${state}`)).status, 401);
  assert.equal((await client.get(`${callback}?code=invented&state=${state}`)).status, 401);
  assert.equal((await client.get(callback)).status, 401);
  const again = await client.get(`${stage.origin}/`);
  const second = new URL(again.headers['location'] as string).searchParams.get('state')!;
  assert.equal((await client.get(`${callback}?error=access_denied&state=${second}`)).status, 561);
  const expected = ['authenticate AuthInvalidGrantError', 'authenticate AuthMissingAWSALBAuthNonce', 'authenticate AuthMissingStateParam', 'authenticate -'];
  let logged: readonly string[] = [];
  for (let count = 10; count < 40 && !expected.every((line) => logged.includes(line)); count++) {
    const lines = await stage.installation.logLines(count).catch(() => []);
    logged = lines.filter((line) => line.includes(`${callback}`)).map((line) => line.split('"')).map((parts) => `${parts[11]} ${parts[15]}`);
  }
  for (const line of expected) assert.ok(logged.includes(line), `${line}: ${logged.join(', ')}`);
});

test('a session that many requests see expire at one moment, on two workers, is refreshed once: the provider takes a refresh token once only', async () => {
  await using rotating = await loginStage({ workers: 2, provider: { accessTokenSeconds: 2, rotating: true } });
  const client = new CookieClient();
  const page = await visit(client, `${rotating.origin}/`);
  assert.equal(page.status, 200);
  for (let round = 0; round < 2; round++) {
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    const before = rotating.provider.asked.filter((path) => path === '/token').length;
    const cookie = [...client.jar.get(new URL(rotating.origin).host)!].map(([name, value]) => `${name}=${value}`).join('; ');
    const answers = await Promise.all(Array.from({ length: 16 }, () => httpsGet(`${rotating.origin}/`, { cookie })));
    assert.deepEqual(answers.map(({ status }) => status), Array.from({ length: 16 }, () => 200));
    assert.equal(new Set(answers.map(({ body }) => text(body, 'access'))).size, 1);
    assert.notEqual(text(answers[0]!.body, 'access'), text(page.body, 'access'));
    assert.equal(rotating.provider.asked.filter((path) => path === '/token').length, before + 1);
    await client.get(`${rotating.origin}/`);
  }
});
