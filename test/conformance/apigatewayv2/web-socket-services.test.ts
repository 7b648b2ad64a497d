/**
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-requests.html
 * https://docs.aws.amazon.com/apigateway/latest/api/API_PutIntegration.html (uri)
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { AwsServices, callerRole, type Sent } from './aws-services.ts';
import { SocketInstallation, type SocketApi } from './web-socket-api.ts';

let at: SocketInstallation;
let services: AwsServices;
let role: string;
before(async () => {
  services = await AwsServices.open();
  at = await SocketInstallation.open(services.settings);
  role = await callerRole(at.apis);
});
after(async () => {
  await at[Symbol.asyncDispose]();
  services[Symbol.dispose]();
});

async function calling(service: string, more: object, installation = at): Promise<SocketApi> {
  const api = await installation.api();
  const integration = await installation.apis.integration(api, { IntegrationType: 'AWS', IntegrationMethod: 'POST', IntegrationUri: `arn:aws:apigateway:eu-west-1:${service}`, CredentialsArn: role, ...more });
  await installation.route(api, '$default', integration, { responds: true });
  return api;
}

async function ask(api: SocketApi, message: string): Promise<{ readonly text: string; readonly request: Sent }> {
  services.done();
  const client = await at.connect(api);
  const text = await client.ask(message);
  return { text, request: services.sent.at(-1)! };
}

test('an action of a service with targets, with what a template makes of the message', async () => {
  const api = await calling('dynamodb:action/PutItem', { RequestTemplates: { $default: '{"TableName":"t","Item":{"id":{"S":"$context.connectionId"},"text":{"S":"$input.path(\'$.text\')"}}}' }, TemplateSelectionExpression: '\\$default' });
  const { text, request } = await ask(api, '{"text":"hello"}');
  assert.equal(text, '{"done":true}');
  assert.deepEqual([request.method, request.url, request.headers['x-amz-target'], request.headers['content-type']], ['POST', '/', 'DynamoDB_20120810.PutItem', 'application/x-amz-json-1.0']);
  assert.match(String(request.headers['authorization']), /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/dynamodb\/aws4_request, SignedHeaders=[a-z0-9;-]*content-type;host;[a-z0-9;-]*x-amz-target, /);
  const { TableName, Item } = JSON.parse(request.body) as { TableName: string; Item: { id: { S: string }; text: { S: string } } };
  assert.deepEqual([TableName, Item.text.S], ['t', 'hello']);
  assert.match(Item.id.S, /=$/);
});

test('an action that the query names, and parameters that a message fills', async () => {
  const api = await calling('sns:action/Publish', { RequestParameters: { 'integration.request.querystring.TopicArn': "'arn:aws:sns:eu-west-1:000000000000:t'", 'integration.request.querystring.Message': 'route.request.body.text' } });
  const { request } = await ask(api, '{"text":"a&b=c"}');
  assert.deepEqual(Object.fromEntries(new URLSearchParams(request.url.slice(2))), { Action: 'Publish', TopicArn: 'arn:aws:sns:eu-west-1:000000000000:t', Message: 'a&b=c' });
});

test('a path of a service, whose parameters lead nowhere else', async () => {
  const api = await calling('sqs:path/000000000000/{queue}', { RequestTemplates: { $default: 'Action=SendMessage&MessageBody=$input.body' }, TemplateSelectionExpression: '\\$default', RequestParameters: { 'integration.request.path.queue': 'route.request.body.queue', 'integration.request.header.Content-Type': "'application/x-www-form-urlencoded'" } });
  const { request } = await ask(api, '{"queue":"a/b"}');
  assert.deepEqual([request.url, request.headers['content-type'], request.body], ['/000000000000/a%2Fb', 'application/x-www-form-urlencoded', 'Action=SendMessage&MessageBody={"queue":"a/b"}']);
  const before = services.sent.length;
  for (const queue of ['..', '.', '%2e%2e']) {
    const { text } = await ask(api, JSON.stringify({ queue }));
    if (queue.startsWith('.')) assert.match(text, /Missing required request parameters/);
  }
  assert.deepEqual(services.sent.slice(before).map(({ url }) => url), ['/000000000000/%252e%252e']);
});

test('s3 is told what the signature is of', async () => {
  const api = await calling('s3:path/bucket/{key}', { IntegrationMethod: 'PUT', RequestParameters: { 'integration.request.path.key': 'route.request.body.key' } });
  const { request } = await ask(api, '{"key":"one two"}');
  assert.deepEqual([request.method, request.url], ['PUT', '/bucket/one%20two']);
  assert.equal(request.headers['x-amz-content-sha256'], createHash('sha256').update(request.body).digest('hex'));
});

test('an integration response chooses by the status of the service', async () => {
  const api = await at.api();
  const integration = await at.apis.integration(api, { IntegrationType: 'AWS', IntegrationMethod: 'POST', IntegrationUri: 'arn:aws:apigateway:eu-west-1:states:action/StartExecution', CredentialsArn: role });
  await at.v2('CreateIntegrationResponse', { ApiId: api.id, IntegrationId: integration, IntegrationResponseKey: '$default' });
  await at.v2('CreateIntegrationResponse', { ApiId: api.id, IntegrationId: integration, IntegrationResponseKey: '/4\\d\\d/', ResponseTemplates: { $default: 'refused: $input.path(\'$.why\')' }, TemplateSelectionExpression: '\\$default' });
  await at.route(api, '$default', integration, { responds: true });
  const client = await at.connect(api);
  services.done();
  assert.equal(await client.ask('{}'), '{"done":true}');
  services.answer = { status: 400, body: '{"why":"no such machine"}' };
  assert.equal(await client.ask('{}'), 'refused: no such machine');
});

test('without a role, or without an endpoint, messages are answered with an error', async () => {
  const without = await calling('sns:action/Publish', { CredentialsArn: undefined });
  const before = services.sent.length;
  const { text } = await ask(without, '{}');
  assert.match(text, /Internal server error/);
  assert.equal(services.sent.length, before);
  await using plain = await SocketInstallation.open();
  await callerRole(plain.apis);
  const api = await calling('sns:action/Publish', {}, plain);
  const client = await plain.connect(api);
  assert.match(await client.ask('{}'), /Internal server error/);
});
