import type { Exchange, Fault, MishapPlace, Observer, ResponseHead, ResponseSource, Site } from '../../../src/data-plane/exchange/index.ts';
import { BoundSocket, Http1Worker } from '../../../src/data-plane/listeners/index.ts';
import { NONE_TRIED, UpstreamEndpoints, UpstreamWorker, type UpstreamEndpoint } from '../../../src/data-plane/upstreams/index.ts';
import { systemClock, Wheel, type ByteStream, type Taker } from '../../../src/kernel/index.ts';
import type { Listener } from '../../../src/snapshot/index.ts';
import { freePort } from '../../support/free-port.ts';
import { SETTINGS } from '../http1/stage.ts';

const CHUNKED_HEAD: ResponseHead = { status: 200, reason: '', headers: '', framing: 2, contentLength: 0, whole: null };
const IDLE_MS = 100;
/** More than sockets hold. */
const MUCH = Buffer.alloc(8 * 1024 * 1024, 'm');

function boom(where: string): never {
  throw new Error(`boom in ${where}`);
}

/** Members of one exchange replaced by some that throw. */
function sabotage(exchange: Exchange, members: Partial<Record<'send' | 'finish' | 'fail' | 'respond', string>>): void {
  for (const [member, where] of Object.entries(members)) Object.defineProperty(exchange, member, { value: () => boom(where) });
}

class Source implements ResponseSource {
  readonly #throws: 'resume' | 'cancel';

  constructor(throws: 'resume' | 'cancel') {
    this.#throws = throws;
  }

  resume(): void {
    if (this.#throws === 'resume') boom('resume');
  }

  cancel(_fault: Fault): void {
    if (this.#throws === 'cancel') boom('cancel');
  }
}

/** A taker of upgraded connections that throws at what it is given. */
class Sore implements Taker {
  readonly keepsTime: boolean;
  gone = 0;

  constructor(keepsTime: boolean) {
    this.keepsTime = keepsTime;
  }

  write(): boolean {
    return boom('a message');
  }

  end(): void {}

  resume(): void {}

  drain(): void {}

  destroy(): void {
    this.gone++;
  }
}

/** A listener that throws where the path says so, before one target, in this process. */
export class MishapStage {
  readonly port: number;
  readonly mishaps: { readonly place: MishapPlace; readonly message: string }[] = [];
  readonly ended: { readonly path: string; readonly status: number; readonly fault: string | null; readonly errorReason: string }[] = [];
  readonly endpoint: UpstreamEndpoint;
  readonly takers: Sore[] = [];
  readonly #wheel = new Wheel(systemClock, 10);
  readonly #socket: BoundSocket;

  private constructor(port: number, target: { readonly port: number; readonly version: 'http1' | 'http2' }) {
    this.port = port;
    const mishaps = { note: (place: MishapPlace, error: unknown) => void this.mishaps.push({ place, message: (error as Error).message }) };
    this.endpoint = new UpstreamEndpoints(new UpstreamWorker(systemClock, this.#wheel, { mishaps })).get({ address: '127.0.0.1', secure: false, ...target });
    this.#socket = new BoundSocket({ address: '127.0.0.1', port }, { worker: new Http1Worker(systemClock, this.#wheel, { priorKnowledge: true, mishaps }), nextId: () => 1, connectionLimit: 1000 });
  }

  static async open(target: { readonly port: number; readonly version: 'http1' | 'http2' }): Promise<MishapStage> {
    const stage = new MishapStage(await freePort(), target);
    stage.#socket.serve([{ site: stage.#site(60_000), hosts: ['*'], certificates: null }, { site: stage.#site(IDLE_MS), hosts: ['impatient'], certificates: null }], 80);
    await stage.#socket.listen({ reusePort: false, ipv6Only: false });
    return stage;
  }

  get connections(): number {
    return this.#socket.connections;
  }

  /** What has been thrown since the last call. */
  thrown(): readonly string[] {
    return this.mishaps.splice(0).map(({ place, message }) => `${place}: ${message}`);
  }

  async close(): Promise<void> {
    await this.#socket.drain(0);
    this.endpoint.retire(0);
    this.#wheel.stop();
  }

  #site(idleTimeoutMs: number): Site {
    const observer: Observer = {
      exchangeEnded: ({ path, status, fault, errorReason }: Exchange) => {
        this.ended.push({ path, status, fault: fault?.code ?? null, errorReason });
        if (path === '/observed') boom('the observer');
      },
      connectionOpened: () => {}, connectionClosed: () => {}, connectionRefused: () => {}, handshakeFailed: () => {},
    };
    const listener = {
      id: 'arn:listener', owner: 'arn:lb', ownerLabel: 'app/l/1', protocol: 'http', tls: null, bindings: [], http: { ...SETTINGS, idleTimeoutMs }, routes: [],
      fallback: { id: 'x', priority: 0, conditions: [], policies: [], action: { kind: 'unservable', status: 500, why: '' } }, accessLog: null,
    } as const satisfies Listener;
    return { listener, observer, router: { match: () => boom('routing') }, proceed: () => boom('proceeding'), serve: (exchange: Exchange) => this.#serve(exchange) };
  }

  #serve(exchange: Exchange): void {
    switch (exchange.path) {
      case '/step':
        return boom('a step');
      case '/begun':
        exchange.respond(CHUNKED_HEAD, new Source('resume'), null, 0, 0);
        exchange.send(Buffer.from('half'), 0, 4, false);
        // once it has left
        setImmediate(() => exchange.goOn(() => boom('the middle of an answer')));
        return;
      case '/failing':
        sabotage(exchange, { fail: 'fail' });
        return boom('a step');
      case '/edited':
        exchange.edit = { edit: () => boom('an edit') };
        return exchange.reply({ status: 200, reason: null, headers: '', body: 'unseen' });
      case '/answer':
        exchange.edit = { edit: () => boom('an edit') };
        return this.#forward(exchange);
      case '/body':
        sabotage(exchange, { send: 'send' });
        return this.#forward(exchange);
      case '/finish':
        sabotage(exchange, { finish: 'finish' });
        return this.#forward(exchange);
      case '/refused':
        return this.#forward(exchange, () => boom('a retry'));
      case '/upload':
        return exchange.readInto({ write: () => boom('an upload'), end: () => {}, abort: () => {} });
      case '/uploaded':
        return exchange.readInto({ write: () => true, end: () => boom('the end of an upload'), abort: () => {} });
      case '/late':
        return exchange.readInto({ write: () => true, end: () => {}, abort: () => boom('abort') });
      case '/silent':
        exchange.source = new Source('cancel');
        return;
      case '/resumed':
        exchange.respond(CHUNKED_HEAD, new Source('resume'), null, 0, 0);
        exchange.send(MUCH, 0, MUCH.length, true);
        return;
      case '/waited':
        setImmediate(() => exchange.goOn(() => boom('what was waited for')));
        return;
      case '/upgrade':
      case '/upgrade-kept': {
        const taker = new Sore(exchange.path === '/upgrade-kept');
        this.takers.push(taker);
        const client: ByteStream | null = exchange.upgrade('Sec-WebSocket-Accept: x\r\n', taker);
        client?.resume();
        return;
      }
      case '/forward':
        return this.#forward(exchange);
      default:
        exchange.reply({ status: 200, reason: null, headers: '', body: 'fine' });
    }
  }

  #forward(exchange: Exchange, unanswered?: () => void): void {
    const upstream = this.endpoint.acquire(false);
    upstream.candidate = null;
    upstream.tried = NONE_TRIED;
    upstream.start(exchange, [`GET ${exchange.target} HTTP/1.1\r\n`, 'Host: target\r\n\r\n'], { unanswered: unanswered ?? ((failed, fault) => failed.fail(fault)) });
  }
}
