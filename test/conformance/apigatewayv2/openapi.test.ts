/**
 * HTTP APIs as OpenAPI documents. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-open-api.html: "You can also import an
 * exported API definition into API Gateway to create another, identical API." Each document of the folder is imported, exported, and imported again.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { type ApiStage, apiStage } from '../../support/api-stage.ts';
import { refusal } from '../../support/refusal.ts';

const FOLDER = join(import.meta.dirname, 'openapi');
const documents = readdirSync(FOLDER).sort();

/** What an API is, without what each has of its own: ids, times and addresses. Ids stand for what they name. */
async function configurationOf({ v2 }: ApiStage, id: string): Promise<unknown> {
  const api = await v2('GetApi', { ApiId: id });
  const integrations = (await v2('GetIntegrations', { ApiId: id })).Items as { IntegrationId: string }[];
  const authorizers = (await v2('GetAuthorizers', { ApiId: id })).Items as { AuthorizerId: string; Name: string }[];
  const routes = (await v2('GetRoutes', { ApiId: id })).Items as { RouteId: string; RouteKey: string; Target?: string; AuthorizerId?: string }[];
  const settings = integrations.map(({ IntegrationId, ...rest }) => JSON.stringify([rest, routes.filter(({ Target }) => Target === `integrations/${IntegrationId}`).map(({ RouteKey }) => RouteKey).sort()]));
  const { ApiId: _, ApiEndpoint: __, CreatedDate: ___, ImportInfo: ____, Warnings: _____, ...own } = api;
  return {
    own,
    integrations: settings.sort(),
    authorizers: authorizers.map(({ AuthorizerId: _id, ...rest }) => JSON.stringify(rest)).sort(),
    routes: routes.map(({ RouteId: _id, Target, AuthorizerId, ...rest }) => JSON.stringify([rest, Target !== undefined, authorizers.find((authorizer) => authorizer.AuthorizerId === AuthorizerId)?.Name])).sort(),
  };
}

/** As a document would be read, without the address of the API that it came from. */
function read(body: Buffer): Record<string, unknown> {
  const document = parse(body.toString()) as { servers: { url: string }[] };
  for (const server of document.servers) server.url = server.url.replace(/\/\/[a-z0-9]{10}\./, '//API.');
  return document as unknown as Record<string, unknown>;
}

async function imported(stage: ApiStage, body: string): Promise<string> {
  return (await stage.v2<{ ApiId: string }>('ImportApi', { Body: body })).ApiId;
}

async function stageWithLink(): Promise<{ readonly stage: ApiStage; readonly link: string }> {
  const stage = apiStage();
  const own = { account: '000000000000', region: 'us-east-1', createdAt: 0, tags: [] } as const;
  await stage.environment.store.transact((transaction) => transaction.put('ec2/subnet', { ...own, id: 'subnet-1', parent: 'vpc-1' } as never));
  return { stage, link: (await stage.v2<{ VpcLinkId: string }>('CreateVpcLink', { Name: 'link', SubnetIds: ['subnet-1'] })).VpcLinkId };
}

test('there are twenty documents and more', () => assert.ok(documents.length >= 20));

for (const name of documents) {
  test(`${name}: what is exported imports as the same API, in both forms`, async () => {
    const { stage, link } = await stageWithLink();
    const first = await imported(stage, readFileSync(join(FOLDER, name), 'utf8').replace('connectionId: LINK', `connectionId: ${link}`));
    const configuration = await configurationOf(stage, first);
    for (const OutputType of ['JSON', 'YAML']) {
      const { body } = await stage.v2<{ body: Buffer }>('ExportApi', { ApiId: first, Specification: 'OAS30', OutputType });
      const again = await imported(stage, body.toString());
      assert.deepEqual(await configurationOf(stage, again), configuration);
      const second = await stage.v2<{ body: Buffer }>('ExportApi', { ApiId: again, Specification: 'OAS30', OutputType });
      assert.deepEqual(read(second.body), read(body));
      assert.equal((await stage.v2('GetApi', { ApiId: again })).Warnings, undefined, 'an exported document has nothing to warn of');
    }
  });
}

const LEAST = { openapi: '3.0.1', info: { title: 'x', version: '1' } };
const PROXY = { type: 'http_proxy', httpMethod: 'GET', uri: 'https://example.test', payloadFormatVersion: '1.0' };

// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-import-api-basePath.html
test('the base path is ignored, prepended or split', async () => {
  const { v2 } = apiStage();
  const body = JSON.stringify({ ...LEAST, servers: [{ url: 'https://example.test/{basePath}/b/c', variables: { basePath: { default: 'a' } } }], paths: { '/': { get: {} }, '/e': { get: {} } } });
  for (const [basepath, keys] of [[undefined, ['GET /', 'GET /e']], ['ignore', ['GET /', 'GET /e']], ['prepend', ['GET /a/b/c', 'GET /a/b/c/e']], ['split', ['GET /b/c', 'GET /b/c/e']]] as const) {
    const { ApiId } = await v2('ImportApi', { Body: body, Basepath: basepath });
    assert.deepEqual((await v2('GetRoutes', { ApiId })).Items.map(({ RouteKey }: { RouteKey: string }) => RouteKey), keys, basepath ?? 'none');
  }
  await assert.rejects(v2('ImportApi', { Body: body, Basepath: 'other' }), refusal('BadRequestException', /basepath/));
});

// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-open-api.html#http-api-import.validation
test('what is ignored is told, what is unsupported is warned of, and warnings can stop the import', async () => {
  const { v2 } = apiStage();
  const told = await v2('ImportApi', { Body: JSON.stringify({ ...LEAST, paths: { '/x': { post: { requestBody: {}, 'x-amazon-apigateway-integration': PROXY } } } }) });
  assert.deepEqual(told.ImportInfo, ["The property requestBody at path '/x' and method 'POST' is not supported for HTTP APIs, ignoring"]);
  assert.equal(told.Warnings, undefined);
  const aws = JSON.stringify({ ...LEAST, paths: { '/x': { get: { 'x-amazon-apigateway-integration': { type: 'AWS', uri: 'arn:aws:lambda:us-east-2:123456789012:function:HelloWorld', httpMethod: 'POST' } } } } });
  const warned = await v2('ImportApi', { Body: aws });
  assert.match(warned.Warnings[0], /Unsupported integration type 'AWS' at path '\/x' and method 'GET'/);
  assert.equal((await v2('GetRoutes', { ApiId: warned.ApiId })).Items[0].Target, undefined);
  await assert.rejects(v2('ImportApi', { Body: aws, FailOnWarnings: true }), refusal('BadRequestException', /^Warnings found during import:\n\tUnsupported/));
  const responses = { 200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Gone' } } } }, 201: { content: { 'application/json': { schema: { $ref: '#/components/schemas/There' } } } } };
  const dangling = JSON.stringify({ ...LEAST, components: { schemas: { There: {} } }, paths: { '/x': { get: { responses, 'x-amazon-apigateway-integration': PROXY } } } });
  await assert.rejects(v2('ImportApi', { Body: dangling, FailOnWarnings: true }), refusal('BadRequestException', "Warnings found during import:\n\tParse issue: attribute paths.'/x'(get).responses.200.content.schema.#/components/schemas/Gone is missing"));
});

test('a version is what was written, with quotes or without', async () => {
  const { v2 } = apiStage();
  for (const [written, Version] of [['1.0', '1.0'], ['"2.0"', '2.0'], ['3', '3'], ['1.2.3', '1.2.3'], ['2017-04-21T04:08:08Z', '2017-04-21T04:08:08Z']] as const) {
    const api = await v2('ImportApi', { Body: `openapi: 3.0.1\ninfo: { title: t, version: ${written} }\npaths: {}\n` });
    assert.equal(api.Version, Version);
  }
});

test('malformed documents are refused, and nothing of them is made', async () => {
  const { v2 } = apiStage();
  const security = (requirement: unknown) => ({ ...LEAST, paths: { '/x': { get: { security: requirement, 'x-amazon-apigateway-integration': PROXY } } }, components: { securitySchemes: { a: { 'x-amazon-apigateway-authtype': 'awsSigv4' }, b: { 'x-amazon-apigateway-authtype': 'awsSigv4' } } } });
  const cases: readonly (readonly [unknown, RegExp])[] = [
    ['', /Invalid OpenAPI input/],
    ['[1, 2]', /Invalid OpenAPI input/],
    [`{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`, /Invalid OpenAPI input/],
    ['a: b: c', /Invalid OpenAPI input/],
    [{ swagger: '2.0', info: {} }, /Swagger 2\.0/],
    [{ openapi: '3.1.0', info: { title: 'x' }, paths: {} }, /3\.1\.0/],
    [{ openapi: '3.0.1', info: {}, paths: {} }, /title/],
    [LEAST, /paths/],
    [{ ...LEAST, paths: { x: { get: {} } } }, /begin with \//],
    [{ ...LEAST, paths: { '/x': { get: { 'x-amazon-apigateway-integration': { ...PROXY, uri: 'ftp://x' } } } } }, /malformed integration of GET \/x: Invalid HTTP endpoint/],
    [{ ...LEAST, paths: { '/{a}/{a}': { get: {} } } }, /malformed route/],
    [security([{ a: [] }, { b: [] }]), /multiple security requirements/],
    [{ ...LEAST, paths: {}, 'x-amazon-apigateway-importexport-version': '2.0' }, /import\/export version/],
  ];
  for (const [document, sentence] of cases) {
    await assert.rejects(v2('ImportApi', { Body: typeof document === 'string' ? document : JSON.stringify(document) }), refusal('BadRequestException', sentence));
  }
  assert.deepEqual((await v2('GetApis', {})).Items, []);
});

test('a few lines that stand for gigabytes are refused', async () => {
  const { v2 } = apiStage();
  const bomb = `openapi: 3.0.1\na0: &a0 [x]\n${Array.from({ length: 12 }, (_, n) => `a${n + 1}: &a${n + 1} [${Array.from({ length: 9 }, () => `*a${n}`).join(', ')}]`).join('\n')}\n`;
  await assert.rejects(v2('ImportApi', { Body: bomb }), refusal('BadRequestException', /Invalid OpenAPI input/));
  await assert.rejects(v2('ImportApi', { Body: `{"a":${'['.repeat(100_000)}` }), refusal('BadRequestException', /Invalid OpenAPI input/));
});

test('a reimport replaces the API, keeps the ids of what is still there, and is served by stages with auto deploy', async () => {
  const { v2 } = apiStage();
  const document = (paths: object, cors?: object) => JSON.stringify({ ...LEAST, paths, ...(cors ? { 'x-amazon-apigateway-cors': cors } : {}) });
  const { ApiId } = await v2('ImportApi', { Body: document({ '/stays': { get: { 'x-amazon-apigateway-integration': PROXY } }, '/goes': { get: {} } }, { allowOrigins: ['*'] }) });
  await v2('CreateStage', { ApiId, StageName: '$default', AutoDeploy: true, RouteSettings: { 'GET /goes': { ThrottlingBurstLimit: 1 }, 'GET /stays': { ThrottlingBurstLimit: 2 } } });
  const before = await v2('GetStage', { ApiId, StageName: '$default' });
  const stays = (await v2('GetRoutes', { ApiId })).Items[0];
  const again = await v2('ReimportApi', { ApiId, Body: document({ '/stays': { get: {} }, '/comes': { get: {} } }) });
  assert.equal(again.CorsConfiguration, undefined);
  const routes = (await v2('GetRoutes', { ApiId })).Items;
  assert.deepEqual(routes.map(({ RouteKey }: { RouteKey: string }) => RouteKey), ['GET /stays', 'GET /comes']);
  assert.equal(routes[0].RouteId, stays.RouteId);
  assert.deepEqual((await v2('GetIntegrations', { ApiId })).Items, []);
  const after = await v2('GetStage', { ApiId, StageName: '$default' });
  assert.notEqual(after.DeploymentId, before.DeploymentId);
  assert.deepEqual(Object.keys(after.RouteSettings), ['GET /stays']);
});

test('an export is of the stage that is asked for, with or without extensions', async () => {
  const { v2 } = apiStage();
  const { ApiId } = await v2('ImportApi', { Body: JSON.stringify({ ...LEAST, paths: { '/old/{id}': { get: { 'x-amazon-apigateway-integration': PROXY } } } }) });
  const { DeploymentId } = await v2('CreateDeployment', { ApiId });
  await v2('CreateStage', { ApiId, StageName: 'prod', DeploymentId });
  await v2('CreateStage', { ApiId, StageName: 'empty' });
  await v2('CreateRoute', { ApiId, RouteKey: 'GET /new' });
  const exported = async (more: object) => JSON.parse((await v2('ExportApi', { ApiId, Specification: 'OAS30', OutputType: 'JSON', ...more })).body.toString());
  const prod = await exported({ StageName: 'prod' });
  assert.deepEqual(Object.keys(prod.paths), ['/old/{id}']);
  assert.equal(prod.servers[0].variables.basePath.default, 'prod');
  assert.deepEqual(prod.paths['/old/{id}'].get.parameters, [{ name: 'id', in: 'path', description: 'Generated path parameter for id', required: true, schema: { type: 'string' } }]);
  const plain = await exported({ IncludeExtensions: false });
  assert.deepEqual(Object.keys(plain.paths), ['/old/{id}', '/new']);
  assert.ok(!JSON.stringify(plain).includes('x-amazon'));
  for (const more of [{ Specification: 'OAS20' }, { OutputType: 'XML' }, { ExportVersion: '2.0' }, { StageName: 'empty' }]) await assert.rejects(exported(more), refusal('BadRequestException', /./));
  await assert.rejects(exported({ StageName: 'absent' }), refusal('NotFoundException', 'Invalid stage identifier specified'));
});

test('routes that ask for API keys, beyond AWS, ask for them after export and import too', async () => {
  const stage = apiStage({ beyondAws: new Set(['api-keys']) });
  for (const ApiKeySelectionExpression of ['$request.header.x-api-key', '$context.authorizer.usageIdentifierKey']) {
    const first = await stage.http({ ApiKeySelectionExpression });
    const { AuthorizerId } = await stage.v2<{ AuthorizerId: string }>('CreateAuthorizer', { ApiId: first, Name: 'api_key', AuthorizerType: 'JWT', IdentitySource: ['$request.header.Authorization'], JwtConfiguration: { Audience: ['a'], Issuer: 'https://issuer.example.test' } });
    await stage.v2('CreateRoute', { ApiId: first, RouteKey: 'GET /keyed', ApiKeyRequired: true });
    await stage.v2('CreateRoute', { ApiId: first, RouteKey: 'GET /both', ApiKeyRequired: true, AuthorizationType: 'JWT', AuthorizerId, AuthorizationScopes: ['s'] });
    await stage.v2('CreateRoute', { ApiId: first, RouteKey: 'GET /signed', ApiKeyRequired: true, AuthorizationType: 'AWS_IAM' });
    await stage.v2('CreateRoute', { ApiId: first, RouteKey: 'GET /open' });
    const { body } = await stage.v2<{ body: Buffer }>('ExportApi', { ApiId: first, Specification: 'OAS30', OutputType: 'JSON' });
    assert.deepEqual(((await configurationOf(stage, await imported(stage, body.toString()))) as { readonly routes: unknown }).routes, ((await configurationOf(stage, first)) as { readonly routes: unknown }).routes);
    const again = await stage.v2('GetApi', { ApiId: await imported(stage, body.toString()) });
    assert.equal(again.ApiKeySelectionExpression, ApiKeySelectionExpression);
    assert.deepEqual(again.Warnings ?? [], []);
    // without the setting it is warned of, as at AWS, but where x-amazon-apigateway-auth stands in place of security
    const plain = apiStage();
    const { Warnings } = await plain.v2<{ Warnings: string[] }>('ImportApi', { Body: body.toString() });
    assert.equal(Warnings.length, 2);
  }
});
