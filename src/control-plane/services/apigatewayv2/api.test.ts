import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as client from '@aws-sdk/client-apigatewayv2';
import { apiStage, FUNCTION } from '../../../../test/support/api-stage.ts';
import { refusal } from '../../../../test/support/refusal.ts';
import { apiGatewayV2Service } from './index.ts';

test('every operation of the model is served or refused with a sentence, and nothing else is', () => {
  const service = apiGatewayV2Service(apiStage().environment);
  const model = Object.keys(client).filter((name) => /^[A-Z]\w+Command$/.test(name) && name !== '$Command').map((name) => name.slice(0, -'Command'.length));
  assert.equal(model.length, 103);
  assert.deepEqual([...Object.keys(service.operations), ...Object.keys(service.refusals)].sort(), model.sort());
  for (const sentence of Object.values(service.refusals)) assert.match(sentence, /^[A-Z].*\.$/);
});

// https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis.html
test('an API has AWS\'s form and defaults', async () => {
  const { v2, environment } = apiStage();
  const made = await v2('CreateApi', { Name: 'one', ProtocolType: 'HTTP', Tags: { team: 'a' } });
  assert.match(made.ApiId, /^[a-z0-9]{10}$/);
  assert.deepEqual(made, {
    ApiEndpoint: `https://${made.ApiId}.execute-api.us-east-1.localhost`, ApiId: made.ApiId, ApiKeySelectionExpression: '$request.header.x-api-key', CreatedDate: new Date(environment.clock.now()),
    DisableExecuteApiEndpoint: false, IpAddressType: 'ipv4', Name: 'one', ProtocolType: 'HTTP', RouteSelectionExpression: '$request.method $request.path', Tags: { team: 'a' },
  });
  assert.deepEqual(await v2('GetApi', { ApiId: made.ApiId }), made);
  const socket = await v2('CreateApi', { Name: 'two', ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '$request.body.action' });
  assert.equal(socket.ApiEndpoint, `wss://${socket.ApiId}.execute-api.us-east-1.localhost`);
  assert.deepEqual((await v2('GetApis', {})).Items.map(({ Name: name }: { Name: string }) => name), ['one', 'two']);
});

test('the port is part of the endpoint where clients would not come to it by themselves', async () => {
  const { v2 } = apiStage({ httpsPort: 8443 });
  const made = await v2('CreateApi', { Name: 'one', ProtocolType: 'HTTP' });
  assert.equal(made.ApiEndpoint, `https://${made.ApiId}.execute-api.us-east-1.localhost:8443`);
});

test('updates change what they say, and empty text takes away', async () => {
  const { v2, http } = apiStage();
  const id = await http({ Description: 'old', Version: '1', CorsConfiguration: { AllowOrigins: ['*'], MaxAge: 300 } });
  const updated = await v2('UpdateApi', { ApiId: id, Description: '', Name: 'new', DisableExecuteApiEndpoint: true });
  assert.equal(updated.Description, undefined);
  assert.equal(updated.Version, '1');
  assert.equal(updated.DisableExecuteApiEndpoint, true);
  assert.deepEqual(updated.CorsConfiguration, { AllowOrigins: ['*'], MaxAge: 300 });
  await v2('DeleteCorsConfiguration', { ApiId: id });
  assert.equal((await v2('GetApi', { ApiId: id })).CorsConfiguration, undefined);
});

test('APIs are the caller\'s own, in the region', async () => {
  const { v2, http } = apiStage();
  const id = await http();
  await assert.rejects(v2('GetApi', { ApiId: 'abcdefghij' }), refusal('NotFoundException', 'Invalid API identifier specified 000000000000:abcdefghij'));
  await assert.rejects(v2('GetApi', { ApiId: id }, { account: '111111111111' }), refusal('NotFoundException', `Invalid API identifier specified 111111111111:${id}`));
  await assert.rejects(v2('DeleteApi', { ApiId: id }, { region: 'eu-west-1' }), refusal('NotFoundException', /Invalid API identifier/));
  await v2('DeleteApi', { ApiId: id });
  await assert.rejects(v2('DeleteApi', { ApiId: id }), refusal('NotFoundException', /Invalid API identifier/));
});

test('members of the other protocol are refused', async () => {
  const { v2, socket, http } = apiStage();
  await assert.rejects(v2('CreateApi', { Name: 'x', ProtocolType: '?' }), refusal('BadRequestException', 'Invalid protocol specified. Must be one of [HTTP, WEBSOCKET]'));
  await assert.rejects(v2('CreateApi', { Name: 'x', ProtocolType: 'WEBSOCKET' }), refusal('BadRequestException', /routeSelectionExpression/));
  await assert.rejects(socket({ CorsConfiguration: {} }), refusal('BadRequestException', /^Cors is not supported/));
  await assert.rejects(http({ RouteSelectionExpression: '$request.body.action' }), refusal('BadRequestException', /^Route selection expression/));
  await assert.rejects(http({ CorsConfiguration: { AllowCredentials: true, AllowOrigins: ['*'] } }), refusal('BadRequestException', /allow-credentials/));
});

// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html, and what updates were seen to do
test('an update of a CORS configuration adds to it, and both together must hold', async () => {
  const { v2 } = apiStage();
  const HTTP = { Name: 'a', ProtocolType: 'HTTP' };
  const { ApiId } = await v2('CreateApi', { ...HTTP, CorsConfiguration: { AllowOrigins: ['http://localhost:3000'], AllowMethods: ['POST'], MaxAge: 10 } });
  assert.deepEqual((await v2('UpdateApi', { ApiId, CorsConfiguration: { AllowMethods: ['PATCH'] } })).CorsConfiguration, { AllowMethods: ['PATCH'], AllowOrigins: ['http://localhost:3000'], MaxAge: 10 });
  const { ApiId: open } = await v2('CreateApi', { ...HTTP, CorsConfiguration: { AllowOrigins: ['*'] } });
  await assert.rejects(v2('UpdateApi', { ApiId: open, CorsConfiguration: { AllowCredentials: true } }), refusal('BadRequestException', /allow-credentials/));
  for (const AllowOrigins of [['https://*.domain.test'], ['https:/'], ['domain.test']]) {
    await assert.rejects(v2('CreateApi', { ...HTTP, CorsConfiguration: { AllowOrigins } }), refusal('BadRequestException', /Invalid origin/));
  }
});

// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop.html#http-api-examples.cli.quick-create
test('quick create makes an integration, a catch-all route and a stage that deploys by itself', async () => {
  const { v2, http } = apiStage();
  const id = await http({ Target: 'https://example.test' });
  const [integration] = (await v2('GetIntegrations', { ApiId: id })).Items;
  assert.deepEqual({ ...integration, IntegrationId: '' }, {
    ApiGatewayManaged: true, ConnectionType: 'INTERNET', IntegrationId: '', IntegrationMethod: 'ANY', IntegrationType: 'HTTP_PROXY', IntegrationUri: 'https://example.test', PayloadFormatVersion: '1.0', TimeoutInMillis: 30000,
  });
  const [route] = (await v2('GetRoutes', { ApiId: id })).Items;
  assert.deepEqual({ ...route, RouteId: '' }, { ApiGatewayManaged: true, ApiKeyRequired: false, AuthorizationType: 'NONE', RouteId: '', RouteKey: '$default', Target: `integrations/${integration.IntegrationId}` });
  const stage = await v2('GetStage', { ApiId: id, StageName: '$default' });
  assert.equal(stage.ApiGatewayManaged, true);
  assert.equal(stage.AutoDeploy, true);
  assert.match(stage.LastDeploymentStatusMessage, /^Successfully deployed stage with deployment ID '[a-z0-9]{6}'$/);
  await v2('UpdateApi', { ApiId: id, Target: FUNCTION, RouteKey: 'GET /hello' });
  assert.equal((await v2('GetIntegrations', { ApiId: id })).Items[0].IntegrationUri, FUNCTION);
  assert.equal((await v2('GetRoutes', { ApiId: id })).Items[0].RouteKey, 'GET /hello');
  await assert.rejects(http({ Target: 'ftp://x' }), refusal('BadRequestException', 'Invalid function ARN or invalid uri'));
  await assert.rejects(http({ RouteKey: 'GET /' }), refusal('BadRequestException', /Target/));
});

test('pages hold what was asked for, and tokens are this list\'s own', async () => {
  const { v2, http } = apiStage();
  for (const Name of ['a', 'b', 'c']) await http({ Name });
  const first = await v2('GetApis', { MaxResults: '2' });
  assert.equal(first.Items.length, 2);
  const second = await v2('GetApis', { MaxResults: '2', NextToken: first.NextToken });
  assert.deepEqual(second.Items.map(({ Name: name }: { Name: string }) => name), ['c']);
  assert.equal(second.NextToken, undefined);
  await assert.rejects(v2('GetApis', { NextToken: 'x' }), refusal('BadRequestException', 'Invalid nextToken specified'));
  await assert.rejects(v2('GetApis', { MaxResults: 'zero' }), refusal('BadRequestException', /maxResults/));
});

test('tags are added, replaced, removed and shown on everything that has them', async () => {
  const { v2, http } = apiStage();
  const id = await http({ Tags: { a: '1' } });
  await v2('CreateStage', { ApiId: id, StageName: '$default', Tags: { s: '1' } });
  for (const [arn, before] of [[`arn:aws:apigateway:us-east-1::/apis/${id}`, { a: '1' }], [`arn:aws:apigateway:us-east-1::/apis/${id}/stages/$default`, { s: '1' }]] as const) {
    assert.deepEqual(await v2('GetTags', { ResourceArn: arn }), { Tags: before });
    await v2('TagResource', { ResourceArn: arn, Tags: { b: '2' } });
    await v2('UntagResource', { ResourceArn: arn, TagKeys: ['a', 's', 'absent'] });
    assert.deepEqual(await v2('GetTags', { ResourceArn: arn }), { Tags: { b: '2' } });
  }
  await assert.rejects(v2('GetTags', { ResourceArn: 'arn:aws:apigateway:us-east-1::/restapis/x' }), refusal('BadRequestException', /Invalid resource ARN/));
  await assert.rejects(v2('TagResource', { ResourceArn: `arn:aws:apigateway:us-east-1::/apis/${id}`, Tags: { 'aws:x': '' } }), refusal('BadRequestException', /aws:/));
});
