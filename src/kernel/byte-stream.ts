/**
 * One end of a conversation of octets both ways, as the other end sees it: a client's connection after its protocol was switched, a stream of an
 * HTTP/2 connection, the gateway itself. Two ends that know each other are a relay: what one reads it writes to the other.
 */
export interface ByteStream {
  /**
   * Octets `start` to `end` of `buffer` for this end. Unless `stable`, they are overwritten when the call returns: copy or send them. False: enough
   * for now, until this end calls the other's `resume`; stable octets stay untouched until then.
   */
  write(buffer: Buffer, start: number, end: number, stable: boolean): boolean;
  /** No more will be written to this end; it may go on talking (half-close). Called once. */
  end(): void;
  /** The other end takes more: read on. Nothing is read before the first call. */
  resume(): void;
  /**
   * The other end is gone in the middle of the conversation, or has had enough of it: deliver what was written, and close. `reset`: it was cut off,
   * and whoever listens here must not take what he has for the whole. Ignored once this end is over.
   */
  destroy(reset: boolean): void;
}

/** The end that a client's connection is handed to (`Exchange.upgrade`). */
export interface Taker extends ByteStream {
  /** The listener stops: what goes on for longer than it drains is cut. A gateway that speaks the protocol may say goodbye; a relay waits. */
  drain(): void;
  /**
   * It ends what is silent by itself, and keeps accounts: the listener's idle timeout is not for it, but for a client that takes nothing of what waits for it, and
   * the exchange may end, and be logged, when the connection is handed over.
   */
  readonly keepsTime: boolean;
}
