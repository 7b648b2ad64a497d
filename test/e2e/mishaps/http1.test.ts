import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { RawClient } from '../http1/client.ts';
import { perRequest, RawBackend } from '../http1/stage.ts';
import { MishapStage } from './stage.ts';

const GET = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: h\r\n\r\n`;
const HANDSHAKE = (path: string): string =>
  `GET ${path} HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`;

describe('what throws over HTTP/1.1 costs its exchange, and nobody else anything', () => {
  let stage: MishapStage;
  let target: RawBackend;
  let neighbour: RawClient;

  before(async () => {
    target = await RawBackend.open({
      answer: perRequest((head, socket) => {
        if (head.startsWith('GET /refused ')) {
          socket.destroy();
          return null;
        }
        return head.startsWith('GET /body ') ? 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n' : 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\ntarget';
      }),
    });
    stage = await MishapStage.open({ port: target.port, version: 'http1' });
    neighbour = await RawClient.open(stage.port);
  });

  /** Whatever happened: another connection goes on, the target is spoken to by whole connections alone, nothing is left over. */
  afterEach(async () => {
    neighbour.send(GET('/fine'));
    assert.equal((await neighbour.answer()).body, 'fine');
    neighbour.send(GET('/forward'));
    assert.equal((await neighbour.answer()).body, 'target');
    await eventually('nothing is under way', () => stage.endpoint.inFlight === 0 && stage.connections === 1);
    assert.deepEqual(stage.thrown(), []);
  });

  after(async () => {
    neighbour.socket.destroy();
    await stage.close();
    await target.close();
  });

  async function asked(text: string): Promise<RawClient> {
    const client = await RawClient.open(stage.port);
    client.send(text);
    return client;
  }

  for (const [path, thrown] of Object.entries({
    '/step': 'client: boom in a step', '/edited': 'client: boom in an edit', '/answer': 'target: boom in an edit', '/refused': 'target: boom in a retry', '/waited': 'wait: boom in what was waited for',
  })) {
    it(`${path}: 500 in the log with its reason, and the connection ends after it`, async () => {
      // what was sent ahead must not be carried out on a connection that nobody knows the state of
      const client = await asked(GET(path) + GET('/fine'));
      const answer = await client.answer();
      assert.equal(answer.status, 500);
      assert.equal(answer.headers['connection'], 'close');
      await client.end();
      assert.equal(client.heard, '');
      client.socket.destroy();
      assert.deepEqual(stage.thrown(), [thrown]);
      assert.deepEqual(stage.ended.findLast((ended) => ended.path === path), { path, status: 500, fault: 'internal', errorReason: 'InternalError' });
    });
  }

  for (const [path, thrown] of Object.entries({ '/begun': 'wait: boom in the middle of an answer', '/body': 'target: boom in send' })) {
    it(`${path}: an answer that has begun is broken off, and never looks whole`, async () => {
      const client = await asked(GET(path));
      await client.end();
      // what has not left when it breaks off never does
      assert.match(client.heard, path === '/begun' ? /^HTTP\/1\.1 200 \r\n.*4\r\nhalf\r\n$/s : /^$|^HTTP\/1\.1 200 OK\r\n/);
      assert.ok(!client.heard.includes('0\r\n\r\n'), client.heard);
      client.socket.destroy();
      assert.deepEqual(stage.thrown(), [thrown]);
      assert.equal(stage.ended.findLast((ended) => ended.path === path)?.fault, 'internal');
    });
  }

  it('/finish: the end of an answer that throws ends the connection', async () => {
    const client = await asked(GET('/finish'));
    await client.end();
    client.socket.destroy();
    assert.deepEqual(stage.thrown(), ['target: boom in finish']);
  });

  it('/failing: where not even the failure can be told the connection is cut', async () => {
    const client = await asked(GET('/failing'));
    await client.end();
    assert.equal(client.heard, '');
    client.socket.destroy();
    // the last: the connection is gone, and so is what was under way on it
    assert.deepEqual(stage.thrown(), ['client: boom in a step', 'client: boom in fail']);
  });

  it('/upload, /uploaded: a body that nobody can take is answered, and what is left of it is no request', async () => {
    for (const [path, thrown] of [['/upload', 'client: boom in an upload'], ['/uploaded', 'client: boom in the end of an upload']] as const) {
      const client = await asked(`POST ${path} HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody${GET('/fine')}`);
      const answer = await client.answer();
      assert.deepEqual([answer.status, answer.headers['connection']], [500, 'close']);
      await client.end();
      assert.equal(client.heard, '');
      client.socket.destroy();
      assert.deepEqual(stage.thrown(), [thrown]);
    }
  });

  it('/late: a deadline that throws does not stop the others', async () => {
    const late = await asked('POST /late HTTP/1.1\r\nHost: impatient\r\nContent-Length: 4\r\n\r\n');
    const other = await asked('GET /fine HTTP/1.1\r\nHost: impatient\r\n\r\n');
    assert.equal((await other.answer()).body, 'fine');
    assert.equal((await late.answer()).status, 500);
    await other.end();
    await late.end();
    other.socket.destroy();
    late.socket.destroy();
    assert.deepEqual(stage.thrown(), ['client: boom in abort']);
  });

  it('/silent: a client that leaves is let go even where that throws', async () => {
    const client = await asked(GET('/silent'));
    client.socket.resetAndDestroy();
    await eventually('it is gone', () => stage.connections === 1);
    assert.deepEqual(stage.thrown(), ['client: boom in cancel']);
    assert.equal(stage.ended.findLast((ended) => ended.path === '/silent')?.status, 460);
  });

  it('/resumed: a source that cannot go on breaks its answer off', async () => {
    const client = await asked(GET('/resumed'));
    await client.end();
    client.socket.destroy();
    assert.deepEqual(stage.thrown(), ['client: boom in resume']);
    assert.ok(!client.heard.endsWith('0\r\n\r\n'));
  });

  it('/observed: who only listens changes nothing', async () => {
    const client = await asked(GET('/observed'));
    assert.equal((await client.answer()).body, 'fine');
    await client.end();
    client.socket.destroy();
    assert.deepEqual(stage.thrown(), ['observer: boom in the observer']);
  });

  for (const path of ['/upgrade', '/upgrade-kept']) {
    it(`${path}: a message that throws ends its conversation, and the other end hears of it`, async () => {
      const client = await asked(HANDSHAKE(path));
      await client.until((heard) => heard.includes('\r\n\r\n'));
      client.send('a message');
      await client.end();
      client.socket.destroy();
      assert.deepEqual(stage.thrown(), ['client: boom in a message']);
      await eventually('it is told', () => stage.takers.at(-1)!.gone === 1);
      assert.equal(stage.ended.filter((ended) => ended.path === path).length, 1);
    });
  }
});
