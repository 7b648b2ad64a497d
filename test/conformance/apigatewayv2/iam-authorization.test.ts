/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-access-control-iam.html */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DEFAULT_ACCOUNT } from '../../../src/aws/index.ts';
import { SignatureV4 } from '@smithy/signature-v4';
import { Sha256 } from '@aws-crypto/sha256-js';
import { ApiInstallation, ECHO, type Api } from './http-api.ts';

let apis: ApiInstallation;
let api: Api;
before(async () => {
  apis = await ApiInstallation.open();
  api = await apis.api();
  const integration = await apis.lambda(api, await apis.function(ECHO));
  for (const key of ['GET /a', 'POST /a', 'GET /b']) await apis.route(api, key, integration, { AuthorizationType: 'AWS_IAM' });
});
after(() => apis[Symbol.asyncDispose]());

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

let users = 0;
async function user(statements: object): Promise<Keys> {
  const UserName = `user-${++users}`;
  await apis.aws('iam', 'CreateUser', { UserName });
  await apis.aws('iam', 'PutUserPolicy', { UserName, PolicyName: 'p', PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: statements }) });
  const { AccessKey } = await apis.aws<{ AccessKey: { AccessKeyId: string; SecretAccessKey: string } }>('iam', 'CreateAccessKey', { UserName });
  return { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey };
}

async function signed(keys: Keys, { method = 'GET', path = '/a', body = '', tamper = '' }: { readonly method?: string; readonly path?: string; readonly body?: string; readonly tamper?: string } = {}) {
  const signer = new SignatureV4({ credentials: keys, region: 'us-east-1', service: 'execute-api', sha256: Sha256 });
  const { headers } = await signer.sign({ method, protocol: 'http:', hostname: api.host, path, query: {}, headers: { host: api.host }, ...(body !== '' && { body }) });
  const lines = Object.entries(headers).filter(([name]) => name !== 'host').map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return apis.get(api, { method, path, headers: lines, body: body + tamper });
}

const allow = (resource: string): object => ({ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: resource });

test('who is not signed in is 403', async () => {
  const { status, body } = await apis.get(api, { path: '/a' });
  assert.deepEqual([status, body], [403, '{"message":"Forbidden"}']);
});

test('a user whose policy allows the route gets in, and the integration sees who it is', async () => {
  const keys = await user(allow(`arn:aws:execute-api:us-east-1:${DEFAULT_ACCOUNT}:${api.id}/*/GET/a`));
  const { status, body } = await signed(keys);
  assert.equal(status, 200, body);
  const { iam } = (JSON.parse(body) as { requestContext: { authorizer: { iam: Record<string, unknown> } } }).requestContext.authorizer;
  assert.deepEqual({ ...iam, callerId: '', userId: '' }, {
    accessKey: keys.accessKeyId, accountId: DEFAULT_ACCOUNT, callerId: '', cognitoIdentity: null, principalOrgId: null, userArn: `arn:aws:iam::${DEFAULT_ACCOUNT}:user/user-${users}`, userId: '',
  });
  assert.match(String(iam.userId), /^AIDA/);
  assert.equal((await signed(keys, { path: '/b' })).status, 403);
  assert.equal((await signed(keys, { method: 'POST', body: 'x' })).status, 403);
});

test('a deny wins', async () => {
  assert.equal((await signed(await user([allow('*'), { Effect: 'Deny', Action: 'execute-api:*', Resource: 'arn:aws:execute-api:*:*:*/GET/a' }]))).status, 403);
});

test('the body is signed too, and still goes on', async () => {
  const keys = await user(allow('*'));
  const ok = await signed(keys, { method: 'POST', body: '{"a":1}' });
  assert.equal(ok.status, 200, ok.body);
  assert.equal(Buffer.from((JSON.parse(ok.body) as { body: string }).body, 'base64').toString(), '{"a":1}');
  assert.equal((await signed(keys, { method: 'POST', body: '{"a":1}', tamper: ' ' })).status, 403);
});

test('a wrong secret and an unknown key are 403', async () => {
  const keys = await user(allow('*'));
  assert.equal((await signed({ ...keys, secretAccessKey: 'wrong' })).status, 403);
  assert.equal((await signed({ accessKeyId: 'AKIAAAAAAAAAAAAAAAAA', secretAccessKey: 'x' })).status, 403);
});

test('a session of a role has what the role is allowed', async () => {
  const trust = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }] });
  const { Role } = await apis.aws<{ Role: { Arn: string } }>('iam', 'CreateRole', { RoleName: 'caller', AssumeRolePolicyDocument: trust });
  await apis.aws('iam', 'AttachRolePolicy', { RoleName: 'caller', PolicyArn: 'arn:aws:iam::aws:policy/AmazonAPIGatewayInvokeFullAccess' });
  const { Credentials: given } = await apis.aws<{ Credentials: { AccessKeyId: string; SecretAccessKey: string; SessionToken: string } }>('sts', 'AssumeRole', { RoleArn: Role.Arn, RoleSessionName: 'job' });
  const { status, body } = await signed({ accessKeyId: given.AccessKeyId, secretAccessKey: given.SecretAccessKey, sessionToken: given.SessionToken });
  assert.equal(status, 200, body);
  assert.match(body, /assumed-role\/caller\/job/);
});
