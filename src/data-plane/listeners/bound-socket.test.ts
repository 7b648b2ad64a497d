import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { eventually } from '../../../test/support/eventually.ts';
import { freePort } from '../../../test/support/free-port.ts';
import { systemClock, Wheel } from '../../kernel/index.ts';
import type { Site } from '../exchange/index.ts';
import { BoundSocket } from './bound-socket.ts';
import { Http1Worker } from './http1/worker.ts';

/** A site that counts its connections. */
function counting(): { readonly site: Site; readonly counts: { opened: number; closed: number } } {
  const counts = { opened: 0, closed: 0 };
  const observer = { connectionOpened: () => counts.opened++, connectionClosed: () => counts.closed++ };
  return { site: { listener: { tls: null, http: { idleTimeoutMs: 60_000 } }, observer } as unknown as Site, counts };
}

test('who has counted a connection when it opened counts it when it closes, whoever has the address by then', async () => {
  const wheel = new Wheel(systemClock);
  const socket = new BoundSocket({ address: '127.0.0.1', port: await freePort() }, { worker: new Http1Worker(systemClock, wheel), nextId: () => 1, connectionLimit: 10 });
  const [one, two] = [counting(), counting()];
  socket.serve([{ site: one.site, hosts: ['*'], certificates: null }], 80);
  await socket.listen({ reusePort: false, ipv6Only: false });
  const client = connect(socket.at.port, '127.0.0.1');
  await eventually('it is open', () => one.counts.opened === 1);
  socket.serve([{ site: two.site, hosts: ['*'], certificates: null }], 80);
  client.destroy();
  await eventually('it is closed', () => socket.connections === 0);
  await socket.drain(0);
  wheel.stop();
  assert.deepEqual([one.counts, two.counts], [{ opened: 1, closed: 1 }, { opened: 0, closed: 0 }]);
});

test('a connection that cannot be taken is closed, and the next one is taken', async () => {
  const wheel = new Wheel(systemClock);
  const mishaps: string[] = [];
  const worker = new Http1Worker(systemClock, wheel, { mishaps: { note: (place, error) => void mishaps.push(`${place}: ${(error as Error).message}`) } });
  const socket = new BoundSocket({ address: '127.0.0.1', port: await freePort() }, { worker, nextId: () => 1, connectionLimit: 10 });
  const { site, counts } = counting();
  let throws = true;
  const { connectionOpened } = site.observer;
  site.observer.connectionOpened = (connection) => {
    if (throws) throw new Error('it cannot be counted');
    connectionOpened(connection);
  };
  socket.serve([{ site, hosts: ['*'], certificates: null }], 80);
  await socket.listen({ reusePort: false, ipv6Only: false });
  const client = connect(socket.at.port, '127.0.0.1');
  await new Promise((resolve) => client.on('error', () => {}).on('close', resolve));
  assert.deepEqual(mishaps, ['accept: it cannot be counted']);
  assert.equal(socket.connections, 0);
  throws = false;
  const next = connect(socket.at.port, '127.0.0.1');
  await eventually('it is open', () => counts.opened === 1);
  next.destroy();
  await socket.drain(0);
  wheel.stop();
});
