/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ApiInstallation, type Api } from './http-api.ts';

let apis: ApiInstallation;
let url: string;
before(async () => {
  apis = await ApiInstallation.open({ workers: '2' });
  url = `http://127.0.0.1:${(await apis.inside.target()).port}/`;
});
after(() => apis[Symbol.asyncDispose]());

async function statuses(api: Api, path: string, count: number): Promise<Readonly<Record<number, number>>> {
  const answers = await Promise.all(Array.from({ length: count }, () => apis.get(api, { path })));
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

test('a burst goes through, then 429, exactly, whichever thread serves', async () => {
  const api = await apis.api({}, { DefaultRouteSettings: { ThrottlingBurstLimit: 7, ThrottlingRateLimit: 0.01 } });
  await apis.route(api, '$default', await apis.url(api, url));
  assert.deepEqual(await statuses(api, '/', 30), { 200: 7, 429: 23 });
  const { status, body, headers } = await apis.get(api);
  assert.deepEqual([status, body, headers['content-type']], [429, '{"message":"Too Many Requests"}', 'application/json']);
});

test('a route has a bucket of its own where its settings say so; the others share that of the stage', async () => {
  const api = await apis.api({}, null);
  const integration = await apis.url(api, url);
  for (const key of ['GET /own', 'GET /a', 'GET /b']) await apis.route(api, key, integration);
  await apis.v2('CreateStage', {
    ApiId: api.id, StageName: '$default', AutoDeploy: true, DefaultRouteSettings: { ThrottlingBurstLimit: 3, ThrottlingRateLimit: 0.01 },
    RouteSettings: { 'GET /own': { ThrottlingBurstLimit: 5, ThrottlingRateLimit: 0.01 } },
  });
  assert.deepEqual(await statuses(api, '/own', 10), { 200: 5, 429: 5 });
  assert.deepEqual(await statuses(api, '/a', 2), { 200: 2 });
  assert.deepEqual(await statuses(api, '/b', 4), { 200: 1, 429: 3 });
});

test('tokens come back at the rate', async () => {
  const api = await apis.api({}, { DefaultRouteSettings: { ThrottlingBurstLimit: 1, ThrottlingRateLimit: 20 } });
  await apis.route(api, '$default', await apis.url(api, url));
  const started = performance.now();
  let admitted = 0;
  while (performance.now() - started < 1500) if ((await apis.get(api)).status === 200) admitted++;
  const seconds = (performance.now() - started) / 1000;
  // never more than the rate gives; how many less is a matter of how often this machine lets us ask
  assert.ok(admitted >= 5 && admitted <= 20 * seconds + 2, `${admitted} in ${seconds} s`);
});
