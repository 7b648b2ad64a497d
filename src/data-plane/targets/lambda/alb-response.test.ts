import assert from 'node:assert/strict';
import { test } from 'node:test';
import { albFailureOf } from './alb-failure.ts';
import { albResponse } from './alb-response.ts';

const latin1 = (text: string): string => Buffer.from(text).toString('latin1');
const INVALID = { kind: 'failure', status: 502, reason: 'LambdaInvalidResponse' };

interface Expected {
  readonly status: number;
  readonly reason?: string;
  readonly headers?: string;
  readonly body?: string;
}

const FINE: readonly (readonly [string, unknown, Expected, boolean?])[] = [
  ['the least', { statusCode: 200 }, { status: 200 }],
  ['the example of the guide', { isBase64Encoded: false, statusCode: 200, statusDescription: '200 OK', headers: { 'Set-cookie': 'cookies', 'Content-Type': 'application/json' }, body: 'Hello' }, { status: 200, reason: 'OK', headers: 'Set-cookie: cookies\r\nContent-Type: application/json\r\n', body: 'Hello' }],
  ['a status as text', { statusCode: '404', body: null }, { status: 404 }],
  ['a body without a type', { statusCode: 200, body: 'x' }, { status: 200, headers: 'Content-Type: application/octet-stream\r\n', body: 'x' }],
  ['base64', { statusCode: 200, isBase64Encoded: true, body: 'w7w=', headers: { 'content-type': 'text/plain' } }, { status: 200, headers: 'content-type: text/plain\r\n', body: 'ü' }],
  ['a description without a code', { statusCode: 201, statusDescription: 'Made' }, { status: 201, reason: 'Made' }],
  ['a description that is only a code', { statusCode: 201, statusDescription: '201' }, { status: 201 }],
  ['fields of the connection', { statusCode: 200, headers: { Connection: 'close', 'Keep-Alive': 'x', 'Transfer-Encoding': 'chunked', 'content-length': '99', Upgrade: 'x', a: 'b' } }, { status: 200, headers: 'a: b\r\n' }],
  ['a value beyond latin1', { statusCode: 200, headers: { a: 'ü€' } }, { status: 200, headers: latin1('a: ü€\r\n') }],
  ['multi-value fields where they are off', { statusCode: 200, multiValueHeaders: { a: ['1'] } }, { status: 200 }],
  ['multi-value fields', { statusCode: 200, multiValueHeaders: { 'Set-cookie': ['a=b; Path=/', 'c=d'], 'Content-Type': ['text/plain'] } }, { status: 200, headers: 'Set-cookie: a=b; Path=/\r\nSet-cookie: c=d\r\nContent-Type: text/plain\r\n' }, true],
  ['single fields where multi-value is on', { statusCode: 200, headers: { a: '1' } }, { status: 200 }, true],
];

for (const [name, answer, expected, multi = false] of FINE) {
  test(`answers: ${name}`, () => {
    const read = albResponse(Buffer.from(JSON.stringify(answer)), multi);
    assert.equal(read.kind, 'response', JSON.stringify(read));
    if (read.kind !== 'response') return;
    assert.deepEqual([read.status, read.reason, read.headers, read.body.toString()], [expected.status, expected.reason ?? null, expected.headers ?? '', expected.body ?? '']);
  });
}

for (const [name, payload, multi = false] of [
  ['nothing', ''],
  ['no JSON', '<html>'],
  ['null', 'null'],
  ['a text', '"hello"'],
  ['a list', '[{"statusCode":200}]'],
  ['no status', '{"body":"x"}'],
  ['a status that is none', '{"statusCode":"OK"}'],
  ['a status with a fraction', '{"statusCode":200.5}'],
  ['status 0', '{"statusCode":0}'],
  ['status 101', '{"statusCode":101}'],
  ['status 600', '{"statusCode":600}'],
  ['a body that is an object', '{"statusCode":200,"body":{"a":1}}'],
  ['a body that is a number', '{"statusCode":200,"body":5}'],
  ['base64 that is none', '{"statusCode":200,"body":"?","isBase64Encoded":true}'],
  ['isBase64Encoded as text', '{"statusCode":200,"body":"x","isBase64Encoded":"true"}'],
  ['headers as a list', '{"statusCode":200,"headers":["a"]}'],
  ['a header value that is a number', '{"statusCode":200,"headers":{"a":5}}'],
  ['a header value that is null', '{"statusCode":200,"headers":{"a":null}}'],
  ['a header value that is a list', '{"statusCode":200,"headers":{"a":["b"]}}'],
  ['a multi-value header that is no list', '{"statusCode":200,"multiValueHeaders":{"a":"b"}}', true],
  ['a multi-value header of numbers', '{"statusCode":200,"multiValueHeaders":{"a":[1]}}', true],
  ['a line end in a value', '{"statusCode":200,"headers":{"a":"b\\r\\nSet-Cookie: x"}}'],
  ['a NUL in a value', '{"statusCode":200,"headers":{"a":"\\u0000"}}'],
  ['a space in a name', '{"statusCode":200,"headers":{"a b":"c"}}'],
  ['a line end in a name', '{"statusCode":200,"headers":{"a:b\\r\\nc":"d"}}'],
  ['an empty name', '{"statusCode":200,"headers":{"":"d"}}'],
  ['a line end in the description', '{"statusCode":200,"statusDescription":"200 OK\\r\\na: b"}'],
] as const) {
  test(`is no response: ${name}`, () => assert.deepEqual(albResponse(Buffer.from(payload), multi), INVALID));
}

test('1 MB of response passes, a byte more does not', () => {
  const whole = (length: number): Buffer => Buffer.from(`{"statusCode":200,"body":"${'x'.repeat(length - 28)}"}`);
  assert.equal(whole(1_048_576).length, 1_048_576);
  assert.equal(albResponse(whole(1_048_576), false).kind, 'response');
  assert.deepEqual(albResponse(whole(1_048_577), false), { kind: 'failure', status: 502, reason: 'LambdaResponseTooLarge' });
});

test('how an invocation fails the request behind it', () => {
  assert.equal(albFailureOf({ kind: 'throttled' }).reason, 'LambdaThrottling');
  assert.equal(albFailureOf({ kind: 'unavailable', reason: 'x' }).reason, 'LambdaServiceException');
  assert.equal(albFailureOf({ kind: 'function-error', cause: 'response-too-large' }).reason, 'LambdaResponseTooLarge');
  for (const cause of ['handler', 'timeout', 'init', 'exit', 'out-of-memory'] as const) assert.deepEqual(albFailureOf({ kind: 'function-error', cause }), { kind: 'failure', status: 502, reason: 'LambdaUnhandled' });
});
