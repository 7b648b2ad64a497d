import type { LinkedRoute, Router } from '../exchange/index.ts';
import type { Listener, Route } from '../../snapshot/index.ts';
import { AnchorIds } from './anchor.ts';
import { compileCondition, type CompiledCondition } from './condition.ts';
import { explainCondition, type Explanation, type RouteExplanation } from './explanation.ts';
import { RequestView, type Routable } from './request-view.ts';
import { Table } from './table.ts';

/** A router that can also say why. */
export interface ListenerRouter extends Router {
  match(request: Routable): LinkedRoute;
  /** Every route that was considered, in order of precedence, up to the one that serves. */
  explain(request: Routable): Explanation;
}

/**
 * Compiles the routes of a listener. `linked` is called once for each route, in order of precedence, and last for the fallback, which serves
 * whatever no route matches, whatever its own conditions.
 */
export function linkRouter(listener: Listener, linked: (route: Route) => LinkedRoute): ListenerRouter {
  const view = new RequestView();
  const linking = { view, ids: new AnchorIds() };
  return new TableRouter(
    view,
    listener.routes.map((route) => ({ route: linked(route), conditions: route.conditions.map((condition) => compileCondition(condition, linking)) })),
    linked(listener.fallback),
  );
}

/** What `linkRouter(listener).explain(request)` says, for who has no router at hand. */
export function explain(request: Routable, listener: Listener): Explanation {
  return linkRouter(listener, (route) => ({ route, steps: [], target: NO_TARGET, actions: '' })).explain(request);
}

/** Routes that are only explained are never performed. */
const NO_TARGET = {
  word: '-',
  serve(): void {
    throw new Error('This route was linked to be explained, not to serve.');
  },
};

interface CompiledRoute {
  readonly route: LinkedRoute;
  readonly conditions: readonly CompiledCondition[];
}

class TableRouter implements ListenerRouter {
  readonly #view: RequestView;
  readonly #routes: readonly CompiledRoute[];
  readonly #linked: readonly LinkedRoute[];
  readonly #fallback: LinkedRoute;
  readonly #table: Table;

  constructor(view: RequestView, routes: readonly CompiledRoute[], fallback: LinkedRoute) {
    this.#view = view;
    this.#routes = routes;
    this.#linked = routes.map(({ route }) => route);
    this.#fallback = fallback;
    this.#table = new Table(routes.map(({ conditions }, position) => ({ position, open: conditions, unused: conditions, copies: 1 })));
  }

  match(request: Routable): LinkedRoute {
    const position = this.#search(request);
    return position < this.#linked.length ? this.#linked[position]! : this.#fallback;
  }

  explain(request: Routable): Explanation {
    const position = this.#search(request);
    const considered = this.#routes.slice(0, position + 1).map(({ route: { route }, conditions }): RouteExplanation => {
      const explained = conditions.map((condition) => explainCondition(condition, this.#view));
      return { id: route.id, priority: route.priority, matched: explained.every(({ held }) => held), conditions: explained };
    });
    const chosen = position < this.#linked.length ? this.#linked[position]! : this.#fallback;
    return {
      chosen: { id: chosen.route.id, priority: chosen.route.priority, fallback: chosen === this.#fallback },
      considered,
      notReached: Math.max(this.#routes.length - considered.length, 0),
    };
  }

  /** Position of the route that serves; as many as there are routes when none does. */
  #search(request: Routable): number {
    this.#view.show(request);
    return this.#table.search(this.#view, this.#linked.length);
  }
}
