/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/header-modification.html#insert-header */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { get, Installation, says, type Door } from './installation.ts';

const FIELDS = {
  strict_transport_security: ['strict-transport-security', 'max-age=31536000; includeSubDomains; preload'],
  access_control_allow_origin: ['access-control-allow-origin', 'https://example.com'],
  access_control_allow_methods: ['access-control-allow-methods', 'GET,PUT'],
  access_control_allow_headers: ['access-control-allow-headers', 'X-A, X-B'],
  access_control_allow_credentials: ['access-control-allow-credentials', 'true'],
  access_control_expose_headers: ['access-control-expose-headers', 'X-C'],
  access_control_max_age: ['access-control-max-age', '600'],
  content_security_policy: ['content-security-policy', "default-src 'self'; img-src *"],
  x_content_type_options: ['x-content-type-options', 'nosniff'],
  x_frame_options: ['x-frame-options', 'SAMEORIGIN'],
} as const;

let installation: Installation;
let fixed: Door;
let forward: Door;
before(async () => {
  installation = await Installation.open();
  const balancer = await installation.balancer();
  const target = await installation.target((request, response) => {
    response.setHeader('X-Frame-Options', 'DENY').setHeader('X-Own', 'kept');
    if (request.url === '/chunked') response.write('tar');
    response.end(request.url === '/chunked' ? 'get' : 'target');
  });
  fixed = await installation.door(balancer, says('here'));
  forward = await installation.door(balancer, { Type: 'forward', TargetGroupArn: await installation.group([target.port]) });
});
after(() => installation[Symbol.asyncDispose]());

async function set(values: Readonly<Record<string, string>>): Promise<void> {
  for (const { arn } of [fixed, forward]) {
    await installation.aws('elbv2', 'ModifyListenerAttributes', { ListenerArn: arn, Attributes: Object.entries(values).map(([key, Value]) => ({ Key: `routing.http.response.${key}.header_value`, Value })) });
  }
}

test('every field is added to answers of targets, in place of their own, and to those of the balancer', async () => {
  await set(Object.fromEntries(Object.entries(FIELDS).map(([key, [, value]]) => [key, value])));
  for (const answer of [await get(fixed.port), await get(forward.port), await get(forward.port, { path: '/chunked' }), await get(forward.port, { method: 'HEAD' })]) {
    for (const [name, value] of Object.values(FIELDS)) assert.equal(answer.headers[name], value);
  }
  const answer = await get(forward.port, { path: '/chunked' });
  assert.deepEqual([answer.body, answer.headers['x-own']], ['target', 'kept']);
});

test('an empty value takes the field away again', async () => {
  await set(Object.fromEntries(Object.keys(FIELDS).map((key) => [key, ''])));
  const answer = await get(forward.port);
  assert.equal(answer.headers['x-frame-options'], 'DENY');
  assert.equal(answer.headers['strict-transport-security'], undefined);
});
