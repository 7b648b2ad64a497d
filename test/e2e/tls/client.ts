import { once } from 'node:events';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { X509Certificate } from 'node:crypto';
import { parse, type Answer } from '../http1/client.ts';

/** A TLS client that speaks raw HTTP/1.1. */
export class TlsClient {
  readonly socket: TLSSocket;
  heard = '';
  ended = false;
  closed = false;
  error: Error | null = null;
  readonly tickets: Buffer[] = [];

  private constructor(socket: TLSSocket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => void (this.heard += chunk.toString('latin1')));
    socket.on('end', () => void (this.ended = true));
    socket.on('close', () => void (this.closed = true));
    socket.on('error', (error) => void (this.error = error));
    socket.on('session', (session: Buffer) => void this.tickets.push(session));
  }

  /** Rejects when the handshake fails. Nothing is verified unless `ca` is given. */
  static async open(port: number, options: ConnectionOptions = {}): Promise<TlsClient> {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: options.ca !== undefined, ALPNProtocols: ['http/1.1'], ...options });
    const client = new TlsClient(socket);
    await once(socket, 'secureConnect');
    return client;
  }

  /** CN of the leaf that the server has shown: tests name certificates so. */
  get certificate(): string {
    return new X509Certificate(this.socket.getPeerCertificate().raw).subject.replace('CN=', '');
  }

  async until(done: () => boolean, ms = 60_000): Promise<void> {
    const deadline = performance.now() + ms;
    while (!done()) {
      if (performance.now() > deadline) throw new Error(`not within ${ms} ms; heard ${JSON.stringify(this.heard.slice(-300))}, ended ${this.ended}, error ${this.error?.message ?? 'none'}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  async request(host = 'example.com', path = '/', headers = ''): Promise<Answer> {
    this.socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${headers}\r\n`);
    return this.answer();
  }

  async answer(): Promise<Answer> {
    let answer: Answer | null = null;
    await this.until(() => (answer = parse(this.heard, { head: false, ended: this.ended || this.closed })) !== null || this.closed);
    if (answer === null) throw new Error(`closed without an answer (${this.error?.message ?? 'no error'})`);
    this.heard = this.heard.slice((answer as Answer).text.length);
    return answer;
  }

  close(): void {
    this.socket.destroy();
  }
}

/** Connects, looks, and hangs up. */
export async function greet<T>(port: number, options: ConnectionOptions, look: (client: TlsClient) => T | Promise<T>): Promise<T> {
  const client = await TlsClient.open(port, options);
  try {
    return await look(client);
  } finally {
    client.close();
  }
}

/** The code of the error that a handshake ends with. */
export async function refusal(port: number, options: ConnectionOptions): Promise<string> {
  try {
    await greet(port, options, () => undefined);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? (error as Error).message;
  }
  return 'connected';
}
