import type { Listener, Route } from '../../snapshot/index.ts';
import type { Downstream, Exchange, Reply } from './exchange.ts';
import type { FailedHandshake } from './client-certificate.ts';
import type { Fault } from './fault.ts';

/** What a step answers: go on, or this reply, or this fault (its status and page), or "I will call `exchange.site.proceed` later". */
export const NEXT = Symbol('next');
export const WAIT = Symbol('wait');
export type Verdict = typeof WAIT | Settled;
export type Settled = typeof NEXT | Reply | Fault;

/** A linked policy. Synchronous unless it must wait; then it returns WAIT, and calls `exchange.site.proceed` once, after it has returned. */
export interface Step {
  readonly kind: string;
  /** Word for `actions_executed` in access logs; '' for a step that is no action to AWS. */
  readonly word: string;
  onRequest(exchange: Exchange): Verdict;
}

/** A linked action: performs the exchange. */
export interface Target {
  /** Word for `actions_executed` in access logs: `forward`, `redirect`, `fixed-response`. */
  readonly word: string;
  serve(exchange: Exchange): void;
}

/** A route of a snapshot, ready to run. */
export interface LinkedRoute {
  readonly route: Route;
  readonly steps: readonly Step[];
  readonly target: Target;
  /** `actions_executed` of an access log line, made once. */
  readonly actions: string;
}

/** Finds the route of an exchange. Costs the same with ten routes and with ten thousand. */
export interface Router {
  match(exchange: Exchange): LinkedRoute;
}

/** A listener of a snapshot, ready to serve: what a codec hands its exchanges to. */
export interface Site {
  readonly listener: Listener;
  readonly router: Router;
  readonly observer: Observer;
  /** Absent: as load balancers do. */
  readonly manners?: Manners;
  /** Routes, runs the steps, performs the action. */
  serve(exchange: Exchange): void;
  /** Goes on with an exchange whose step had answered WAIT. Nothing happens where the exchange has ended meanwhile. */
  proceed(exchange: Exchange, verdict: Settled): void;
}

/** How a site speaks where no target does. */
export interface Manners {
  /** The Server field of its own answers, a line; '' for none. */
  readonly server: string;
  /** What a client gets for a fault. */
  reply(fault: Fault): Reply;
}

/** Hears what happens on a listener: metrics and access logs. Must not throw and must not wait. */
export interface Observer {
  exchangeEnded(exchange: Exchange): void;
  connectionOpened(downstream: Downstream): void;
  connectionClosed(downstream: Downstream): void;
  /** A TLS handshake that came to nothing. */
  handshakeFailed(failure: FailedHandshake): void;
  /** A connection that never became an exchange: one too many, HTTP where TLS is spoken. */
  connectionRefused(remoteAddress: string, fault: Fault | null, why: string): void;
}
