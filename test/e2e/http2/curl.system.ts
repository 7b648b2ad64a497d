/** curl (Debian: curl) as a client whose uploads are answered early, and with bodies far larger than every window on the way. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomFillSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttp2Server, type Http2Server, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { freePort } from '../../support/free-port.ts';
import { listening } from '../http1/stage.ts';
import { TestAuthority } from '../tls/authority.ts';
import { FORWARD, TlsStage } from '../tls/stage.ts';

const LARGE = 100 * 1024 * 1024;
const REPEATED = 3;

interface Curled {
  readonly status: string;
  readonly exit: number | null;
  readonly body: Buffer;
}

const digest = (octets: Buffer): string => createHash('sha256').update(octets).digest('hex');

/** Says what it got; under /large what a client can check; under /refused no, at once. */
function serve(large: Buffer, request: IncomingMessage | Http2ServerRequest, response: ServerResponse | Http2ServerResponse): void {
  const answer = response as ServerResponse;
  if (request.url === '/large') return void answer.end(large);
  if (request.url === '/refused') {
    answer.writeHead(413, { 'content-length': 2 });
    return void answer.end('no');
  }
  const hash = createHash('sha256');
  request.on('data', (part: Buffer) => void hash.update(part));
  request.on('end', () => answer.end(hash.digest('hex')));
}

describe('curl', { skip: spawnSync('curl', ['--version']).error ? 'curl is not installed' : false }, () => {
  let folder: string;
  let large: Buffer;
  let http1: Server;
  let http2: Http2Server;
  const stages: TlsStage[] = [];
  const ports: Record<string, number> = {};

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'turnpike-curl-'));
    large = randomFillSync(Buffer.alloc(LARGE));
    for (const size of [0, 100, 30_000, 100_000, 900_000, LARGE]) writeFileSync(join(folder, String(size)), large.subarray(0, size));
    http1 = createServer((request, response) => serve(large, request, response));
    http2 = createHttp2Server((request, response) => serve(large, request, response));
    http2.listen(0, '127.0.0.1');
    await new Promise((resolve) => http2.once('listening', resolve));
    const certificate = await (await TestAuthority.make()).leaf('c', ['example.com']);
    const site = { certificates: [certificate], tls: { alpn: ['h2'] }, http: { idleTimeoutMs: 60_000 } } as const;
    const open = async (name: string, scene: Parameters<typeof TlsStage.open>[0]): Promise<void> => {
      const stage = await TlsStage.open(scene, { port: await freePort() });
      stages.push(stage);
      ports[name] = stage.port;
    };
    await open('http1', { sites: { main: { ...site, action: FORWARD } }, targets: [await listening(http1)] });
    await open('http2', { sites: { main: { ...site, action: FORWARD } }, targets: [(http2.address() as AddressInfo).port], targetVersion: 'http2' });
    await open('fixed', { sites: { main: { ...site, action: { kind: 'fixed-response', status: 200, contentType: null, body: 'fixed' } } } });
  });

  after(async () => {
    for (const stage of stages) await stage.close();
    http1.closeAllConnections();
    http1.close();
    http2.close();
    rmSync(folder, { recursive: true });
  });

  const curl = (name: string, path: string, words: readonly string[]): Promise<Curled> => new Promise((resolve, reject) => {
    const out = join(folder, 'out');
    writeFileSync(out, '');
    const child = spawn('curl', ['-sk', '--http2', '-m', '30', '-o', out, '-w', '%{http_code}', ...words, `https://127.0.0.1:${ports[name]!}${path}`], { stdio: ['ignore', 'pipe', 'inherit'] });
    let status = '';
    child.stdout.on('data', (part: Buffer) => (status += part.toString()));
    child.once('error', reject);
    child.once('close', (exit) => resolve({ status, exit, body: readFileSync(out) }));
  });
  const file = (size: number): readonly string[] => ['--data-binary', `@${join(folder, String(size))}`];
  const WAYS: readonly (readonly string[])[] = [[], ['-H', 'Expect: 100-continue']];

  for (const name of ['http1', 'http2']) {
    it(`${LARGE} octets down and up, to a target of ${name}`, async () => {
      const down = await curl(name, '/large', []);
      assert.deepEqual([down.exit, down.status, digest(down.body)], [0, '200', digest(large)]);
      for (const words of WAYS) {
        const up = await curl(name, '/', [...words, ...file(LARGE)]);
        assert.deepEqual([up.exit, up.status, up.body.toString()], [0, '200', digest(large)]);
      }
    });

    it(`a target of ${name} that refuses an upload is heard`, async () => {
      for (const words of WAYS) {
        for (const size of [100_000, LARGE]) {
          for (let i = 0; i < REPEATED; i++) {
            const { exit, status, body } = await curl(name, '/refused', [...words, ...file(size)]);
            assert.deepEqual([exit, status, body.toString()], [0, '413', 'no'], `${words.join(' ')} ${size}`);
          }
        }
      }
    });
  }

  // with more than the window of a connection curl 7.88 waits where its answer is one of 2xx, as it does at nginx
  it('an upload to an answer of our own', async () => {
    for (const words of WAYS) {
      for (const size of [0, 100, 30_000, 100_000, 900_000]) {
        for (let i = 0; i < REPEATED; i++) {
          const { exit, status, body } = await curl('fixed', '/', [...words, ...file(size)]);
          assert.deepEqual([exit, status, body.toString()], [0, '200', 'fixed'], `${words.join(' ')} ${size}`);
        }
      }
    }
  });
});
