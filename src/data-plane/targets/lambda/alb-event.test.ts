import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AlbEventFormat, type AlbRequest } from './alb-event.ts';

const ARN = 'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/tg/0123456789abcdef';
const single = new AlbEventFormat({ targetGroupArn: ARN, multiValueHeaders: false });
const multi = new AlbEventFormat({ targetGroupArn: ARN, multiValueHeaders: true });
const latin1 = (text: string): string => Buffer.from(text).toString('latin1');
const request = (more: Partial<AlbRequest>): AlbRequest => ({ method: 'GET', path: '/', query: null, headers: '', body: null, ...more });

function event(format: AlbEventFormat, more: Partial<AlbRequest>): unknown {
  const made = format.event(request(more));
  assert.ok(Buffer.isBuffer(made), JSON.stringify(made));
  return JSON.parse(made.toString());
}

const WHOLE: Partial<AlbRequest> = {
  method: 'POST',
  path: '/or%20ders',
  query: 'a=1&b=%20x&a=2&c&=d&&e=f=g',
  headers: 'Host: a.example\r\nX-One: 1\r\nContent-Type: application/json; charset=utf-8\r\nx-one:  2 \r\nX-Forwarded-For: 10.0.0.1\r\n',
  body: Buffer.from('{"ü":"\n"}'),
};

test('an event, exactly', () => {
  assert.equal(
    (single.event(request(WHOLE)) as Buffer).toString(),
    `{"requestContext":{"elb":{"targetGroupArn":"${ARN}"}},"httpMethod":"POST","path":"/or%20ders",` +
      '"queryStringParameters":{"a":"2","b":"%20x","c":"","":"d","e":"f=g"},' +
      '"headers":{"host":"a.example","x-one":"2","content-type":"application/json; charset=utf-8","x-forwarded-for":"10.0.0.1"},' +
      '"body":"{\\"ü\\":\\"\\n\\"}","isBase64Encoded":false}',
  );
});

test('an event with multi-value headers, exactly', () => {
  assert.equal(
    (multi.event(request(WHOLE)) as Buffer).toString(),
    `{"requestContext":{"elb":{"targetGroupArn":"${ARN}"}},"httpMethod":"POST","path":"/or%20ders",` +
      '"multiValueQueryStringParameters":{"a":["1","2"],"b":["%20x"],"c":[""],"":["d"],"e":["f=g"]},' +
      '"multiValueHeaders":{"host":["a.example"],"x-one":["1","2"],"content-type":["application/json; charset=utf-8"],"x-forwarded-for":["10.0.0.1"]},' +
      '"body":"{\\"ü\\":\\"\\n\\"}","isBase64Encoded":false}',
  );
});

test('a health check, as AWS documents it', () => {
  assert.deepEqual(JSON.parse(single.healthCheck('/').toString()), {
    requestContext: { elb: { targetGroupArn: ARN } },
    httpMethod: 'GET',
    path: '/',
    queryStringParameters: {},
    headers: { 'user-agent': 'ELB-HealthChecker/2.0' },
    body: '',
    isBase64Encoded: false,
  });
  const checked = JSON.parse(multi.healthCheck('/health?deep=1').toString());
  assert.deepEqual([checked.path, checked.multiValueQueryStringParameters, checked.multiValueHeaders], ['/health', { deep: ['1'] }, { 'user-agent': ['ELB-HealthChecker/2.0'] }]);
});

for (const [headers, encoded] of [
  ['content-type: text/plain\r\n', false],
  ['Content-Type: TEXT/HTML;charset=x\r\n', false],
  ['content-type: application/json\r\n', false],
  ['content-type: application/javascript ; a=b\r\n', false],
  ['content-type: application/xml\r\n', false],
  ['content-type: application/jsonx\r\n', true],
  ['content-type: application/vnd.api+json\r\n', true],
  ['content-type: application/x-www-form-urlencoded\r\n', true],
  ['content-type: image/png\r\n', true],
  ['', true],
  ['content-type: text/plain\r\ncontent-encoding: gzip\r\n', true],
] as const) {
  test(`the body of ${JSON.stringify(headers)} is ${encoded ? 'base64' : 'text'}`, () => {
    const made = event(single, { headers, body: Buffer.from('body') }) as { body: string; isBase64Encoded: boolean };
    assert.deepEqual([made.body, made.isBase64Encoded], encoded ? ['Ym9keQ==', true] : ['body', false]);
    const empty = event(single, { headers, body: Buffer.alloc(0) }) as { body: string; isBase64Encoded: boolean };
    assert.deepEqual([empty.body, empty.isBase64Encoded], ['', false]);
  });
}

test('what is not UTF-8 is a bad request, unless it is a body in base64', () => {
  const bad = { kind: 'failure', status: 400, reason: 'LambdaBadRequest' };
  assert.deepEqual(single.event(request({ headers: 'x: \xff\r\n' })), bad);
  assert.deepEqual(single.event(request({ path: '/\xc3' })), bad);
  assert.deepEqual(single.event(request({ query: 'a=\xe4' })), bad);
  assert.deepEqual(single.event(request({ headers: 'content-type: text/plain\r\n', body: Buffer.from([0xff]) })), bad);
  assert.equal((event(single, { body: Buffer.from([0xff]) }) as { body: string }).body, '/w==');
  const fine = event(single, { path: latin1('/ü'), query: latin1('ö=ä'), headers: latin1('x: €"\\\t\r\n') }) as { path: string; queryStringParameters: object; headers: object };
  assert.deepEqual([fine.path, fine.queryStringParameters, fine.headers], ['/ü', { ö: 'ä' }, { x: '€"\\' }]);
});

test('a body of 1 MB passes, a byte more does not', () => {
  assert.ok(Buffer.isBuffer(single.event(request({ body: Buffer.alloc(1_048_576) }))));
  assert.deepEqual(single.event(request({ body: Buffer.alloc(1_048_577) })), { kind: 'failure', status: 413, reason: 'LambdaRequestTooLarge' });
});

test('names that mean something to JavaScript are names like others', () => {
  const text = (single.event(request({ query: '__proto__=1&constructor=2', headers: '__proto__: 3\r\n' })) as Buffer).toString();
  assert.match(text, /"queryStringParameters":\{"__proto__":"1","constructor":"2"\},"headers":\{"__proto__":"3"\}/);
});
