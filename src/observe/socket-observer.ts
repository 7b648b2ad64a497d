import { loggedSocketVariable, type SocketCall, type SocketObserver } from '../data-plane/exchange/index.ts';
import { routeLabel, type ExecutionTrace, type WebSocketRoute, type WebSocketStage } from '../snapshot/index.ts';
import { executionLines } from './api-log/execution-log.ts';
import { ApiLogFormat } from './api-log/format.ts';
import type { ApiLog, ApiLogs } from './api-log/logs.ts';
import type { ApiMeter } from './metrics/api-meter.ts';
import type { Meter } from './metrics/meter.ts';

export interface SocketStageObserverSettings {
  readonly stage: WebSocketStage;
  readonly meter: Meter;
  /** Slots by `StageIdentity.label`. */
  readonly apiSlots: ReadonlyMap<string, number>;
  readonly logs: ApiLogs;
  readonly worker: number;
}

/** Metrics, the access log and the execution log of one stage of a WebSocket API: a line for each run of a route. */
export class SocketStageObserver implements SocketObserver {
  readonly #meter: ApiMeter;
  /** Of the routes that have metrics of their own. */
  readonly #routes = new Map<WebSocketRoute, ApiMeter>();
  readonly #executions: ApiLog;
  readonly #log: { readonly lines: ApiLog; readonly format: ApiLogFormat<SocketCall> } | null;

  constructor({ stage, meter, apiSlots, logs, worker }: SocketStageObserverSettings) {
    this.#meter = meter.api(apiSlots.get(stage.label));
    for (const route of stage.routes) if (route.metered) this.#routes.set(route, meter.api(apiSlots.get(routeLabel(stage, route))));
    const { account, region, apiId, accessLog } = stage;
    // "API Gateway manages the CloudWatch Logs": groups of its own
    this.#executions = logs.open({ account, region, group: `/aws/apigateway/${apiId}/${stage.stage}`, stream: String(worker) });
    this.#log =
      accessLog === null
        ? null
        : { lines: logs.open({ account, region, group: accessLog.group, stream: `${apiId}/${stage.stage}/${worker}` }), format: new ApiLogFormat(accessLog.format, loggedSocketVariable) };
  }

  callEnded(call: SocketCall): void {
    this.#meter.socketEnded(call);
    if (this.#routes.size > 0 && call.route !== null) this.#routes.get(call.route)?.socketEnded(call);
    const trace = call.route?.trace ?? null;
    if (trace !== null) this.#trace(call, trace);
    const log = this.#log;
    if (log === null) return;
    const { lines, format } = log;
    if (!lines.begin(call.startedWall + (call.endedAt - call.startedAt))) return this.#meter.linesDropped(1);
    format.write(call, lines);
    lines.end();
  }

  /** What the execution log tells of a run. */
  #trace(call: SocketCall, trace: ExecutionTrace): void {
    const at = call.startedWall + (call.endedAt - call.startedAt);
    for (const line of executionLines(call, trace)) {
      // the stream of octets that lines go into has NUL between them
      if (!this.#executions.write(at, line.includes('\0') ? line.replaceAll('\0', '') : line)) this.#meter.linesDropped(1);
    }
  }

  posted(): void {
    this.#meter.socketPosted();
  }
}
