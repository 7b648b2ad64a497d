/** What comes before TLS, by all ways: by OpenSSL itself, by Node's handles, and by Node's sockets where its insides are not as expected. */
import assert from 'node:assert/strict';
import { once, type EventEmitter } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { connect as connectTls, createSecureContext } from 'node:tls';
import { after, before, test } from 'node:test';
import { TestAuthority } from '../../../test/e2e/tls/authority.ts';
import { systemClock } from '../../kernel/index.ts';
import { acceptHandles, leftToNode, OpensslSocket, securesHandles, speaksOpenssl, TcpSocket, TlsSocket, type Listening, type TcpHandle } from '../sockets/index.ts';
import { untold, type Mishaps } from '../exchange/index.ts';
import { Handshake, type HandshakeFailure, type HandshakeOwner, type Welcome } from './handshake.ts';
import { KeyExchange } from './key-exchange.ts';
import { unsecuredHandle, UnsecuredSocket, type SecureSocket, type Unsecured } from './unsecured.ts';

const WAYS = ['openssl', 'handles', 'sockets'] as const;
type Way = (typeof WAYS)[number];

const welcomes = new Map<Way, Welcome>();
before(async () => {
  const { chain, privateKey } = await (await TestAuthority.make()).leaf('arn', ['www.example.com']);
  for (const way of WAYS) {
    const context = createSecureContext({ cert: chain, key: privateKey });
    if (way !== 'openssl') assert.ok(leftToNode(context));
    welcomes.set(way, { certificate: { id: 'arn', context }, alpn: ['http/1.1'], clients: null, keyExchange: new KeyExchange('X25519') });
  }
});

/** Takes connections, and keeps what became of them. */
class Door implements HandshakeOwner {
  readonly #server: Server;
  readonly #bound: Promise<number>;
  #listening: Listening | null = null;
  readonly #ways = new Set<Unsecured | SecureSocket | Handshake>();
  readonly failures: HandshakeFailure[] = [];
  readonly heard: string[] = [];
  secure: SecureSocket | null = null;
  onEvent = (): void => {};

  /** How often the program failed. */
  losses = 0;
  readonly #mishaps: Mishaps;

  readonly #way: Way;

  constructor(way: Way, mishaps: Mishaps = untold) {
    this.#way = way;
    this.#mishaps = mishaps;
    const readBuffer = Buffer.alloc(64 * 1024);
    const shake = (accepted: Unsecured): void => {
      this.#ways.add(accepted);
      this.#ways.add(new Handshake(accepted, this, { clock: systemClock, readBuffer, withinMs: 10_000, mishaps: this.#mishaps }));
    };
    this.#server = createServer({ pauseOnConnect: true, allowHalfOpen: true }, (socket) => shake(new UnsecuredSocket(socket)));
    const bound = Promise.withResolvers<number>();
    this.#bound = bound.promise;
    this.#server.listen(0, '127.0.0.1', () => {
      bound.resolve((this.#server.address() as AddressInfo).port);
      if (way !== 'sockets') this.#listening = acceptHandles(this.#server, (handle: TcpHandle) => shake(unsecuredHandle(handle, readBuffer)));
    });
  }

  async port(): Promise<number> {
    return await this.#bound;
  }

  welcome(): Welcome {
    return welcomes.get(this.#way)!;
  }

  lost(): void {
    this.losses++;
    this.onEvent();
  }

  secured(handshake: Handshake, socket: SecureSocket): void {
    this.secure = socket;
    this.#ways.add(socket);
    socket.on('error', () => {});
    const read = (length: number, buffer: Buffer): boolean => {
      this.heard.push(buffer.toString('latin1', 0, length));
      this.onEvent();
      return true;
    };
    handshake.onRead = read;
    if (socket instanceof TcpSocket) socket.reader = { read };
    this.onEvent();
  }

  failed(_handshake: Handshake, failure: HandshakeFailure): void {
    this.failures.push(failure);
    this.onEvent();
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => void (this.onEvent = resolve));
  }

  close(): void {
    for (const way of this.#ways) way.destroy();
    if (this.#listening === null) this.#server.close();
    else this.#listening.close();
  }
}

/** The first octets of a client that speaks TLS. */
async function hello(): Promise<Buffer> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connectTls({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', servername: 'www.example.com' });
  client.on('error', () => {});
  const [socket] = (await once(server, 'connection')) as [Socket];
  const [octets] = (await once(socket, 'data')) as [Buffer];
  for (const end of [client, socket]) end.destroy();
  server.close();
  return octets;
}

/** Says something, and hears until the other side ends. */
async function say(port: number, parts: readonly (Buffer | 'FIN' | 'RST')[]): Promise<string> {
  const client = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
  const heard: Buffer[] = [];
  client.on('data', (octets: Buffer) => heard.push(octets));
  client.on('error', () => {});
  await once(client, 'connect');
  for (const part of parts) {
    if (part === 'FIN') client.end();
    else if (part === 'RST') client.resetAndDestroy();
    else client.write(part);
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (!client.destroyed) await Promise.race([once(client, 'end'), once(client, 'close')]);
  client.destroy();
  return Buffer.concat(heard).toString('latin1');
}

/** Not `once` of Node, which takes an error for an answer. */
const emitted = (socket: Pick<EventEmitter, 'once'>, event: string): Promise<void> => new Promise((resolve) => void socket.once(event, () => resolve()));

test('connections are secured without sockets of Node', () => {
  assert.equal(securesHandles(), true, 'the insides of TLS have changed: a handshake costs a fifth more');
});

test('connections are secured by OpenSSL without Node', () => {
  assert.equal(speaksOpenssl(createSecureContext()), true, 'node:ffi, or what Node tells of its contexts, has changed: TLS costs a quarter more');
});

test('a context has one speaker', () => {
  const [ours, nodes] = [createSecureContext(), createSecureContext()];
  assert.deepEqual([speaksOpenssl(ours), leftToNode(ours), speaksOpenssl(ours)], [true, false, true]);
  assert.deepEqual([leftToNode(nodes), speaksOpenssl(nodes), leftToNode(nodes)], [true, false, true]);
});

for (const way of WAYS) {
  test(`${way}: what throws at a handshake costs that connection, and is told`, async () => {
    const told: string[] = [];
    const broken = new Door(way, { note: (place, error) => void told.push(`${place}: ${(error as Error).message}`) });
    after(() => broken.close());
    const { welcome: kind } = broken;
    broken.welcome = () => {
      throw new Error('nobody is welcome');
    };
    const port = await broken.port();
    assert.equal(await say(port, [await hello()]), '');
    await broken.until(() => broken.losses === 1);
    assert.deepEqual(told, ['accept: nobody is welcome']);
    broken.welcome = kind;
    const client = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
    await once(client, 'secureConnect');
    client.destroy();
    assert.equal(broken.losses, 1);
  });

  let door: Door;
  const open = (): Promise<number> => (door = new Door(way)).port();
  after(() => door.close());

  test(`${way}: a handshake, and what is said through it`, async () => {
    const port = await open();
    const client = connectTls({ port, host: '127.0.0.1', servername: 'www.example.com', rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] });
    client.on('error', () => {});
    await once(client, 'secureConnect');
    await door.until(() => door.secure !== null);
    assert.deepEqual([door.secure instanceof OpensslSocket, door.secure instanceof TlsSocket], [way === 'openssl', way === 'handles']);
    assert.deepEqual([door.secure!.alpnProtocol, door.secure!.getProtocol(), door.secure!.remotePort], ['http/1.1', 'TLSv1.3', client.localPort]);
    client.write('hello');
    await door.until(() => door.heard.join('') === 'hello');
    const ended = emitted(door.secure!, 'end');
    client.end();
    await ended;
    const closed = once(client, 'close');
    door.secure!.end();
    await closed;
    door.close();
  });

  test(`${way}: octets one by one are a hello, and so are many records`, async () => {
    const octets = await hello();
    const body = octets.subarray(5);
    const records = Array.from({ length: Math.ceil(body.length / 100) }, (_, index) => {
      const part = body.subarray(index * 100, index * 100 + 100);
      return Buffer.concat([Buffer.from([22, 3, 1, 0, part.length]), part]);
    });
    for (const parts of [[...octets].map((octet) => Buffer.from([octet])), records]) {
      const port = await open();
      // FIN behind a whole hello: it is answered, and then comes to nothing
      const answer = await say(port, [...parts, 'FIN']);
      assert.deepEqual([answer.charCodeAt(0), answer.charCodeAt(5)], [22, 2]);
      await door.until(() => door.failures.length === 1);
      assert.match(door.failures[0]!.why, /closed the connection/);
      door.close();
    }
  });

  test(`${way}: who ends or breaks off before the hello is whole has failed once`, async () => {
    const octets = await hello();
    for (const end of ['FIN', 'RST'] as const) {
      for (const length of [0, 1, 5, 60]) {
        const port = await open();
        await say(port, length === 0 ? [end] : [octets.subarray(0, length), end]);
        await door.until(() => door.failures.length > 0);
        await new Promise((resolve) => setImmediate(resolve));
        assert.equal(door.failures.length, 1, `${end} after ${length}`);
        door.close();
      }
    }
  });

  test(`${way}: what is no hello is refused with an alert, and a record without octets is OpenSSL's to judge`, async () => {
    const octets = await hello();
    const alert = 21;
    const handshake = 22;
    // NaN: what cannot even be a record is hung up on without a word
    for (const [kind, parts] of [[handshake, [Buffer.from([22, 3, 1, 0, 0]), octets, 'FIN']], [alert, [Buffer.from([23, 3, 3, 0, 1, 0])]], [NaN, [Buffer.from([0, 1, 2, 3, 4, 5, 6])]]] as const) {
      const port = await open();
      assert.equal((await say(port, parts)).charCodeAt(0), kind, parts[0]!.toString('hex'));
      await door.until(() => door.failures.length === 1);
      assert.equal(door.failures[0]!.plainHttp, false);
      door.close();
    }
  });

  test(`${way}: HTTP in the clear is answered in the clear`, async () => {
    const port = await open();
    const answer = await say(port, [Buffer.from('GET / HT'), Buffer.from('TP/1.1\r\n\r\n')]);
    assert.match(answer, /^HTTP\/1\.1 400 Bad Request\r\n[^]*The plain HTTP request was sent to HTTPS port[^]*<\/html>\r\n$/);
    assert.deepEqual(door.failures.map(({ plainHttp }) => plainHttp), [true]);
    door.close();
  });

  // Node's own sockets say nothing of it
  if (way !== 'sockets') test(`${way}: octets that nobody can read end what is secured`, async () => {
    const port = await open();
    const client = connect({ port, host: '127.0.0.1' });
    const inside = connectTls({ socket: client, servername: 'www.example.com', rejectUnauthorized: false });
    inside.on('error', () => {});
    await once(inside, 'secureConnect');
    await door.until(() => door.secure !== null);
    const closed = emitted(client, 'close');
    client.write(Buffer.from([23, 3, 3, 0, 20, ...Array<number>(20).fill(7)]));
    await emitted(door.secure!, 'close');
    await closed;
    door.close();
  });
}
