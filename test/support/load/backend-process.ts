/**
 * A target as a process of its own, so that it can be killed: `node backend-process.ts NAME PORT [FILE]`. Says `listening PORT` when it serves.
 *   GET /health           200, or what POST /control/health/STATUS has set; /control/health/silent: no answer at all
 *   any .../slow/MS       answers after so many milliseconds
 *   any .../big/BYTES     so many of them
 *   any .../chunked       answers in chunks
 *   anything else         200, `NAME METHOD BYTES-OF-BODY\n`
 * The header x-id of each request that has been read whole, body and all, is appended to FILE before it is answered.
 */
import { openSync, writeSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const [name = 'backend', port = '0', file] = process.argv.slice(2);
const ledger = file === undefined ? null : openSync(file, 'a');
let health: number | 'silent' = 200;

const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 }, (request, response) => {
  let size = 0;
  request.on('data', (chunk: Buffer) => (size += chunk.length));
  request.on('error', () => {});
  request.on('end', () => {
    const id = request.headers['x-id'];
    if (ledger !== null && id !== undefined) writeSync(ledger, `${String(id)}\n`);
    const path = request.url ?? '/';
    const set = /^\/control\/health\/(\d{3}|silent)$/.exec(path);
    if (set) health = set[1] === 'silent' ? 'silent' : Number(set[1]);
    if (path === '/health') {
      if (health === 'silent') return;
      response.writeHead(health, { 'content-length': 0 });
      response.end();
      return;
    }
    const body = `${name} ${request.method} ${size}\n`;
    const answer = (): void => {
      const big = /\/big\/(\d+)$/.exec(path);
      if (big) {
        response.writeHead(200, { 'content-length': big[1] });
        response.end(Buffer.alloc(Number(big[1]), 'x'));
      } else if (path.endsWith('/chunked')) {
        response.write(body.slice(0, 3));
        response.end(body.slice(3));
      } else {
        response.writeHead(200, { 'content-type': 'text/plain', 'content-length': body.length });
        response.end(body);
      }
    };
    const slow = /\/slow\/(\d+)$/.exec(path);
    if (slow) setTimeout(answer, Number(slow[1]));
    else answer();
  });
});
server.listen({ host: '127.0.0.1', port: Number(port), backlog: 1024 }, () => console.log(`listening ${(server.address() as AddressInfo).port}`));
process.once('disconnect', () => process.exit());
