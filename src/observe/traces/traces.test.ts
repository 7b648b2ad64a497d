import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import type { OutgoingOutcome, OutgoingRequest } from '../../data-plane/exchange/index.ts';
import { FakeClock, seededRandom } from '../../kernel/index.ts';
import { ExampleExchange, exampleDownstream, exampleListener, exampleRoute } from '../example-exchange.ts';
import { traceContext } from './trace-context.ts';
import { TraceExporter } from './trace-exporter.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

describe('the context of a trace', () => {
  it('is that of traceparent, else that of X-Amzn-Trace-Id', () => {
    const amzn = 'Root=1-58337262-36d228ad5d99923122bbe354;Parent=53995c3f42cd8ad8;Sampled=1';
    assert.deepEqual(traceContext(`00-${TRACE}-00f067aa0ba902b7-01`, amzn), { traceId: TRACE, parentSpanId: '00f067aa0ba902b7', unsampled: false });
    assert.equal(traceContext(`00-${TRACE}-00f067aa0ba902b7-00`, amzn)!.unsampled, true);
    assert.deepEqual(traceContext(null, amzn), { traceId: '5833726236d228ad5d99923122bbe354', parentSpanId: '53995c3f42cd8ad8', unsampled: false });
    assert.deepEqual(traceContext(null, 'Self=1-x;Root=1-58337262-36d228ad5d99923122bbe354'), { traceId: '5833726236d228ad5d99923122bbe354', parentSpanId: '', unsampled: false });
    for (const bad of [`ff-${TRACE}-00f067aa0ba902b7-01`, `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, `00-${TRACE}-${'0'.repeat(16)}-01`, `00-${TRACE.toUpperCase()}-00f067aa0ba902b7-01`, 'x']) {
      assert.equal(traceContext(bad, amzn)!.traceId, '5833726236d228ad5d99923122bbe354', bad);
      assert.equal(traceContext(bad, ''), null);
    }
  });
});

function stage(ratio = 1, outcome: OutgoingOutcome = { kind: 'answer', status: 200, contentType: '', body: Buffer.from('{}') }) {
  const clock = new FakeClock();
  const sent: OutgoingRequest[] = [];
  const exporter = new TraceExporter({
    endpoint: 'http://collector.test:4318', ratio, clock, random: seededRandom(3),
    outgoing: { send: (request, done) => { sent.push(request); queueMicrotask(() => done(outcome)); } },
  });
  const exchange = (more: object = {}): ExampleExchange => {
    const made = new ExampleExchange(exampleDownstream);
    Object.assign(made, {
      method: 'GET', path: '/a', host: 'shop.test', startedWall: 1_700_000_000_000, startedAt: 10, sentAt: 11.5, answeredAt: 14, endedAt: 15, status: 200, targetStatus: 200, endpoint: '10.0.0.1:80',
      pool: 'targetgroup/t/1', route: exampleRoute(1, 'forward'), traceId: 'Root=1-58337262-36d228ad5d99923122bbe354', ...more,
    });
    return made;
  };
  return { clock, sent, exporter, exchange, listener: exampleListener('http') };
}

test('an exchange becomes a span, and one within it for the target', async () => {
  const { clock, sent, exporter, exchange, listener } = stage();
  const made = exchange();
  made.headers = `traceparent: 00-${TRACE}-00f067aa0ba902b7-01\r\n`;
  exporter.ended(made, listener);
  exporter.ended(exchange({ status: 502, targetStatus: 0, answeredAt: 0, endpoint: '', sentAt: 0 }), listener);
  assert.equal(sent.length, 0);
  clock.advance(5_000);
  assert.deepEqual([sent[0]!.method, sent[0]!.url], ['POST', 'http://collector.test:4318/v1/traces']);
  interface Read { readonly traceId: string; readonly spanId: string; readonly parentSpanId: string; readonly kind: number; readonly startTimeUnixNano: string; readonly endTimeUnixNano: string; readonly status: object }
  const { resourceSpans } = JSON.parse(String(sent[0]!.body)) as { resourceSpans: [{ scopeSpans: [{ spans: [Read, Read, Read] }] }] };
  const [server, client, failed] = resourceSpans[0].scopeSpans[0].spans;
  assert.deepEqual([server.traceId, server.parentSpanId, server.kind, server.startTimeUnixNano, server.endTimeUnixNano], [TRACE, '00f067aa0ba902b7', 2, '1700000000000000000', '1700000000005000000']);
  assert.deepEqual([client.traceId, client.parentSpanId, client.kind, client.startTimeUnixNano, client.endTimeUnixNano], [TRACE, server.spanId, 3, '1700000000001500000', '1700000000004000000']);
  assert.deepEqual([failed.traceId, failed.parentSpanId, failed.status], ['5833726236d228ad5d99923122bbe354', '', { code: 2 }]);
});

test('what the caller does not record, and what is not chosen, is not sent', () => {
  const { clock, sent, exporter, exchange, listener } = stage(0);
  const made = exchange();
  made.headers = `traceparent: 00-${TRACE}-00f067aa0ba902b7-00\r\n`;
  exporter.ended(made, listener);
  exporter.ended(exchange(), listener);
  clock.advance(5_000);
  assert.equal(sent.length, 0);
});

test('memory is bounded, and what is lost is counted', async () => {
  const { exporter, exchange, listener, sent } = stage(1, { kind: 'failed', why: 'refused' });
  for (let i = 0; i < 10_000; i++) exporter.ended(exchange(), listener);
  assert.equal(sent.length, 1);
  assert.ok(exporter.dropped > 1_000);
  const before = exporter.dropped;
  await new Promise(setImmediate);
  assert.equal(exporter.dropped, before + 512);
});

test('the end sends what is held, behind the batch that is under way', async () => {
  const { exporter, exchange, listener, sent } = stage();
  for (let i = 0; i < 300; i++) exporter.ended(exchange(), listener);
  assert.equal(sent.length, 1);
  await exporter.close();
  const spans = sent.map(({ body }) => (JSON.parse(String(body)) as { resourceSpans: [{ scopeSpans: [{ spans: unknown[] }] }] }).resourceSpans[0].scopeSpans[0].spans.length);
  assert.deepEqual([spans, exporter.dropped], [[512, 88], 0]);
});
