import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { freePort } from '../../support/free-port.ts';
import { ask } from './client.ts';
import { MALFORMED } from './malformed.table.ts';
import { checkMalformed, REFUSED, type Witness } from './malformed.ts';
import { Stage } from './stage.ts';

interface Started {
  readonly witness: Witness;
  readonly child: ChildProcess;
  readonly folder: string | null;
}

async function startPython(): Promise<Started> {
  const child = spawn('python3', [join(import.meta.dirname, 'witness.py')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  let news: (() => void) | null = null;
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    news?.();
  });
  const next = async (): Promise<string> => {
    while (lines.length === 0) await new Promise<void>((resolve) => (news = resolve));
    return lines.shift()!;
  };
  const port = Number(await next());
  const seen = async (sentinel: string): Promise<readonly string[]> => {
    const all: string[] = [];
    for (;;) {
      const request = JSON.parse(await next()) as string;
      if (request === sentinel) return all;
      all.push(request);
    }
  };
  return { child, folder: null, witness: { kind: 'python', port, seen } };
}

async function startNginx(): Promise<Started> {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-nginx-'));
  const [port, inner] = [await freePort(), await freePort()];
  // $request_body is there only where a request is passed on: an inner server answers
  writeFileSync(join(folder, 'nginx.conf'), `
daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log; ${process.getuid?.() === 0 ? 'user root;' : ''}
events { worker_connections 256; }
http {
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
  log_format seen escape=json '{"request":"$request_method $request_uri $request_body","status":$status}';
  client_body_buffer_size 1m; large_client_header_buffers 8 32k; ignore_invalid_headers off; underscores_in_headers on;
  server { listen 127.0.0.1:${port}; access_log ${folder}/access.log seen; location / { proxy_pass http://127.0.0.1:${inner}; } }
  server { listen 127.0.0.1:${inner}; access_log off; location / { return 200 "$request_method $request_uri\\n"; } }
}`);
  const child = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')], { stdio: ['ignore', 'ignore', 'inherit'] });
  for (let i = 0; ; i++) {
    try {
      await ask(port, 'GET /up HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
      break;
    } catch (error) {
      if (i === 600) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  let read = 0;
  const seen = async (sentinel: string): Promise<readonly string[]> => {
    for (let i = 0; i < 6000; i++) {
      const lines = readFileSync(join(folder, 'access.log'), 'latin1').split('\n').slice(0, -1).slice(read).map((line) => JSON.parse(line) as { request: string; status: number });
      const at = lines.findIndex(({ request }) => request === sentinel);
      if (at !== -1) {
        read += at + 1;
        // a request whose body never came whole is on record too, as one that its client gave up (499) or broke (400)
        const whole = lines.slice(0, at).filter(({ request, status }) => !(request.startsWith('POST /x ') && (status === 499 || status === 400)) && request !== 'GET /up ');
        return whole.map(({ request, status }) => (status === 400 ? REFUSED : request));
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error(`nginx did not log ${sentinel}`);
  };
  return { child, folder, witness: { kind: 'nginx', port, seen } };
}

for (const [program, start] of [['nginx', startNginx], ['python3', startPython]] as const) {
  const absent = spawnSync(program, [program === 'nginx' ? '-v' : '--version']).error ? `${program} is not installed` : false;
  describe(`malformed and ambiguous requests, before ${program}`, { skip: absent }, () => {
    let started: Started;
    let at: Stage;
    before(async () => {
      started = await start();
      at = await Stage.open({ targets: [started.witness.port], http: { desync: 'strictest' } });
    });
    after(async () => {
      await at.close();
      started.child.kill();
      if (started.folder !== null) rmSync(started.folder, { recursive: true });
    });
    it('the target answers', async () => {
      assert.equal((await ask(at.port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n')).status, 200);
      await started.witness.seen('GET / ');
    });
    for (const entry of MALFORMED) it(`${entry.name}: ${entry.answers.join(', ')}`, () => checkMalformed(entry, at, started.witness));
  });
}
