import type { Listener } from '../../snapshot/index.ts';
import { NEXT, WAIT, type Exchange, type LinkedRoute, type Observer, type Reply, type ResponseEdit, type Site } from '../exchange/index.ts';
import type { ListenerRouter } from '../routing/index.ts';

/** A listener of a snapshot, ready to serve. */
export class LinkedSite implements Site {
  readonly listener: Listener;
  readonly router: ListenerRouter;
  readonly observer: Observer;

  constructor(listener: Listener, router: ListenerRouter, observer: Observer) {
    this.listener = listener;
    this.router = router;
    this.observer = observer;
  }

  serve(exchange: Exchange): void {
    const route = this.router.match(exchange);
    exchange.route = route;
    if (route.steps.length === 0) route.target.serve(exchange);
    else runSteps(exchange, route, 0);
  }
}

/** A site whose answers all get fields of the listener's. */
export class EditingSite extends LinkedSite {
  readonly #edit: ResponseEdit;

  constructor(listener: Listener, router: ListenerRouter, context: { readonly observer: Observer; readonly edit: ResponseEdit }) {
    super(listener, router, context.observer);
    this.#edit = context.edit;
  }

  override serve(exchange: Exchange): void {
    exchange.edit = this.#edit;
    super.serve(exchange);
  }
}

/** Runs the steps from `from` on, then the target. Goes on by itself when a step that waited answers. */
function runSteps(exchange: Exchange, route: LinkedRoute, from: number): void {
  for (let i = from; i < route.steps.length; i++) {
    const verdict = route.steps[i]!.onRequest(exchange, (later) => resume(exchange, route, { at: i, later }));
    if (verdict === WAIT) return;
    if (verdict !== NEXT) return exchange.reply(verdict);
  }
  route.target.serve(exchange);
}

function resume(exchange: Exchange, route: LinkedRoute, answer: { readonly at: number; readonly later: typeof NEXT | Reply }): void {
  if (exchange.ended) return;
  if (answer.later === NEXT) runSteps(exchange, route, answer.at + 1);
  else exchange.reply(answer.later);
}
