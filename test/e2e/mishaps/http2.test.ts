import assert from 'node:assert/strict';
import { connect, createServer, type ClientHttp2Session, type Http2Server, type OutgoingHttpHeaders, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { after, afterEach, before, describe, it } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { MishapStage } from './stage.ts';

interface Heard {
  readonly status: number;
  readonly body: string;
  /** The code of RST_STREAM; 0: the stream ended as it should. */
  readonly reset: number;
}

const INTERNAL_ERROR = 2;

describe('what throws over HTTP/2 costs its stream, and no other of the connection', () => {
  let stage: MishapStage;
  let target: Http2Server;
  let client: ClientHttp2Session;
  const sessions: ServerHttp2Session[] = [];
  /** Ends the stream of the target that has waited since the first test. */
  let release: () => void;
  let waiting: Promise<Heard>;

  before(async () => {
    target = createServer();
    target.on('session', (session) => void sessions.push(session));
    target.on('stream', (stream: ServerHttp2Stream, headers) => {
      stream.on('error', () => {});
      if (headers[':path'] === '/refused') return stream.close(INTERNAL_ERROR);
      stream.respond({ ':status': 200 });
      if (headers[':path'] !== '/forward?waits') return stream.end('target');
      release = () => stream.end('target, late');
    });
    target.listen(0, '127.0.0.1');
    await new Promise((resolve) => target.once('listening', resolve));
    stage = await MishapStage.open({ port: (target.address() as AddressInfo).port, version: 'http2' });
    client = connect(`http://127.0.0.1:${stage.port}`);
    waiting = ask('/forward?waits');
    await eventually('the target has it', () => release !== undefined);
  });

  /** Whatever happened: the same connections carry other streams, to the client and to the target. */
  afterEach(async () => {
    assert.deepEqual(await ask('/fine'), { status: 200, body: 'fine', reset: 0 });
    assert.deepEqual(await ask('/forward'), { status: 200, body: 'target', reset: 0 });
    await eventually('only the one that waits is under way', () => stage.endpoint.inFlight === 1);
    assert.equal(sessions.length, 1);
    assert.deepEqual(stage.thrown(), []);
  });

  after(async () => {
    release();
    assert.deepEqual(await waiting, { status: 200, body: 'target, late', reset: 0 }, 'it was there all the time');
    client.destroy();
    await stage.close();
    for (const session of sessions) session.destroy();
    target.close();
  });

  function ask(path: string, { body = '', ...headers }: OutgoingHttpHeaders & { readonly body?: string } = {}): Promise<Heard> {
    return new Promise((resolve) => {
      const stream = client.request({ ':path': path, ...(body !== '' && { ':method': 'POST' }), ...headers }, { endStream: body === '' });
      const parts: Buffer[] = [];
      let status = 0;
      stream.on('response', (answer) => void (status = answer[':status']!));
      stream.on('data', (part: Buffer) => void parts.push(part));
      stream.on('error', () => {});
      stream.on('close', () => resolve({ status, body: Buffer.concat(parts).toString(), reset: stream.rstCode }));
      if (body !== '') stream.end(body);
    });
  }

  for (const [path, thrown] of Object.entries({
    '/step': 'client: boom in a step', '/edited': 'client: boom in an edit', '/answer': 'target: boom in an edit', '/refused': 'target: boom in a retry', '/waited': 'wait: boom in what was waited for',
  })) {
    it(`${path}: 500 in the log with its reason`, async () => {
      const { status, reset } = await ask(path);
      assert.deepEqual([status, reset], [500, 0]);
      assert.deepEqual(stage.thrown(), [thrown]);
      assert.deepEqual(stage.ended.findLast((ended) => ended.path === path), { path, status: 500, fault: 'internal', errorReason: 'InternalError' });
    });
  }

  for (const [path, thrown] of Object.entries({ '/begun': 'wait: boom in the middle of an answer', '/body': 'target: boom in send', '/finish': 'target: boom in finish', '/resumed': 'client: boom in resume' })) {
    it(`${path}: an answer that has begun is reset, and never looks whole`, async () => {
      const { status, reset } = await ask(path);
      assert.deepEqual([status, reset], [200, INTERNAL_ERROR]);
      assert.deepEqual(stage.thrown(), [thrown]);
      assert.equal(stage.ended.findLast((ended) => ended.path === path)?.fault, 'internal');
    });
  }

  it('/failing: where not even the failure can be told the stream is reset', async () => {
    assert.deepEqual(await ask('/failing'), { status: 0, body: '', reset: INTERNAL_ERROR });
    assert.deepEqual(stage.thrown(), ['client: boom in a step', 'client: boom in fail']);
  });

  it('/upload, /uploaded: a body that nobody can take is answered', async () => {
    for (const [path, thrown] of [['/upload', 'client: boom in an upload'], ['/uploaded', 'client: boom in the end of an upload']] as const) {
      assert.equal((await ask(path, { body: 'body' })).status, 500);
      assert.deepEqual(stage.thrown(), [thrown]);
    }
  });

  it('/upload: what threw has not used up the window that all streams share', async () => {
    // 32 times 64 KB are more than the connection's window
    for (let n = 0; n < 32; n++) await ask('/upload', { body: 'x'.repeat(60_000) });
    assert.deepEqual(new Set(stage.thrown()), new Set(['client: boom in an upload']));
    assert.equal((await ask('/fine', { body: 'x'.repeat(60_000) })).status, 200);
  });

  it('/late: a deadline that throws is one stream\'s', async () => {
    // where nothing else is under way, so that the deadline is its own
    const other = connect(`http://127.0.0.1:${stage.port}`);
    const stream = other.request({ ':path': '/late', ':method': 'POST', ':authority': 'impatient' });
    const status = await new Promise((resolve) => stream.on('response', (answer) => resolve(answer[':status'])));
    other.destroy();
    assert.equal(status, 500);
    assert.deepEqual(stage.thrown(), ['client: boom in abort']);
  });

  it('/silent: a stream that is cancelled is let go even where that throws', async () => {
    const stream = client.request({ ':path': '/silent' });
    await ask('/fine');
    stream.close(8);
    await eventually('it has ended', () => stage.ended.at(-1)?.path === '/silent');
    assert.deepEqual(stage.thrown(), ['client: boom in cancel']);
  });

  it('/observed: who only listens changes nothing', async () => {
    assert.deepEqual(await ask('/observed'), { status: 200, body: 'fine', reset: 0 });
    assert.deepEqual(stage.thrown(), ['observer: boom in the observer']);
  });
});
