/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-aws-services-reference.html */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AwsServices, callerRole, type Sent } from './aws-services.ts';
import { ApiInstallation, type Api } from './http-api.ts';

let apis: ApiInstallation;
let services: AwsServices;
let role: string;
before(async () => {
  services = await AwsServices.open();
  apis = await ApiInstallation.open(services.settings);
  role = await callerRole(apis);
});
after(async () => {
  await apis[Symbol.asyncDispose]();
  services[Symbol.dispose]();
});

async function calling(subtype: string, parameters: Readonly<Record<string, string>>): Promise<Api> {
  const api = await apis.api();
  await apis.route(api, 'POST /{id}', await apis.integration(api, { IntegrationType: 'AWS_PROXY', IntegrationSubtype: subtype, CredentialsArn: role, RequestParameters: parameters }));
  return api;
}

async function send(subtype: string, parameters: Readonly<Record<string, string>>): Promise<Sent> {
  const api = await calling(subtype, parameters);
  const { status, body } = await apis.get(api, { method: 'POST', path: '/7', body: '{"a":{"b":"text"},"n":3}', headers: 'Content-Type: application/json\r\n' });
  assert.deepEqual([status, body], [200, '{"done":true}']);
  return services.sent.at(-1)!;
}

test('EventBridge', async () => {
  const { headers, body } = await send('EventBridge-PutEvents', { Source: 'my.app', DetailType: 'order ${request.path.id}', Detail: '$request.body', Resources: 'a,b' });
  assert.equal(headers['x-amz-target'], 'AWSEvents.PutEvents');
  assert.match(String(headers['authorization']), /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/us-east-1\/events\/aws4_request, /);
  assert.deepEqual(JSON.parse(body), { Entries: [{ Detail: '{"a":{"b":"text"},"n":3}', DetailType: 'order 7', Source: 'my.app', Resources: ['a', 'b'] }] });
});

test('SQS, in the region that is asked for', async () => {
  const { headers, body } = await send('SQS-SendMessage', { QueueUrl: 'http://sqs/q', MessageBody: '$request.body.a.b', DelaySeconds: '$request.body.n', Region: 'eu-west-1', MessageAttributes: '{"k":{"DataType":"String","StringValue":"v"}}' });
  assert.match(String(headers['authorization']), /eu-west-1\/sqs\/aws4_request/);
  assert.deepEqual(Object.fromEntries(new URLSearchParams(body)), {
    Action: 'SendMessage', Version: '2012-11-05', QueueUrl: 'http://sqs/q', MessageBody: 'text', DelaySeconds: '3', 'MessageAttribute.1.Name': 'k', 'MessageAttribute.1.Value.DataType': 'String', 'MessageAttribute.1.Value.StringValue': 'v',
  });
});

test('Kinesis, Step Functions, AppConfig', async () => {
  const kinesis = await send('Kinesis-PutRecord', { StreamName: 's', Data: '$request.body.a.b', PartitionKey: 'k' });
  assert.deepEqual([kinesis.headers['x-amz-target'], JSON.parse(kinesis.body)], ['Kinesis_20131202.PutRecord', { StreamName: 's', PartitionKey: 'k', Data: Buffer.from('text').toString('base64') }]);
  const states = await send('StepFunctions-StartExecution', { StateMachineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:m', Input: '$request.body' });
  assert.deepEqual([states.headers['x-amz-target'], JSON.parse(states.body)], ['AWSStepFunctions.StartExecution', { stateMachineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:m', input: '{"a":{"b":"text"},"n":3}' }]);
  const config = await send('AppConfig-GetConfiguration', { Application: 'a', Environment: 'e', Configuration: 'c/d', ClientId: '$request.path.id' });
  assert.deepEqual([config.method, config.url], ['GET', '/applications/a/environments/e/configurations/c%2Fd?client_id=7']);
  const before = services.sent.length;
  const api = await calling('AppConfig-GetConfiguration', { Application: 'a', Environment: 'e', Configuration: '$request.body.a.up', ClientId: '7' });
  for (const up of ['..', '.', '%2e%2E']) {
    const { status } = await apis.get(api, { method: 'POST', path: '/7', body: JSON.stringify({ a: { up } }), headers: 'Content-Type: application/json\r\n' });
    // what is encoded already is encoded once more, and is a name like any other
    assert.equal(status, up.startsWith('%') ? 200 : 500, up);
  }
  assert.deepEqual(services.sent.slice(before).map(({ url }) => url), ['/applications/a/environments/e/configurations/%252e%252E?client_id=7'], 'what a client says leads to no other path');
});

test('without the setting it is refused, and the log says why', async () => {
  await using bare = await ApiInstallation.open();
  await callerRole(bare);
  const api = await bare.api();
  await bare.route(api, 'POST /x', await bare.integration(api, { IntegrationType: 'AWS_PROXY', IntegrationSubtype: 'SQS-PurgeQueue', CredentialsArn: role, RequestParameters: { QueueUrl: 'x' } }));
  const { status, body } = await bare.get(api, { method: 'POST', path: '/x' });
  assert.deepEqual([status, body], [500, '{"message":"Internal Server Error"}']);
});
