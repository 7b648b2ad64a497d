import { connect, type ClientHttp2Session } from 'node:http2';
import { createServer, type Server } from 'node:net';
import { pause } from '../../support/eventually.ts';
import { freePort } from '../../support/free-port.ts';
import { listening } from '../http1/stage.ts';
import { TestAuthority } from '../tls/authority.ts';
import { FORWARD, TlsStage } from '../tls/stage.ts';
import { RawTarget } from './raw-target.ts';

/** A balancer before one target, which says on each of its connections what the test says. */
export class RawTargetStage {
  readonly stage: TlsStage;
  /** The connections to the target, as they come. */
  lines: RawTarget[] = [];
  /** A connection has come, a request has come on one. */
  opened: (line: RawTarget) => void = (line) => line.hello({ streams: 100 });
  heard: (line: RawTarget) => void = (line) => line.answer(line.asked.at(-1)!);
  readonly #server: Server;
  readonly #clients: ClientHttp2Session[] = [];

  private constructor(stage: TlsStage, server: Server) {
    this.stage = stage;
    this.#server = server;
  }

  static async open(idleTimeoutMs: number): Promise<RawTargetStage> {
    const certificate = await (await TestAuthority.make()).leaf('c', ['example.com']);
    const server = createServer();
    const targets = [await listening(server)];
    const sites = { main: { certificates: [certificate], tls: { alpn: ['h2'] }, action: FORWARD, http: { idleTimeoutMs } } };
    const raw = new RawTargetStage(await TlsStage.open({ sites, targets, targetVersion: 'http2' }, { port: await freePort() }), server);
    server.on('connection', (socket) => {
      const line = new RawTarget(socket, (each) => raw.heard(each));
      raw.lines.push(line);
      raw.opened(line);
    });
    return raw;
  }

  get port(): number {
    return this.stage.port;
  }

  /** A client of the balancer, connected. */
  async client(): Promise<ClientHttp2Session> {
    const client = connect(`https://127.0.0.1:${this.port}`, { rejectUnauthorized: false });
    this.#clients.push(client);
    await new Promise((resolve) => client.once('connect', resolve));
    return client;
  }

  /** A target that nobody has reached, and that answers. */
  async renew(): Promise<void> {
    await this.forget();
    this.opened = (line) => line.hello({ streams: 100 });
    this.heard = (line) => line.answer(line.asked.at(-1)!);
  }

  /** Ends all connections, until it is seen that they are gone. */
  async forget(): Promise<void> {
    for (const line of this.lines) line.close();
    this.lines = [];
    await pause(50);
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.destroy();
    await this.stage.close();
    for (const line of this.lines) line.close();
    this.#server.close();
  }
}
