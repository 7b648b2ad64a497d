import type { Clock, Timer } from '../../kernel/index.ts';
import { type Delivery, deliveryTo } from './delivery.ts';
import type { Subscription } from './subscription.ts';

/** An event as it is sent: its text, ready. */
export interface QueuedEvent {
  readonly text: string;
  readonly bytes: number;
}

/** Batches that wait for a slow extension; what comes beyond them is dropped, and said. */
const MOST_BATCHES = 4;

/** Sends an extension its events in batches: one at a time, each until it is acknowledged, as they came. */
export class TelemetrySubscriber {
  readonly subscription: Subscription;
  readonly #clock: Clock;
  readonly #delivery: Delivery;
  #queue: QueuedEvent[] = [];
  #bytes = 0;
  #dropped = { records: 0, bytes: 0 };
  #timer: Timer | null = null;
  #sending: Promise<void> | null = null;
  #closed = false;

  constructor(subscription: Subscription, host: { readonly clock: Clock; readonly address: string }) {
    this.subscription = subscription;
    this.#clock = host.clock;
    this.#delivery = deliveryTo(subscription.destination, host);
  }

  push(event: QueuedEvent): void {
    const { maxItems, maxBytes, timeoutMs } = this.subscription;
    if (this.#closed) return;
    if (this.#queue.length >= maxItems * MOST_BATCHES || this.#bytes + event.bytes > maxBytes * MOST_BATCHES) {
      this.#dropped.records++;
      this.#dropped.bytes += event.bytes;
      return;
    }
    this.#queue.push(event);
    this.#bytes += event.bytes;
    if (this.#queue.length >= maxItems || this.#bytes >= maxBytes) void this.flush();
    else this.#timer ??= this.#clock.after(timeoutMs, () => void this.flush());
  }

  /** Sends what there is; resolves once it has been acknowledged or given up for now. */
  flush(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = null;
    this.#sending ??= this.#send().finally(() => {
      this.#sending = null;
      if (this.#queue.length > 0 && !this.#closed) this.#timer ??= this.#clock.after(this.subscription.timeoutMs, () => void this.flush());
    });
    return this.#sending;
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#queue = [];
    this.#delivery.close();
  }

  async #send(): Promise<void> {
    while (this.#queue.length > 0 && !this.#closed) {
      const batch = this.#batch();
      if (!(await this.#delivery.send(batch.map(({ text }) => text)))) return;
      this.#queue.splice(0, batch.length);
      for (const { bytes } of batch) this.#bytes -= bytes;
      const { records: droppedRecords, bytes: droppedBytes } = this.#dropped;
      if (droppedRecords === 0) continue;
      this.#dropped = { records: 0, bytes: 0 };
      const reason = 'Consumer seems to have fallen behind as it has not acknowledged receipt of logs.';
      const text = JSON.stringify({ time: new Date(this.#clock.now()).toISOString(), type: 'platform.logsDropped', record: { droppedBytes, droppedRecords, reason } });
      this.push({ text, bytes: text.length });
    }
  }

  #batch(): readonly QueuedEvent[] {
    const { maxItems, maxBytes } = this.subscription;
    let bytes = 0;
    const beyond = this.#queue.findIndex((event, at) => (bytes += event.bytes) > maxBytes && at > 0);
    return this.#queue.slice(0, Math.min(beyond < 0 ? this.#queue.length : beyond, maxItems));
  }
}
