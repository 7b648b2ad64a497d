/**
 * Beyond AWS (docs/decisions/0014-beyond-aws.md), as REST APIs do it:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { apiStage } from '../../support/api-stage.ts';
import { refusal } from '../../support/refusal.ts';
import { ApiInstallation, type Api } from './http-api.ts';

let apis: ApiInstallation;
let api: Api;
const seen: string[] = [];
const ORDER = { $schema: 'http://json-schema.org/draft-04/schema#', type: 'object', required: ['item'], properties: { item: { type: 'string', minLength: 1 }, count: { type: 'integer', minimum: 0, exclusiveMinimum: true } } };
before(async () => {
  apis = await ApiInstallation.open({ 'beyond-aws': 'request-validation' });
  const target = await apis.inside.target((request, response) => {
    request.setEncoding('utf8');
    let body = '';
    request.on('data', (part: string) => (body += part));
    request.on('end', () => {
      seen.push(body);
      response.end('ordered');
    });
  });
  api = await apis.api();
  await apis.v2('CreateModel', { ApiId: api.id, Name: 'Order', ContentType: 'application/json', Schema: JSON.stringify(ORDER) });
  const integration = await apis.url(api, `http://127.0.0.1:${target.port}/`);
  await apis.route(api, 'POST /orders', integration, { RequestModels: { 'application/json': 'Order' } });
  await apis.route(api, 'GET /orders/{id}', integration, {
    RequestParameters: { 'route.request.querystring.page': { Required: true }, 'route.request.header.X-Shop': { Required: true }, 'route.request.querystring.size': { Required: false }, 'route.request.path.id': { Required: true } },
  });
});
after(() => apis[Symbol.asyncDispose]());

const post = (body: string, headers = 'Content-Type: application/json\r\n') => apis.get(api, { method: 'POST', path: '/orders', body, headers });

test('a body that the model accepts goes on as it came', async () => {
  seen.length = 0;
  const body = '{ "item": "lantern", "count": 2 }';
  for (const headers of ['Content-Type: application/json\r\n', 'Content-Type: Application/JSON; charset=utf-8\r\n', '']) {
    const answer = await post(body, headers);
    assert.deepEqual([answer.status, answer.body], [200, 'ordered']);
  }
  assert.deepEqual(seen, [body, body, body]);
});

test('one that it does not accept is 400, and the integration never hears of it', async () => {
  seen.length = 0;
  for (const body of ['{"count":1}', '{"item":"","count":1}', '{"item":"x","count":0}', '[]', '{"item":', '']) {
    const answer = await post(body);
    assert.deepEqual([answer.status, answer.body], [400, '{"message":"Invalid request body"}'], body);
  }
  assert.deepEqual(seen, []);
});

test('a content type that no model is for passes', async () => {
  assert.equal((await post('anything', 'Content-Type: text/plain\r\n')).status, 200);
});

test('parameters that must be there are named where they are missing or blank', async () => {
  const get = async (path: string, headers = ''): Promise<readonly unknown[]> => {
    const { status, body } = await apis.get(api, { path, headers });
    return [status, body];
  };
  assert.deepEqual(await get('/orders/7?page=1', 'X-Shop: a\r\n'), [200, 'ordered']);
  assert.deepEqual(await get('/orders/7', ''), [400, '{"message":"Missing required request parameters: [page, x-shop]"}']);
  assert.deepEqual(await get('/orders/7?page=%20', 'X-Shop: a\r\n'), [400, '{"message":"Missing required request parameters: [page]"}']);
});

test('a schema that could not be held to, a model that is not there and malformed names are refused', async () => {
  const model = (Schema: string) => apis.v2('CreateModel', { ApiId: api.id, Name: 'Other', Schema });
  for (const schema of ['{"type":"nothing"}', '{"pattern":"(a+)+\\\\1"}', '{"$ref":"#/definitions/gone"}']) await assert.rejects(model(schema), refusal('BadRequestException', /Invalid model schema/), schema);
  const route = (more: object) => apis.v2('CreateRoute', { ApiId: api.id, RouteKey: 'GET /x', ...more });
  await assert.rejects(route({ RequestModels: { 'application/json': 'Gone' } }), refusal('BadRequestException', 'Invalid model name specified: Gone'));
  await assert.rejects(route({ RequestParameters: { action: { Required: true } } }), refusal('BadRequestException', /Invalid request parameter/));
  await assert.rejects(apis.v2('DeleteModel', { ApiId: api.id, ModelId: (await apis.v2<{ Items: { ModelId: string }[] }>('GetModels', { ApiId: api.id })).Items[0]!.ModelId }), refusal('ConflictException', /referenced/));
});

test('without the setting it is refused, as at AWS', async () => {
  const { v2, http } = apiStage();
  const ApiId = await http();
  await assert.rejects(v2('CreateModel', { ApiId, Name: 'Order', Schema: '{}' }), refusal('BadRequestException', 'Currently, Models are not permitted for APIs with a protocol type of HTTP'));
  await assert.rejects(v2('CreateRoute', { ApiId, RouteKey: 'GET /', RequestModels: { 'application/json': 'Order' } }), refusal('BadRequestException', /does not support request models/));
  await assert.rejects(v2('CreateRoute', { ApiId, RouteKey: 'GET /', RequestParameters: { 'route.request.querystring.page': { Required: true } } }), refusal('BadRequestException', /does not support request parameters/));
});
