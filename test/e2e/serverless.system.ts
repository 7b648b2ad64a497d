/** A SAM template and an OpenAPI document, applied with `turnpike up` and asked over TLS: routes, an authorizer, permissions and functions, all in one process. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { ask, served, ServerlessStage, urlIn } from '../support/serverless-stage.ts';

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

test('what `turnpike up` makes of a SAM template and of an OpenAPI document is served', { timeout: 300_000 }, async (t) => {
  const stage = await ServerlessStage.open(t);
  const { folder } = stage;
  const backend = createServer((asked, answer) => void answer.end(`${asked.method} ${asked.url}`)).listen(0, '127.0.0.1');
  t.after(() => backend.close());
  await once(backend, 'listening');

  const sam = stage.project('sam', { 'template.yaml': TEMPLATE, 'src/index.js': 'exports.handler = async (e) => ({ statusCode: 200, body: JSON.stringify([e.routeKey, e.pathParameters?.name ?? null]) });' });
  const api = urlIn(await stage.up(sam));
  assert.deepEqual(await served(api, '/hello/bob'), { status: 200, body: '["GET /hello/{name}","bob"]' });
  assert.deepEqual(await ask(api, '/other'), { status: 200, body: '["$default",null]' });
  assert.equal((await ask(api, '/guarded')).status, 401);
  assert.equal((await ask(api, '/guarded', { headers: { 'x-token': 'no' } })).status, 403);
  assert.deepEqual(await ask(api, '/guarded', { headers: { 'x-token': 'yes' } }), { status: 200, body: '["ANY /guarded",null]' });

  const { port } = backend.address() as AddressInfo;
  const integration = { type: 'http_proxy', httpMethod: 'GET', uri: `http://127.0.0.1:${port}/v2/{id}`, payloadFormatVersion: '1.0' };
  writeFileSync(join(folder, 'api.json'), JSON.stringify({ openapi: '3.0.1', info: { title: 'plain', version: '1' }, paths: { '/pets/{id}': { get: { 'x-amazon-apigateway-integration': integration } } } }));
  const plain = urlIn(await stage.up(join(folder, 'api.json')));
  assert.deepEqual(await served(plain, '/pets/7'), { status: 200, body: 'GET /v2/7' });
  assert.equal((await ask(plain, '/none')).status, 404);
});
