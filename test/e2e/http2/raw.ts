import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
export const T = { DATA: 0, HEADERS: 1, PRIORITY: 2, RST_STREAM: 3, SETTINGS: 4, PUSH_PROMISE: 5, PING: 6, GOAWAY: 7, WINDOW_UPDATE: 8, CONTINUATION: 9 } as const;
export const E = {
  NO_ERROR: 0, PROTOCOL: 1, INTERNAL: 2, FLOW_CONTROL: 3, STREAM_CLOSED: 5, FRAME_SIZE: 6, REFUSED_STREAM: 7, CANCEL: 8, COMPRESSION: 9, ENHANCE_YOUR_CALM: 11,
} as const;
export const END_STREAM = 1;
export const ACK = 1;
export const END_HEADERS = 4;
export const PADDED = 8;
export const PRIORITISED = 32;

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

export function frame(type: number, flags: number, stream: number, payload: Buffer | string = ''): Buffer {
  const body = typeof payload === 'string' ? Buffer.from(payload, 'latin1') : payload;
  const head = Buffer.alloc(9);
  head.writeUIntBE(body.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, body]);
}

export function settings(...pairs: readonly (readonly [id: number, value: number])[]): Buffer {
  const payload = Buffer.alloc(pairs.length * 6);
  pairs.forEach(([id, value], i) => {
    payload.writeUInt16BE(id, i * 6);
    payload.writeUInt32BE(value, i * 6 + 2);
  });
  return frame(T.SETTINGS, 0, 0, payload);
}

export function uint32(value: number): Buffer {
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(value >>> 0);
  return octets;
}

/** A header block of literals that no table remembers: as plain as can be, so that a test says exactly what it means. */
export function block(fields: readonly (readonly [name: string, value: string])[]): Buffer {
  const text = (s: string): Buffer => {
    const octets = Buffer.from(s, 'latin1');
    if (octets.length < 127) return Buffer.concat([Buffer.from([octets.length]), octets]);
    const rest = octets.length - 127;
    const more: number[] = [127];
    let left = rest;
    while (left >= 128) {
      more.push((left & 127) | 128);
      left >>>= 7;
    }
    more.push(left);
    return Buffer.concat([Buffer.from(more), octets]);
  };
  return Buffer.concat(fields.flatMap(([name, value]) => [Buffer.from([0]), text(name), text(value)]));
}

export const GET: readonly (readonly [string, string])[] = [[':method', 'GET'], [':scheme', 'https'], [':path', '/'], [':authority', 'example.com']];
export const POST: readonly (readonly [string, string])[] = [[':method', 'POST'], [':scheme', 'https'], [':path', '/echo'], [':authority', 'example.com']];

/** A client, or a target, that sends the octets it is told and keeps the frames it gets. */
export class RawHttp2 {
  readonly socket: Socket;
  readonly frames: Frame[] = [];
  closed = false;
  #rest: Buffer = Buffer.alloc(0);
  /** Of `frames`, how many `next` has told. */
  #told = 0;

  /** Octets of a preface that are to come before the frames. */
  #preface: number;

  private constructor(socket: Socket, preface = 0) {
    this.socket = socket;
    this.#preface = preface;
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('error', () => {});
    socket.on('end', () => void (this.closed = true));
    socket.on('close', () => void (this.closed = true));
  }

  /** `hello`: preface and SETTINGS have been exchanged. */
  static async open(port: number, options: { readonly hello?: boolean; readonly settings?: Buffer; readonly cleartext?: boolean } = {}): Promise<RawHttp2> {
    const to = { host: '127.0.0.1', port };
    const socket = options.cleartext === true ? connect(to) : connectTls({ ...to, rejectUnauthorized: false, ALPNProtocols: ['h2'] });
    await once(socket, options.cleartext === true ? 'connect' : 'secureConnect');
    socket.setNoDelay(true);
    const client = new RawHttp2(socket);
    if (options.hello !== false) {
      client.send(Buffer.from(PREFACE), options.settings ?? settings());
      await client.until((f) => f.type === T.SETTINGS && (f.flags & ACK) === 1);
      client.send(frame(T.SETTINGS, ACK, 0));
      client.#told = client.frames.length;
    }
    return client;
  }

  /** The other end, of a client that connects, says what it must and asks for something: that it has asked is heard, what follows is told by `next`. */
  static async accept(socket: Socket): Promise<RawHttp2> {
    socket.setNoDelay(true);
    const server = new RawHttp2(socket, PREFACE.length);
    const first = await server.until(() => true);
    if (first.type !== T.SETTINGS) throw new Error(`SETTINGS is not the first frame; heard ${server.told()}`);
    server.send(settings([4, 65_535]), frame(T.SETTINGS, ACK, 0));
    const asked = await server.until((f) => f.type === T.HEADERS && (f.flags & END_HEADERS) !== 0);
    server.#told = server.frames.indexOf(asked) + 1;
    return server;
  }

  send(...octets: readonly Buffer[]): void {
    if (!this.socket.destroyed) this.socket.write(Buffer.concat(octets));
  }

  async until(found: (frame: Frame) => boolean, ms = 60_000): Promise<Frame> {
    const deadline = performance.now() + ms;
    for (;;) {
      const hit = this.frames.find(found);
      if (hit) return hit;
      if (this.closed) throw new Error(`closed; heard ${this.told()}`);
      if (performance.now() > deadline) throw new Error(`not within ${ms} ms; heard ${this.told()}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  /** What comes next, each frame once: for one who judges by all that it hears. */
  async next(ms: number): Promise<Frame | 'closed' | 'silent'> {
    const deadline = performance.now() + ms;
    for (;;) {
      const frame = this.frames[this.#told];
      if (frame !== undefined) {
        this.#told++;
        return frame;
      }
      if (this.closed) return 'closed';
      if (performance.now() > deadline) return 'silent';
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  /** The GOAWAY's error code; fails when the connection stays, or ends without. */
  async goAway(): Promise<number> {
    const { payload } = await this.until((f) => f.type === T.GOAWAY);
    return payload.readUInt32BE(4);
  }

  async reset(stream: number): Promise<number> {
    const { payload } = await this.until((f) => f.type === T.RST_STREAM && f.stream === stream);
    return payload.readUInt32BE(0);
  }

  /** Head and body have come to their end. */
  async answered(stream: number): Promise<Buffer> {
    await this.until((f) => f.stream === stream && (f.type === T.HEADERS || f.type === T.DATA) && (f.flags & END_STREAM) !== 0);
    return this.body(stream);
  }

  body(stream: number): Buffer {
    return Buffer.concat(this.frames.filter((f) => f.type === T.DATA && f.stream === stream).map((f) => f.payload));
  }

  /** The peer is alive and has read everything up to here. */
  async ping(mark = 'pingpong'): Promise<void> {
    this.send(frame(T.PING, 0, 0, mark));
    await this.until((f) => f.type === T.PING && (f.flags & ACK) === 1 && f.payload.toString('latin1') === mark);
  }

  async end(ms = 60_000): Promise<void> {
    const deadline = performance.now() + ms;
    while (!this.closed) {
      if (performance.now() > deadline) throw new Error(`still open; heard ${this.told()}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  told(): string {
    return this.frames.map(({ type, flags, stream, payload }) => `${Object.keys(T)[type] ?? type}/${flags}/${stream}/${payload.length > 40 ? payload.length : payload.toString('hex')}`).join(' ');
  }

  close(): void {
    this.socket.destroy();
  }

  #read(chunk: Buffer): void {
    let rest = Buffer.concat([this.#rest, chunk]);
    const preface = Math.min(this.#preface, rest.length);
    this.#preface -= preface;
    rest = rest.subarray(preface);
    while (rest.length >= 9) {
      const length = rest.readUIntBE(0, 3);
      if (rest.length < 9 + length) break;
      this.frames.push({ type: rest[3]!, flags: rest[4]!, stream: rest.readUInt32BE(5) & 0x7fffffff, payload: rest.subarray(9, 9 + length) });
      rest = rest.subarray(9 + length);
    }
    this.#rest = rest;
  }
}
