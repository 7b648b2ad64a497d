/** SAM templates: AWS::Serverless::Function with HttpApi events, AWS::Serverless::HttpApi and Globals, made by the real services. */
import assert from 'node:assert/strict';
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
Globals: { Api: { Cors: '*' } }
Resources:
  Old: { Type: AWS::Serverless::Api, Properties: { StageName: prod } }
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs22.x
      Handler: index.handler
      InlineCode: x
      AutoPublishAlias: live
      Policies: [{ S3ReadPolicy: { BucketName: x } }]
      Events:
        A: { Type: Api, Properties: { Path: /, Method: GET } }
        B: { Type: HttpApi, Properties: { Path: /, Method: FETCH } }
        C: { Type: HttpApi, Properties: { Path: /c, Method: GET, ApiId: !Ref Other, Auth: { Authorizer: nobody } } }
        D: { Type: HttpApi, Properties: { Path: /d, Method: GET, Auth: { Authorizer: nobody } } }
`;
  await assert.rejects(up(source), (error: unknown) => {
    assert.ok(error instanceof TemplateError);
    const paths = error.problems.map(({ path }) => path);
    for (const path of ['Globals.Api', 'Resources.Old.Type', 'Resources.Fn.Properties.AutoPublishAlias', 'Resources.Fn.Properties.Policies[0]', 'Resources.Fn.Properties.Events.A.Type', 'Resources.Fn.Properties.Events.B.Properties.Method',
      'Resources.Fn.Properties.Events.C.Properties.ApiId', 'Resources.Fn.Properties.Events.D.Properties.Auth.Authorizer']) assert.ok(paths.includes(path), `${path} in ${paths.join(', ')}`);
    return true;
  });
  assert.equal(environment.store.world.revision, environment.store.world.revision);
  assert.ok(world.revision >= before);
  assert.deepEqual(kindsLeft(), [0, 0, 0, 0]);
});
