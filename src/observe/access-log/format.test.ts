import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { faults } from '../../data-plane/exchange/index.ts';
import { ExampleExchange, exampleDownstream, exampleListener, exampleRoute, exampleTlsDownstream } from '../example-exchange.ts';
import { AccessLogFormat, accessLogFields } from './format.ts';

const prefix = '0123456789abcdef0123';
const wall = Date.UTC(2018, 6, 2, 22, 22, 48, 364);

/** Fields of a line, quotes taken off: as a reader of these logs splits it. */
function fields(line: string): string[] {
  assert.ok(line.endsWith('\n'), 'a line ends with a line feed');
  return [...line.slice(0, -1).matchAll(/"([^"]*)"|([^ ]+)/g)].map((match) => match[1] ?? match[2]!);
}

function named(line: string): Record<string, string> {
  const values = fields(line);
  assert.equal(values.length, accessLogFields.length);
  return Object.fromEntries(accessLogFields.map((name, index) => [name, values[index]!]));
}

function forwarded(downstream = exampleDownstream): ExampleExchange {
  const exchange = new ExampleExchange(downstream);
  Object.assign(exchange, {
    method: 'GET', target: '/', host: 'www.example.com', version: 11, headers: 'Host: www.example.com\r\nUser-Agent: curl/7.46.0\r\n',
    startedWall: wall, startedAt: 5000, sentAt: 5000.4, answeredAt: 5001.2, endedAt: 5001.5, status: 200, targetStatus: 200, bytesIn: 34, bytesOut: 366,
    pool: 'targetgroup/my-targets/73e2d6bc24d8a067', endpoint: '10.0.0.1:80', route: exampleRoute(0, 'forward'),
    traceId: 'Root=1-58337262-36d228ad5d99923122bbe354',
  });
  return exchange;
}

/** The lines of a format, as strings. */
function text(format: AccessLogFormat): { line(exchange: ExampleExchange): string; refused(...of: Parameters<AccessLogFormat['refused']>): string } {
  return { line: (exchange) => String(format.line(exchange)), refused: (...of) => String(format.refused(...of)) };
}

describe('the access log line', () => {
  const http = new AccessLogFormat(exampleListener('http'), prefix);
  const https = new AccessLogFormat(exampleListener('https'), prefix);

  // The published examples, with the fields added since (the example page shows them in their latest entries).
  it('is that of the documentation for an HTTP listener', () => {
    assert.equal(
      text(http).line(forwarded()),
      'http 2018-07-02T22:22:48.365500Z app/my-loadbalancer/50dc6c495c0c9188 192.168.131.39:2817 10.0.0.1:80 0.000 0.001 0.000 200 200 34 366 ' +
        '"GET http://www.example.com:80/ HTTP/1.1" "curl/7.46.0" - - ' +
        'arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067 ' +
        '"Root=1-58337262-36d228ad5d99923122bbe354" "-" "-" 0 2018-07-02T22:22:48.364000Z "forward" "-" "-" "10.0.0.1:80" "200" "-" "-" ' +
        'TID_0123456789abcdef012300000000ab12 "-" "-" "-"\n',
    );
  });

  it('is the same however often it is asked for, and another as soon as one thing is', () => {
    const once = text(new AccessLogFormat(exampleListener('http'), prefix)).line(forwarded());
    const changes: readonly (readonly [string, object])[] = [
      ['request', { target: '/other' }], ['sent_bytes', { bytesOut: 367 }], ['elb_status_code', { status: 404 }], ['target_group_arn', { pool: 'targetgroup/others/73e2d6bc24d8a067' }],
      ['trace_id', { traceId: 'Root=1-58337262-36d228ad5d99923122bbe355' }], ['error_reason', { errorReason: 'AuthInvalidCookie' }],
    ];
    for (const [field, change] of changes) {
      for (let i = 0; i < 3; i++) assert.equal(text(http).line(forwarded()), once);
      const other = named(text(http).line(Object.assign(forwarded(), change)));
      assert.deepEqual(accessLogFields.filter((name) => other[name] !== named(once)[name]), [field]);
      // another client's line in between shares all but what is the client's own
      const theirs = named(text(http).line(forwarded({ ...exampleDownstream, id: exampleDownstream.id + 256, remoteLabel: '192.168.131.40:1' })));
      assert.deepEqual(accessLogFields.filter((name) => theirs[name] !== named(once)[name]), ['client:port', 'conn_trace_id']);
    }
  });

  it('is that of the documentation for an HTTPS listener', () => {
    const exchange = forwarded(exampleTlsDownstream);
    Object.assign(exchange, { sentAt: 5086, answeredAt: 5134, endedAt: 5171, bytesIn: 0, bytesOut: 57, route: exampleRoute(1, 'forward', 'authenticate,forward') });
    assert.equal(
      text(https).line(exchange),
      'https 2018-07-02T22:22:48.535000Z app/my-loadbalancer/50dc6c495c0c9188 192.168.131.39:2817 10.0.0.1:80 0.086 0.048 0.000 200 200 0 57 ' +
        '"GET https://www.example.com:443/ HTTP/1.1" "curl/7.46.0" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 ' +
        'arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067 ' +
        '"Root=1-58337262-36d228ad5d99923122bbe354" "www.example.com" ' +
        '"arn:aws:acm:us-east-2:123456789012:certificate/12345678-1234-1234-1234-123456789012" 1 2018-07-02T22:22:48.364000Z ' +
        '"authenticate,forward" "-" "-" "10.0.0.1:80" "200" "-" "-" TID_0123456789abcdef012300000000ab12 "-" "-" "-"\n',
    );
  });

  it('says HTTP/2, gRPC and WebSocket', () => {
    const h2 = forwarded(exampleTlsDownstream);
    h2.version = 20;
    assert.equal(named(text(https).line(h2))['type'], 'h2');
    assert.match(named(text(https).line(h2))['request']!, / HTTP\/2\.0$/);
    h2.grpc = true;
    assert.equal(named(text(https).line(h2))['type'], 'grpcs');
    const ws = forwarded();
    Object.assign(ws, { status: 101, targetStatus: 101, headers: '' });
    assert.equal(named(text(http).line(ws))['type'], 'ws');
    assert.equal(named(text(http).line(ws))['user_agent'], '-');
    const wss = forwarded(exampleTlsDownstream);
    wss.status = 101;
    assert.equal(named(text(https).line(wss))['type'], 'wss');
  });

  it('has no times for what was not dispatched', () => {
    const fixed = forwarded();
    Object.assign(fixed, { status: 404, targetStatus: 0, pool: '', endpoint: '', answeredAt: 0, version: 10, route: exampleRoute(0, 'fixed-response') });
    const line = named(text(http).line(fixed));
    assert.deepEqual(
      [line['request_processing_time'], line['target_processing_time'], line['response_processing_time'], line['target:port'], line['target_status_code'], line['target_group_arn']],
      ['-1', '-1', '-1', '-', '-', '-'],
    );
    assert.equal(line['actions_executed'], 'fixed-response');
    assert.match(line['request']!, / HTTP\/1\.0$/);
  });

  it('times a target that closed, a silent one, one that was never reached and a client that left', () => {
    const cases = [
      ['upstream-closed', 502, 5000.4, '0.000 4.205 -1'],
      ['upstream-timeout', 504, 5000.4, '-1 -1 -1'],
      ['connect-refused', 502, 0, '-1 -1 -1'],
      ['client-closed', 460, 5000.4, '0.000 -1 -1'],
    ] as const;
    for (const [code, status, sentAt, times] of cases) {
      const exchange = forwarded();
      Object.assign(exchange, { fault: faults[code], status, targetStatus: 0, sentAt, answeredAt: 0, endedAt: 9205.4 });
      const line = text(http).line(exchange);
      assert.ok(line.includes(` 10.0.0.1:80 ${times} ${status} - `), `${code}: ${line}`);
    }
  });

  it('is that of a real balancer for a head that was not understood', () => {
    const exchange = new ExampleExchange(exampleDownstream);
    Object.assign(exchange, { startedWall: wall, startedAt: 1, endedAt: 2, status: 400, fault: faults['bad-request'], bytesOut: 272 });
    assert.equal(
      text(http).line(exchange),
      'http 2018-07-02T22:22:48.365000Z app/my-loadbalancer/50dc6c495c0c9188 192.168.131.39:2817 - -1 -1 -1 400 - 0 272 "- http://10.0.0.30:80- -" "-" - - - ' +
        '"-" "-" "-" - 2018-07-02T22:22:48.364000Z "-" "-" "-" "-" "-" "-" "-" TID_0123456789abcdef012300000000ab12 "-" "-" "-"\n',
    );
    assert.equal(named(text(http).refused('192.168.131.39', faults['bad-request'], wall))['elb_status_code'], '400');
  });

  it('logs functions, redirects, desync classes and the reason of a function', () => {
    const exchange = forwarded();
    Object.assign(exchange, {
      endpoint: '', status: 502, targetStatus: 0, fault: faults['lambda-failed'], errorReason: 'LambdaInvalidResponse', redirectUrl: 'https://example.com:80/',
      classification: 'Ambiguous', classificationReason: 'UndefinedContentLengthSemantics',
    });
    const line = named(text(http).line(exchange));
    assert.equal(line['error_reason'], 'LambdaInvalidResponse');
    assert.equal(line['target:port_list'], '-');
    assert.equal(line['redirect_url'], 'https://example.com:80/');
    assert.deepEqual([line['classification'], line['classification_reason']], ['Ambiguous', 'UndefinedContentLengthSemantics']);
    assert.equal(line['request_processing_time'], '0.000');
  });

  it('escapes, cuts a long user agent, and writes 000 for no status', () => {
    const exchange = forwarded();
    exchange.headers = 'User-Agent: a"b\\c\té\r\n';
    exchange.status = 0;
    const line = named(text(http).line(exchange));
    assert.equal(line['user_agent'], 'a\\x22b\\x5cc\\x09\\xe9');
    assert.equal(line['elb_status_code'], '000');
    exchange.headers = `User-Agent: ${'x'.repeat(10_000)}\r\n`;
    assert.equal(named(text(http).line(exchange))['user_agent']!.length, 8192);
  });

  it('has the same number of fields whatever the client sent', () => {
    const dirty = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)), maxLength: 60 });
    const nasty = fc.oneof(dirty, fc.constantFrom('" "x', '\r\nhttp 2018', '\\"', '\\', ' ', '\u{1f600}"', '', '"'));
    fc.assert(
      fc.property(fc.record({ method: nasty, target: nasty, host: nasty, agent: nasty, traceId: nasty, sni: nasty, redirectUrl: nasty, errorReason: nasty }), (sent) => {
        const exchange = forwarded({ ...exampleTlsDownstream, tls: { ...exampleTlsDownstream.tls!, serverName: sent.sni } });
        Object.assign(exchange, sent);
        exchange.header = () => sent.agent;
        const line = text(https).line(exchange);
        assert.match(line, /^[\x20-\x7e]+\n$/);
        const request = named(line)['request']!;
        assert.equal(request.split(' ').length, 3, request);
        assert.equal(line.split('"').length % 2, 1, 'quotes pair up');
      }),
      { numRuns: 500 },
    );
  });

  it('keeps connections apart that share a place in its cache', () => {
    const ids = [1, 1025, 1, 2 ** 40 + 1].map((id) => named(text(http).line(forwarded({ ...exampleDownstream, id })))['conn_trace_id']);
    assert.deepEqual(ids, ['000000000001', '000000000401', '000000000001', '010000000001'].map((end) => `TID_${prefix}${end}`));
  });
});
