import type { Clock } from '../../kernel/index.ts';
import { type Report, reportRecord } from '../logs/platform-lines.ts';
import { logsEvent } from './logs-event.ts';
import { TelemetrySubscriber } from './subscriber.ts';
import { readSubscription, type TelemetryInterface, type TelemetryType } from './subscription.ts';

/** What happened before anybody could subscribe is kept while the environment initialises: so much of it. */
const MOST_EARLY = 1000;
const MOST_SUBSCRIBERS = 10;

/** What has happened. */
export interface PlatformEvent {
  readonly type: TelemetryType;
  readonly name: string;
  readonly time: number;
  readonly record: unknown;
  /** What was printed, as it was; absent where the platform speaks. */
  readonly line?: string;
  /** The only interface that has it; absent: both may. */
  readonly only?: TelemetryInterface;
}

export interface TelemetrySource {
  readonly clock: Clock;
  readonly initialization: 'on-demand' | 'provisioned-concurrency';
  readonly functionName: string;
  readonly functionVersion: string;
  /** Log records are JSON documents. */
  readonly json: boolean;
}

/**
 * The Telemetry API of one environment (https://docs.aws.amazon.com/lambda/latest/dg/telemetry-api.html): what the platform does, and what the function and its extensions print, for
 * the extensions that asked. An environment without extensions spends nothing on it.
 */
export class Telemetry {
  readonly #source: TelemetrySource;
  readonly #subscribers: TelemetrySubscriber[] = [];
  /** Who has subscribed, and to which interface: once. */
  readonly #known = new Set<string>();
  #early: PlatformEvent[] | null = null;
  #address = '127.0.0.1';

  constructor(source: TelemetrySource) {
    this.#source = source;
  }

  /** There are extensions that may subscribe. `address`: where they listen. */
  open(address: string): void {
    this.#address = address;
    this.#early = [];
    const { initialization, functionName, functionVersion } = this.#source;
    this.#emit('platform', 'platform.initStart', { initializationType: initialization, phase: 'init', functionName, functionVersion });
  }

  /** Null, or what is wrong. Who subscribes once more stays as he is. */
  subscribe(name: string, of: TelemetryInterface, body: Buffer): string | null {
    const subscription = readSubscription(of, body);
    if (typeof subscription === 'string') return subscription;
    const key = `${of} ${name}`;
    if (this.#known.has(key)) return null;
    if (this.#subscribers.length >= MOST_SUBSCRIBERS) return `an environment has at most ${MOST_SUBSCRIBERS} subscriptions`;
    this.#known.add(key);
    const subscriber = new TelemetrySubscriber(subscription, { clock: this.#source.clock, address: this.#address });
    for (const event of this.#early ?? []) tell(subscriber, event);
    this.#subscribers.push(subscriber);
    this.#emit('platform', of === 'logs' ? 'platform.logsSubscription' : 'platform.telemetrySubscription', { name, state: 'Subscribed', types: subscription.types }, { only: of });
    return null;
  }

  /** The environment is ready, after so many milliseconds, with these extensions. */
  initialised(durationMs: number, extensions: readonly { readonly name: string; readonly events: readonly string[] }[]): void {
    if (!this.#wanted) return;
    const { initialization: initializationType } = this.#source;
    for (const { name, events } of extensions) this.#emit('platform', 'platform.extension', { name, state: 'Ready', events });
    this.#emit('platform', 'platform.initRuntimeDone', { initializationType, phase: 'init', status: 'success' });
    this.#emit('platform', 'platform.initReport', { initializationType, phase: 'init', status: 'success', metrics: { durationMs } });
    this.#early = null;
  }

  started(requestId: string, traceId: string | null): void {
    if (this.#wanted) this.#emit('platform', 'platform.start', { requestId, version: this.#source.functionVersion, ...tracing(traceId) });
  }

  /** `producedBytes` null: nothing came. */
  done(requestId: string, status: 'success' | 'error' | 'failure' | 'timeout', more: { readonly errorType: string | null; readonly durationMs: number; readonly producedBytes: number | null }): void {
    if (!this.#wanted) return;
    const { errorType, durationMs, producedBytes } = more;
    this.#emit('platform', 'platform.runtimeDone', {
      requestId, status, ...(errorType === null ? {} : { errorType }), metrics: { durationMs, ...(producedBytes === null ? {} : { producedBytes }) },
    });
    if (status === 'failure') this.#emit('platform', 'platform.fault', `RequestId: ${requestId} Status: error\tErrorType: ${errorType ?? 'Unknown'}`, { only: 'logs' });
  }

  reported(report: Report): void {
    if (!this.#wanted) return;
    this.#emit('platform', 'platform.end', { requestId: report.requestId }, { only: 'logs' });
    this.#emit('platform', 'platform.report', reportRecord(report));
  }

  /** A line that the function or an extension has printed. */
  printed(source: 'function' | 'extension', timestamp: number, line: string): void {
    if (this.#wanted) this.#emit(source, source, this.#source.json ? documentOr(line) : line, { time: timestamp, line });
  }

  /** Sends what there is: the environment is about to end. */
  async flush(): Promise<void> {
    await Promise.all(this.#subscribers.map((subscriber) => subscriber.flush()));
  }

  close(): void {
    for (const subscriber of this.#subscribers) subscriber.close();
    this.#early = null;
  }

  get #wanted(): boolean {
    return this.#early !== null || this.#subscribers.length > 0;
  }

  #emit(type: TelemetryType, name: string, record: unknown, more: Pick<PlatformEvent, 'line' | 'only'> & { readonly time?: number } = {}): void {
    const event: PlatformEvent = { type, name, record, time: this.#source.clock.now(), ...more };
    if (this.#early !== null && this.#early.length < MOST_EARLY) this.#early.push(event);
    for (const subscriber of this.#subscribers) tell(subscriber, event);
  }
}

function tell(subscriber: TelemetrySubscriber, event: PlatformEvent): void {
  const { of, schema, types } = subscriber.subscription;
  const { type, name, record, time, only } = event;
  if (!types.includes(type) || (only !== undefined && only !== of)) return;
  const said = of === 'logs' ? logsEvent(event, schema) : { type: name, record };
  if (said === null) return;
  const text = JSON.stringify({ time: new Date(time).toISOString(), ...said });
  subscriber.push({ text, bytes: Buffer.byteLength(text) });
}

function tracing(traceId: string | null): object {
  return traceId === null ? {} : { tracing: { type: 'X-Amzn-Trace-Id', value: traceId } };
}

/** A line of a JSON log is a document; what else is printed stays text. */
function documentOr(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return line;
  }
}
