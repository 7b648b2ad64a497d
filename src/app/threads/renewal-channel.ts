import { createHash } from 'node:crypto';
import { BroadcastChannel } from 'node:worker_threads';
import type { Renewal, RenewalDesk, RenewalDone, RenewalRequest } from '../../data-plane/policies/index.ts';
import type { Clock, Timer } from '../../kernel/index.ts';

const NAME = 'turnpike-renewals';
/** A worker that does not say so soon that it has heard is not there. */
const HEARD_WITHIN_MS = 500;
/** The provider may take its time for two requests. */
const ANSWERED_WITHIN_MS = 25_000;

type Message =
  | { readonly kind: 'ask'; readonly to: number; readonly from: number; readonly id: number; readonly request: RenewalRequest }
  | { readonly kind: 'heard'; readonly to: number; readonly id: number }
  | { readonly kind: 'answer'; readonly to: number; readonly id: number; readonly renewal: Renewal; readonly first: boolean };

interface Waiting {
  readonly done: (renewal: Renewal | null, first: boolean) => void;
  timer: Timer;
}

export interface RenewalChannelSettings {
  readonly index: number;
  readonly workers: number;
  readonly clock: Clock;
  /** Renews a session here; null: told later. */
  readonly renew: (request: RenewalRequest, done: RenewalDone) => Renewal | null;
}

/** Sessions are renewed by the worker that their cookie's digest names; the others ask it over a channel that all hear. */
export class RenewalChannel implements RenewalDesk {
  readonly #settings: RenewalChannelSettings;
  readonly #channel = new BroadcastChannel(NAME);
  readonly #waiting = new Map<number, Waiting>();
  #id = 0;

  constructor(settings: RenewalChannelSettings) {
    this.#settings = settings;
    this.#channel.onmessage = (event) => this.#hear((event as { readonly data: Message }).data);
    this.#channel.unref();
  }

  ask(request: RenewalRequest, done: Waiting['done']): boolean {
    const { index, workers, clock } = this.#settings;
    const to = createHash('sha256').update(request.text).digest().readUInt32BE(0) % workers;
    if (to === index) return false;
    const id = ++this.#id;
    this.#waiting.set(id, { done, timer: clock.after(HEARD_WITHIN_MS, () => this.#settle(id, null, true)) });
    this.#send({ kind: 'ask', to, from: index, id, request });
    return true;
  }

  close(): void {
    this.#channel.close();
  }

  #hear(message: Message): void {
    if (message.to !== this.#settings.index) return;
    switch (message.kind) {
      case 'ask': {
        const { from, id, request } = message;
        const answer: RenewalDone = (renewal, first) => this.#send({ kind: 'answer', to: from, id, renewal, first });
        this.#send({ kind: 'heard', to: from, id });
        const known = this.#settings.renew(request, answer);
        if (known !== null) answer(known, false);
        return;
      }
      case 'heard': {
        const waiting = this.#waiting.get(message.id);
        waiting?.timer.cancel();
        if (waiting !== undefined) waiting.timer = this.#settings.clock.after(ANSWERED_WITHIN_MS, () => this.#settle(message.id, null, true));
        return;
      }
      case 'answer':
        this.#settle(message.id, message.renewal, message.first);
    }
  }

  #settle(id: number, renewal: Renewal | null, first: boolean): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.timer.cancel();
    waiting?.done(renewal, first);
  }

  #send(message: Message): void {
    this.#channel.postMessage(message);
  }
}
