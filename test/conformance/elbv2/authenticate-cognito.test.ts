/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html, against what answers as a Cognito user pool does. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { CognitoPool } from '../../support/cognito-pool.ts';
import { selfSigned } from '../../support/self-signed.ts';
import { CookieClient, type HttpsAnswer } from './https-client.ts';
import { Installation, type Door, type Target } from './installation.ts';

const ACCESS_SECONDS = 1;
let folder: string;
let pool: CognitoPool;
let installation: Installation;
let target: Target;
let door: Door;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'turnpike-cognito-'));
  pool = await CognitoPool.open({ accessSeconds: ACCESS_SECONDS });
  writeFileSync(join(folder, 'trust.pem'), pool.authority);
  installation = await Installation.open({ trust: join(folder, 'trust.pem'), 'cognito-domains': `shop=${pool.url};${pool.issuer}`, 'cognito-secrets': `${CognitoPool.clientId}=${CognitoPool.secret}` });
  const { certificate, privateKey } = await selfSigned('localhost');
  const { CertificateArn } = await installation.aws<{ CertificateArn: string }>('acm', 'ImportCertificate', { Certificate: Buffer.from(certificate), PrivateKey: Buffer.from(privateKey) });
  target = await installation.target((request, response) => response.end(`${String(request.headers['x-amzn-oidc-identity'])} ${String(request.headers['x-amzn-oidc-accesstoken'])}`));
  const group = await installation.group([target.port]);
  door = await installation.door(await installation.balancer(), { Type: 'forward', TargetGroupArn: group }, { Protocol: 'HTTPS', Certificates: [{ CertificateArn }] });
  const login = {
    Type: 'authenticate-cognito', Order: 1,
    AuthenticateCognitoConfig: { UserPoolArn: CognitoPool.arn, UserPoolClientId: CognitoPool.clientId, UserPoolDomain: 'shop', Scope: 'openid email', AuthenticationRequestExtraParams: { lang: 'de' } },
  };
  await installation.rule(door, 1, { when: [{ Field: 'path-pattern', Values: ['/members/*'] }], action: {}, more: { Actions: [login, { Type: 'forward', Order: 2, TargetGroupArn: group }] } });
});

after(async () => {
  await installation[Symbol.asyncDispose]();
  await pool[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

async function visit(client: CookieClient, url: string): Promise<HttpsAnswer> {
  for (let at = url, i = 0; i < 10; i++) {
    const answer = await client.get(at);
    const { location } = answer.headers;
    if (location === undefined) return answer;
    at = new URL(location as string, at).href;
  }
  throw new Error('it goes round');
}

test('a visitor is sent to the domain of the pool, and the target hears whom the pool knows', async () => {
  const origin = `https://localhost:${door.port}`;
  const page = await visit(new CookieClient(), `${origin}/members/page`);
  assert.equal(page.status, 200);
  assert.match(page.body, /^f0e1-jane ey/);
  const { response_type, client_id, redirect_uri, scope, lang, code_challenge } = Object.fromEntries(pool.authorized) as Record<string, string>;
  assert.deepEqual({ response_type, client_id, redirect_uri, scope, lang, code_challenge }, { response_type: 'code', client_id: CognitoPool.clientId, redirect_uri: `${origin}/oauth2/idpresponse`, scope: 'openid email', lang: 'de', code_challenge: undefined });
  for (const path of ['GET /oauth2/authorize', 'POST /oauth2/token', 'GET /oauth2/userInfo']) assert.ok(pool.asked.includes(path), path);
});

test('the session is refreshed with the one refresh token that there is, until the user is signed out at the pool', async () => {
  const client = new CookieClient();
  const url = `https://localhost:${door.port}/members/again`;
  const tokens = new Set([(await visit(client, url)).body]);
  for (let i = 0; i < 2; i++) {
    await new Promise((resolve) => setTimeout(resolve, (ACCESS_SECONDS + 0.2) * 1000));
    const answer = await client.get(url);
    assert.equal(answer.status, 200);
    tokens.add(answer.body);
  }
  assert.equal(tokens.size, 3);
  pool.signedOut = true;
  await new Promise((resolve) => setTimeout(resolve, (ACCESS_SECONDS + 0.2) * 1000));
  const answer = await client.get(url);
  assert.equal(answer.status, 302);
  assert.ok(String(answer.headers['location']).startsWith(`${pool.url}/oauth2/authorize?`));
});
