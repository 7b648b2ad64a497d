/** A SAM template and an OpenAPI document, applied with `turnpike up` and asked over TLS: routes, an authorizer, permissions and functions, all in one process. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT, startTurnpike } from '../support/turnpike.ts';

const TEMPLATE = `
AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: { Runtime: nodejs22.x, Handler: index.handler, Timeout: 10 }
Resources:
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      Auth:
        Authorizers:
          guard: { FunctionArn: !GetAtt Guard.Arn, AuthorizerPayloadFormatVersion: '2.0', EnableSimpleResponses: true, EnableFunctionDefaultPermissions: true, Identity: { Headers: [X-Token] } }
  Guard:
    Type: AWS::Serverless::Function
    Properties: { InlineCode: "exports.handler = async (e) => ({ isAuthorized: e.headers['x-token'] === 'yes' })" }
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src
      Events:
        Named: { Type: HttpApi, Properties: { ApiId: !Ref Api, Path: '/hello/{name}', Method: GET } }
        Guarded: { Type: HttpApi, Properties: { ApiId: !Ref Api, Path: /guarded, Method: ANY, Auth: { Authorizer: guard } } }
        Rest: { Type: HttpApi, Properties: { ApiId: !Ref Api } }
Outputs:
  Url: { Value: !GetAtt Api.ApiEndpoint }
`;

/** Asks an API by its endpoint; names under the suffix are this machine's. */
function ask(endpoint: string, path: string, headers: Readonly<Record<string, string>> = {}): Promise<{ readonly status: number; readonly body: string }> {
  const { hostname, port } = new URL(endpoint);
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: port === '' ? 443 : Number(port), servername: hostname, path, headers: { host: hostname, ...headers }, rejectUnauthorized: false }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => void parts.push(part));
      answer.on('end', () => resolve({ status: answer.statusCode!, body: Buffer.concat(parts).toString() }));
    });
    asked.on('error', reject);
    asked.end();
  });
}

/** As `ask`, until the names of the API are bound. */
async function served(endpoint: string, path: string): Promise<{ readonly status: number; readonly body: string }> {
  for (let attempt = 0; ; attempt++) {
    const answer = await ask(endpoint, path).catch((error: unknown) => (attempt < 100 ? null : Promise.reject(error as Error)));
    if (answer !== null && (answer.status === 200 || attempt >= 100)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test('what `turnpike up` makes of a SAM template and of an OpenAPI document is served', { timeout: 120_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-serverless-'));
  const turnpike = await startTurnpike({ dataFolder: join(folder, 'data'), options: ['--workers', '1', '--drain-seconds', '0'] });
  const backend = createServer((asked, answer) => void answer.end(`${asked.method} ${asked.url}`)).listen(0, '127.0.0.1');
  await once(backend, 'listening');
  t.after(async () => {
    backend.close();
    await turnpike.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const up = async (file: string): Promise<string> => {
    const child = spawn(process.execPath, [join(ROOT, 'bin', 'turnpike.mjs'), 'up', file, '--endpoint', turnpike.endpoint]);
    let printed = '';
    child.stdout.on('data', (part: Buffer) => void (printed += part.toString()));
    child.stderr.on('data', (part: Buffer) => void (printed += part.toString()));
    const [code] = (await once(child, 'close')) as [number];
    assert.equal(code, 0, printed);
    return printed;
  };
  const urlIn = (printed: string): string => /Url\s+(https:\/\/\S+)/.exec(printed)?.[1] ?? assert.fail(printed);

  mkdirSync(join(folder, 'sam', 'src'), { recursive: true });
  writeFileSync(join(folder, 'sam', 'template.yaml'), TEMPLATE);
  writeFileSync(join(folder, 'sam', 'src', 'index.js'), 'exports.handler = async (e) => ({ statusCode: 200, body: JSON.stringify([e.routeKey, e.pathParameters?.name ?? null]) });');
  const api = urlIn(await up(join(folder, 'sam')));
  assert.deepEqual(await served(api, '/hello/bob'), { status: 200, body: '["GET /hello/{name}","bob"]' });
  assert.deepEqual(await ask(api, '/other'), { status: 200, body: '["$default",null]' });
  assert.equal((await ask(api, '/guarded')).status, 401);
  assert.equal((await ask(api, '/guarded', { 'x-token': 'no' })).status, 403);
  assert.deepEqual(await ask(api, '/guarded', { 'x-token': 'yes' }), { status: 200, body: '["ANY /guarded",null]' });

  const { port } = backend.address() as AddressInfo;
  const integration = { type: 'http_proxy', httpMethod: 'GET', uri: `http://127.0.0.1:${port}/v2/{id}`, payloadFormatVersion: '1.0' };
  writeFileSync(join(folder, 'api.json'), JSON.stringify({ openapi: '3.0.1', info: { title: 'plain', version: '1' }, paths: { '/pets/{id}': { get: { 'x-amazon-apigateway-integration': integration } } } }));
  const plain = urlIn(await up(join(folder, 'api.json')));
  assert.deepEqual(await served(plain, '/pets/7'), { status: 200, body: 'GET /v2/7' });
  assert.equal((await ask(plain, '/none')).status, 404);
});
