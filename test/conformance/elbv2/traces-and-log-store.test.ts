/**
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html#access-log-file-format,
 * https://opentelemetry.io/docs/specs/otlp/#otlphttp: what leaves an installation, by the settings that ask for it.
 */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { get, Installation } from './installation.ts';

const seen: { readonly at: string; readonly authorization: string; readonly body: Buffer }[] = [];
let server: Server;
before(async () => {
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      seen.push({ at: `${request.method} ${request.url}`, authorization: request.headers.authorization ?? '', body: Buffer.concat(parts) });
      response.end('{}');
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
});
after(() => server.close());

test('a request leaves a trace, and at a stop its log goes to the store, packed, under its key', async () => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const installation = await Installation.open({ 'otlp-endpoint': url, 'log-store': url, 'log-store-credentials': 'AKID:secret' });
  const balancer = await installation.balancer({ 'access_logs.s3.enabled': 'true', 'access_logs.s3.bucket': 'my-logs', 'access_logs.s3.prefix': 'web' });
  const target = await installation.target();
  const door = await installation.door(balancer, { Type: 'forward', TargetGroupArn: await installation.group([target.port]) });
  assert.equal((await get(door.port, { headers: 'traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n' })).status, 200);
  assert.equal((await get(door.port, { path: '/second' })).status, 200);
  // the target is in the trace that our own X-Amzn-Trace-Id names, where the client has begun none
  const [, root = '', rest = ''] = /Root=1-([0-9a-f]{8})-([0-9a-f]{24})/.exec(String(target.seen.at(-1)!.headers['x-amzn-trace-id']))!;
  await installation[Symbol.asyncDispose]();

  const traces = seen.filter(({ at }) => at === 'POST /v1/traces').flatMap(({ body }) => {
    const { resourceSpans } = JSON.parse(body.toString()) as { resourceSpans: [{ scopeSpans: [{ spans: { traceId: string; parentSpanId: string; kind: number }[] }] }] };
    return resourceSpans[0].scopeSpans[0].spans;
  });
  assert.deepEqual(traces.map(({ traceId, kind }) => [traceId, kind]), [
    ['4bf92f3577b34da6a3ce929d0e0e4736', 2], ['4bf92f3577b34da6a3ce929d0e0e4736', 3], [root + rest, 2], [root + rest, 3],
  ]);
  assert.equal(traces[0]!.parentSpanId, '00f067aa0ba902b7');

  const puts = seen.filter(({ at }) => at.startsWith('PUT '));
  assert.equal(puts.length, 1);
  assert.match(puts[0]!.at, /^PUT \/my-logs\/web\/AWSLogs\/000000000000\/elasticloadbalancing\/us-east-1\/\d{4}\/\d\d\/\d\d\/000000000000_elasticloadbalancing_us-east-1_app\.lb-1\.[0-9a-f]{16}_\d{8}T\d{4}Z_worker-0_\w{8}\.log\.gz$/);
  assert.match(puts[0]!.authorization, /^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/us-east-1\/s3\/aws4_request, SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date, Signature=[0-9a-f]{64}$/);
  const lines = gunzipSync(puts[0]!.body).toString().trim().split('\n');
  assert.deepEqual(lines.map((line) => /"GET http:\/\/www\.example\.com:\d+(\S+) /.exec(line)![1]), ['/', '/second']);
});
