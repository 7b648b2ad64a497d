import type { Exchange, Fault } from '../../exchange/index.ts';
import type { PoolEndpoint } from '../pool.ts';
import type { SentBody } from './sent-bodies.ts';

/** Who asked for the exchange: hears when it failed before the client got any byte of an answer, and decides what then. */
export interface ForwardOwner {
  unanswered(exchange: Exchange, fault: Fault, attempt: Attempt): void;
}

/** The head of a request to a target, its empty line included, in pieces that are joined on the wire only. */
export type HeadText = readonly string[];

/** Shared by all first attempts, never written to. */
export const NONE_TRIED: PoolEndpoint[] = [];

/** One sending of a request to one endpoint, whatever the connection speaks. */
export interface Attempt {
  /** The endpoint of the pool that this attempt is for, and those that were tried before; the owner's. */
  candidate: PoolEndpoint | null;
  tried: PoolEndpoint[];
  /** The head that was sent: kept until the first byte of the answer, for another try elsewhere. */
  readonly head: HeadText;
  /** The connection has carried an exchange before: its peer may close it at any time. */
  readonly reused: boolean;
  /** The request's body has been asked for: it cannot be sent again but from what `sent` has. */
  readonly bodyTaken: boolean;
  /** All that has come of the body; null: that is gone. */
  readonly sent: SentBody | null;
  /** What the attempt before this one has taken of the body; the owner's. */
  before: SentBody | null;
  /** Octets of an answer have come (1xx, or a part of its head). */
  readonly answerBegun: boolean;
  /** Sends `head` and then the exchange's body; the answer goes to the exchange, a failure before it to `owner`. */
  start(exchange: Exchange, head: HeadText, owner: ForwardOwner): void;
}
