import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { ClientConnection } from '../../../src/data-plane/targets/websocket/client-connection.ts';
import { Gateway, type Client } from './gateway.ts';

const INTERNAL_ERROR = { code: 1011, reason: 'Internal server error' };

describe('what throws at a message costs its connection, and no other', () => {
  let at: Gateway;
  let neighbour: Client;

  before(async () => {
    at = await Gateway.open({ routes: { $connect: {}, $disconnect: {}, $default: { responds: true } } });
    at.handler = () => ({ statusCode: 200, body: 'answer' });
    neighbour = await at.connect();
  });

  afterEach(async () => {
    assert.equal(await neighbour.ask('hello'), 'answer');
    await eventually('it is the only one', () => at.hub.size === 1);
  });

  after(() => at.close());

  function thrown(): readonly string[] {
    return at.mishaps.splice(0);
  }

  it('while it is read', async () => {
    const client = await at.connect();
    const before = at.events.length;
    Object.defineProperty(at, 'tokens', { configurable: true, get: () => { throw new Error('no tokens'); } });
    client.socket.send('hello');
    assert.deepEqual(await client.end(), INTERNAL_ERROR);
    Object.defineProperty(at, 'tokens', { configurable: true, writable: true, value: Infinity });
    assert.deepEqual(thrown(), ['websocket: no tokens']);
    await eventually('$disconnect has run', () => at.events.length === before + 1);
    assert.equal((at.events.at(-1)!['requestContext'] as { eventType: string }).eventType, 'DISCONNECT');
  });

  it('when its integration has answered', async (t) => {
    const client = await at.connect();
    t.mock.method(ClientConnection.prototype, 'answer', () => { throw new Error('no answer'); }, { times: 1 });
    client.socket.send('hello');
    assert.deepEqual(await client.end(), INTERNAL_ERROR);
    assert.deepEqual(thrown(), ['websocket: no answer']);
  });

  it('when it is sent through @connections, and whoever sends it hears that it is gone', async (t) => {
    const client = await at.connect();
    const { connectionId } = at.events.at(-1)!['requestContext'] as { connectionId: string };
    t.mock.method(ClientConnection.prototype, 'send', () => { throw new Error('no message'); }, { times: 1 });
    assert.deepEqual(at.command(connectionId, { kind: 'post', data: Buffer.from('x') }), { kind: 'gone' });
    assert.deepEqual(await client.end(), INTERNAL_ERROR);
    assert.deepEqual(thrown(), ['websocket: no message']);
  });

  it('but not where only the log cannot take it', async () => {
    Object.defineProperty(at.calls, 'push', { configurable: true, value: () => { throw new Error('no log'); } });
    assert.equal(await neighbour.ask('hello'), 'answer');
    Object.defineProperty(at.calls, 'push', { configurable: true, value: Array.prototype.push });
    assert.deepEqual(thrown(), ['observer: no log']);
  });
});
