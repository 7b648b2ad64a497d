import type { ApiExchange, SocketCall } from '../../data-plane/exchange/index.ts';
import { bucketOf } from './histogram.ts';
import { API_INTEGRATION_LATENCY, API_LATENCY, apiOffset as api } from './layout.ts';

/** Counts for one stage of an API. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html */
export class ApiMeter {
  readonly #cells: Float64Array;
  readonly #base: number;

  constructor(cells: Float64Array, base: number) {
    this.#cells = cells;
    this.#base = base;
  }

  ended(call: ApiExchange): void {
    const cells = this.#cells;
    const base = this.#base;
    cells[base + api.count]!++;
    cells[base + api.dataProcessed]! += call.bytesIn + call.bytesOut;
    if (call.status >= 500) cells[base + api.status5xx]!++;
    else if (call.status >= 400) cells[base + api.status4xx]!++;
    const latency = Math.max(call.endedAt - call.startedAt, 0);
    cells[base + API_LATENCY + bucketOf(latency)]!++;
    cells[base + api.latencySum]! += latency / 1000;
    if (call.integrationSentAt === 0) return;
    const integration = Math.max(call.integrationAnsweredAt - call.integrationSentAt, 0);
    cells[base + api.integrated]!++;
    cells[base + API_INTEGRATION_LATENCY + bucketOf(integration)]!++;
    cells[base + api.integrationLatencySum]! += integration / 1000;
  }

  /** A run of a WebSocket API's route. https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html */
  socketEnded(call: SocketCall): void {
    const cells = this.#cells;
    const base = this.#base;
    if (call.eventType === 'MESSAGE') cells[base + api.messageCount]!++;
    else if (call.eventType === 'CONNECT' && (call.integrationSentAt !== 0 || call.integrationStatus !== 0)) cells[base + api.connectCount]!++;
    if (call.error !== null && call.error.status < 500) cells[base + api.clientError]!++;
    else if (call.error !== null) cells[base + api.executionError]!++;
    else if (call.integrationStatus >= 400) cells[base + api.integrationError]!++;
    if (call.integrationSentAt === 0) return;
    const integration = Math.max(call.integrationAnsweredAt - call.integrationSentAt, 0);
    cells[base + api.integrated]!++;
    cells[base + API_INTEGRATION_LATENCY + bucketOf(integration)]!++;
    cells[base + api.integrationLatencySum]! += integration / 1000;
  }

  /** A message through `@connections`: "sent to the WebSocket API, either from or to the client". */
  socketPosted(): void {
    this.#cells[this.#base + api.messageCount]!++;
  }

  linesDropped(lines: number): void {
    this.#cells[this.#base + api.logLinesDropped]! += lines;
  }
}
