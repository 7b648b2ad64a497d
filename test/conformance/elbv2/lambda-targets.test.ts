/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { get, Installation, type Door } from './installation.ts';

let installation: Installation;
let single: Door;
let multi: Door;
let refused: Door;
let slow: Door;
let group: string;

const SOURCE = String.raw`exports.handler = async (event) => {
  const path = event.path;
  if (path === '/event') return { statusCode: 200, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(event) };
  if (path === '/throw') throw new Error('asked to');
  if (path === '/exit') process.exit(3);
  if (path === '/text') return 'no object';
  if (path === '/nostatus') return { body: 'x' };
  if (path === '/large') return { statusCode: 200, body: 'x'.repeat(1024 * 1024) };
  if (path === '/fits') return { statusCode: 200, body: 'x'.repeat(1024 * 1024 - 200) };
  if (path === '/binary') return { statusCode: 200, isBase64Encoded: true, headers: { 'Content-Type': 'image/png' }, body: Buffer.from([0, 255, 128]).toString('base64') };
  if (path === '/described') return { statusCode: 201, statusDescription: '201 Made So', headers: { 'X-One': 'a', Connection: 'close', 'Content-Length': '7' } };
  if (path === '/cookies') return { statusCode: 200, headers: { 'Set-Cookie': 'only=1' }, multiValueHeaders: { 'Set-Cookie': ['a=1', 'b=2'] } };
  if (path === '/sleep') await new Promise((resolve) => setTimeout(resolve, 3000));
  return { statusCode: 200, body: 'fine' };
};`;

before(async () => {
  installation = await Installation.open();
  const balancer = await installation.balancer({ 'access_logs.s3.enabled': 'true', 'access_logs.s3.bucket': 'logs' });
  const door = async (TargetGroupArn: string): Promise<Door> => installation.door(balancer, { Type: 'forward', TargetGroupArn });
  const one = await installation.functionGroup(SOURCE);
  group = one.group;
  single = await door(one.group);
  multi = await door((await installation.functionGroup(SOURCE, { attributes: { 'lambda.multi_value_headers.enabled': 'true' } })).group);
  refused = await door((await installation.functionGroup(SOURCE, { permitted: false })).group);
  slow = await door((await installation.functionGroup(SOURCE, { timeout: 1 })).group);
});
after(() => installation[Symbol.asyncDispose]());

test('the event of a request', async () => {
  const answer = await get(single.port, { method: 'POST', path: '/event?a=1&b=%20&a=2', headers: 'X-A: 1\r\nX-A: 2\r\nContent-Type: text/plain\r\nUser-Agent: test\r\n', body: 'hello' });
  const event = JSON.parse(answer.body) as Record<string, unknown> & { readonly headers: Record<string, string> };
  assert.deepEqual(event['requestContext'], { elb: { targetGroupArn: group } });
  assert.deepEqual([event['httpMethod'], event['path'], event['body'], event['isBase64Encoded']], ['POST', '/event', 'hello', false]);
  assert.deepEqual(event['queryStringParameters'], { a: '2', b: '%20' });
  const { headers } = event;
  assert.deepEqual([headers['x-a'], headers['user-agent'], headers['x-forwarded-for'], headers['x-forwarded-port'], headers['x-forwarded-proto']], ['2', 'test', '127.0.0.1', String(single.port), 'http']);
  assert.match(headers['x-amzn-trace-id']!, /^Root=1-/);
  assert.equal('multiValueHeaders' in event || 'multiValueQueryStringParameters' in event, false);
});

test('the event of a request with multi-value headers', async () => {
  // `headers` counts for nothing then, so the answer has the type of a body without one
  const answer = await get(multi.port, { path: '/event?a=1&a=2&b', headers: 'X-A: 1\r\nX-A: 2\r\n' });
  assert.equal(answer.headers['content-type'], 'application/octet-stream');
  const event = JSON.parse(answer.body) as { multiValueHeaders: Record<string, string[]>; multiValueQueryStringParameters: object };
  assert.deepEqual([event.multiValueHeaders['x-a'], event.multiValueQueryStringParameters], [['1', '2'], { a: ['1', '2'], b: [''] }]);
  assert.equal('headers' in event || 'queryStringParameters' in event, false);
});

test('a body that is not text comes in base64, and goes out of it', async () => {
  const sent = await get(single.port, { method: 'POST', path: '/event', headers: 'Content-Type: image/png\r\n', body: 'bytes' });
  const event = JSON.parse(sent.body) as { body: string; isBase64Encoded: boolean };
  assert.deepEqual([event.body, event.isBase64Encoded], [Buffer.from('bytes').toString('base64'), true]);
  const answer = await get(single.port, { path: '/binary' });
  assert.deepEqual([answer.headers['content-type'], answer.body], ['image/png', '\x00\xff\x80']);
});

test('the answer: status, description and headers of the function, framing of the balancer', async () => {
  const answer = await get(single.port, { path: '/described' });
  assert.deepEqual([answer.status, answer.reason, answer.headers['x-one'], answer.headers['content-length']], [201, 'Made So', 'a', '0']);
  assert.equal((await get(single.port, { path: '/cookies' })).headers['set-cookie'], 'only=1');
  assert.equal((await get(multi.port, { path: '/cookies' })).headers['set-cookie'], 'a=1,b=2');
  assert.equal((await get(single.port, { path: '/fits' })).body.length, 1024 * 1024 - 200);
});

test('failures: what the client gets, and what error_reason the log has', async () => {
  const cases = [
    [single, '/throw', 502, 'LambdaUnhandled'],
    [single, '/exit', 502, 'LambdaUnhandled'],
    [single, '/text', 502, 'LambdaInvalidResponse'],
    [single, '/nostatus', 502, 'LambdaInvalidResponse'],
    [single, '/large', 502, 'LambdaResponseTooLarge'],
    [refused, '/refused', 502, 'LambdaAccessDenied'],
    [slow, '/sleep', 502, 'LambdaUnhandled'],
  ] as const;
  for (const [door, path, status] of cases) assert.equal((await get(door.port, { path })).status, status, path);
  const answer = await get(single.port, { method: 'POST', path: '/toolarge', body: 'x'.repeat(1024 * 1024 + 1) });
  assert.equal(answer.status, 413);
  const fits = await get(single.port, { method: 'POST', path: '/largest', body: 'x'.repeat(1024 * 1024) });
  assert.deepEqual([fits.status, fits.body], [200, 'fine']);
  const expected = [...cases.map(([, path, status, reason]) => [path, status, reason] as const), ['/toolarge', 413, 'LambdaRequestTooLarge'] as const];
  // each request before these has a line too: wait for the one that came last
  let lines: readonly string[] = [];
  await eventually('its line is written', async () => (lines = await installation.logLines(1)).some((line) => line.includes('/largest')));
  for (const [path, status, reason] of expected) {
    const line = lines.find((each) => each.includes(`${path} HTTP/1.1"`));
    assert.ok(line?.includes(` ${status} - `), `${path}: ${line}`);
    assert.match(line!, new RegExp(`"forward" "-" "${reason}" "-" "-"`), path);
  }
  assert.match(lines.find((line) => line.includes('/largest'))!, / 200 200 .*"forward" "-" "-" "-" "200"/);
});
