import { hexId, type Clock, type Random } from '../../kernel/index.ts';
import type { Exchange, Outgoing } from '../../data-plane/exchange/index.ts';
import type { Listener } from '../../snapshot/index.ts';
import { traceContext } from './trace-context.ts';

export interface TraceExporterSettings {
  /** Base URL of an OTLP/HTTP collector: `/v1/traces` comes behind it. */
  readonly endpoint: string;
  /** Share of the traces that begin here, 0 to 1. Those that a caller has begun are recorded as the caller says. */
  readonly ratio: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly outgoing: Outgoing;
}

const FLUSH_MS = 5_000;
const BATCH = 512;
/** Spans held while the collector is slow or down; more are dropped. */
const MOST = 8_192;
const WITHIN_MS = 10_000;
const SERVER = 2;
const CLIENT = 3;
const ERROR = 2;

type Attribute = { readonly key: string; readonly value: { readonly stringValue: string } | { readonly intValue: string } };

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
  readonly status: { readonly code: number } | Record<string, never>;
}

/**
 * Spans of exchanges, sent to an OpenTelemetry collector (OTLP/HTTP, JSON) in the background: one for the exchange, one within it for the target.
 * https://opentelemetry.io/docs/specs/otlp/#otlphttp, names by https://opentelemetry.io/docs/specs/semconv/http/http-spans/
 */
export class TraceExporter {
  readonly #settings: TraceExporterSettings;
  readonly #timer: { cancel(): void };
  #spans: Span[] = [];
  #sending = 0;
  #sent: (() => void) | null = null;
  /** Spans that there was no room for, or that the collector did not take. */
  dropped = 0;

  constructor(settings: TraceExporterSettings) {
    this.#settings = settings;
    this.#timer = settings.clock.every(FLUSH_MS, () => this.flush());
  }

  ended(exchange: Exchange, listener: Listener): void {
    const context = traceContext(exchange.header('traceparent'), exchange.traceId);
    if (context === null || context.unsampled) return;
    if (context.parentSpanId === '' && !this.#chosen(context.traceId)) return;
    if (this.#spans.length + 2 > MOST) {
      this.dropped++;
      return;
    }
    const { random } = this.#settings;
    const spanId = hexId(random, 16);
    const at = (monotonic: number): string => nanoseconds(exchange.startedWall + monotonic - exchange.startedAt);
    const failed = exchange.status >= 500;
    this.#spans.push({
      traceId: context.traceId, spanId, parentSpanId: context.parentSpanId, name: exchange.method || 'HTTP', kind: SERVER, startTimeUnixNano: nanoseconds(exchange.startedWall),
      endTimeUnixNano: at(Math.max(exchange.endedAt, exchange.startedAt)), status: failed ? { code: ERROR } : {},
      attributes: [
        text('http.request.method', exchange.method), text('url.scheme', listener.protocol), text('url.path', exchange.path), text('server.address', exchange.host),
        whole('http.response.status_code', exchange.status), text('client.address', exchange.downstream.remoteAddress), whole('client.port', exchange.downstream.remotePort),
        text('network.protocol.version', exchange.version === 20 ? '2' : exchange.version === 10 ? '1.0' : '1.1'), text('aws.elb.load_balancer', listener.ownerLabel),
        ...(exchange.route === null ? [] : [text('aws.elb.rule', exchange.route.route.id)]), ...(exchange.fault === null ? [] : [text('error.type', exchange.fault.code)]),
      ],
    });
    if (exchange.sentAt > 0 && exchange.endpoint !== '') {
      this.#spans.push({
        traceId: context.traceId, spanId: hexId(random, 16), parentSpanId: spanId, name: exchange.method || 'HTTP', kind: CLIENT, startTimeUnixNano: at(exchange.sentAt),
        endTimeUnixNano: at(exchange.answeredAt > 0 ? exchange.answeredAt : exchange.endedAt), status: exchange.targetStatus === 0 || exchange.targetStatus >= 500 ? { code: ERROR } : {},
        attributes: [
          text('http.request.method', exchange.method), text('network.peer.address', exchange.endpoint), text('aws.elb.target_group', exchange.pool),
          ...(exchange.targetStatus === 0 ? [] : [whole('http.response.status_code', exchange.targetStatus)]),
        ],
      });
    }
    if (this.#spans.length >= BATCH) this.flush();
  }

  /** Sends what is held; one batch under way at a time is left to be. */
  flush(): void {
    if (this.#spans.length === 0 || this.#sending > 0) return;
    const spans = this.#spans;
    this.#spans = [];
    this.#sending++;
    const { endpoint, outgoing } = this.#settings;
    const body = JSON.stringify({ resourceSpans: [{ resource: { attributes: [text('service.name', 'turnpike')] }, scopeSpans: [{ scope: { name: 'turnpike' }, spans }] }] });
    outgoing.send({ method: 'POST', url: `${endpoint}/v1/traces`, headers: { 'content-type': 'application/json' }, body, withinMs: WITHIN_MS, maxBytes: 64 * 1024 }, (outcome) => {
      this.#sending--;
      // what a collector does not take is lost: traces must never cost memory, or the time of a request
      if (outcome.kind !== 'answer' || outcome.status >= 300) this.dropped += spans.length;
      this.#sent?.();
    });
  }

  /** Sends the rest, behind what is under way; resolves when it has been taken, or not. */
  async close(): Promise<void> {
    this.#timer.cancel();
    for (this.flush(); this.#sending > 0; this.flush()) await new Promise<void>((resolve) => (this.#sent = resolve));
  }

  /** By the trace, so that all nodes that see it choose alike. */
  #chosen(traceId: string): boolean {
    return parseInt(traceId.slice(-8), 16) / 0x1_0000_0000 < this.#settings.ratio;
  }
}

function text(key: string, value: string): Attribute {
  return { key, value: { stringValue: value } };
}

function whole(key: string, value: number): Attribute {
  return { key, value: { intValue: String(value) } };
}

/** 64-bit integers are texts in OTLP's JSON. */
function nanoseconds(ms: number): string {
  const rounded = Math.round(ms * 1000);
  return `${rounded}000`;
}
