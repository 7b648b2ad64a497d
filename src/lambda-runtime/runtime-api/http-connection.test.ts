import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { eventually, pause } from '../../../test/support/eventually.ts';
import { HttpConnection } from './http-connection.ts';

/** A runtime, and the connection that answers each of its requests at once with `answer` octets. */
async function pair(t: TestContext, answer: number): Promise<{ readonly runtime: Socket; readonly host: Socket; readonly served: () => number }> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const runtime = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [host] = (await once(server, 'connection')) as [Socket];
  runtime.on('error', () => {});
  t.after(() => {
    runtime.destroy();
    host.destroy();
    server.close();
  });
  let served = 0;
  void new HttpConnection(host, 1000, {
    request: (_request, done) => {
      served++;
      done(404, '', Buffer.alloc(answer, 'x'));
    },
    body: () => null,
  });
  return { runtime, host, served: () => served };
}

test('thousands of requests in one piece are answered one after the other, not within one another', async (t) => {
  const { runtime, served } = await pair(t, 0);
  runtime.resume();
  runtime.write('A /\r\n\r\n'.repeat(30_000));
  await eventually('all are served', () => served() === 30_000);
});

test('a runtime that asks on and reads nothing is read no more, and goes on when it reads', async (t) => {
  const { runtime, host, served } = await pair(t, 1000);
  const asked = 60_000;
  runtime.write('A /\r\n\r\n'.repeat(asked));
  let before = -1;
  await eventually('it is at rest', async () => {
    before = served();
    await pause(50);
    return before === served();
  });
  // what lies in one read may still be answered: nine thousand of these
  assert.ok(served() < asked && host.writableLength < 30_000_000, `${served()} answers, ${host.writableLength} octets of them held`);
  runtime.resume();
  await eventually('all are served', () => served() === asked);
});
