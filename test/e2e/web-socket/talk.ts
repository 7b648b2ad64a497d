import { once } from 'node:events';
import { constants, type ClientHttp2Session } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import type { Duplex } from 'node:stream';
import { eventually } from '../../support/eventually.ts';

/** What is asked for in a handshake, whichever way it goes. */
export interface Handshake {
  readonly path: string;
  readonly offer: string | undefined;
}

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const PROTOCOLS = 'other, chat';

/** A client's end of a WebSocket, from the answered handshake on: it says and hears octets. */
export class Talk {
  readonly stream: Duplex;
  readonly #cut: () => void;
  readonly #chunks: Buffer[] = [];
  readonly closed: Promise<unknown>;
  status = 0;
  /** Of the answer, in lower case; their order is nobody's business. */
  fields: readonly string[] = [];
  /** FIN, or the error that it broke off with. */
  ended = '';

  private constructor(stream: Duplex, cut: () => void) {
    this.stream = stream;
    this.#cut = cut;
    this.closed = new Promise((resolve) => void stream.once('close', resolve));
    stream.on('data', (chunk: Buffer) => void this.#chunks.push(chunk));
    stream.on('end', () => stream.end());
  }

  static async overTcp(port: number, handshake: Handshake): Promise<Talk> {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true, allowHalfOpen: true });
    await once(socket, 'connect');
    return Talk.#overHttp1(socket, socket, handshake);
  }

  static async overTls(port: number, handshake: Handshake): Promise<Talk> {
    const plain = connect({ host: '127.0.0.1', port, noDelay: true, allowHalfOpen: true });
    // net.Socket's options are TLSSocket's too
    const options: ConnectionOptions & { readonly allowHalfOpen: true } = { socket: plain, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'], allowHalfOpen: true };
    const socket = connectTls(options);
    await once(socket, 'secureConnect');
    return Talk.#overHttp1(socket, plain, handshake);
  }

  static async #overHttp1(socket: Socket, below: Socket, { path, offer }: Handshake): Promise<Talk> {
    const talk = new Talk(socket, () => below.resetAndDestroy());
    socket.on('end', () => (talk.ended ||= 'FIN'));
    socket.on('error', (error: NodeJS.ErrnoException) => (talk.ended ||= error.code ?? 'error'));
    const extensions = offer === undefined ? '' : `Sec-WebSocket-Extensions: ${offer}\r\n`;
    socket.write(`GET ${path} HTTP/1.1\r\nHost: a.test\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Key: ${KEY}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: ${PROTOCOLS}\r\n${extensions}\r\n`);
    let at = -1;
    await eventually('an answer', () => (at = talk.heard.indexOf('\r\n\r\n')) !== -1 || socket.closed);
    const lines = talk.heard.toString('latin1', 0, at).split('\r\n');
    talk.#chunks.splice(0, talk.#chunks.length, talk.heard.subarray(at + 4));
    talk.status = Number(lines[0]!.split(' ')[1]);
    // the connection of a refusal is an ordinary one, which the balancer may keep
    talk.fields = lines.slice(1).map((line) => line.toLowerCase()).filter((line) => talk.switched || !line.startsWith('connection:')).sort();
    return talk;
  }

  /** RFC 8441. */
  static async overHttp2(session: ClientHttp2Session, { path, offer }: Handshake): Promise<Talk> {
    const stream = session.request({
      ':method': 'CONNECT', ':protocol': 'websocket', ':scheme': 'https', ':path': path, ':authority': 'a.test', 'sec-websocket-version': '13', 'sec-websocket-protocol': PROTOCOLS,
      ...(offer !== undefined && { 'sec-websocket-extensions': offer }),
    }, { endStream: false });
    const talk = new Talk(stream, () => stream.close(constants.NGHTTP2_CANCEL));
    stream.on('error', () => {});
    stream.on('close', () => (talk.ended ||= stream.rstCode === constants.NGHTTP2_NO_ERROR ? 'FIN' : 'ECONNRESET'));
    const [headers] = (await once(stream, 'response')) as [Record<string, string | number>];
    talk.status = headers[':status'] === 200 ? 101 : Number(headers[':status']);
    talk.fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}`).sort();
    return talk;
  }

  get switched(): boolean {
    return this.status === 101;
  }

  get heard(): Buffer {
    if (this.#chunks.length > 1) this.#chunks.splice(0, this.#chunks.length, Buffer.concat(this.#chunks));
    return this.#chunks[0] ?? Buffer.alloc(0);
  }

  say(octets: Buffer): void {
    if (this.stream.writable) this.stream.write(octets);
  }

  fin(): void {
    this.stream.end();
  }

  reset(): void {
    this.ended = 'reset';
    this.#cut();
  }

  giveUp(): void {
    this.ended ||= 'nothing';
    this.stream.destroy();
  }
}
