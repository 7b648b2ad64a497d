import assert from 'node:assert/strict';
// oxlint-disable-next-line import/no-unassigned-import -- @peculiar/x509 asks for it to be loaded first
import 'reflect-metadata';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { createServer as createTlsServer } from 'node:tls';
import { X509CertificateGenerator } from '@peculiar/x509';
import type { HealthCheck } from '../../../snapshot/index.ts';
import { socketProbe } from './probe.ts';
import type { CheckOutcome } from './verdict.ts';

const check: HealthCheck = {
  protocol: 'http', version: 'http1', port: null, path: '/health?deep=1', matcher: [{ from: 200, to: 200 }], intervalMs: 1000, timeoutMs: 1000, healthyThreshold: 2, unhealthyThreshold: 2,
};

async function listening(t: TestContext, accept: (socket: Socket) => void): Promise<number> {
  const server: Server = createServer(accept);
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

function ask(port: number, changes: Partial<HealthCheck> = {}): Promise<CheckOutcome> {
  return new Promise((resolve) => void socketProbe()({ address: '127.0.0.1', port }, { ...check, ...changes }, resolve));
}

/** A target that answers every request with these pieces, a turn of the loop apart. */
function answering(t: TestContext, pieces: readonly string[], heard: string[] = []): Promise<number> {
  return listening(t, (socket) => {
    socket.on('error', () => {});
    socket.once('data', (bytes) => {
      heard.push(bytes.toString('latin1'));
      const send = (i: number): void => {
        if (i === pieces.length) socket.end();
        else socket.write(pieces[i]!, () => setImmediate(() => send(i + 1)));
      };
      send(0);
    });
  });
}

test('the request is the one that ALB sends', async (t) => {
  const heard: string[] = [];
  const port = await answering(t, ['HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'], heard);
  assert.deepEqual(await ask(port), { kind: 'status', status: 200 });
  assert.equal(heard[0], `GET /health?deep=1 HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\nUser-Agent: ELB-HealthChecker/2.0\r\nAccept-Encoding: gzip, compressed\r\n\r\n`);
});

test('a head in pieces, after an interim answer, without waiting for the body', async (t) => {
  assert.deepEqual(await ask(await answering(t, ['HTTP/1.1 100 Continue\r\n\r\nHT', 'TP/1.1 5', '03 No\r\nContent-Length: 99\r\n', '\r\n'])), { kind: 'status', status: 503 });
});

test('what is not HTTP, is cut off, or does not end is a failure', async (t) => {
  for (const [pieces, why] of [
    [['SSH-2.0-OpenSSH_9.2\r\n'], /malformed/],
    [['HTTP/1.1 200 OK\r\nContent-Le'], /closed/],
    [['HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n'], /malformed/],
    [[], /closed/],
    [[`HTTP/1.1 200 OK\r\n${'X-A: 12345678\r\n'.repeat(300)}`], /malformed/],
  ] as const) {
    const outcome = await ask(await answering(t, pieces));
    assert.equal(outcome.kind, 'failed');
    assert.match((outcome as { why: string }).why, why);
  }
});

test('a refused connection is a failure', async (t) => {
  const port = await listening(t, () => {});
  const other = await new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const at = (server.address() as AddressInfo).port;
      server.close(() => resolve(at));
    });
  });
  assert.equal((await ask(other)).kind, 'failed');
  assert.deepEqual(await ask(port, { protocol: 'tcp' }), { kind: 'connected' });
  assert.equal((await ask(other, { protocol: 'tcp' })).kind, 'failed');
});

test('a cancelled check closes its connection and says nothing', async (t) => {
  let closed!: () => void;
  const gone = new Promise<void>((resolve) => (closed = resolve));
  let arrived!: () => void;
  const asked = new Promise<void>((resolve) => (arrived = resolve));
  const port = await listening(t, (socket) => {
    socket.on('error', () => {});
    socket.on('data', () => arrived());
    socket.on('close', closed);
  });
  const cancel = socketProbe()({ address: '127.0.0.1', port }, check, () => assert.fail('said something'));
  await asked;
  cancel();
  await gone;
});

test('HTTPS: any certificate will do', async (t) => {
  const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=nobody.invalid', keys, serialNumber: '01', notBefore: new Date('2020-01-01'), notAfter: new Date('2020-02-01'), signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
  });
  const key = `-----BEGIN PRIVATE KEY-----\n${Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')}\n-----END PRIVATE KEY-----\n`;
  const server = createTlsServer({ cert: certificate.toString('pem'), key }, (socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end('HTTP/1.1 204 No Content\r\n\r\n'));
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  assert.deepEqual(await ask(port, { protocol: 'https' }), { kind: 'status', status: 204 });
  assert.equal((await ask(await listening(t, (socket) => socket.end('plain')), { protocol: 'https' })).kind, 'failed');
});
