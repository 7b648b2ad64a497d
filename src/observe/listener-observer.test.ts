import assert from 'node:assert/strict';
import { it } from 'node:test';
import { faults } from '../data-plane/exchange/index.ts';
import { FakeClock, seededRandom } from '../kernel/index.ts';
import { AccessLogs, ListenerObserver, Meter, MetricsReader, createSlab } from './index.ts';
import { ExampleExchange, exampleDownstream, exampleListener, exampleRoute } from './example-exchange.ts';

const shape = { balancers: 1, pools: 1 };

function room(accessLog: boolean) {
  const clock = new FakeClock();
  const written: string[] = [];
  const disk = {
    open: () =>
      Promise.resolve({
        write: (buffer: Buffer, offset: number, length: number) => {
          written.push(buffer.toString('latin1', offset, offset + length));
          return Promise.resolve(length);
        },
        close: () => Promise.resolve(),
      }),
  };
  const logs = new AccessLogs({ root: '/logs', address: '10.0.0.1', clock, random: seededRandom(3), disk });
  const slab = createSlab(shape);
  const reader = new MetricsReader(shape);
  reader.attach(0, slab);
  const listener = exampleListener('http');
  const observer = new ListenerObserver({
    listener: accessLog ? listener : { ...listener, accessLog: null },
    meter: new Meter(slab, shape), balancerSlots: new Map([[listener.ownerLabel, 0]]), poolSlots: new Map([['targetgroup/t/1', 0]]), logs, clock, traces: null,
  });
  return { observer, reader, written, logs };
}

function served(): ExampleExchange {
  return Object.assign(new ExampleExchange(exampleDownstream), {
    method: 'GET', target: '/x', host: 'h', startedWall: Date.UTC(2026, 0, 1), startedAt: 1, sentAt: 2, answeredAt: 3, endedAt: 4, status: 200,
    targetStatus: 200, pool: 'targetgroup/t/1', endpoint: '127.0.0.1:1', route: exampleRoute(4, 'forward'),
  });
}

it('counts and logs what a listener served', async () => {
  const { observer, reader, written } = room(true);
  observer.connectionOpened(exampleDownstream);
  observer.exchangeEnded(served());
  observer.exchangeEnded(served());
  observer.connectionRefused('10.9.8.7', faults['bad-request'], 'no HTTP');
  observer.connectionRefused('10.9.8.7', null, 'no shared cipher');
  observer.connectionClosed(exampleDownstream);
  await observer.release();
  assert.deepEqual([reader.balancer(0).requests, reader.pool(0).requests, reader.balancer(0).tlsErrors, reader.balancer(0).connectionsActive], [2, 2, 1, 0]);
  const lines = written.join('').trimEnd().split('\n');
  assert.equal(lines.length, 3);
  assert.match(lines[1]!, /^http .* "GET http:\/\/h:80\/x HTTP\/1\.1" /);
  assert.match(lines[2]!, / 10\.9\.8\.7:0 - -1 -1 -1 400 - /);
});

it('reads nothing of the request when the access log is off', async () => {
  const { observer, reader, written, logs } = room(false);
  const exchange = served();
  exchange.header = () => assert.fail('a header was asked for');
  observer.exchangeEnded(exchange);
  observer.connectionRefused('10.9.8.7', faults['bad-request'], 'no HTTP');
  await logs.close();
  await observer.release();
  assert.equal(reader.balancer(0).requests, 1);
  assert.deepEqual(written, []);
});
