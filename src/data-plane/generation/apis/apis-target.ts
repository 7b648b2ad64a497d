import type { ApiEntrance, HttpStage } from '../../../snapshot/index.ts';
import { type Entry, type Exchange, type Reply, type RequestIds, type Target } from '../../exchange/index.ts';
import type { SocketStage } from '../../targets/index.ts';
import { EntranceRouter, routePathOf, type EntryPoint } from '../../routing/index.ts';
import type { LinkedHttpStage } from './http-stage.ts';

/** A stage as an entrance finds it. */
export type LinkedStage =
  | { readonly kind: 'http'; readonly linked: LinkedHttpStage }
  | { readonly kind: 'websocket'; readonly linked: SocketStage };

/** What calls are told of the way that they came by, while it leads to the same stage. */
interface Way {
  entry: Entry | null;
}

const HTTPS_PORT = 443;

/** Leads the requests of an entrance to stages. */
export class ApisTarget implements Target {
  readonly word = 'api';
  readonly entrance: ApiEntrance;
  readonly router: EntranceRouter<Way>;
  readonly #stages: ReadonlyMap<string, LinkedStage>;
  readonly #requestIds: RequestIds;

  constructor(entrance: ApiEntrance, context: { readonly stages: ReadonlyMap<string, LinkedStage>; readonly requestIds: RequestIds }) {
    this.entrance = entrance;
    this.router = new EntranceRouter(entrance, () => ({ entry: null }));
    this.#stages = context.stages;
    this.#requestIds = context.requestIds;
  }

  serve(exchange: Exchange): void {
    // who comes without TLS, by a connection that was opened before, or by another name has shown nothing to this trust store
    const { trustStore } = this.entrance;
    if (trustStore !== null && exchange.downstream.tls?.client?.verifiedBy !== trustStore) return exchange.reply(this.#refusal(403, 'Forbidden'));
    const point = this.router.find(exchange);
    const stage = point === null ? undefined : this.#stages.get(point.stage);
    if (point === null || stage === undefined) return exchange.reply(this.#nowhere(exchange));
    const routePath = routePathOf(point, exchange.path);
    if (stage.kind === 'websocket') return stage.linked.serve(exchange, { domainName: this.#callbackName(exchange), path: routePath });
    stage.linked.enter(exchange, this.#entry(point, stage.linked.stage), routePath);
  }

  #entry({ to, basePath }: EntryPoint<Way>, stage: HttpStage): Entry {
    // a stage that has changed is another
    if (to.entry?.stage !== stage) to.entry = { stage, entrance: this.entrance, basePath };
    return to.entry;
  }

  /**
   * Where functions send their messages to, `https://NAME/STAGE`: with the port of HTTPS where it is not the one that `https:` stands for (AWS's always is), however the client
   * came. All ports of an installation are moved by as much as the one that it came by.
   */
  #callbackName({ host, downstream }: Exchange): string {
    const name = host === '' ? this.entrance.domainName : host;
    const moved = downstream.localPort - Number(downstream.advertisedPort);
    return moved === 0 ? name : `${name}:${HTTPS_PORT + moved}`;
  }

  /** An API without such a stage says that there is nothing; a domain without such a mapping, and a WebSocket API, that one may not (seen of the service). */
  #nowhere(exchange: Exchange): Reply {
    if (this.entrance.entrance === 'domain' || exchange.webSocket) return this.#refusal(403, 'Forbidden');
    const isWebSocketApi = this.entrance.mappings.some(({ stage }) => this.#stages.get(stage)?.kind === 'websocket');
    return isWebSocketApi ? this.#refusal(403, 'Forbidden', 'x-amzn-ErrorType: ForbiddenException\r\n') : this.#refusal(404, 'Not Found');
  }

  #refusal(status: number, message: string, more = ''): Reply {
    return { status, reason: null, headers: `Content-Type: application/json\r\n${more}${this.#requestIds.nextLine()}`, body: `{"message":"${message}"}` };
  }
}
