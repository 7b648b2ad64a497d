import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ApiExample } from '../../test/support/api-example.ts';

let example: ApiExample;
before(async () => {
  example = await ApiExample.up('api-lambda');
});
after(() => example?.stop());

test('the function answers through the API, over TLS by the name of the API', async () => {
  const { status, headers, body } = await example.ask('/hello/ann?greeting=Hi');
  assert.equal(status, 200, body);
  assert.deepEqual(JSON.parse(body), { message: 'Hi, ann!', from: example.url.hostname, via: 'HTTP/1.1' });
  assert.equal(headers['content-type'], 'application/json');
});

test('what no route takes is 404 in JSON', async () => {
  const { status, body } = await example.ask('/elsewhere');
  assert.deepEqual([status, body], [404, '{"message":"Not Found"}']);
});

test('browsers of the origin that is allowed may read it', async () => {
  const { headers } = await example.ask('/hello/ann', { headers: { origin: 'https://www.example.com' } });
  assert.equal(headers['access-control-allow-origin'], 'https://www.example.com');
});

test('the access log says what happened', async () => {
  const lines = await example.log('/api/greeter', 3);
  const statuses = lines.map((line) => (JSON.parse(line) as { status: string }).status);
  assert.ok(statuses.includes('200') && statuses.includes('404'), statuses.join());
});

test('a flood is throttled', async () => {
  const answers = await Promise.all(Array.from({ length: 60 }, () => example.ask('/hello/ann')));
  const refused = answers.filter(({ status }) => status === 429);
  assert.ok(refused.length > 0, `${refused.length} of 60 refused`);
  assert.equal(refused[0]!.body, '{"message":"Too Many Requests"}');
});
