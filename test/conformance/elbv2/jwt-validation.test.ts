/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-verify-jwt.html */
import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { SignJWT, type JWTPayload } from 'jose';
import { selfSigned } from '../../support/self-signed.ts';
import { httpsGet } from './https-client.ts';
import { Installation, says, type Door, type Target } from './installation.ts';

const ISSUER = 'https://idp.test/';
const keys = [generateKeyPairSync('rsa', { modulusLength: 2048 }), generateKeyPairSync('rsa', { modulusLength: 2048 })] as const;
let published: readonly object[] = [];
let fetched = 0;
let installation: Installation;
let endpoint: Server;
let folder: string;
let door: Door;
let target: Target;

const jwk = (key: KeyObject, kid: string): object => ({ ...key.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' });
const token = (claims: JWTPayload, kid = 'one', key = keys[0].privateKey): Promise<string> =>
  new SignJWT({ iss: ISSUER, exp: Math.floor(Date.now() / 1000) + 60, scope: 'read write', ...claims }).setProtectedHeader({ alg: 'RS256', kid }).sign(key);
const get = (path: string, bearer: string | null) => httpsGet(`https://127.0.0.1:${door.port}${path}`, bearer === null ? {} : { authorization: `Bearer ${bearer}` });

before(async () => {
  const { certificate, privateKey } = await selfSigned('localhost', '127.0.0.1');
  folder = mkdtempSync(join(tmpdir(), 'turnpike-jwt-'));
  writeFileSync(join(folder, 'trust.pem'), certificate);
  endpoint = createServer({ cert: certificate, key: privateKey }, (_request, response) => {
    fetched++;
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: published }));
  });
  await new Promise<void>((resolve) => void endpoint.listen(0, '127.0.0.1', resolve));
  published = [jwk(keys[0].publicKey, 'one')];
  installation = await Installation.open({ trust: join(folder, 'trust.pem') });
  const balancer = await installation.balancer({ 'access_logs.s3.enabled': 'true', 'access_logs.s3.bucket': 'logs' });
  const { CertificateArn } = await installation.aws<{ CertificateArn: string }>('acm', 'ImportCertificate', { Certificate: Buffer.from(certificate), PrivateKey: Buffer.from(privateKey) });
  target = await installation.target();
  const forward = { Type: 'forward', Order: 2, TargetGroupArn: await installation.group([target.port]) };
  const jwt = (more: object, port = (endpoint.address() as AddressInfo).port) => ({ Type: 'jwt-validation', Order: 1, JwtValidationConfig: { JwksEndpoint: `https://127.0.0.1:${port}/keys`, Issuer: ISSUER, ...more } });
  door = await installation.door(balancer, says('open'), { Protocol: 'HTTPS', Certificates: [{ CertificateArn }] });
  const rule = (priority: number, path: string, actions: readonly object[]) =>
    installation.rule(door, priority, { when: [{ Field: 'path-pattern', Values: [path] }], action: {}, more: { Actions: actions } });
  await rule(1, '/scoped', [jwt({ AdditionalClaims: [{ Format: 'space-separated-values', Name: 'scope', Values: ['write'] }] }), forward]);
  await rule(2, '/down', [jwt({}, 1), forward]);
  await rule(3, '/api/*', [jwt({}), forward]);
});

after(async () => {
  endpoint.closeAllConnections();
  endpoint.close();
  await installation[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

test('a request with a token reaches the target, with its token; one without gets a 401 page', async () => {
  const good = await token({});
  assert.deepEqual([(await get('/api/a', good)).body, target.seen.at(-1)!.headers['authorization']], ['target', `Bearer ${good}`]);
  const before = target.seen.length;
  for (const bearer of [null, 'nonsense', await token({ iss: 'https://evil.test/' }), await token({}, 'one', keys[1].privateKey)]) {
    const { status, body, headers } = await get('/api/a', bearer);
    assert.deepEqual([status, headers['content-type'], headers['server']], [401, 'text/html', 'awselb/2.0']);
    assert.match(body, /<title>401 Authorization Required<\/title>/);
  }
  assert.equal(target.seen.length, before);
  assert.equal((await get('/', null)).body, 'open');
});

test('additional claims must be there', async () => {
  assert.equal((await get('/scoped', await token({}))).status, 200);
  assert.equal((await get('/scoped', await token({ scope: 'read' }))).status, 401);
});

test('a new key is found by its kid', async () => {
  published = [jwk(keys[0].publicKey, 'one'), jwk(keys[1].publicKey, 'two')];
  const before = fetched;
  assert.equal((await get('/api/a', await token({}, 'two', keys[1].privateKey))).status, 200);
  assert.equal((await get('/api/a', await token({ jti: '2' }, 'two', keys[1].privateKey))).status, 200);
  assert.equal(fetched, before + 1);
});

test('without keys nothing is let in, and the log says why', async () => {
  assert.equal((await get('/down', await token({}))).status, 500);
  const lines = await installation.logLines(11);
  const tail = (path: string): string[] => lines.filter((line) => line.includes(`${path} HTTP`)).map((line) => line.split('"').filter((_, i) => [11, 15].includes(i)).join(' '));
  assert.deepEqual(tail('/down'), ['jwt-validation JWKSRequestFailed']);
  assert.deepEqual(tail('/api/a').slice(0, 5), [
    'jwt-validation,forward -', 'jwt-validation JWTHeaderNotPresent', 'jwt-validation JWTRequestFormatInvalid', 'jwt-validation JWTClaimValueInvalid', 'jwt-validation JWTSignatureValidationError',
  ]);
});
