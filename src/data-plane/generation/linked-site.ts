import type { Listener } from '../../snapshot/index.ts';
import { NEXT, WAIT, type Exchange, type LinkedRoute, type Manners, type Observer, type ResponseEdit, type Settled, type Site } from '../exchange/index.ts';
import type { ListenerRouter } from '../routing/index.ts';

/** A path that is the gateway's own, whatever the routes say of it. */
export interface OwnPath {
  readonly path: string;
  readonly route: LinkedRoute;
}

/** A listener of a snapshot, ready to serve. */
export class LinkedSite implements Site {
  readonly listener: Listener;
  readonly router: ListenerRouter;
  readonly observer: Observer;
  readonly manners?: Manners;
  readonly #own: OwnPath | null;

  constructor(listener: Listener, { router, observer, own, manners }: { readonly router: ListenerRouter; readonly observer: Observer; readonly own: OwnPath | null; readonly manners?: Manners | undefined }) {
    this.listener = listener;
    this.router = router;
    this.observer = observer;
    this.#own = own;
    if (manners !== undefined) this.manners = manners;
  }

  serve(exchange: Exchange): void {
    const own = this.#own;
    const route = own !== null && exchange.path === own.path ? own.route : this.router.match(exchange);
    exchange.route = route;
    if (route.steps.length === 0) route.target.serve(exchange);
    else runSteps(exchange, route, 0);
  }

  proceed(exchange: Exchange, verdict: Settled): void {
    if (exchange.ended) return;
    const { route, step } = exchange;
    exchange.goOn(() => (verdict === NEXT ? runSteps(exchange, route!, step + 1) : stop(exchange, route!, verdict)));
  }
}

/** A site whose answers all get fields of the listener's. */
export class EditingSite extends LinkedSite {
  readonly #edit: ResponseEdit;

  constructor(listener: Listener, parts: { readonly router: ListenerRouter; readonly observer: Observer; readonly own: OwnPath | null; readonly edit: ResponseEdit }) {
    super(listener, parts);
    this.#edit = parts.edit;
  }

  override serve(exchange: Exchange): void {
    exchange.edit = this.#edit;
    super.serve(exchange);
  }
}

/** Runs the steps from `from` on, then the target; a step that waits leaves its place in the exchange. */
function runSteps(exchange: Exchange, route: LinkedRoute, from: number): void {
  for (let i = from; i < route.steps.length; i++) {
    exchange.step = i;
    const verdict = route.steps[i]!.onRequest(exchange);
    if (verdict === WAIT) return;
    if (verdict !== NEXT) return stop(exchange, route, verdict);
  }
  route.target.serve(exchange);
}

/** The step that is at work answers in place of the target. */
function stop(exchange: Exchange, route: LinkedRoute, verdict: Exclude<Settled, typeof NEXT>): void {
  exchange.actions = actionsOf(route.steps.slice(0, exchange.step + 1)) || '-';
  if ('code' in verdict) exchange.fail(verdict);
  else exchange.reply(verdict);
}

/** `actions_executed` of steps, with the word of the target where it was reached. */
export function actionsOf(steps: LinkedRoute['steps'], target = ''): string {
  return [...steps.map(({ word }) => word), target].filter((word) => word !== '').join(',');
}
