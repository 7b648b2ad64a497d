/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, test } from 'node:test';
import { SignJWT } from 'jose';
import { ApiInstallation, ECHO, type Api } from './http-api.ts';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
let apis: ApiInstallation;
let api: Api;
let issuer: string;
before(async () => {
  apis = await ApiInstallation.open();
  const provider = await apis.inside.target((request, response) => {
    const body = request.url === '/.well-known/openid-configuration' ? { issuer, jwks_uri: `${issuer}/keys` } : { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'RS256', use: 'sig' }] };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  issuer = `http://127.0.0.1:${provider.port}`;
  api = await apis.api();
  const { AuthorizerId } = await apis.v2<{ AuthorizerId: string }>('CreateAuthorizer', {
    ApiId: api.id, Name: 'jwt', AuthorizerType: 'JWT', IdentitySource: ['$request.header.Authorization'], JwtConfiguration: { Issuer: issuer, Audience: ['app'] },
  });
  const integration = await apis.lambda(api, await apis.function(ECHO));
  await apis.route(api, 'GET /any', integration, { AuthorizationType: 'JWT', AuthorizerId });
  await apis.route(api, 'GET /scoped', integration, { AuthorizationType: 'JWT', AuthorizerId, AuthorizationScopes: ['read', 'admin'] });
});
after(() => apis[Symbol.asyncDispose]());

function token(claims: Readonly<Record<string, unknown>> = {}): Promise<string> {
  return new SignJWT({ iss: issuer, aud: 'app', sub: 'ann', groups: ['a', 'b'], n: 7, scope: 'read write', exp: Math.floor(Date.now() / 1000) + 60, ...claims }).setProtectedHeader({ alg: 'RS256', kid: 'k1' }).sign(privateKey);
}

const bearer = async (path: string, given: string) => apis.get(api, { path, headers: `Authorization: Bearer ${given}\r\n` });

test('a valid token gets in, and its claims reach the function as text', async () => {
  const { status, body } = await bearer('/any', await token());
  assert.equal(status, 200, body);
  const { jwt } = (JSON.parse(body) as { requestContext: { authorizer: { jwt: { claims: Record<string, string>; scopes: unknown } } } }).requestContext.authorizer;
  assert.equal(jwt.claims['sub'], 'ann');
  assert.equal(jwt.claims['groups'], '[a b]');
  assert.equal(jwt.claims['n'], '7');
  assert.equal(jwt.scopes, null);
});

test('no token, a wrong one and one that has expired are 401', async () => {
  const none = await apis.get(api, { path: '/any' });
  assert.deepEqual([none.status, none.body, none.headers['www-authenticate']], [401, '{"message":"Unauthorized"}', 'Bearer']);
  assert.match(none.headers['apigw-requestid'] ?? '', /=$/);
  for (const claims of [{ aud: 'other' }, { iss: 'https://other.example' }, { exp: 1 }]) {
    const { status, headers } = await bearer('/any', await token(claims));
    assert.equal(status, 401);
    assert.match(headers['www-authenticate'] ?? '', /error="invalid_token"/);
  }
  assert.equal((await bearer('/any', 'nonsense')).status, 401);
});

test('a token without one of the scopes of the route is 403', async () => {
  const ok = await bearer('/scoped', await token());
  assert.equal(ok.status, 200);
  assert.deepEqual((JSON.parse(ok.body) as { requestContext: { authorizer: { jwt: { scopes: unknown } } } }).requestContext.authorizer.jwt.scopes, ['read']);
  const { status, body } = await bearer('/scoped', await token({ scope: 'write' }));
  assert.deepEqual([status, body], [403, '{"message":"Forbidden"}']);
});
