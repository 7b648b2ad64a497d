/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html#connection-idle-timeout */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { RawClient } from '../../e2e/http1/client.ts';
import { get, Installation, says, type Door } from './installation.ts';

let installation: Installation;
let front: Door;
let slow: Door;
before(async () => {
  installation = await Installation.open();
  const target = await installation.target((request, response) => {
    if (request.url === '/dripping') {
      response.writeHead(200, { 'content-length': 5 });
      for (let i = 0; i < 5; i++) setTimeout(() => void response.write('x'), i * 600);
    } else if (request.url !== '/silent') response.end('target');
  });
  const balancer = await installation.balancer({ 'idle_timeout.timeout_seconds': '2' });
  front = await installation.door(balancer, says('here'));
  slow = await installation.door(balancer, { Type: 'forward', TargetGroupArn: await installation.group([target.port]) });
});
after(() => installation[Symbol.asyncDispose]());

async function timed<T>(run: () => Promise<T>): Promise<readonly [T, number]> {
  const from = performance.now();
  const result = await run();
  return [result, performance.now() - from];
}

const within = (ms: number): void => assert.ok(ms > 1_900 && ms < 15_000, `${ms.toFixed(0)} ms`);

test('a target that is silent for the idle timeout is answered for with 504, one that drips is not', { concurrency: true }, async (t) => {
  await Promise.all([
    t.test('silent', async () => {
      const [{ status }, ms] = await timed(() => get(slow.port, { path: '/silent' }));
      assert.equal(status, 504);
      within(ms);
    }),
    t.test('dripping', async () => {
      const [{ status, body }, ms] = await timed(() => get(slow.port, { path: '/dripping' }));
      assert.deepEqual([status, body], [200, 'xxxxx']);
      assert.ok(ms > 2_200);
    }),
    t.test('a client whose body stops gets 408', async () => {
      const client = await RawClient.open(slow.port);
      client.send('POST /silent HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf');
      const [{ status }, ms] = await timed(() => client.answer());
      assert.equal(status, 408);
      within(ms);
      await client.end();
      client.close();
    }),
    t.test('an idle connection is closed without a word', async () => {
      const client = await RawClient.open(front.port);
      client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      assert.equal((await client.answer()).status, 200);
      const [, ms] = await timed(() => client.end());
      within(ms);
      assert.equal(client.heard, '');
      client.close();
    }),
  ]);
});

test('a client that hangs up before the target answers is logged with 460', async () => {
  const balancer = await installation.balancer({ 'access_logs.s3.enabled': 'true', 'access_logs.s3.bucket': 'logs' });
  const target = await installation.target(() => {});
  const door = await installation.door(balancer, { Type: 'forward', TargetGroupArn: await installation.group([target.port]) });
  const client = await RawClient.open(door.port);
  client.send('GET /gone HTTP/1.1\r\nHost: a\r\n\r\n');
  while (target.seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  // sooner, and it would be taken for a client that has said all and waits
  await new Promise((resolve) => setTimeout(resolve, 80));
  client.close();
  const [line] = await installation.logLines(1);
  assert.match(line!, / 460 - \d+ 0 "GET http:\/\/a:\d+\/gone HTTP\/1\.1"/);
});
