import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ApiStage, apiStage, INVOCATION } from '../../../../test/support/api-stage.ts';
import { refusal } from '../../../../test/support/refusal.ts';

async function apiWithRoute(stage: ApiStage, ...keys: readonly string[]): Promise<string> {
  const ApiId = await stage.http();
  for (const RouteKey of keys) await stage.v2('CreateRoute', { ApiId, RouteKey });
  return ApiId;
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-stages.html
test('a stage has AWS\'s form and defaults', async () => {
  const stage = apiStage();
  const ApiId = await apiWithRoute(stage, 'GET /');
  const made = await stage.v2('CreateStage', { ApiId, StageName: 'dev', StageVariables: { a: 'b' }, DefaultRouteSettings: { ThrottlingBurstLimit: 10, ThrottlingRateLimit: 2.5 } });
  const now = new Date(stage.environment.clock.now());
  assert.deepEqual(made, {
    AutoDeploy: false, CreatedDate: now, DefaultRouteSettings: { DetailedMetricsEnabled: false, ThrottlingBurstLimit: 10, ThrottlingRateLimit: 2.5 }, LastUpdatedDate: now, RouteSettings: {}, StageName: 'dev',
    StageVariables: { a: 'b' }, Tags: {},
  });
  await assert.rejects(stage.v2('CreateStage', { ApiId, StageName: 'dev' }), refusal('ConflictException', 'Stage already exists'));
  await assert.rejects(stage.v2('CreateStage', { ApiId, StageName: 'a b' }), refusal('BadRequestException', /Stage name/));
  await assert.rejects(stage.v2('CreateStage', { ApiId: await stage.socket(), StageName: '$default' }), refusal('BadRequestException', /\$default/));
  await assert.rejects(stage.v2('GetStage', { ApiId, StageName: 'absent' }), refusal('NotFoundException', 'Invalid stage identifier specified'));
});

// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-publish.html
test('a stage with auto deploy serves every change at once; another serves the deployment that it was given', async () => {
  const stage = apiStage();
  const { v2, environment } = stage;
  const ApiId = await apiWithRoute(stage, 'GET /one');
  const { DeploymentId } = await v2('CreateDeployment', { ApiId, Description: 'first' });
  await v2('CreateStage', { ApiId, StageName: 'manual', DeploymentId });
  await v2('CreateStage', { ApiId, StageName: 'auto', AutoDeploy: true });
  const served = async (StageName: string): Promise<readonly string[]> => {
    const { DeploymentId: id } = await v2('GetStage', { ApiId, StageName });
    return environment.store.world.get('apigatewayv2/deployment', `${ApiId}/${id}`)!.document.routes.map(({ routeKey }) => routeKey);
  };
  await v2('CreateRoute', { ApiId, RouteKey: 'GET /two' });
  assert.deepEqual(await served('auto'), ['GET /one', 'GET /two']);
  assert.deepEqual(await served('manual'), ['GET /one']);
  const automatic = await v2('GetDeployment', { ApiId, DeploymentId: (await v2('GetStage', { ApiId, StageName: 'auto' })).DeploymentId });
  assert.equal(automatic.AutoDeployed, true);
  assert.equal(automatic.DeploymentStatus, 'DEPLOYED');
  assert.equal(automatic.Description, 'Automatic deployment triggered by changes to the Api configuration');
  await v2('CreateDeployment', { ApiId, StageName: 'manual' });
  assert.deepEqual(await served('manual'), ['GET /one', 'GET /two']);
  await v2('UpdateStage', { ApiId, StageName: 'manual', DeploymentId });
  assert.deepEqual(await served('manual'), ['GET /one']);
  await assert.rejects(v2('DeleteDeployment', { ApiId, DeploymentId }), refusal('BadRequestException', 'Active stages pointing to this deployment must be moved or deleted'));
  await assert.rejects(v2('UpdateStage', { ApiId, StageName: 'auto', DeploymentId }), refusal('BadRequestException', /auto deploy/));
  await assert.rejects(v2('UpdateStage', { ApiId, StageName: 'manual', AutoDeploy: true, DeploymentId }), refusal('BadRequestException', /auto deploy/));
  await assert.rejects(v2('CreateStage', { ApiId, StageName: 'x', DeploymentId: 'absent' }), refusal('NotFoundException', 'Invalid Deployment identifier specified absent'));
});

// As API Gateway was seen to do it: such a deployment is made, fails, and changes no stage; a new stage may name a deployment and deploy by itself.
test('a deployment for a stage that deploys by itself fails', async () => {
  const stage = apiStage();
  const { v2 } = stage;
  const ApiId = await apiWithRoute(stage, 'GET /one');
  const { DeploymentId: first } = await v2('CreateDeployment', { ApiId });
  const made = await v2('CreateStage', { ApiId, StageName: 'auto', AutoDeploy: true, DeploymentId: first });
  assert.notEqual(made.DeploymentId, first);
  const failed = await v2('CreateDeployment', { ApiId, StageName: 'auto' });
  assert.equal(failed.DeploymentStatus, 'FAILED');
  assert.match(failed.DeploymentStatusMessage, /deploys automatically/);
  assert.equal((await v2('GetStage', { ApiId, StageName: 'auto' })).DeploymentId, made.DeploymentId);
});

test('what no route has deploys nothing; a change of it does', async () => {
  const stage = apiStage();
  const { v2 } = stage;
  const ApiId = await apiWithRoute(stage, 'GET /one');
  await v2('CreateStage', { ApiId, StageName: 'auto', AutoDeploy: true });
  const deployments = async (): Promise<number> => (await v2('GetDeployments', { ApiId })).Items.length;
  const { IntegrationId } = await v2('CreateIntegration', { ApiId, IntegrationType: 'HTTP_PROXY', IntegrationMethod: 'ANY', IntegrationUri: 'https://example.test', PayloadFormatVersion: '1.0' });
  const { AuthorizerId } = await v2('CreateAuthorizer', { ApiId, Name: 'a', AuthorizerType: 'REQUEST', AuthorizerUri: INVOCATION, IdentitySource: ['$request.header.x'], AuthorizerPayloadFormatVersion: '2.0' });
  assert.equal(await deployments(), 1);
  await v2('UpdateIntegration', { ApiId, IntegrationId, PassthroughBehavior: 'NEVER' });
  await v2('UpdateAuthorizer', { ApiId, AuthorizerId, AuthorizerUri: INVOCATION });
  assert.equal(await deployments(), 3);
  await v2('DeleteIntegration', { ApiId, IntegrationId });
  await v2('DeleteAuthorizer', { ApiId, AuthorizerId });
  assert.equal(await deployments(), 3);
});

test('an API without routes is not deployed, and says so', async () => {
  const { v2, http, socket } = apiStage();
  const ApiId = await http();
  await assert.rejects(v2('CreateDeployment', { ApiId }), refusal('BadRequestException', 'Unable to deploy API because no routes exist in this API'));
  await assert.rejects(v2('CreateDeployment', { ApiId: await socket() }), refusal('BadRequestException', 'At least one route is required before deploying the Api.'));
  const stage = await v2('CreateStage', { ApiId, StageName: '$default', AutoDeploy: true });
  assert.equal(stage.LastDeploymentStatusMessage, 'Deployment attempt failed: Unable to deploy API because no routes exist in this API');
  assert.equal(stage.DeploymentId, undefined);
  await v2('CreateRoute', { ApiId, RouteKey: '$default' });
  assert.match((await v2('GetStage', { ApiId, StageName: '$default' })).LastDeploymentStatusMessage, /^Successfully deployed/);
});

test('of automatic deployments the newest are kept', async () => {
  const stage = apiStage();
  const ApiId = await apiWithRoute(stage, 'GET /');
  await stage.v2('CreateStage', { ApiId, StageName: 'auto', AutoDeploy: true });
  for (let n = 0; n < 15; n++) await stage.v2('CreateRoute', { ApiId, RouteKey: `GET /${n}` });
  assert.equal((await stage.v2('GetDeployments', { ApiId })).Items.length, 11);
});

test('settings of routes name routes, are merged by an update, and are taken away', async () => {
  const stage = apiStage();
  const { v2 } = stage;
  const ApiId = await apiWithRoute(stage, 'GET /a', 'GET /b');
  await assert.rejects(v2('CreateStage', { ApiId, StageName: 'x', RouteSettings: { 'GET /c': {} } }), refusal('NotFoundException', 'Unable to find Route by key GET /c within the provided RouteSettings'));
  await v2('CreateStage', { ApiId, StageName: 'x', RouteSettings: { 'GET /a': { ThrottlingBurstLimit: 1 } } });
  const updated = await v2('UpdateStage', { ApiId, StageName: 'x', RouteSettings: { 'GET /a': { ThrottlingRateLimit: 2 }, 'GET /b': { DetailedMetricsEnabled: true } }, StageVariables: { one: '1', two: '2' } });
  assert.deepEqual(updated.RouteSettings, { 'GET /a': { DetailedMetricsEnabled: false, ThrottlingBurstLimit: 1, ThrottlingRateLimit: 2 }, 'GET /b': { DetailedMetricsEnabled: true } });
  await v2('DeleteRouteSettings', { ApiId, StageName: 'x', RouteKey: 'GET /a' });
  await assert.rejects(v2('DeleteRouteSettings', { ApiId, StageName: 'x', RouteKey: 'GET /a' }), refusal('NotFoundException', /GET \/a/));
  assert.deepEqual(Object.keys((await v2('GetStage', { ApiId, StageName: 'x' })).RouteSettings), ['GET /b']);
  assert.deepEqual((await v2('UpdateStage', { ApiId, StageName: 'x', StageVariables: { one: '' } })).StageVariables, { two: '2' });
  await assert.rejects(v2('UpdateStage', { ApiId, StageName: 'x', DefaultRouteSettings: { LoggingLevel: 'INFO' } }), refusal('BadRequestException', 'Execution logs are not supported on protocol type HTTP'));
});

test('settings of the routes that an API has of itself are taken before there are such routes', async () => {
  const stage = apiStage();
  const { v2 } = stage;
  const http = (await v2('CreateApi', { Name: 'http', ProtocolType: 'HTTP' })).ApiId;
  const made = await v2('CreateStage', { ApiId: http, StageName: 'x', RouteSettings: { $default: { ThrottlingBurstLimit: 1 } } });
  assert.deepEqual(made.RouteSettings, { $default: { DetailedMetricsEnabled: false, ThrottlingBurstLimit: 1 } });
  await assert.rejects(v2('UpdateStage', { ApiId: http, StageName: 'x', RouteSettings: { $connect: {} } }), refusal('NotFoundException', /\$connect/));
  const socket = (await v2('CreateApi', { Name: 'socket', ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '$request.body.action' })).ApiId;
  const keys = ['$connect', '$disconnect', '$default'];
  const all = await v2('CreateStage', { ApiId: socket, StageName: 'x', RouteSettings: Object.fromEntries(keys.map((key) => [key, { LoggingLevel: 'INFO' }])) });
  assert.deepEqual(Object.keys(all.RouteSettings), keys);
  await assert.rejects(v2('UpdateStage', { ApiId: socket, StageName: 'x', RouteSettings: { send: {} } }), refusal('NotFoundException', /send/));
});

test('access log settings name a log group and a format, and are taken away', async () => {
  const stage = apiStage();
  const { v2 } = stage;
  const ApiId = await apiWithRoute(stage, 'GET /');
  const AccessLogSettings = { DestinationArn: 'arn:aws:logs:us-east-1:000000000000:log-group:/x', Format: '$context.requestId' };
  assert.deepEqual((await v2('CreateStage', { ApiId, StageName: 'x', AccessLogSettings })).AccessLogSettings, AccessLogSettings);
  await v2('DeleteAccessLogSettings', { ApiId, StageName: 'x' });
  assert.equal((await v2('GetStage', { ApiId, StageName: 'x' })).AccessLogSettings, undefined);
  for (const settings of [{ DestinationArn: 'x' }, { DestinationArn: 'arn:aws:firehose:us-east-1:000000000000:deliverystream/amazon-apigateway-x' }, { Format: 'a\nb' }]) {
    await assert.rejects(v2('UpdateStage', { ApiId, StageName: 'x', AccessLogSettings: settings }), refusal('BadRequestException', /./));
  }
});

test('resetting the cache of authorizers changes the key of what it holds', async () => {
  const stage = apiStage();
  const ApiId = await apiWithRoute(stage, 'GET /');
  await stage.v2('CreateStage', { ApiId, StageName: 'x' });
  await stage.v2('ResetAuthorizersCache', { ApiId, StageName: 'x' });
  assert.equal(stage.environment.store.world.get('apigatewayv2/stage', `${ApiId}/x`)!.authorizersCacheEpoch, 1);
});

// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-custom-domain-names.html
test('custom domains have a certificate that covers them, and lead to stages by mappings and rules', async () => {
  const stage = apiStage();
  const { v2, environment } = stage;
  const ARN = 'arn:aws:acm:us-east-1:000000000000:certificate/1';
  await environment.store.transact((transaction) => transaction.put('acm/certificate', { id: ARN, account: '000000000000', region: 'us-east-1', parent: null, createdAt: 0, deliveredAt: 5, subjectAlternativeNames: ['*.example.test'] } as never));
  const DomainNameConfigurations = [{ CertificateArn: ARN }];
  const refused = async (input: object, sentence: string | RegExp) => await assert.rejects(v2('CreateDomainName', { DomainName: 'api.example.test', DomainNameConfigurations, ...input }), refusal('BadRequestException', sentence));
  await refused({ DomainNameConfigurations: [] }, 'Invalid input. Expected one domain name configuration');
  await refused({ DomainName: 'x' }, /Invalid domain name/);
  await refused({ DomainName: 'a.b.example.test' }, /does not cover/);
  await refused({ DomainNameConfigurations: [{ CertificateArn: `${ARN}0` }] }, /Invalid certificate ARN/);
  await refused({ DomainNameConfigurations: [{ CertificateArn: ARN, EndpointType: 'EDGE' }] }, /^EDGE endpoint type is not supported/);
  await refused({ MutualTlsAuthentication: { TruststoreUri: 's3://bucket/key', TruststoreVersion: '1' } }, /MutualTlsAuthentication.TruststoreVersion cannot be specified/);
  const made = await v2('CreateDomainName', { DomainName: 'API.example.test', DomainNameConfigurations, Tags: { a: 'b' } });
  assert.equal(made.DomainName, 'api.example.test');
  assert.equal(made.ApiMappingSelectionExpression, '$request.basepath');
  const [configuration] = made.DomainNameConfigurations;
  assert.match(configuration.ApiGatewayDomainName, /^d-[a-z0-9]{10}\.execute-api\.us-east-1\.localhost$/);
  assert.deepEqual({ ...configuration, ApiGatewayDomainName: '' }, {
    ApiGatewayDomainName: '', CertificateArn: ARN, CertificateUploadDate: new Date(5), DomainNameStatus: 'AVAILABLE', EndpointType: 'REGIONAL', HostedZoneId: 'Z1UJRXOUMOOFQ8', IpAddressType: 'ipv4', SecurityPolicy: 'TLS_1_2',
  });
  assert.deepEqual((await v2('GetTags', { ResourceArn: made.DomainNameArn })).Tags, { a: 'b' });
  await assert.rejects(v2('CreateDomainName', { DomainName: 'api.example.test', DomainNameConfigurations }), refusal('ConflictException', 'The domain name you provided already exists.'));

  const ApiId = await apiWithRoute(stage, 'GET /');
  await v2('CreateStage', { ApiId, StageName: 'x' });
  const DomainName = 'api.example.test';
  const MAPPING = { DomainName, ApiId, Stage: 'x' };
  const { ApiMappingId } = await v2('CreateApiMapping', { ...MAPPING, ApiMappingKey: 'a/b' });
  await v2('CreateApiMapping', MAPPING);
  await assert.rejects(v2('CreateApiMapping', { ...MAPPING, ApiMappingKey: 'a/b' }), refusal('ConflictException', 'ApiMapping key already exists for this domain name'));
  await assert.rejects(v2('CreateApiMapping', { ...MAPPING, Stage: 'absent', ApiMappingKey: 'c' }), refusal('BadRequestException', 'Invalid stage identifier specified'));
  await assert.rejects(v2('CreateApiMapping', { ...MAPPING, ApiMappingKey: '/c' }), refusal('BadRequestException', /^API mapping key/));
  await assert.rejects(v2('GetApiMappings', { DomainName: 'absent.example.test' }), refusal('NotFoundException', 'Invalid domain name identifier specified'));
  assert.equal((await v2('UpdateApiMapping', { DomainName, ApiMappingId, ApiId, ApiMappingKey: 'c' })).ApiMappingKey, 'c');
  const RULE = { DomainName, Priority: 10, Conditions: [{ MatchHeaders: { AnyOf: [{ Header: 'x-version', ValueGlob: 'beta*' }] } }, { MatchBasePaths: { AnyOf: ['v1'] } }], Actions: [{ InvokeApi: { ApiId, Stage: 'x', StripBasePath: true } }] };
  const rule = await v2('CreateRoutingRule', RULE);
  assert.equal(rule.RoutingRuleArn, `arn:aws:apigateway:us-east-1:000000000000:/domainnames/api.example.test/routingrules/${rule.RoutingRuleId}`);
  await assert.rejects(v2('CreateRoutingRule', RULE), refusal('ConflictException', /priority 10/));
  await v2('CreateRoutingRule', { ...RULE, Priority: 5, Conditions: [] });
  assert.deepEqual((await v2('ListRoutingRules', { DomainName })).RoutingRules.map(({ Priority }: { Priority: number }) => Priority), [5, 10]);
  assert.deepEqual((await v2('PutRoutingRule', { ...RULE, RoutingRuleId: rule.RoutingRuleId, Priority: 1 })).Conditions, RULE.Conditions);
  await assert.rejects(v2('DeleteStage', { ApiId, StageName: 'x' }), refusal('BadRequestException', /remove all base path mappings related to the stage in your domains: api\.example\.test/));
  await assert.rejects(v2('DeleteApi', { ApiId }), refusal('BadRequestException', /remove all base path mappings/));
  await v2('DeleteDomainName', { DomainName });
  await v2('DeleteApi', { ApiId });
  assert.deepEqual(environment.store.world.list('apigatewayv2/routing-rule'), []);
  assert.deepEqual(environment.store.world.list('apigatewayv2/deployment'), []);
});
