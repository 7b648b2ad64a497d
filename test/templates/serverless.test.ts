/** SAM templates: AWS::Serverless::Function with HttpApi events, AWS::Serverless::HttpApi and Globals, made by the real services. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { FrontDoor, noCredentials, openModels } from '../../src/aws/index.ts';
import { MemoryLogEvents, MetricData } from '../../src/control-plane/services/index.ts';
import { Stacks, TemplateError, type StackResult } from '../../src/control-plane/templates/index.ts';
import { servicesOf } from '../../src/app/index.ts';
import { systemClock, systemRandom } from '../../src/kernel/index.ts';
import { testEnvironment } from '../support/environment.ts';

const environment = testEnvironment({ clock: systemClock, random: systemRandom });
// The clock's timers do not keep the process alive; while a test waits for one, this does.
const alive = setInterval(() => {}, 1000);
after(() => clearInterval(alive));

const OWNER = { account: '000000000000', region: 'us-east-1' };
const frontDoor = new FrontDoor({
  services: servicesOf(environment, new MemoryLogEvents({ clock: environment.clock }), new MetricData(environment.clock)), models: openModels(), clock: environment.clock, random: environment.random, credentials: noCredentials, verify: 'never',
});
const call = (service: string, operation: string, input: object): Promise<unknown> => frontDoor.call(service, operation, { input: input as Readonly<Record<string, unknown>>, ...OWNER, host: '127.0.0.1:4566' });
const stacks = new Stacks({ ...environment, ...OWNER, call: call as never });
const up = (source: string, name = 'sam'): Promise<StackResult> => stacks.apply(source, { name, parameters: {}, baseFolder: null });
const { world } = environment.store;
const kindsLeft = (): readonly number[] => (['apigatewayv2/api', 'apigatewayv2/stage', 'lambda/function', 'iam/role'] as const).map((kind) => environment.store.world.list(kind).length);

const HEAD = `
AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
`;

const SHOP = `${HEAD}
Globals:
  Function:
    Runtime: nodejs22.x
    Handler: index.handler
    Timeout: 5
    Environment: { Variables: { STAGE: global, SHARED: yes } }
  HttpApi:
    CorsConfiguration: { AllowOrigins: ['https://www.example.test'], AllowMethods: [GET] }
Resources:
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      Name: shop
      StageName: prod
      DefaultRouteSettings: { ThrottlingBurstLimit: 100 }
      Auth:
        DefaultAuthorizer: users
        Authorizers:
          users:
            IdentitySource: $request.header.Authorization
            AuthorizationScopes: [read]
            JwtConfiguration: { issuer: 'https://issuer.example.test', audience: [shop] }
          guard:
            FunctionArn: !GetAtt Guard.Arn
            AuthorizerPayloadFormatVersion: 2.0
            EnableSimpleResponses: true
            EnableFunctionDefaultPermissions: true
            Identity: { Headers: [X-Token], QueryStrings: [token], ReauthorizeEvery: 60 }
  Guard:
    Type: AWS::Serverless::Function
    Properties: { InlineCode: 'exports.handler = async () => ({ isAuthorized: true })' }
  Products:
    Type: AWS::Serverless::Function
    Properties:
      InlineCode: 'exports.handler = async () => 1'
      Environment: { Variables: { STAGE: own } }
      Policies:
        - AWSLambdaBasicExecutionRole
        - Statement: [{ Effect: Allow, Action: 'logs:*', Resource: '*' }]
      Tags: { team: a }
      Events:
        List: { Type: HttpApi, Properties: { ApiId: !Ref Api, Path: /products, Method: get } }
        One: { Type: HttpApi, Properties: { ApiId: !Ref Api, Path: '/products/{id}', Method: GET, Auth: { Authorizer: guard }, TimeoutInMillis: 1000, RouteSettings: { ThrottlingRateLimit: 5 } } }
        Open: { Type: HttpApi, Properties: { ApiId: !Ref Api, Path: /health, Method: ANY, Auth: { Authorizer: NONE }, PayloadFormatVersion: '1.0' } }
        Rest: { Type: HttpApi, Properties: { ApiId: !Ref Api, Auth: { Authorizer: NONE } } }
Outputs:
  Url: { Value: !Sub '\${Api.ApiEndpoint}/prod' }
  Role: { Value: !GetAtt ProductsRole.Arn }
`;

test('functions, their API, its authorizers and stage are made, and nothing is left when they go', async () => {
  const result = await up(SHOP);
  assert.equal(result.failure, null);
  const now = environment.store.world;
  const [api] = now.list('apigatewayv2/api');
  assert.equal(api!.name, 'shop');
  assert.deepEqual(api!.corsConfiguration?.allowOrigins, ['https://www.example.test']);
  assert.deepEqual(api!.tags, [{ key: 'httpapi:createdBy', value: 'SAM' }]);
  const authorizers = new Map(now.children('apigatewayv2/authorizer', api!.id).map((authorizer) => [authorizer.authorizerId, authorizer]));
  const routes = now.children('apigatewayv2/route', api!.id).map(({ routeKey, authorizationType, authorizerId, authorizationScopes }) => [routeKey, authorizationType, authorizerId === null ? null : authorizers.get(authorizerId)!.name, authorizationScopes]);
  assert.deepEqual(routes.sort(), [
    ['$default', 'NONE', null, []], ['ANY /health', 'NONE', null, []], ['GET /products', 'JWT', 'users', ['read']], ['GET /products/{id}', 'CUSTOM', 'guard', []],
  ]);
  const guard = [...authorizers.values()].find(({ name }) => name === 'guard')!;
  assert.deepEqual(guard.identitySource, ['$request.header.X-Token', '$request.querystring.token']);
  assert.ok(guard.authorizerType === 'REQUEST' && guard.authorizerResultTtlInSeconds === 60 && guard.enableSimpleResponses === true);
  const integrations = now.children('apigatewayv2/integration', api!.id);
  assert.deepEqual(integrations.map(({ payloadFormatVersion, timeoutInMillis }) => [payloadFormatVersion, timeoutInMillis]).sort(), [['1.0', 30000], ['2.0', 1000], ['2.0', 30000], ['2.0', 30000]]);
  const [stage] = now.list('apigatewayv2/stage');
  assert.equal(stage!.stageName, 'prod');
  assert.equal(stage!.autoDeploy, true);
  assert.equal(stage!.routeSettings['GET /products/{id}']?.throttlingRateLimit, 5);
  assert.ok(stage!.deploymentId);
  const products = now.list('lambda/function').find(({ id }) => id.includes('Products'))!;
  assert.deepEqual({ ...products.environment }, { STAGE: 'own', SHARED: 'yes' });
  assert.equal(products.timeout, 5);
  const statements = now.get('lambda/policy', products.id)!.statements.map(({ Condition }) => Object.values(Condition!).flatMap(Object.values)[0] as string);
  assert.deepEqual(statements.map((arn) => arn.replace(api!.id, 'API')).sort(), [
    'arn:aws:execute-api:us-east-1:000000000000:API/*/*', 'arn:aws:execute-api:us-east-1:000000000000:API/*/*/health', 'arn:aws:execute-api:us-east-1:000000000000:API/*/GET/products',
    'arn:aws:execute-api:us-east-1:000000000000:API/*/GET/products/*',
  ]);
  assert.equal((await up(SHOP)).outcome, 'unchanged');
  const changed = await up(SHOP.replace("Path: /health", "Path: /alive").replace(', RouteSettings: { ThrottlingRateLimit: 5 }', '').replace("Path: '/products/{id}'", "Path: '/products/{name}'"));
  assert.equal(changed.failure, null);
  assert.ok(environment.store.world.children('apigatewayv2/route', api!.id).some(({ routeKey }) => routeKey === 'ANY /alive'));
  await stacks.delete('sam');
  assert.deepEqual(kindsLeft(), [0, 0, 0, 0]);
});

test('events without an API share the one that the template implies', async () => {
  const result = await up(`${HEAD}
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs22.x
      Handler: index.handler
      InlineCode: exports.handler = async () => 1
      Events:
        Root: { Type: HttpApi, Properties: { Path: /, Method: GET } }
        Everything: { Type: HttpApi }
Outputs:
  Url: { Value: !Sub 'https://\${ServerlessHttpApi}.execute-api.\${AWS::Region}.\${AWS::URLSuffix}/' }
`);
  assert.equal(result.failure, null);
  const [api] = environment.store.world.list('apigatewayv2/api');
  assert.equal(api!.name, 'sam');
  assert.equal(result.stack!.outputs[0]!.value, `https://${api!.id}.execute-api.us-east-1.amazonaws.com/`);
  assert.deepEqual(environment.store.world.children('apigatewayv2/route', api!.id).map(({ routeKey }) => routeKey).sort(), ['$default', 'GET /']);
  assert.equal(environment.store.world.list('apigatewayv2/stage')[0]!.stageName, '$default');
  await stacks.delete('sam');
  assert.deepEqual(kindsLeft(), [0, 0, 0, 0]);
});

test('the URL of a function is made, and who may call it; a version of a layer too', async () => {
  const source = (auth: string): string => `${HEAD}
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties: { Runtime: nodejs22.x, Handler: index.handler, InlineCode: exports.handler = async () => 1, FunctionUrlConfig: { AuthType: ${auth}, InvokeMode: RESPONSE_STREAM } }
Outputs:
  Url: { Value: !GetAtt FnUrl.FunctionUrl }
`;
  const result = await up(source('NONE'));
  assert.equal(result.failure, null);
  const [url] = environment.store.world.list('lambda/function-url');
  assert.deepEqual([url!.authType, url!.invokeMode], ['NONE', 'RESPONSE_STREAM']);
  assert.match(result.stack!.outputs[0]!.value, /^https:/);
  const statements = (): readonly unknown[] => environment.store.world.get('lambda/policy', url!.functionArn)?.statements.map(({ Action, Principal }) => [Action, Principal]) ?? [];
  assert.deepEqual(statements().toSorted(), [['lambda:InvokeFunction', '*'], ['lambda:InvokeFunctionUrl', '*']]);
  assert.equal((await up(source('AWS_IAM'))).failure, null);
  assert.deepEqual(statements(), []);
  await stacks.delete('sam');
  assert.deepEqual(kindsLeft(), [0, 0, 0, 0]);
});

test('an alias leads to the newest version, which is published for new code only; what calls the function calls the alias', async () => {
  const source = (code: string, timeout = 3): string => `${HEAD}
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs22.x
      Handler: index.handler
      InlineCode: '${code}'
      Timeout: ${timeout}
      AutoPublishAlias: live
      FunctionUrlConfig: { AuthType: NONE }
      Events: { Root: { Type: HttpApi, Properties: { Path: /, Method: GET } } }
Outputs:
  Alias: { Value: !Ref Fn.Alias }
  Both: { Value: !Sub '\${Fn.Alias} \${AWS::Region}' }
`;
  const result = await up(source('exports.handler = async () => 1'));
  assert.equal(result.failure, null);
  const alias = () => environment.store.world.list('lambda/alias').map(({ id, functionVersion }) => [id, functionVersion]);
  const [fn] = environment.store.world.list('lambda/function');
  assert.deepEqual(alias(), [[`${fn!.id}:live`, '1']]);
  assert.deepEqual(result.stack!.outputs.map(({ value }) => value), [`${fn!.id}:live`, `${fn!.id}:live us-east-1`]);
  const [integration] = environment.store.world.list('apigatewayv2/integration');
  assert.ok(integration!.integrationUri!.includes(`${fn!.id}:live/`), integration!.integrationUri!);
  const actions = environment.store.world.get('lambda/policy', `${fn!.id}:live`)!.statements.map(({ Action }) => Action);
  assert.deepEqual(actions.toSorted(), ['lambda:InvokeFunction', 'lambda:InvokeFunction', 'lambda:InvokeFunctionUrl']);
  assert.equal(environment.store.world.list('lambda/function-url')[0]!.functionArn, `${fn!.id}:live`);
  assert.equal((await up(source('exports.handler = async () => 1', 4))).failure, null);
  assert.deepEqual(alias(), [[`${fn!.id}:live`, '1']]);
  assert.equal((await up(source('exports.handler = async () => 2', 4))).failure, null);
  assert.deepEqual(alias(), [[`${fn!.id}:live`, '2']]);
  assert.deepEqual(environment.store.world.list('lambda/version').map(({ version }) => version), ['1', '2']);
  await stacks.delete('sam');
  assert.deepEqual(kindsLeft(), [0, 0, 0, 0]);
});

test('new code of a folder is a new version, though the template is the same', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-sam-'));
  after(() => rmSync(folder, { recursive: true }));
  const apply = (code: string): Promise<StackResult> => {
    writeFileSync(join(folder, 'index.mjs'), code);
    return stacks.apply(`${HEAD}\nResources:\n  Fn: { Type: AWS::Serverless::Function, Properties: { Runtime: nodejs22.x, Handler: index.handler, CodeUri: ., AutoPublishAlias: live } }\n`, { name: 'sam', parameters: {}, baseFolder: folder });
  };
  for (const [code, version] of [['1', '1'], ['1', '1'], ['2', '2']] as const) {
    assert.equal((await apply(`export const handler = async () => ${code};`)).failure, null);
    assert.equal(environment.store.world.list('lambda/alias')[0]!.functionVersion, version);
  }
  await stacks.delete('sam');
  assert.deepEqual(kindsLeft(), [0, 0, 0, 0]);
});

test('a deployment at once is what an alias does; what asks for a version of each change, or to delete old ones, has it', async () => {
  const source = (timeout: number): string => `${HEAD}
Globals: { Function: { DeploymentPreference: { Type: AllAtOnce } }, Api: { Cors: '*' } }
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties: { Runtime: nodejs22.x, Handler: index.handler, InlineCode: 'exports.handler = async () => 1', Timeout: ${timeout}, AutoPublishAlias: live, AutoPublishAliasAllProperties: true, VersionDeletionPolicy: Delete }
  Off:
    Type: AWS::Serverless::Function
    Properties: { Runtime: nodejs22.x, Handler: index.handler, InlineCode: 'exports.handler = async () => 1', DeploymentPreference: { Enabled: false, Type: Linear10PercentEvery1Minute } }
`;
  for (const [timeout, version] of [[3, '1'], [3, '1'], [4, '2']] as const) {
    assert.equal((await up(source(timeout))).failure, null);
    assert.equal(environment.store.world.list('lambda/alias')[0]!.functionVersion, version);
  }
  assert.deepEqual(environment.store.world.list('lambda/version').map(({ version }) => version), ['2']);
  await stacks.delete('sam');
  assert.deepEqual(kindsLeft(), [0, 0, 0, 0]);
});

test('how asynchronous invocations are tried, and where they go, is said by the function, for its alias where it has one', async () => {
  const source = (alias: string): string => `${HEAD}
Resources:
  Told: { Type: AWS::Serverless::Function, Properties: { Runtime: nodejs22.x, Handler: index.handler, InlineCode: 'exports.handler = async () => 1' } }
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs22.x
      Handler: index.handler
      InlineCode: 'exports.handler = async () => 1'
      RecursiveLoop: Allow
      ${alias}
      EventInvokeConfig: { MaximumEventAgeInSeconds: 70, MaximumRetryAttempts: 1, DestinationConfig: { OnFailure: { Type: Lambda, Destination: !GetAtt Told.Arn } } }
`;
  const configs = () => environment.store.world.list('lambda/event-invoke-config').map(({ functionArn, maximumEventAgeInSeconds, maximumRetryAttempts }) => [functionArn.split(':')[7], maximumEventAgeInSeconds, maximumRetryAttempts]);
  assert.equal((await up(source(''))).failure, null);
  assert.deepEqual(configs(), [['$LATEST', 70, 1]]);
  assert.equal((await up(source('AutoPublishAlias: live'))).failure, null);
  assert.deepEqual(configs(), [['live', 70, 1]]);
  const role = environment.store.world.list('iam/role').find(({ name }) => name.includes('FnRole'))!;
  assert.match(JSON.stringify(role), /lambda:InvokeFunction/);
  await stacks.delete('sam');
  assert.deepEqual(kindsLeft(), [0, 0, 0, 0]);
});

test('policy templates stand for their documents', async () => {
  const result = await up(`${HEAD}
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs22.x
      Handler: index.handler
      InlineCode: exports.handler = async () => 1
      Policies: [{ S3ReadPolicy: { BucketName: pictures } }, { LambdaInvokePolicy: { FunctionName: other } }, { CloudWatchPutMetricPolicy: {} }]
`);
  assert.equal(result.failure, null);
  const [role] = environment.store.world.list('iam/role');
  const documents = role!.inlinePolicies.map(({ document }) => (JSON.parse(document) as { Statement: { Resource: unknown; Action: string[] }[] }).Statement[0]!);
  assert.deepEqual(documents.map(({ Resource }) => Resource), [['arn:aws:s3:::pictures', 'arn:aws:s3:::pictures/*'], 'arn:aws:lambda:us-east-1:000000000000:function:other*', '*']);
  assert.deepEqual(documents[1]!.Action, ['lambda:InvokeFunction']);
  await stacks.delete('sam');
  assert.deepEqual(kindsLeft(), [0, 0, 0, 0]);
});

test('the definition of an API may lie in a file, and is read again when it changes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-sam-'));
  after(() => rmSync(folder, { recursive: true }));
  const source = `${HEAD}\nResources:\n  Api: { Type: AWS::Serverless::HttpApi, Properties: { DefinitionUri: api.yaml } }\n`;
  for (const path of ['/one', '/two']) {
    writeFileSync(join(folder, 'api.yaml'), `openapi: 3.0.1\ninfo: { title: filed, version: '1' }\npaths: { ${path}: { get: { x-amazon-apigateway-integration: { type: http_proxy, httpMethod: GET, uri: 'https://example.test', payloadFormatVersion: '1.0' } } } }\n`);
    assert.equal((await stacks.apply(source, { name: 'sam', parameters: {}, baseFolder: folder })).failure, null);
    assert.deepEqual(environment.store.world.list('apigatewayv2/route').map(({ routeKey }) => routeKey), [`GET ${path}`]);
  }
  await assert.rejects(stacks.apply(source.replace('api.yaml', 'gone.yaml'), { name: 'other', parameters: {}, baseFolder: folder }), TemplateError);
  await stacks.delete('sam');
  assert.deepEqual(kindsLeft(), [0, 0, 0, 0]);
});

test('an OpenAPI document is an HTTP API, served at once', async () => {
  const document = (path: string): string => `
openapi: 3.0.1
info: { title: plain, version: 1.0 }
paths:
  ${path}: { get: { x-amazon-apigateway-integration: { type: http_proxy, httpMethod: GET, uri: 'https://example.test', payloadFormatVersion: 1.0 } } }
`;
  const result = await up(document('/one'));
  assert.equal(result.failure, null);
  const [api] = environment.store.world.list('apigatewayv2/api');
  assert.equal(result.stack!.outputs[0]!.value, api!.apiEndpoint);
  assert.equal((await up(document('/one'))).outcome, 'unchanged');
  assert.equal((await up(document('/two'))).failure, null);
  const [stage] = environment.store.world.list('apigatewayv2/stage');
  const deployment = environment.store.world.get('apigatewayv2/deployment', `${api!.id}/${stage!.deploymentId}`)!;
  assert.deepEqual(deployment.document.routes.map(({ routeKey }) => routeKey), ['GET /two']);
  await stacks.delete('sam');
  assert.deepEqual(kindsLeft(), [0, 0, 0, 0]);
});

test('what is not served is refused by name, all at once, and nothing is made', async () => {
  const before = world.revision;
  const source = `${HEAD}
Globals: { Api: { Cors: '*' }, Table: { TableName: x } }
Resources:
  Old: { Type: AWS::Serverless::Api, Properties: { StageName: prod } }
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs22.x
      Handler: index.handler
      InlineCode: x
      AutoPublishAlias: [live]
      DeploymentPreference: { Type: Canary10Percent5Minutes, Hooks: { PreTraffic: !Ref Check } }
      EventInvokeConfig: { DestinationConfig: { OnFailure: { Type: SQS } } }
      Policies: [{ S3ReadPolicy: { Bucket: x } }, { AthenaQueryPolicy: { WorkGroupName: x } }]
      Events:
        A: { Type: Api, Properties: { Path: /, Method: GET } }
        B: { Type: HttpApi, Properties: { Path: /, Method: FETCH } }
        C: { Type: HttpApi, Properties: { Path: /c, Method: GET, ApiId: !Ref Other, Auth: { Authorizer: nobody } } }
        D: { Type: HttpApi, Properties: { Path: /d, Method: GET, Auth: { Authorizer: nobody } } }
`;
  await assert.rejects(up(source), (error: unknown) => {
    assert.ok(error instanceof TemplateError);
    const paths = error.problems.map(({ path }) => path);
    for (const path of ['Globals.Table', 'Resources.Old.Type', 'Resources.Fn.Properties.AutoPublishAlias', 'Resources.Fn.Properties.DeploymentPreference.Type', 'Resources.Fn.Properties.DeploymentPreference.Hooks', 'Resources.Fn.Properties.EventInvokeConfig.DestinationConfig.OnFailure.Type', 'Resources.Fn.Properties.Policies[0]', 'Resources.Fn.Properties.Policies[1]', 'Resources.Fn.Properties.Events.A.Type', 'Resources.Fn.Properties.Events.B.Properties.Method',
      'Resources.Fn.Properties.Events.C.Properties.ApiId', 'Resources.Fn.Properties.Events.D.Properties.Auth.Authorizer']) assert.ok(paths.includes(path), `${path} in ${paths.join(', ')}`);
    return true;
  });
  assert.equal(environment.store.world.revision, environment.store.world.revision);
  assert.ok(world.revision >= before);
  assert.deepEqual(kindsLeft(), [0, 0, 0, 0]);
});
