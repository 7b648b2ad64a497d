import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import { ConnectionIds } from '../../data-plane/ledger/index.ts';
import type { ConnectionHub } from '../../data-plane/targets/index.ts';
import { seededRandom } from '../../kernel/index.ts';
import type { ConnectionCommand, ConnectionOutcome, ConnectionRequest } from '../../snapshot/index.ts';
import { Peers } from './peers.ts';

const SCOPE = { account: '123456789012', region: 'us-east-1', apiId: 'abcdefghij', stage: 'prod' };

/** A worker whose connections all say what they were asked for. */
class Worker {
  readonly asked: ConnectionRequest[] = [];
  readonly peers: Peers;
  readonly ids: ConnectionIds;

  constructor(number: number) {
    this.ids = new ConnectionIds(number, seededRandom(number));
    this.peers = new Peers(number, {
      command: (request: ConnectionRequest): ConnectionOutcome => {
        this.asked.push(request);
        return request.command.kind === 'get' ? { kind: 'status', connectedAt: number, lastActiveAt: 2, sourceIp: '', userAgent: '' } : { kind: 'done' };
      },
    } as unknown as ConnectionHub);
  }

  ask(connectionId: string, command: ConnectionCommand): Promise<ConnectionOutcome> {
    return new Promise((resolve) => this.peers.command({ connectionId, scope: SCOPE, caller: null, command }, resolve));
  }
}

function pair(): { readonly one: Worker; readonly two: Worker; readonly part: () => void } {
  const [one, two] = [new Worker(1), new Worker(2)];
  const { port1, port2 } = new MessageChannel();
  one.peers.connect(2, port1);
  two.peers.connect(1, port2);
  return { one, two, part: () => port2.close() };
}

test('a command goes to the worker whose connection it is, whole and in order', async (t) => {
  const { one, two, part } = pair();
  t.after(part);
  const data = Buffer.from([0, 1, 0x80, 0xff, 0xe2, 0x82, 0xac]);
  const id = two.ids.next();
  const outcomes = await Promise.all([one.ask(id, { kind: 'post', data }), one.ask(id, { kind: 'get' }), one.ask(id, { kind: 'delete' }), two.ask(one.ids.next(), { kind: 'get' })]);
  assert.deepEqual(outcomes.map(({ kind }) => kind), ['done', 'status', 'done', 'status']);
  assert.deepEqual(two.asked.map(({ command }) => command.kind), ['post', 'get', 'delete']);
  const [first] = two.asked;
  assert.deepEqual([first!.connectionId, first!.scope, first!.caller], [id, SCOPE, null]);
  assert.ok(first!.command.kind === 'post' && data.equals(first!.command.data));
  assert.equal(one.asked.length, 1);
  const large = Buffer.alloc(128 * 1024, 7);
  await one.ask(id, { kind: 'post', data: large });
  assert.ok(two.asked[3]!.command.kind === 'post' && large.equals(two.asked[3]!.command.data));
});

test('its own connections a worker reaches at once; what is no id, and a worker that is not there, are told', () => {
  const { one, part } = pair();
  const told: string[] = [];
  const ask = (connectionId: string): void => one.peers.command({ connectionId, scope: SCOPE, caller: null, command: { kind: 'get' } }, ({ kind }) => void told.push(kind));
  ask(one.ids.next());
  ask('nobody');
  ask(new ConnectionIds(7, seededRandom(7)).next());
  assert.deepEqual(told, ['status', 'malformed', 'gone']);
  part();
});

test('when a worker ends its connections are gone, and so is what was asked of them; the one in its place is another', async () => {
  const { one, two, part } = pair();
  const id = two.ids.next();
  const asked = one.ask(id, { kind: 'get' });
  part();
  assert.deepEqual(await asked, { kind: 'gone' });
  assert.deepEqual(await one.ask(id, { kind: 'get' }), { kind: 'gone' });
  const next = new Worker(2);
  const { port1, port2 } = new MessageChannel();
  one.peers.connect(2, port1);
  next.peers.connect(1, port2);
  assert.equal((await one.ask(id, { kind: 'get' })).kind, 'status');
  port2.close();
});

test('more than can wait is told to come back', async () => {
  const { one, two, part } = pair();
  const id = two.ids.next();
  const outcomes = await Promise.all(Array.from({ length: 5000 }, () => one.ask(id, { kind: 'get' })));
  const kinds = outcomes.map(({ kind }) => kind);
  assert.deepEqual([kinds.filter((kind) => kind === 'status').length, kinds.filter((kind) => kind === 'full').length], [4096, 904]);
  part();
});
