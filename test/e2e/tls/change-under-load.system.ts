/**
 * Certificates are rotated and exchanged, security policies and listeners changed, through the API of the whole program, while HTTP/1.1, HTTP/2 and
 * WebSocket connections carry load over TLS and new ones come: no request fails, no WebSocket is dropped, and at the end the newest is served.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { ACMClient, ImportCertificateCommand } from '@aws-sdk/client-acm';
import { AddListenerCertificatesCommand, CreateListenerCommand, ModifyListenerCommand, RemoveListenerCertificatesCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { WebSocket, WebSocketServer, type ClientOptions } from 'ws';
import { freePort } from '../../support/free-port.ts';
import { Balancer, clientSettings, fixed, forward } from '../../support/load/balancer.ts';
import { startTurnpike } from '../../support/turnpike.ts';
import { ask } from '../http2/client.ts';
import { listening } from '../http1/stage.ts';
import { TestAuthority, type KeyKind } from './authority.ts';

const NAME = 'shop.example.com';
const ROUNDS = 6;
const BODY = Buffer.alloc(3_000, 'b');
/** HTTP/1.1 and HTTP/2 connections that stay, streams on each of the latter, and WebSockets. */
const CONNECTIONS = 6;
const STREAMS = 4;
const SOCKETS = 8;

/** What the clients have come to, all kinds together. */
class Tally {
  readonly done: Record<string, number> = {};
  readonly failures: string[] = [];
  stopping = false;

  async loop(kind: string, once: () => Promise<void>): Promise<void> {
    while (!this.stopping) {
      try {
        await once();
        this.done[kind] = (this.done[kind] ?? 0) + 1;
      } catch (error) {
        this.failures.push(`${kind}: ${(error as Error).message}`);
        await pause(20);
      }
      await pause(4);
    }
  }
}

function https(port: number, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path: '/echo', method: 'POST', agent, servername: NAME, rejectUnauthorized: false, headers: { host: NAME, 'content-length': BODY.length } }, (answer) => {
      let octets = 0;
      answer.on('data', (part: Buffer) => (octets += part.length));
      answer.on('error', reject);
      answer.on('end', () => (answer.statusCode === 200 && octets === BODY.length ? resolve() : reject(new Error(`${answer.statusCode}, ${octets} octets`))));
    });
    sent.on('error', reject);
    sent.end(BODY);
  });
}

/** A session that is replaced when the balancer says that it takes no more, as clients do. */
class Http2Client {
  readonly #port: number;
  #session: ClientHttp2Session | null = null;

  constructor(port: number) {
    this.#port = port;
  }

  async ask(): Promise<void> {
    let session = this.#session;
    if (session === null || session.closed || session.destroyed) {
      const opened = connectHttp2(`https://127.0.0.1:${this.#port}`, { servername: NAME, rejectUnauthorized: false });
      opened.on('error', () => {});
      opened.on('goaway', () => {
        if (this.#session === opened) this.#session = null;
      });
      this.#session = session = opened;
    }
    const { headers, body } = await ask(session, { ':method': 'POST', ':path': '/echo', ':authority': NAME }, BODY);
    if (Number(headers[':status']) !== 200 || body.length !== BODY.length) throw new Error(`${headers[':status']}, ${body.length} octets`);
  }

  close(): void {
    this.#session?.destroy();
  }
}

async function socket(port: number, tally: Tally): Promise<WebSocket> {
  const opened = new WebSocket(`wss://127.0.0.1:${port}/ws`, { rejectUnauthorized: false, servername: NAME, headers: { Host: NAME } } as ClientOptions);
  await once(opened, 'open');
  opened.on('close', (code) => {
    if (!tally.stopping) tally.failures.push(`a WebSocket was dropped: ${code}`);
  });
  opened.on('error', (error) => void tally.failures.push(`WebSocket: ${error.message}`));
  return opened;
}

async function echo(opened: WebSocket, text: string): Promise<void> {
  opened.send(text);
  const [data] = (await once(opened, 'message', { signal: AbortSignal.timeout(10_000) })) as [Buffer];
  if (String(data) !== text) throw new Error(`heard ${String(data)} for ${text}`);
}

/** Subject of the certificate and protocol that a new client is served with. */
function served(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const client = connectTls({ host: '127.0.0.1', port, servername: NAME, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] }, () => {
      resolve(`${String(client.getPeerCertificate().subject.CN)} ${client.getProtocol()}`);
      client.destroy();
    });
    client.on('error', reject);
  });
}

test('certificates, policies and listeners change under load', { timeout: 300_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-tls-change-'));
  const turnpike = await startTurnpike({ dataFolder: folder, options: ['--workers', '2'] });
  const target = createServer((asked, answer) => void asked.pipe(answer));
  const sockets = new WebSocketServer({ server: target });
  sockets.on('connection', (opened) => opened.on('message', (data, binary) => opened.send(data, { binary })));
  const port = await listening(target);
  t.after(async () => {
    await turnpike.stop();
    target.closeAllConnections();
    target.close();
    rmSync(folder, { recursive: true });
  });
  const acm = new ACMClient(clientSettings(turnpike.endpoint));
  const authority = await TestAuthority.make();
  const imported = async (name: string, more: { readonly arn?: string; readonly key?: KeyKind } = {}): Promise<string> => {
    const { chain, privateKey } = await authority.leaf(name, [NAME], { key: more.key ?? 'ecdsa' });
    const made = await acm.send(new ImportCertificateCommand({
      ...(more.arn === undefined ? {} : { CertificateArn: more.arn }), Certificate: Buffer.from(chain), PrivateKey: Buffer.from(privateKey), CertificateChain: Buffer.from(authority.pem),
    }));
    return made.CertificateArn!;
  };
  const [first, second] = [await imported('first'), await imported('second', { key: 'rsa' })];
  const balancer = await Balancer.create(turnpike.endpoint);
  const { elb } = balancer;
  const groups = [await balancer.group('one', [port]), await balancer.group('two', [port])] as const;
  const secure = await freePort();
  const POLICIES = ['ELBSecurityPolicy-TLS13-1-2-2021-06', 'ELBSecurityPolicy-TLS13-1-3-2021-06'] as const;
  const made = await elb.send(new CreateListenerCommand({
    LoadBalancerArn: balancer.arn, Protocol: 'HTTPS', Port: secure, SslPolicy: POLICIES[0], Certificates: [{ CertificateArn: first }], DefaultActions: [forward(groups[0])],
  }));
  const ListenerArn = made.Listeners![0]!.ListenerArn!;
  balancer.listenerArn = ListenerArn;
  assert.equal(await served(secure), 'first TLSv1.3');

  const tally = new Tally();
  const lasting = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const passing = new Agent({ keepAlive: false });
  const multiplexed = Array.from({ length: CONNECTIONS }, () => new Http2Client(secure));
  const open = await Promise.all(Array.from({ length: SOCKETS }, () => socket(secure, tally)));
  const clients = [
    ...Array.from({ length: CONNECTIONS }, () => tally.loop('HTTP/1.1', () => https(secure, lasting))),
    ...Array.from({ length: 2 }, () => tally.loop('new connection', () => https(secure, passing))),
    ...multiplexed.flatMap((client) => Array.from({ length: STREAMS }, () => tally.loop('HTTP/2', () => client.ask()))),
    ...open.map((each, i) => tally.loop('WebSocket', () => echo(each, `message of ${i}`))),
  ];
  await pause(500);

  for (let round = 1; round <= ROUNDS; round++) {
    // the same ARN, another certificate
    await imported(`first ${round}`, { arn: first, key: round % 2 === 0 ? 'ecdsa' : 'rsa' });
    await elb.send(new AddListenerCertificatesCommand({ ListenerArn, Certificates: [{ CertificateArn: second }] }));
    await elb.send(new ModifyListenerCommand({ ListenerArn, SslPolicy: POLICIES[round % 2]! }));
    await elb.send(new RemoveListenerCertificatesCommand({ ListenerArn, Certificates: [{ CertificateArn: second }] }));
    await elb.send(new ModifyListenerCommand({ ListenerArn, Certificates: [{ CertificateArn: second }] }));
    await elb.send(new ModifyListenerCommand({ ListenerArn, DefaultActions: [forward(groups[(round % 2) as 0 | 1])] }));
    await balancer.rule(round, `/never/${round}`, fixed('200', 'never'));
    await elb.send(new ModifyListenerCommand({ ListenerArn, Certificates: [{ CertificateArn: first }] }));
    // and one more listener
    const other = await elb.send(new CreateListenerCommand({ LoadBalancerArn: balancer.arn, Protocol: 'HTTPS', Port: await freePort(), SslPolicy: POLICIES[0], Certificates: [{ CertificateArn: second }], DefaultActions: [fixed('200', 'other')] }));
    assert.ok(other.Listeners![0]!.ListenerArn);
    await pause(200);
  }

  tally.stopping = true;
  await Promise.all(clients);
  t.diagnostic(JSON.stringify(tally.done));
  assert.deepEqual(tally.failures, []);
  for (const kind of ['HTTP/1.1', 'new connection', 'HTTP/2', 'WebSocket']) assert.ok(tally.done[kind]! > 20, `${kind}: ${tally.done[kind]} is no load`);
  assert.ok(open.every(({ readyState }) => readyState === WebSocket.OPEN));
  assert.equal(await served(secure), `first ${ROUNDS} TLSv1.3`);
  for (const each of open) each.terminate();
  for (const client of multiplexed) client.close();
  lasting.destroy();
});
