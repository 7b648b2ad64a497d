/** ALB lets a connection have so many requests at once. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html */
export const STREAMS_MOST = 128;
/** SETTINGS_MAX_HEADER_LIST_SIZE: what `Http2Worker` takes. */
export const HEADER_LIST_OCTETS = 64 * 1024;
/** What the bodies of one connection may keep waiting here, whatever its streams' own windows say. */
export const CONNECTION_WINDOW = 1024 * 1024;
/** Unsent octets above which a connection that goes on asking is ended: answers to PING and SETTINGS, resets. */
export const UNREAD_MOST = 512 * 1024;

/**
 * What may come at a rate, with a burst (a token bucket that is filled when looked at). Time comes from the wheel, which turns ten times a second.
 */
export class Allowance {
  readonly #burst: number;
  readonly #perSecond: number;
  #left: number;
  #at: number;

  constructor(burst: number, perSecond: number, now: number) {
    this.#burst = burst;
    this.#perSecond = perSecond;
    this.#left = burst;
    this.#at = now;
  }

  /** False when it is used up. */
  take(now: number): boolean {
    if (this.#left >= 1) {
      this.#left--;
      return true;
    }
    this.#left = Math.min(this.#burst, this.#left + ((now - this.#at) / 1000) * this.#perSecond);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }

  /** Work that was done earns some back. */
  earn(tokens: number): void {
    if (this.#left < this.#burst) this.#left += tokens;
  }
}

/** Frames that carry nothing on: PING, SETTINGS, PRIORITY, WINDOW_UPDATE, unknown ones, empty DATA and CONTINUATION. Payload earns them back. */
export const IDLE_FRAMES_BURST = 1000;
export const IDLE_FRAMES_PER_SECOND = 100;
/** Octets of payload, in either direction, that earn one such frame. */
export const PAYLOAD_PER_FRAME = 512;
/** DATA of so many octets is worth the frame that asked for it. */
export const WORTH_A_FRAME = 8;
/**
 * DATA of so many octets on one stream is a reason to wait for the bodies of the others: clients send large ones in turn, and what ALB waits for is the
 * connection. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html#connection-idle-timeout
 */
export const WORTH_WAITING_FOR = 1024;
/** Streams that the client resets or that its errors end (CVE-2023-44487). A request that was served earns one back. */
export const RESETS_BURST = 200;
export const RESETS_PER_SECOND = 20;
