import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { quietOffset } from '../../support/quiet-offset.ts';
import { AttachUserPolicyCommand, CreateAccessKeyCommand, CreateUserCommand, IAMClient } from '@aws-sdk/client-iam';
import {
  AddPermissionCommand, CreateFunctionCommand, CreateFunctionUrlConfigCommand, DeleteFunctionUrlConfigCommand, GetFunctionUrlConfigCommand, InvokeWithResponseStreamCommand, LambdaClient,
  PutFunctionConcurrencyCommand, UpdateFunctionUrlConfigCommand,
} from '@aws-sdk/client-lambda';
import { clientSettings } from '../../support/load/balancer.ts';
import { startTurnpike, type RunningTurnpike } from '../../support/turnpike.ts';
import { zipFiles } from '../../support/zip.ts';

/** An address of this test's own: its ports are shared with nobody. */
const ADDRESS = '127.0.77.1';
const ROLE = 'arn:aws:iam::000000000000:role/lambda';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
  /** When each part came, ms after the request. */
  readonly parts: readonly number[];
}

// https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
describe('URLs of functions', () => {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-url-'));
  let turnpike: RunningTurnpike;
  let lambda: LambdaClient;
  let offset = 0;

  before(async () => {
    offset = await quietOffset();
    turnpike = await startTurnpike({ dataFolder: folder, options: ['--workers', '1', '--drain-seconds', '1', '--addresses', ADDRESS, '--address-pool', 'no', '--port-offset', String(offset)] });
    lambda = new LambdaClient(clientSettings(turnpike.endpoint));
  });
  after(async () => {
    await turnpike?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const make = (name: string, source: string): Promise<unknown> =>
    lambda.send(new CreateFunctionCommand({ FunctionName: name, Runtime: 'nodejs22.x', Handler: 'index.handler', Role: ROLE, Code: { ZipFile: zipFiles({ 'index.js': source }) } }));
  const open = (name: string): Promise<unknown> =>
    lambda.send(new AddPermissionCommand({ FunctionName: name, StatementId: 'url', Action: 'lambda:InvokeFunctionUrl', Principal: '*', FunctionUrlAuthType: 'NONE' }));
  const ask = (url: string, more: { readonly method?: string; readonly path?: string; readonly headers?: Readonly<Record<string, string | readonly string[]>>; readonly body?: string | Buffer } = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const started = performance.now();
      const sent = request({ host: ADDRESS, port: 80 + offset, method: more.method ?? 'GET', path: more.path ?? '/', agent: false, headers: { host: new URL(url).hostname, ...more.headers } }, (answer) => {
        const chunks: Buffer[] = [];
        const parts: number[] = [];
        answer.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          parts.push(performance.now() - started);
        });
        answer.on('end', () => resolve({ status: answer.statusCode!, headers: answer.headers, body: Buffer.concat(chunks).toString(), parts }));
        answer.on('error', (error) => reject(Object.assign(error, { heard: Buffer.concat(chunks).toString() })));
      });
      sent.on('error', reject);
      sent.end(more.body);
    });

  it('the request is the event in format 2.0, the answer the response', async () => {
    await make('echo', `exports.handler = async (event) => event.rawPath === '/plain' ? { any: 'json' } : event.rawPath === '/fail' ? Promise.reject(new Error('x')) : ({ statusCode: 201, headers: { 'x-mine': '1' }, cookies: ['a=1', 'b=2; Path=/'], body: JSON.stringify(event) });`);
    const made = await lambda.send(new CreateFunctionUrlConfigCommand({ FunctionName: 'echo', AuthType: 'NONE' }));
    const url = made.FunctionUrl!;
    assert.match(url, new RegExp(`^https://[a-z0-9]{32}\\.lambda-url\\.us-east-1\\.localhost:${443 + offset}/$`));
    assert.equal((await ask(url)).status, 403, 'without a permission for everybody nobody may');
    await open('echo');
    const answer = await ask(url, { method: 'POST', path: '/a%20b/c?x=1&x=2&y=%C3%A9', headers: { cookie: 'c=3; d=4', 'X-Multi': ['one', 'two'], 'content-type': 'application/json' }, body: '{"a":1}' });
    assert.equal(answer.status, 201);
    assert.equal(answer.headers['x-mine'], '1');
    assert.deepEqual(answer.headers['set-cookie'], ['a=1', 'b=2; Path=/']);
    assert.match(String(answer.headers['x-amzn-requestid']), /^[0-9a-f-]{36}$/);
    const event = JSON.parse(answer.body);
    assert.equal(event.version, '2.0');
    assert.equal(event.routeKey, '$default');
    assert.equal(event.rawPath, '/a b/c');
    assert.equal(event.rawQueryString, 'x=1&x=2&y=%C3%A9');
    assert.deepEqual(event.queryStringParameters, { x: '1,2', y: 'é' });
    assert.deepEqual(event.cookies, ['c=3', 'd=4']);
    assert.equal(event.headers['x-multi'], 'one,two');
    assert.equal(event.headers['x-forwarded-proto'], 'http');
    assert.deepEqual([event.body, event.isBase64Encoded], ['{"a":1}', false]);
    const { requestContext } = event;
    assert.equal(requestContext.accountId, 'anonymous');
    assert.equal(requestContext.domainName, new URL(url).hostname);
    assert.equal(requestContext.apiId, requestContext.domainPrefix);
    assert.deepEqual([requestContext.stage, requestContext.http.method, requestContext.http.path, requestContext.http.sourceIp], ['$default', 'POST', '/a b/c', '127.0.0.1']);
    const plain = await ask(url, { path: '/plain' });
    assert.deepEqual([plain.status, plain.headers['content-type'], plain.body], [200, 'application/json', '{"any":"json"}']);
    const failed = await ask(url, { path: '/fail' });
    assert.deepEqual([failed.status, failed.body], [502, 'Internal Server Error']);
    const binary = JSON.parse((await ask(url, { method: 'POST', body: Buffer.from([0xff, 0xfe]) })).body);
    assert.deepEqual([binary.body, binary.isBase64Encoded], ['//4=', true]);
    await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName: 'echo', ReservedConcurrentExecutions: 0 }));
    assert.equal((await ask(url)).status, 429);
    await lambda.send(new DeleteFunctionUrlConfigCommand({ FunctionName: 'echo' }));
    assert.notEqual((await ask(url).catch(() => ({ status: 0 }))).status, 201, 'nobody is served there any more');
    await assert.rejects(lambda.send(new GetFunctionUrlConfigCommand({ FunctionName: 'echo' })), { name: 'ResourceNotFoundException' });
  });

  // https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html#urls-cors
  it('CORS is answered by the URL, and replaces what the function says', async () => {
    await make('cors', "exports.handler = async () => ({ statusCode: 200, headers: { 'Access-Control-Allow-Origin': 'https://mine' }, body: 'x' });");
    const made = await lambda.send(new CreateFunctionUrlConfigCommand({
      FunctionName: 'cors', AuthType: 'NONE', Cors: { AllowOrigins: ['https://a.test'], AllowMethods: ['GET', 'PUT'], AllowHeaders: ['x-a'], ExposeHeaders: ['x-b'], MaxAge: 60, AllowCredentials: true },
    }));
    await open('cors');
    const url = made.FunctionUrl!;
    const preflight = await ask(url, { method: 'OPTIONS', headers: { origin: 'https://a.test', 'access-control-request-method': 'PUT' } });
    assert.equal(preflight.status, 200);
    assert.deepEqual(
      ['access-control-allow-origin', 'access-control-allow-methods', 'access-control-allow-headers', 'access-control-max-age', 'access-control-allow-credentials'].map((name) => preflight.headers[name]),
      ['https://a.test', 'GET,PUT', 'x-a', '60', 'true'],
    );
    const allowed = await ask(url, { headers: { origin: 'https://a.test' } });
    assert.deepEqual([allowed.body, allowed.headers['access-control-allow-origin'], allowed.headers['access-control-expose-headers']], ['x', 'https://a.test', 'x-b']);
    const other = await ask(url, { headers: { origin: 'https://b.test' } });
    assert.deepEqual([other.status, other.headers['access-control-allow-origin']], [200, undefined]);
    const updated = await lambda.send(new UpdateFunctionUrlConfigCommand({ FunctionName: 'cors', Cors: {} }));
    assert.equal(updated.Cors, undefined);
    assert.equal((await ask(url, { headers: { origin: 'https://b.test' } })).headers['access-control-allow-origin'], 'https://mine');
  });

  // https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html
  it('RESPONSE_STREAM: the status comes first, the parts as they are written', async () => {
    await make('stream', `exports.handler = awslambda.streamifyResponse(async (event, out) => {
      if (event.rawPath === '/early') throw new Error('early');
      if (event.rawPath === '/midway') { out.write('one,'); out.write('two'); throw new Error('midway'); }
      const stream = event.rawPath === '/raw' ? out : awslambda.HttpResponseStream.from(out, { statusCode: 202, headers: { 'content-type': 'text/x-parts', 'x-mine': '1' }, cookies: ['a=1'] });
      if (event.rawPath === '/big') { const part = Buffer.alloc(65536, 'y'); for (let i = 0; i < 320; i++) if (!stream.write(part)) await new Promise((r) => stream.once('drain', r)); stream.end(); return; }
      for (const word of ['one,', 'two,', 'three']) { stream.write(word); await new Promise((r) => setTimeout(r, 300)); }
      if (event.rawPath === '/late') throw new Error('late');
      stream.end();
    });`);
    const url = (await lambda.send(new CreateFunctionUrlConfigCommand({ FunctionName: 'stream', AuthType: 'NONE', InvokeMode: 'RESPONSE_STREAM' }))).FunctionUrl!;
    await open('stream');
    const answer = await ask(url);
    assert.deepEqual([answer.status, answer.headers['content-type'], answer.headers['x-mine'], answer.headers['set-cookie'], answer.body], [202, 'text/x-parts', '1', ['a=1'], 'one,two,three']);
    assert.ok(answer.parts.at(-1)! - answer.parts[0]! > 200, 'the parts came one after the other');
    const raw = await ask(url, { path: '/raw' });
    assert.deepEqual([raw.status, raw.headers['content-type'], raw.body], [200, 'application/octet-stream', 'one,two,three']);
    assert.equal((await ask(url, { path: '/early' })).status, 502);
    await assert.rejects(ask(url, { path: '/late' }), 'what has begun is broken off');
    await assert.rejects(ask(url, { path: '/midway' }), { heard: 'one,two' }, 'what was written in the turn that failed has come all the same');
    assert.equal((await ask(url, { path: '/big' })).body.length, 320 * 65536);
    const sdk = await lambda.send(new InvokeWithResponseStreamCommand({ FunctionName: 'stream', Payload: Buffer.from('{"rawPath":"/raw"}'), LogType: 'Tail' }));
    const parts: string[] = [];
    let log = '';
    for await (const event of sdk.EventStream!) {
      if (event.PayloadChunk) parts.push(Buffer.from(event.PayloadChunk.Payload!).toString());
      if (event.InvokeComplete) log = Buffer.from(event.InvokeComplete.LogResult!, 'base64').toString();
    }
    assert.equal(parts.join(''), 'one,two,three');
    assert.ok(parts.length > 1, 'they came one after the other');
    assert.match(log, /^START RequestId[^]*REPORT/);
    const failed = await lambda.send(new InvokeWithResponseStreamCommand({ FunctionName: 'stream', Payload: Buffer.from('{"rawPath":"/early"}') }));
    for await (const event of failed.EventStream!) if (event.InvokeComplete) assert.match(event.InvokeComplete.ErrorDetails!, /early/);
  });

  // https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html#urls-auth-iam
  it('AWS_IAM: signed by someone who may', async () => {
    await make('private', 'exports.handler = async (event) => event.requestContext.authorizer.iam;');
    const url = (await lambda.send(new CreateFunctionUrlConfigCommand({ FunctionName: 'private', AuthType: 'AWS_IAM' }))).FunctionUrl!;
    const iam = new IAMClient(clientSettings(turnpike.endpoint));
    const user = async (name: string): Promise<{ readonly id: string; readonly secret: string }> => {
      await iam.send(new CreateUserCommand({ UserName: name }));
      const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: name }));
      return { id: AccessKey!.AccessKeyId!, secret: AccessKey!.SecretAccessKey! };
    };
    const admin = await user('admin');
    await iam.send(new AttachUserPolicyCommand({ UserName: 'admin', PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }));
    const nobody = await user('nobody');
    await open('private');
    assert.equal((await ask(url)).status, 403, 'unsigned, whatever the policy says of NONE');
    const signed = (key: { readonly id: string; readonly secret: string }): Promise<Answer> => ask(url, { headers: signature(new URL(url).hostname, key) });
    assert.equal((await signed({ ...admin, secret: 'wrong' })).status, 403);
    assert.equal((await signed(nobody)).status, 403);
    const answer = await signed(admin);
    assert.equal(answer.status, 200, answer.body);
    assert.equal(JSON.parse(answer.body).userArn, 'arn:aws:iam::000000000000:user/admin');
    await lambda.send(new AddPermissionCommand({ FunctionName: 'private', StatementId: 'nobody', Action: 'lambda:InvokeFunctionUrl', Principal: 'arn:aws:iam::000000000000:user/nobody', FunctionUrlAuthType: 'AWS_IAM' }));
    assert.equal((await signed(nobody)).status, 200, 'the function\'s own policy lets him in');
  });
});

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html, for a GET of `/` without a body. */
function signature(host: string, { id, secret }: { readonly id: string; readonly secret: string }): Readonly<Record<string, string>> {
  const time = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
  const scope = `${time.slice(0, 8)}/us-east-1/lambda/aws4_request`;
  const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
  const mac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
  const canonical = `GET\n/\n\nhost:${host}\nx-amz-date:${time}\n\nhost;x-amz-date\n${hash('')}`;
  const key = ['us-east-1', 'lambda', 'aws4_request'].reduce((so, part) => mac(so, part), mac(`AWS4${secret}`, time.slice(0, 8)));
  const signed = mac(key, `AWS4-HMAC-SHA256\n${time}\n${scope}\n${hash(canonical)}`).toString('hex');
  return { 'x-amz-date': time, authorization: `AWS4-HMAC-SHA256 Credential=${id}/${scope}, SignedHeaders=host;x-amz-date, Signature=${signed}` };
}
