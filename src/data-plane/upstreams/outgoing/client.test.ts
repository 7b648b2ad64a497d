import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { systemClock } from '../../../kernel/index.ts';
import type { OutgoingOutcome, OutgoingRequest } from '../../exchange/index.ts';
import { OutgoingClient } from './client.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

async function ask(handler: Handler, change: Partial<OutgoingRequest> = {}): Promise<OutgoingOutcome> {
  const server = createServer(handler).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.on('listening', resolve));
  const client = new OutgoingClient({ clock: systemClock, authorities: null, connections: 2 });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  let returned = false;
  try {
    return await new Promise((resolve) => {
      client.send({ method: 'GET', url, headers: {}, body: null, withinMs: 2000, maxBytes: 100, ...change }, (outcome) => {
        assert.ok(returned, 'called back before it returned');
        resolve(outcome);
      });
      returned = true;
    });
  } finally {
    client.close();
    server.closeAllConnections();
    server.close();
  }
}

test('an answer, whatever its status, and no redirect is followed', async () => {
  const outcome = await ask((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => response.writeHead(302, { location: '/elsewhere', 'content-type': 'text/plain' }).end(`${request.method} ${request.headers['x-a']} ${body}`));
  }, { method: 'POST', headers: { 'x-a': 'b' }, body: 'ü' });
  assert.deepEqual(outcome, { kind: 'answer', status: 302, contentType: 'text/plain', body: Buffer.from('POST b ü') });
});

test('silence, and an answer that drips, end with the time', async () => {
  assert.deepEqual(await ask(() => {}, { withinMs: 100 }), { kind: 'timeout' });
  assert.deepEqual(await ask((_request, response) => void response.writeHead(200).write('x'), { withinMs: 100 }), { kind: 'timeout' });
});

test('more than may be read is not read', async () => {
  assert.deepEqual(await ask((_request, response) => void response.end('x'.repeat(101))), { kind: 'too-large' });
  assert.equal((await ask((_request, response) => void response.end('x'.repeat(100)))).kind, 'answer');
});

test('what goes wrong is told once', async () => {
  assert.equal((await ask((request) => request.socket.destroy())).kind, 'failed');
  assert.equal((await ask((request, response) => { response.writeHead(200, { 'content-length': '50' }).write('x'); setImmediate(() => request.socket.destroy()); })).kind, 'failed');
  for (const url of ['ftp://127.0.0.1/', 'nonsense', 'http://127.0.0.1:1/']) assert.equal((await ask(() => {}, { url })).kind, 'failed', url);
  assert.equal((await ask(() => {}, { headers: { 'x-a': 'b\r\nc: d' } })).kind, 'failed');
});

test('who throws at an answer is told once more that there is none', async (t) => {
  const server = createServer((_request, response) => response.end('{}')).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.on('listening', resolve));
  const mishaps: string[] = [];
  const client = new OutgoingClient({ clock: systemClock, authorities: null, connections: 2, mishaps: { note: (place, error) => void mishaps.push(`${place}: ${(error as Error).message}`) } });
  t.after(() => {
    client.close();
    server.closeAllConnections();
    server.close();
  });
  const heard: string[] = [];
  await new Promise<void>((resolve) => {
    client.send({ method: 'GET', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, headers: {}, body: null, withinMs: 60_000, maxBytes: 100 }, (outcome) => {
      heard.push(outcome.kind);
      if (outcome.kind === 'answer') throw new Error('it cannot be read');
      resolve();
    });
  });
  assert.deepEqual(heard, ['answer', 'failed']);
  assert.deepEqual(mishaps, ['wait: it cannot be read']);
});
