/**
 * WebSocket frames through the relay and without it: some hundred conversations, good and bad, are held with one server, and with it through each
 * kind of listener, and whatever either side heard must be the same, octet by octet.
 */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/free-port.ts';
import { selfSigned } from '../../support/self-signed.ts';
import { listening, Stage } from '../http1/stage.ts';
import { TestAuthority } from '../tls/authority.ts';
import { FORWARD, TlsStage } from '../tls/stage.ts';
import { bye, conversations, VAST, type Conversation } from './conversations.ts';
import { Talk, type Handshake } from './talk.ts';

const LARGEST = 1024 * 1024;
const AT_ONCE = 100;
/** Longer than anybody here is patient: what is compared must not depend on how fast this machine is. */
const http = { idleTimeoutMs: 60_000 };

type Open = (handshake: Handshake) => Promise<Talk>;

const servers: Server[] = [];
let plain: Stage;
let plainToSecure: Stage;
let secure: TlsStage;
let session: ClientHttp2Session;
let direct = 0;
/** What the server heard, by the path of the conversation. */
const heard = new Map<string, string[]>();

before(async () => {
  const common = { noServer: true, perMessageDeflate: { threshold: 64 }, clientTracking: false, handleProtocols: (offered: Set<string>) => (offered.has('chat') ? 'chat' : false) } as const;
  const server = new WebSocketServer({ ...common, maxPayload: LARGEST });
  const vast = new WebSocketServer({ ...common, maxPayload: VAST });
  const { certificate, privateKey } = await selfSigned('127.0.0.1');
  servers.push(createServer(), createSecureServer({ cert: certificate, key: privateKey }));
  for (const target of servers) target.on('upgrade', (request, stream, head) => {
    const log: string[] = [];
    const url = request.url ?? '';
    (url.endsWith('/vast') ? vast : server).handleUpgrade(request, stream, head, (socket) => {
      heard.set(url, log);
      socket.on('message', (data: Buffer, binary) => {
        log.push(`message ${binary} ${data.length} ${createHash('sha1').update(data).digest('hex')}`);
        if (!url.endsWith('/silent')) socket.send(data, { binary });
      });
      socket.on('ping', (data: Buffer) => log.push(`ping ${data.toString('hex')}`));
      socket.on('pong', (data: Buffer) => log.push(`pong ${data.toString('hex')}`));
      socket.on('error', (error: NodeJS.ErrnoException) => {
        log.push(`error ${error.code ?? error.message}`);
        // not before its close frame has been enciphered; TLS cannot be asked for RST
        if (url.endsWith('/strict')) setImmediate(() => ('encrypted' in request.socket ? request.socket.destroy() : request.socket.resetAndDestroy()));
      });
      socket.on('close', (code, reason) => log.push(`close ${code} ${reason.toString('hex')}`));
      if (url.endsWith('/greets')) for (const size of [0, 10, 70_000]) socket.send(Buffer.alloc(size, 65));
      if (url.endsWith('/pings')) socket.ping('are you there');
      if (url.endsWith('/leaves')) socket.close(4000, 'going');
      if (url.endsWith('/vanishes')) setTimeout(() => socket.terminate(), 20);
    });
  });
  direct = await listening(servers[0]!);
  plain = await Stage.open({ targets: [direct], http });
  plainToSecure = await Stage.open({ targets: [await listening(servers[1]!)], targetProtocol: 'https', http });
  const leaf = await (await TestAuthority.make()).leaf('a', ['a.test']);
  secure = await TlsStage.open({ sites: { a: { certificates: [leaf], tls: { alpn: ['h2', 'http/1.1'] }, action: FORWARD, http } }, targets: [direct] }, { port: await freePort() });
  // what waits to be sent counts (in MB), and a session that has more of it opens no streams
  session = connectHttp2(`https://127.0.0.1:${secure.port}`, { rejectUnauthorized: false, maxSessionMemory: 500 });
  await once(session, 'remoteSettings');
});
after(async () => {
  session.destroy();
  await Promise.all([plain.close(), plainToSecure.close(), secure.close()]);
  for (const target of servers) {
    target.closeAllConnections();
    target.close();
  }
});

interface Outcome {
  readonly status: number;
  readonly fields: readonly string[];
  readonly frames: string;
  readonly length: number;
  readonly ended: string;
  readonly server: readonly string[];
}

async function hold({ says, path = '', offer, end = 'close' }: Conversation, open: Open): Promise<Outcome> {
  const url = `/${randomBytes(6).toString('hex')}${path}`;
  const talk = await open({ path: url, offer });
  // a client whose handshake is refused says nothing more
  if (!talk.switched) talk.fin();
  for (const piece of talk.switched ? says : []) {
    talk.say(piece);
    if (says.length > 1) await new Promise(setImmediate);
  }
  if (talk.switched && end === 'close') talk.say(bye);
  else if (talk.switched && end !== 'wait') {
    await sleep(30);
    if (end === 'fin') talk.fin();
    else talk.reset();
  }
  const patience = setTimeout(() => talk.giveUp(), 20_000);
  await talk.closed;
  clearTimeout(patience);
  if (talk.switched) await eventually('the server hears of the end', () => (heard.get(url) ?? ['close']).some((line) => line.startsWith('close')));
  const frames = talk.heard;
  return {
    status: talk.status,
    fields: talk.fields,
    frames: frames.length < 400 ? frames.toString('hex') : createHash('sha1').update(frames).digest('hex'),
    length: frames.length,
    // of who is cut while he talks libuv tells one or the other
    ended: path === '/strict' ? 'cut' : talk.ended,
    server: heard.get(url) ?? [],
  };
}

/** Of the fields that mean something over HTTP/2 too. */
const lasting = ({ fields, ...rest }: Outcome): Outcome => ({ ...rest, fields: fields.filter((line) => /^sec-websocket-(protocol|extensions|version)/.test(line)) });

test('every conversation is the same through the relay', async (t) => {
  const all = conversations(LARGEST);
  assert.ok(all.length > 250, String(all.length));
  const ways: readonly (readonly [name: string, open: Open, same: (outcome: Outcome) => Outcome])[] = [
    ['HTTP', (handshake) => Talk.overTcp(plain.port, handshake), (outcome) => outcome],
    ['HTTP, to a target of HTTPS', (handshake) => Talk.overTcp(plainToSecure.port, handshake), (outcome) => outcome],
    ['HTTPS', (handshake) => Talk.overTls(secure.port, handshake), (outcome) => outcome],
    ['HTTP/2', (handshake) => Talk.overHttp2(session, handshake), lasting],
  ];
  const failures: string[] = [];
  const queue = [...all];
  const work = async (): Promise<void> => {
    for (let one = queue.shift(); one !== undefined; one = queue.shift()) {
      const conversation = one;
      const [without, ...through] = await Promise.all([
        hold(conversation, (handshake) => Talk.overTcp(direct, handshake)), ...ways.map(async ([, open]) => hold(conversation, open)),
      ]);
      for (const [i, [name, , same]] of ways.entries()) {
        try {
          assert.deepEqual(same(through[i]!), same(without!));
        } catch (error) {
          failures.push(`${conversation.name} (${name}): ${(error as Error).message}`);
        }
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE / (ways.length + 1) }, work));
  t.diagnostic(`${all.length} conversations, each ${ways.length + 1} times`);
  assert.deepEqual(failures, []);
  await eventually('all of them are over', () => plain.ended.length >= all.length && secure.ended.length >= 2 * all.length);
  assert.equal(plain.ended.length, all.length);
  assert.ok([...plain.ended, ...secure.ended].every(({ status }) => status === 101 || status === 200 || status === 400));
});
