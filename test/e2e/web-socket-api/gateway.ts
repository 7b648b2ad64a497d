import { once } from 'node:events';
import { WebSocket, type ClientOptions } from 'ws';
import { parseSelectionExpression } from '../../../src/control-plane/resources/apigatewayv2/selection-expression.ts';
import type { Exchange, Observer, Site, SocketCall } from '../../../src/data-plane/exchange/index.ts';
import { BoundSocket, Http1Worker } from '../../../src/data-plane/listeners/index.ts';
import { workerOfConnection } from '../../../src/data-plane/ledger/index.ts';
import {
  ConnectionHub, SocketStage, TraceIds, type ConnectionGuard, type FunctionOutcome, type SocketAuthorizer, type StageGuard,
} from '../../../src/data-plane/targets/index.ts';
import { OutgoingClient } from '../../../src/data-plane/upstreams/index.ts';
import { seededRandom, systemClock, Wheel } from '../../../src/kernel/index.ts';
import type { ConnectionCommand, ConnectionOutcome, Listener, WebSocketIntegration, WebSocketRoute, WebSocketStage } from '../../../src/snapshot/index.ts';
import { freePort } from '../../support/free-port.ts';
import { SETTINGS } from '../http1/stage.ts';

export const STAGE = 'arn:aws:apigateway:us-east-1::/apis/abcdefghij/stages/prod';
const THROTTLE = { key: 'account', rate: 10_000, burst: 5_000 };

/** What a test says of its API. */
export interface Scene {
  readonly selection?: string;
  /** By key; absent: an integration of the function of that name. */
  readonly routes: Readonly<Record<string, Partial<WebSocketRoute>>>;
  readonly integrations?: Readonly<Record<string, Partial<WebSocketIntegration>>>;
  readonly stage?: Partial<WebSocketStage>;
  /** Idle timeout of the listener. */
  readonly listenerIdleMs?: number;
}

type Event = Readonly<Record<string, unknown>>;
export type Handler = (event: Event, name: string) => unknown;

/** A WebSocket API's stage behind a listening socket, in this process; functions are closures of the test. */
export class Gateway {
  readonly hub: ConnectionHub;
  readonly calls: SocketCall[] = [];
  readonly events: Event[] = [];
  readonly wheel = new Wheel(systemClock, 10);
  readonly #worker = new Http1Worker(systemClock, this.wheel);
  readonly #socket: BoundSocket;
  readonly #clients: WebSocket[] = [];
  readonly #outgoing = new OutgoingClient({ clock: systemClock, authorities: null, connections: 8 });
  handler: Handler = () => ({ statusCode: 200 });
  authorizer: SocketAuthorizer | null = null;
  /** Tokens of the account's bucket. */
  tokens = Infinity;
  posts = 0;
  /** What was thrown that must not be. */
  readonly mishaps: string[] = [];
  /** Who may use `@connections`: everybody. */
  guard: ConnectionGuard & StageGuard = { refusal: () => null, denial: () => null };
  #stage!: SocketStage;

  private constructor(port: number) {
    this.hub = new ConnectionHub({ worker: 5, random: seededRandom(3), wheel: this.wheel, mishaps: { note: (place, error) => void this.mishaps.push(`${place}: ${(error as Error).message}`) } });
    this.#socket = new BoundSocket({ address: '127.0.0.1', port }, { worker: this.#worker, nextId: () => 1, connectionLimit: 100_000 });
  }

  static async open(scene: Scene): Promise<Gateway> {
    const gateway = new Gateway(await freePort());
    gateway.show(scene);
    gateway.#socket.serve([{ site: gateway.#site(scene.listenerIdleMs ?? SETTINGS.idleTimeoutMs), hosts: ['*'], certificates: null }], 443);
    await gateway.#socket.listen({ reusePort: false, ipv6Only: false });
    return gateway;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.#socket.at.port}/prod`;
  }

  /** Swaps the stage, as a change of configuration does. */
  show(scene: Scene): void {
    const now = (): number => systemClock.monotonic();
    this.#stage = new SocketStage(stageOf(scene), {
      hub: this.hub, clock: systemClock, wheel: this.wheel, now, traceIds: new TraceIds(seededRandom(1)),
      caller: { call: (arn, { payload }, done) => void this.#invoke(arn, payload, done) },
      observer: { callEnded: (call) => void this.calls.push(call), posted: () => void this.posts++ },
      outgoing: this.#outgoing, services: null, take: () => this.tokens-- > 0,
      reach: { command: (request, done) => done(workerOfConnection(request.connectionId) === null ? { kind: 'malformed' } : this.hub.command(request)) }, guard: this.guard, requestId: () => 'request-id',
      keys: null, authorizer: () => this.authorizer,
    });
    this.hub.link(STAGE, this.#stage);
  }

  async connect(path = '', options: ClientOptions & { readonly protocols?: readonly string[] } = {}): Promise<Client> {
    const client = this.client(path, options);
    await client.opened();
    return client;
  }

  client(path = '', options: ClientOptions & { readonly protocols?: readonly string[] } = {}): Client {
    const socket = new WebSocket(this.url + path, options.protocols as string[] | undefined, options);
    this.#clients.push(socket);
    return new Client(socket);
  }

  command(connectionId: string, command: ConnectionCommand): ConnectionOutcome {
    return this.hub.command({ connectionId, scope: { account: '123456789012', region: 'us-east-1', apiId: null, stage: null }, caller: null, command });
  }

  drain(withinMs: number): Promise<void> {
    return this.#socket.drain(withinMs);
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.terminate();
    await this.#socket.drain(0);
    this.#outgoing.close();
    this.wheel.stop();
  }

  async #invoke(arn: string, payload: Buffer, done: (outcome: FunctionOutcome) => void): Promise<void> {
    const event = JSON.parse(payload.toString()) as Event;
    this.events.push(event);
    try {
      const answer = await this.handler(event, arn.split(':').at(-1)!);
      done({ kind: 'ok', payload: Buffer.from(JSON.stringify(answer === undefined ? null : answer)) });
    } catch (error) {
      done({ kind: 'function-error', cause: 'handler', document: JSON.stringify({ errorMessage: (error as Error).message }) });
    }
  }

  #site(idleTimeoutMs: number): Site {
    const observer: Observer = { exchangeEnded: () => {}, connectionOpened: () => {}, connectionClosed: () => {}, connectionRefused: () => {}, handshakeFailed: () => {} };
    const listener = {
      id: 'arn:listener', owner: 'arn:api', ownerLabel: 'abcdefghij', protocol: 'http', tls: null, bindings: [{ address: '127.0.0.1', port: 1, advertisedPort: 443, hosts: ['*'] }],
      http: { ...SETTINGS, idleTimeoutMs, serverHeader: false }, routes: [], fallback: { id: 'x', priority: 0, conditions: [], policies: [], action: { kind: 'unservable', status: 500, why: '' } }, accessLog: null,
    } as const satisfies Listener;
    return {
      listener, observer, router: { match: () => { throw new Error('nothing is routed here'); } }, proceed: () => { throw new Error('nothing waits here'); },
      serve: (exchange: Exchange) => this.#stage.serve(exchange, { domainName: 'abcdefghij.execute-api.us-east-1.localhost', path: exchange.path.replace('/prod', '') }),
    };
  }
}

/** A client that remembers what it was told. */
export class Client {
  readonly socket: WebSocket;
  readonly texts: string[] = [];
  readonly binaries: Buffer[] = [];
  closed: { readonly code: number; readonly reason: string } | null = null;
  refused: { readonly status: number; readonly body: string } | null = null;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer, binary: boolean) => (binary ? this.binaries.push(data) : this.texts.push(data.toString())));
    socket.on('close', (code: number, reason: Buffer) => {
      this.closed = { code, reason: reason.toString() };
    });
    socket.on('error', () => {});
    socket.on('unexpected-response', (_request, response) => {
      let body = '';
      response.on('data', (part: Buffer) => (body += part.toString()));
      response.on('end', () => {
        this.refused = { status: response.statusCode ?? 0, body };
        socket.emit('refused');
      });
    });
  }

  async opened(): Promise<void> {
    if (this.socket.readyState !== WebSocket.OPEN) await once(this.socket, 'open');
  }

  async refusal(): Promise<{ readonly status: number; readonly body: string }> {
    if (this.refused === null) await once(this.socket, 'refused');
    return this.refused!;
  }

  async end(): Promise<{ readonly code: number; readonly reason: string }> {
    if (this.closed === null) await once(this.socket, 'close');
    return this.closed!;
  }

  /** The next text. */
  async text(): Promise<string> {
    if (this.texts.length === 0) await once(this.socket, 'message');
    return this.texts.shift()!;
  }

  async ask(message: string | object): Promise<string> {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
    return this.text();
  }
}

function stageOf({ selection = '$request.body.action', routes, integrations = {}, stage = {} }: Scene): WebSocketStage {
  const parsed = parseSelectionExpression(selection);
  if (parsed.kind === 'wrong') throw new Error(parsed.why);
  const all: Record<string, WebSocketIntegration> = {};
  const common = { timeoutMs: 29_000, decode: false, request: null, passthrough: 'when-no-match', responses: [] } as const;
  for (const key of Object.keys(routes)) {
    all[key] = { ...common, id: key, kind: 'lambda', proxy: true, function: { uri: '', functionArn: `arn:aws:lambda:us-east-1:123456789012:function:${key}`, refused: null }, ...integrations[key] } as WebSocketIntegration;
  }
  return {
    kind: 'websocket', id: STAGE, apiId: 'abcdefghij', apiName: 'chat', account: '123456789012', region: 'us-east-1', stage: 'prod', label: 'abcdefghij/prod', variables: {}, accessLog: null,
    accountThrottle: THROTTLE, throttle: null, authorizers: {}, keys: null, connectThrottle: { ...THROTTLE, key: 'connect' }, selection: parsed.parts, integrations: all,
    limits: { frameBytes: 32 * 1024, messageBytes: 128 * 1024, idleMs: 600_000, lifeMs: 7_200_000 },
    routes: Object.entries(routes).map(([key, route]) => ({ id: `route-${key}`, key, authorization: { kind: 'none' }, throttle: null, integration: key, keyed: false, responds: false, models: null, required: [], operationName: null, metered: false, trace: null, ...route })),
    ...stage,
  };
}
