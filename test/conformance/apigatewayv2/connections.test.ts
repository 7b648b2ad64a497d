import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { presign, signHeaders, type SigningOptions } from '../../../src/aws/index.ts';
import type { Answer } from '../../e2e/http1/client.ts';
import { get } from '../elbv2/installation.ts';
import { SocketInstallation, type SocketApi } from './web-socket-api.ts';

let at: SocketInstallation;
let api: SocketApi;
let connectionId = '';
before(async () => {
  at = await SocketInstallation.open();
  api = await at.api();
  const echo = await at.lambda(api, await at.apis.function('exports.handler = async (event) => ({ statusCode: 200, body: event.requestContext.connectionId });'));
  await at.route(api, '$default', echo, { responds: true });
  connectionId = await (await at.connect(api)).ask('who am I');
});
after(() => at?.[Symbol.asyncDispose]());

interface Asked {
  readonly method?: string;
  readonly id?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: string;
}

function pathOf({ id = connectionId, query = '' }: Asked): string {
  return `/prod/@connections/${encodeURIComponent(id)}${query}`;
}

function send(port: number, asked: Asked): Promise<Answer> {
  const headers = Object.entries(asked.headers ?? {}).map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return get(port, { host: api.host, path: pathOf(asked), method: asked.method ?? 'POST', body: asked.body ?? '', headers });
}

/** At the API's own address. */
function direct(asked: Asked): Promise<Answer> {
  return send(at.apis.port, asked);
}

/** At the control endpoint. */
function indirect(asked: Asked): Promise<Answer> {
  return send(Number(new URL(at.apis.inside.system.endpointUrl).port), asked);
}

/** What tells answers apart. */
function seen({ status, headers, body }: { readonly status: number; readonly headers: Readonly<Record<string, unknown>>; readonly body: string }): readonly unknown[] {
  return [status, headers['x-amzn-errortype'] ?? null, typeof headers['x-amzn-requestid'], headers['content-type'] ?? null, body.replaceAll(/"lastActiveAt":"[^"]+"/g, '')];
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
test('the API\'s own address, served by workers, and the control endpoint give the same answers', async () => {
  const claimed = (account: string): Readonly<Record<string, string>> => ({ authorization: `AWS4-HMAC-SHA256 Credential=${account}/20260101/us-east-1/execute-api/aws4_request, SignedHeaders=host, Signature=00` });
  const cases: readonly (readonly [string, Asked, number])[] = [
    ['a message', { body: 'hello', headers: claimed('test') }, 200],
    ['an empty one', { headers: claimed('test') }, 200],
    ['by nobody', { body: 'hello' }, 200],
    ['what is known', { method: 'GET', headers: claimed('test') }, 200],
    ['nobody is there', { id: 'AAAAAAAAAAAAAAA=', body: 'x', headers: claimed('test') }, 410],
    ['no id', { id: 'nobody', body: 'x', headers: claimed('test') }, 400],
    ['too large', { body: 'x'.repeat(131_073), headers: claimed('test') }, 413],
    ['somebody else', { body: 'x', headers: claimed('111122223333') }, 403],
  ];
  for (const [name, asked, status] of cases) {
    const here = await direct(asked);
    assert.equal(here.status, status, name);
    assert.deepEqual(seen(here), seen(await indirect(asked)), name);
  }
  assert.equal((await direct({ method: 'PUT', headers: claimed('test') })).status, 403);
  const client = await at.connect(api);
  const id = await client.ask('who am I');
  assert.deepEqual(seen(await direct({ method: 'DELETE', id })), [204, null, 'string', null, '']);
  assert.equal((await client.end()).code, 1000);
});

test('a stage that is not there is forbidden', async () => {
  const { status, headers, body } = await get(at.apis.port, { host: api.host, path: `/other/@connections/${encodeURIComponent(connectionId)}`, method: 'POST', body: 'x' });
  assert.deepEqual([status, headers['x-amzn-errortype'], body], [403, 'ForbiddenException', '{"message":"Forbidden"}']);
});

test('where others than this machine reach the listeners, nobody is taken at his word', async () => {
  // the control endpoint stays on loopback, and believes who calls it
  await using open = await SocketInstallation.open({ addresses: '0.0.0.0' });
  const deployed = await open.api();
  await open.route(deployed, '$default', await open.apis.integration(deployed, { IntegrationType: 'MOCK' }));
  const { host } = deployed;
  const path = '/prod/@connections/AAAAAAAAAAAAAAA%3D';
  const credential = 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/execute-api/aws4_request, SignedHeaders=host, Signature=00';
  for (const headers of ['', `Authorization: ${credential}\r\n`]) {
    assert.equal((await get(open.apis.port, { host, path, method: 'POST', body: 'x', headers })).status, 403, headers);
    assert.equal((await get(Number(new URL(open.apis.inside.system.endpointUrl).port), { host, path, method: 'POST', body: 'x', headers })).status, 410, headers);
  }
});

interface Key {
  readonly accessKeyId: string;
  readonly secret: string;
}

/** A user with these statements, and a key of his. */
async function user(name: string, statements: readonly object[]): Promise<Key> {
  await at.apis.aws('iam', 'CreateUser', { UserName: name });
  const { AccessKey } = await at.apis.aws<{ AccessKey: { AccessKeyId: string; SecretAccessKey: string } }>('iam', 'CreateAccessKey', { UserName: name });
  if (statements.length > 0) await at.apis.aws('iam', 'PutUserPolicy', { UserName: name, PolicyName: 'connections', PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: statements }) });
  return { accessKeyId: AccessKey.AccessKeyId, secret: AccessKey.SecretAccessKey };
}

/** `asked` with the fields that sign it, or `signedBody` in its place. */
function signedBy(asked: Asked & { readonly signedBody?: string }, options: Key & Partial<SigningOptions>): Asked {
  const request = { method: asked.method ?? 'POST', url: pathOf(asked), headers: [['Host', api.host]] as [string, string][], body: Buffer.from(asked.signedBody ?? asked.body ?? '') };
  const { headers } = signHeaders(request, { region: 'us-east-1', service: 'execute-api', now: Date.now(), ...options });
  return { ...asked, headers: Object.fromEntries(headers) };
}

function signed(asked: Asked & { readonly signedBody?: string }, options: Key & Partial<SigningOptions>): Promise<Answer> {
  return direct(signedBy(asked, options));
}

const EVERYTHING = { Effect: 'Allow', Action: 'execute-api:ManageConnections', Resource: '*' };

// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-control-access-iam.html
test('what a signature must be', async () => {
  const key = await user('ada', [EVERYTHING]);
  const body = 'hello';
  assert.equal((await signed({ body }, key)).status, 200);
  const other = await at.connect(api);
  const otherId = await other.ask('who am I');
  const request = { method: 'POST', url: pathOf({}), headers: [['Host', api.host]] as [string, string][], body: Buffer.from(body) };
  const options = { ...key, region: 'us-east-1', service: 'execute-api', now: Date.now() };
  const good = Object.fromEntries(signHeaders(request, options).headers);
  const query = presign({ ...request, body: Buffer.from(body) }, { ...options, expires: 60 }).url;
  assert.equal((await direct({ body, query: query.slice(query.indexOf('?')) })).status, 200, 'in the URL');
  const attacks: readonly (readonly [string, Promise<Answer>, string])[] = [
    ['another secret', signed({ body }, { ...key, secret: 'guessed' }), 'InvalidSignatureException'],
    ['another body', signed({ body: 'other', signedBody: body }, key), 'InvalidSignatureException'],
    ['another connection', direct({ body, id: otherId, headers: good }), 'InvalidSignatureException'],
    ['another method', direct({ method: 'DELETE', body, headers: good }), 'InvalidSignatureException'],
    ['a parameter more', direct({ body, query: '?a=b', headers: good }), 'InvalidSignatureException'],
    ['another service', signed({ body }, { ...key, service: 'lambda' }), 'InvalidSignatureException'],
    ['another region', signed({ body }, { ...key, region: 'eu-west-1' }), 'InvalidSignatureException'],
    ['an hour old', signed({ body }, { ...key, now: Date.now() - 3_600_000 }), 'InvalidSignatureException'],
    ['an hour ahead', signed({ body }, { ...key, now: Date.now() + 3_600_000 }), 'InvalidSignatureException'],
    ['a token that was not given out', signed({ body }, { ...key, sessionToken: 'token' }), 'UnrecognizedClientException'],
    ['no signature', direct({ body, headers: { authorization: good['Authorization']!.replace(/, Signature=.*/, ''), 'x-amz-date': good['X-Amz-Date']! } }), 'IncompleteSignatureException'],
    ['no date', direct({ body, headers: { authorization: good['Authorization']! } }), 'IncompleteSignatureException'],
    ['the host not signed', direct({ body, headers: { ...good, Authorization: good['Authorization']!.replace('SignedHeaders=host;', 'SignedHeaders=') } }), 'IncompleteSignatureException'],
    ['an expired URL', direct({ body, query: expired() }), 'InvalidSignatureException'],
  ];
  function expired(): string {
    const { url } = presign(request, { ...options, now: Date.now() - 120_000, expires: 60 });
    return url.slice(url.indexOf('?'));
  }
  for (const [name, attack, code] of attacks) {
    const { status, headers } = await attack;
    assert.deepEqual([status, headers['x-amzn-errortype']], [403, code], name);
  }
  assert.equal(other.closed, null);
});

test('what policies must say', async () => {
  const arn = (rest: string, account = '000000000000'): string => `arn:aws:execute-api:us-east-1:${account}:${rest}`;
  const allow = (resource: string, more: object = {}): object => ({ ...EVERYTHING, Resource: resource, ...more });
  const deny = (resource: string, more: object = {}): object => ({ ...allow(resource, more), Effect: 'Deny' });
  const cases: readonly (readonly [string, readonly object[], number])[] = [
    ['nothing', [], 403],
    ['this connection', [allow(arn(`${api.id}/prod/POST/@connections/${connectionId}`))], 200],
    ['all connections of the stage', [allow(arn(`${api.id}/prod/POST/@connections/*`))], 200],
    ['the API', [allow(arn(`${api.id}/*`))], 200],
    ['everything of the service', [{ Effect: 'Allow', Action: 'execute-api:*', Resource: '*' }], 200],
    ['another connection', [allow(arn(`${api.id}/prod/POST/@connections/AAAAAAAAAAAAAAA=`))], 403],
    ['another method', [allow(arn(`${api.id}/prod/DELETE/@connections/*`))], 403],
    ['another stage', [allow(arn(`${api.id}/dev/POST/@connections/*`))], 403],
    ['another account', [allow(arn(`${api.id}/prod/POST/@connections/*`, '111122223333'))], 403],
    ['another action', [{ ...EVERYTHING, Action: 'execute-api:Invoke' }], 403],
    ['all, but not this stage', [EVERYTHING, deny(arn(`${api.id}/prod/*`))], 403],
    ['all, but nothing of the service', [{ Effect: 'Allow', Action: '*', Resource: '*' }, { Effect: 'Deny', NotAction: 's3:*', Resource: '*' }], 403],
    ['from here', [allow('*', { Condition: { IpAddress: { 'aws:SourceIp': '127.0.0.0/8' } } })], 200],
    ['from elsewhere', [allow('*', { Condition: { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } } })], 403],
    ['not without TLS', [EVERYTHING, deny('*', { Condition: { Bool: { 'aws:SecureTransport': 'false' } } })], 403],
  ];
  for (const [i, [name, statements, status]] of cases.entries()) {
    const key = await user(`user-${i}`, statements);
    const answer = await signed({ body: 'hello' }, key);
    assert.equal(answer.status, status, name);
    if (status === 403) {
      const explicit = statements.some((statement) => 'Effect' in statement && statement.Effect === 'Deny') ? ' with an explicit deny' : '';
      assert.equal(answer.headers['x-amzn-errortype'], 'AccessDeniedException', name);
      assert.deepEqual(JSON.parse(answer.body), { Message: `User: arn:aws:iam::000000000000:user/user-${i} is not authorized to perform: execute-api:ManageConnections on resource: arn:aws:execute-api:us-east-1:********0000:${api.id}/prod/POST/@connections/{connectionId}${explicit}` }, name);
    }
    // the control endpoint believes whose key it is, and asks the same policies
    assert.equal((await indirect(signedBy({ body: 'hello' }, key))).status, status, name);
  }
});
