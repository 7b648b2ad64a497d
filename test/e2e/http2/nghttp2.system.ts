/** The nghttp2 tools (Debian: nghttp2-client, nghttp2-server) beside node:http2 as the other implementation: as clients, and as a target. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type ClientHttp2Session, type Http2Server, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { freePort } from '../../support/free-port.ts';
import { TestAuthority } from '../tls/authority.ts';
import { FORWARD, TlsStage } from '../tls/stage.ts';
import { ask, type Got } from './client.ts';

function run(program: string, words: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (data: Buffer) => (output += data.toString('latin1')));
    child.stderr.on('data', (data: Buffer) => (output += data.toString('latin1')));
    child.once('error', reject);
    child.once('close', () => resolve(output));
  });
}

const SIZES = [0, 1, 100, 16_384, 16_385, 300_000];

/** What one answer says, but for what every answer says anew and what belongs to the balancer. */
function told({ headers, trailers, body }: Got): unknown {
  const { date, 'last-modified': _, ...fields } = headers;
  return [date !== undefined, { ...fields }, { ...trailers }, body.length, createHash('sha256').update(body).digest('hex')];
}

/** A session with a server that has just been started. */
async function connected(url: string): Promise<ClientHttp2Session> {
  for (let i = 0; ; i++) {
    const session = connect(url);
    const error = await new Promise<Error | null>((resolve) => {
      session.once('connect', () => resolve(null));
      session.on('error', resolve);
    });
    if (error === null) return session;
    if (i === 1000) throw error;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const has = (program: string): boolean => spawnSync('which', [program]).status === 0;

describe('nghttp2', () => {
  let stage: TlsStage;
  let target: Http2Server;
  let folder: string;
  const open = async (targets: readonly number[], targetVersion: 'http1' | 'http2'): Promise<TlsStage> => {
    const certificate = await (await TestAuthority.make()).leaf('c', ['example.com']);
    return TlsStage.open({ sites: { main: { certificates: [certificate], tls: { alpn: ['h2'] }, action: FORWARD } }, targets, targetVersion }, { port: await freePort() });
  };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'turnpike-nghttp2-'));
    target = createServer();
    target.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
      stream.respond({ ':status': 200, 'x-seen': headers[':method']! });
      if (headers[':method'] === 'POST') stream.pipe(stream);
      else stream.end('x'.repeat(Number(/\d+/.exec(headers[':path']!)?.[0] ?? '10')));
    });
    target.listen(0, '127.0.0.1');
    await new Promise((resolve) => target.once('listening', resolve));
    stage = await open([(target.address() as AddressInfo).port], 'http2');
  });

  after(async () => {
    await stage.close();
    target.close();
    rmSync(folder, { recursive: true });
  });

  it('nghttp: a GET, a POST with a body, padding, CONTINUATION, trailers, a small window', { skip: !has('nghttp') }, async () => {
    const url = `https://127.0.0.1:${stage.port}`;
    assert.match(await run('nghttp', ['-y', '-nv', `${url}/100`]), /:status: 200/);
    assert.equal(await run('nghttp', ['-y', `${url}/100`]), 'x'.repeat(100));
    const file = join(folder, 'body');
    writeFileSync(file, 'y'.repeat(300_000));
    assert.equal(await run('nghttp', ['-y', '-d', file, `${url}/`]), 'y'.repeat(300_000));
    assert.equal(await run('nghttp', ['-y', '-b', '100', '-d', file, `${url}/`]), 'y'.repeat(300_000));
    assert.match(await run('nghttp', ['-y', '-nv', '--continuation', `${url}/5`]), /:status: 200/);
    assert.match(await run('nghttp', ['-y', '-nv', '--trailer', 'x-sum: 1', '-d', file, `${url}/`]), /:status: 200/);
    assert.equal((await run('nghttp', ['-y', '-w', '8', '-W', '9', `${url}/200000`])).length, 200_000);
    assert.equal((await run('nghttp', ['-y', '-m', '50', `${url}/1000`])).length, 50_000);
  });

  it('h2load: many connections of many streams, no request failed', { skip: !has('h2load') }, async () => {
    const output = await run('h2load', ['-n', '5000', '-c', '20', '-m', '50', `https://127.0.0.1:${stage.port}/1000`]);
    assert.match(output, /requests: 5000 total, 5000 started, 5000 done, 5000 succeeded, 0 failed, 0 errored, 0 timeout/);
    assert.match(output, /status codes: 5000 2xx/);
  });

  // what a target says comes through as it says it to node:http2 itself
  const targets: readonly (readonly [what: string, words: readonly string[]])[] = [
    ['as it is', []], ['padding', ['-b', '100']], ['trailers', ['--trailer', 'x-sum: 5', '--trailer', 'x-more: a']], ['a window of 256 octets', ['-w', '8', '-W', '10']], ['a table of nothing', ['-c', '0', '--encoder-header-table-size', '0']],
    ['a small table', ['--encoder-header-table-size', '120']], ['no length', ['--no-content-length']], ['few streams', ['-m', '3']], ['answers before the body has come', ['--early-response']],
  ];
  for (const [what, words] of targets) {
    it(`nghttpd as a target: ${what}`, { skip: !has('nghttpd') }, async () => {
      for (const size of SIZES) writeFileSync(join(folder, `f${size}`), 'z'.repeat(size));
      const port = await freePort();
      const server = spawn('nghttpd', ['--no-tls', '--echo-upload', ...words, '-d', folder, String(port)], { stdio: 'ignore' });
      let other: TlsStage | null = null;
      let through: ClientHttp2Session | null = null;
      let direct: ClientHttp2Session | null = null;
      try {
        other = await open([port], 'http2');
        const session = connect(`https://127.0.0.1:${other.port}`, { rejectUnauthorized: false });
        through = session;
        direct = await connected(`http://127.0.0.1:${port}`);
        const asked = [
          ...SIZES.map((size) => [{ ':path': `/f${size}` }, undefined] as const), [{ ':path': '/absent' }, undefined] as const, [{ ':path': '/f100', ':method': 'HEAD' }, undefined] as const,
          ...(words.includes('--early-response') ? [] : [[{ ':path': '/', ':method': 'POST' }, Buffer.alloc(300_000, 'y')] as const]),
        ];
        for (const [headers, body] of [...asked, ...asked]) {
          const theirs = told(await ask(direct, headers, body));
          const all = await Promise.all(Array.from({ length: 8 }, () => ask(session, headers, body)));
          for (const ours of all) assert.deepEqual(told(ours), theirs, JSON.stringify(headers));
        }
      } finally {
        direct?.destroy();
        through?.destroy();
        server.kill();
        await other?.close();
      }
    });
  }
});
