import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiStage, FUNCTION, INVOCATION } from '../../../../test/support/api-stage.ts';
import { refusal } from '../../../../test/support/refusal.ts';

const HTTP = { IntegrationType: 'HTTP_PROXY', IntegrationMethod: 'ANY', IntegrationUri: 'https://example.test/{proxy}', PayloadFormatVersion: '1.0' };
const CLOUD_MAP = 'arn:aws:servicediscovery:us-east-1:000000000000:service/srv-id';
const LAMBDA = { IntegrationType: 'AWS_PROXY', IntegrationUri: FUNCTION, PayloadFormatVersion: '2.0' };

test('an integration has AWS\'s form and defaults, by the protocol of its API', async () => {
  const { v2, http, socket } = apiStage();
  const ApiId = await http();
  const proxy = await v2('CreateIntegration', { ApiId, ...HTTP, PassthroughBehavior: 'WHEN_NO_MATCH' });
  assert.deepEqual(proxy, {
    ConnectionType: 'INTERNET', IntegrationId: proxy.IntegrationId, IntegrationMethod: 'ANY', IntegrationType: 'HTTP_PROXY', IntegrationUri: HTTP.IntegrationUri, PayloadFormatVersion: '1.0', TimeoutInMillis: 30000,
  });
  const mock = await v2('CreateIntegration', { ApiId: await socket(), IntegrationType: 'MOCK' });
  assert.deepEqual(mock, {
    ConnectionType: 'INTERNET', IntegrationId: mock.IntegrationId, IntegrationResponseSelectionExpression: '${integration.response.statuscode}', IntegrationType: 'MOCK', PassthroughBehavior: 'WHEN_NO_MATCH',
    PayloadFormatVersion: '1.0', TimeoutInMillis: 29000,
  });
  const lambda = await v2('CreateIntegration', { ApiId: await socket(), IntegrationType: 'AWS_PROXY', IntegrationUri: INVOCATION, IntegrationMethod: 'POST' });
  for (const [ApiId, more] of [[await http(), { PayloadFormatVersion: '2.0' }], [await socket(), {}]] as const) {
    const unsaid = await v2('CreateIntegration', { ApiId, IntegrationType: 'AWS_PROXY', IntegrationUri: INVOCATION, ...more });
    assert.equal(unsaid.IntegrationMethod, 'POST');
  }
  assert.equal(lambda.IntegrationResponseSelectionExpression, '${integration.response.body.errorMessage}');
});

for (const [name, input, sentence] of [
  ['another type', { ...HTTP, IntegrationType: 'AWS' }, 'Currently, an API with a protocol type of HTTP may only be associated with proxy integrations (AWS_PROXY, HTTP_PROXY)'],
  ['no payload format', { ...HTTP, PayloadFormatVersion: undefined }, 'PayloadFormatVersion is a required parameter for integration'],
  ['another payload format', { ...LAMBDA, PayloadFormatVersion: '3.0' }, /3\.0/],
  ['format 2.0 to a URL', { ...HTTP, PayloadFormatVersion: '2.0' }, /^PayloadFormatVersion 2\.0 is not supported/],
  ['no URI', { ...HTTP, IntegrationUri: undefined }, /uri is a required parameter/],
  ['no URL', { ...HTTP, IntegrationUri: 'example.test' }, /Invalid HTTP endpoint/],
  ['no function', { ...LAMBDA, IntegrationUri: 'arn:aws:lambda:us-east-1:1:x' }, 'Invalid function ARN or invalid uri'],
  ['no method', { ...HTTP, IntegrationMethod: undefined }, /^HttpMethod parameter method must be specified/],
  ['another method', { ...HTTP, IntegrationMethod: 'FETCH' }, /Invalid HTTP method/],
  ['a link that is not there', { ...HTTP, IntegrationUri: CLOUD_MAP, ConnectionType: 'VPC_LINK', ConnectionId: 'absent' }, 'Invalid VpcLink identifier specified absent'],
  ['a link to a function', { ...LAMBDA, ConnectionType: 'VPC_LINK', ConnectionId: 'x' }, /VPC_LINK is only supported/],
  ['a reserved header', { ...HTTP, RequestParameters: { 'overwrite:header.Authorization': 'x' } }, 'Operations on header authorization are restricted'],
  ['an unknown operation', { ...HTTP, RequestParameters: { 'rename:header.a': 'x' } }, /Invalid mapping expression/],
  ['an unknown variable', { ...HTTP, RequestParameters: { 'append:header.a': '$request.cookie.a' } }, /Invalid mapping expression/],
  ['a response variable in a request', { ...HTTP, RequestParameters: { 'append:header.a': '$response.header.a' } }, /Invalid mapping expression/],
  ['a status that is none', { ...HTTP, ResponseParameters: { 99: { 'append:header.a': 'x' } } }, /Status Code [\d ]+ is not valid/],
  ['a path in a response', { ...HTTP, ResponseParameters: { 200: { 'overwrite:path': '/' } } }, /Invalid mapping expression/],
  ['an unknown subtype', { IntegrationType: 'AWS_PROXY', IntegrationSubtype: 'SNS-Publish', CredentialsArn: 'arn:aws:iam::000000000000:role/r', PayloadFormatVersion: '1.0' }, 'Operation: SNS-Publish is not supported.'],
  ['a subtype without credentials', { IntegrationType: 'AWS_PROXY', IntegrationSubtype: 'SQS-PurgeQueue', PayloadFormatVersion: '1.0' }, /^Role ARN must be specified/],
  ['a subtype without its parameters', { IntegrationType: 'AWS_PROXY', IntegrationSubtype: 'SQS-SendMessage', CredentialsArn: 'arn:aws:iam::000000000000:role/r', PayloadFormatVersion: '1.0', RequestParameters: { QueueUrl: 'x' } }, /MessageBody/],
  ['templates', { ...HTTP, RequestTemplates: { a: 'b' } }, /request templates/],
] as const) {
  test(`an HTTP API refuses an integration with ${name}`, async () => {
    const { v2, http } = apiStage();
    await assert.rejects(v2('CreateIntegration', { ApiId: await http(), ...input }), refusal('BadRequestException', sentence));
  });
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-parameter-mapping.html
test('parameter mappings are added, replaced, and removed by what is empty', async () => {
  const { v2, http } = apiStage();
  const ApiId = await http();
  const { IntegrationId } = await v2('CreateIntegration', {
    ApiId, ...HTTP,
    RequestParameters: { 'append:header.header1': '$context.requestId', 'overwrite:querystring.q': '${request.header.a}-${stageVariables.b}', 'remove:header.x': "''", 'overwrite:path': '$request.path.proxy' },
    ResponseParameters: { 200: { 'append:header.a': '$response.header.b' }, 500: { 'overwrite:statuscode': '503' } },
  });
  const updated = await v2('UpdateIntegration', { ApiId, IntegrationId, RequestParameters: { 'append:header.header1': '', 'overwrite:path': '/x' }, ResponseParameters: { 200: {} } });
  assert.deepEqual(updated.RequestParameters, { 'overwrite:querystring.q': '${request.header.a}-${stageVariables.b}', 'remove:header.x': "''", 'overwrite:path': '/x' });
  assert.deepEqual(updated.ResponseParameters, { 500: { 'overwrite:statuscode': '503' } });
});

test('private integrations name what a link can lead to', async () => {
  const { v2, http, environment } = apiStage();
  await environment.store.transact((transaction) => transaction.put('ec2/subnet', { account: '000000000000', region: 'us-east-1', createdAt: 0, tags: [], id: 'subnet-1', parent: 'vpc-1' } as never));
  await assert.rejects(v2('CreateVpcLink', { Name: 'x', SubnetIds: ['subnet-2'] }), refusal('BadRequestException', "The subnet ID 'subnet-2' does not exist"));
  const { VpcLinkId, VpcLinkStatus } = await v2('CreateVpcLink', { Name: 'x', SubnetIds: ['subnet-1'] });
  assert.equal(VpcLinkStatus, 'AVAILABLE');
  const ApiId = await http();
  const LINK = { ...HTTP, ConnectionType: 'VPC_LINK', ConnectionId: VpcLinkId };
  await assert.rejects(v2('CreateIntegration', { ApiId, ...LINK }), refusal('BadRequestException', 'For VpcLink VPC_LINK, integration uri should be a valid ELB listener ARN or a valid Cloud Map service ARN.'));
  const { IntegrationId } = await v2('CreateIntegration', { ApiId, ...LINK, IntegrationUri: CLOUD_MAP, TlsConfig: { ServerNameToVerify: 'a.test' } });
  await assert.rejects(v2('DeleteVpcLink', { VpcLinkId }), refusal('ConflictException', new RegExp(IntegrationId)));
  const updated = await v2('UpdateIntegration', { ApiId, IntegrationId, ConnectionType: 'INTERNET', ConnectionId: '', IntegrationUri: 'https://example.test', TlsConfig: { ServerNameToVerify: '' } });
  assert.equal(updated.TlsConfig, undefined);
  await v2('DeleteVpcLink', { VpcLinkId });
});

// The rules beyond the page above are what API Gateway was seen to do.
for (const [name, mappings] of [
  ['two changes of a header', { 'append:header.h': 'a', 'overwrite:header.H': 'b' }],
  ['text in double quotes to remove', { 'remove:header.h': '""' }],
  ['no name', { 'append:header': 'a' }],
  ['a name that is none, even without a value', { 'append:header.h%': '' }],
  ['an open brace', { 'append:header.h': '{' }],
  ['a closing brace', { 'append:header.h': '$request.path}' }],
  ['a closing brace too many', { 'append:header.h': '${request.header.a}}' }],
  ['a variable that is not closed', { 'append:header.h': '${request.body' }],
  ['an unknown variable within text', { 'append:header.h': 'a $aa' }],
  ['a path that is appended', { 'append:path': 'a' }],
  ['a path that is removed', { 'remove:path': "''" }],
  ['a header of the gateway', { 'append:header.apigw-any': 'a' }],
] as const) {
  test(`a mapping is refused with ${name}, when it is made and when it is added`, async () => {
    const { v2, http } = apiStage();
    const ApiId = await http();
    await assert.rejects(v2('CreateIntegration', { ApiId, ...HTTP, RequestParameters: mappings }), refusal('BadRequestException', /Invalid mapping expression|are restricted/));
    const { IntegrationId } = await v2('CreateIntegration', { ApiId, ...HTTP, RequestParameters: { 'append:header.other': 'a' } });
    await assert.rejects(v2('UpdateIntegration', { ApiId, IntegrationId, RequestParameters: mappings }), refusal('BadRequestException', /Invalid mapping expression|are restricted/));
  });
}

test('mappings are text with variables in it, and parts are named without regard to case', async () => {
  const { v2, http } = apiStage();
  const ApiId = await http();
  const RequestParameters = {
    'append:header.a.1': '${request.body}and$request.path', 'append:HEADER.b': '$request.path$', 'append:header.c': '$a', 'append:header.d': '${request.header.foo{}',
    'append:header.e': '${request.header.foo$request.header.foo$}', 'overwrite:Path': '$request.header.foo', 'append:header.f': '',
  };
  const { IntegrationId, RequestParameters: kept } = await v2('CreateIntegration', { ApiId, ...HTTP, RequestParameters });
  assert.deepEqual(kept, Object.fromEntries(Object.entries(RequestParameters).filter(([, value]) => value !== '')));
  await assert.rejects(v2('UpdateIntegration', { ApiId, IntegrationId, RequestParameters: { 'overwrite:header.C': 'b' } }), refusal('BadRequestException', /overwrite:header\.C/));
  await v2('UpdateIntegration', { ApiId, IntegrationId, RequestParameters: { 'append:header.c': '', 'overwrite:header.C': 'b' } });
});

test('a status is one that can be sent, or found in the answer', async () => {
  const { v2, http } = apiStage();
  const ApiId = await http();
  const made = async (mappings: object, status = '200'): Promise<unknown> => (await v2('CreateIntegration', { ApiId, ...HTTP, ResponseParameters: { [status]: mappings } })).ResponseParameters;
  for (const value of ['99', '600', '20.1', '$resp.header.a']) await assert.rejects(made({ 'overwrite:statuscode': value }), refusal('BadRequestException', /Invalid mapping expression/));
  for (const status of ['199', '600', '200 ']) await assert.rejects(made({ 'overwrite:statuscode': '201' }, status), refusal('BadRequestException', /Status Code [\d ]+ is not valid/));
  await assert.rejects(made({ 'append:statuscode': '201' }), refusal('BadRequestException', /Invalid mapping expression/));
  assert.deepEqual(await made({ 'overwrite:statuscode': '$response.header.a' }), { 200: { 'overwrite:statuscode': '$response.header.a' } });
  assert.equal(await made({ 'overwrite:statuscode': '' }), undefined);
});

test('parameters of an AWS service are given anew with its subtype', async () => {
  const { v2, http } = apiStage();
  const ApiId = await http();
  const KINESIS = { IntegrationType: 'AWS_PROXY', IntegrationSubtype: 'Kinesis-PutRecord' };
  const required = { StreamName: '$request.header.a', Data: '$request.header.b', PartitionKey: '$request.header.c' };
  const { IntegrationId } = await v2('CreateIntegration', { ApiId, ...KINESIS, PayloadFormatVersion: '1.0', CredentialsArn: 'arn:aws:iam::000000000000:role/r', RequestParameters: { ...required, ExplicitHashKey: '1' } });
  for (const RequestParameters of [undefined, { StreamName: 'x' }, { ...required, Data: '' }]) {
    await assert.rejects(v2('UpdateIntegration', { ApiId, IntegrationId, ...KINESIS, RequestParameters }), refusal('BadRequestException', /StreamName, Data, PartitionKey/));
  }
  assert.deepEqual((await v2('UpdateIntegration', { ApiId, IntegrationId, ...KINESIS, RequestParameters: required })).RequestParameters, required);
});

test('integration responses of WebSocket APIs are chosen by $default or a pattern', async () => {
  const { v2, socket, http } = apiStage();
  const ApiId = await socket();
  const { IntegrationId } = await v2('CreateIntegration', { ApiId, IntegrationType: 'MOCK' });
  const { IntegrationResponseId } = await v2('CreateIntegrationResponse', { ApiId, IntegrationId, IntegrationResponseKey: '/2\\d\\d/', ResponseTemplates: { $default: 'a' } });
  for (const IntegrationResponseKey of ['200', '/(/', '/(?=a)b/', '/(a)\\1/']) await assert.rejects(v2('CreateIntegrationResponse', { ApiId, IntegrationId, IntegrationResponseKey }), refusal('BadRequestException', /Invalid integration response key/));
  await assert.rejects(v2('CreateIntegrationResponse', { ApiId, IntegrationId, IntegrationResponseKey: '/2\\d\\d/' }), refusal('ConflictException', /already exists/));
  assert.deepEqual((await v2('UpdateIntegrationResponse', { ApiId, IntegrationId, IntegrationResponseId, ResponseTemplates: { $default: 'b' } })).ResponseTemplates, { $default: 'b' });
  await v2('DeleteIntegration', { ApiId, IntegrationId });
  await assert.rejects(v2('GetIntegrationResponses', { ApiId: await http(), IntegrationId: 'x' }), refusal('BadRequestException', /^IntegrationResponses are currently not supported/));
});

test('models hold JSON schemas, and give a template for them', async () => {
  const { v2, socket, http } = apiStage();
  const ApiId = await socket();
  const Schema = JSON.stringify({ type: 'object', properties: { id: { type: 'string' }, count: { type: 'integer' }, tags: { type: 'array', items: { type: 'string' } } } });
  const { ModelId } = await v2('CreateModel', { ApiId, Name: 'Message', ContentType: 'application/json', Schema });
  assert.equal((await v2('GetModel', { ApiId, ModelId })).Schema, Schema);
  const { Value } = await v2('GetModelTemplate', { ApiId, ModelId });
  assert.match(Value, /^#set\(\$inputRoot = \$input\.path\('\$'\)\)\n\{\n {2}"id" : "\$inputRoot\.id",\n {2}"count" : \$inputRoot\.count,/);
  await assert.rejects(v2('CreateModel', { ApiId, Name: 'Message', Schema }), refusal('ConflictException', /already exists/));
  await assert.rejects(v2('CreateModel', { ApiId, Name: 'a b', Schema }), refusal('BadRequestException', /alphanumeric/));
  await assert.rejects(v2('UpdateModel', { ApiId, ModelId, Schema: '{' }), refusal('BadRequestException', /not valid JSON/));
  await assert.rejects(v2('CreateModel', { ApiId: await http(), Name: 'x', Schema }), refusal('BadRequestException', /^Currently, Models are not permitted/));
});
