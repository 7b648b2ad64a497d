import { loggedSocketVariable, type SocketCall, type SocketObserver } from '../data-plane/exchange/index.ts';
import { routeLabel, type ExecutionTrace, type WebSocketRoute, type WebSocketStage } from '../snapshot/index.ts';
import { executionLines } from './api-log/execution-log.ts';
import { ApiLogFormat } from './api-log/format.ts';
import type { ApiLog, ApiLogs } from './api-log/logs.ts';
import { endOf, StageLog } from './api-log/stage-log.ts';
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
  readonly #log: StageLog<SocketCall> | null;

  constructor({ stage, meter, apiSlots, logs, worker }: SocketStageObserverSettings) {
    this.#meter = meter.api(apiSlots.get(stage.label));
    for (const route of stage.routes) if (route.metered) this.#routes.set(route, meter.api(apiSlots.get(routeLabel(stage, route))));
    const { account, region, apiId } = stage;
    // "API Gateway manages the CloudWatch Logs": groups of its own
    this.#executions = logs.open({ account, region, group: `/aws/apigateway/${apiId}/${stage.stage}`, stream: String(worker) });
    this.#log = StageLog.of(stage, { logs, worker, format: (text) => new ApiLogFormat(text, loggedSocketVariable) });
  }

  callEnded(call: SocketCall): void {
    this.#meter.socketEnded(call);
    if (this.#routes.size > 0 && call.route !== null) this.#routes.get(call.route)?.socketEnded(call);
    const trace = call.route?.trace ?? null;
    if (trace !== null) this.#trace(call, trace);
    if (this.#log !== null && !this.#log.write(call)) this.#meter.linesDropped(1);
  }

  /** What the execution log tells of a run. */
  #trace(call: SocketCall, trace: ExecutionTrace): void {
    const at = endOf(call);
    for (const line of executionLines(call, trace)) {
      // the stream of octets that lines go into has NUL between them
      if (!this.#executions.write(at, line.includes('\0') ? line.replaceAll('\0', '') : line)) this.#meter.linesDropped(1);
    }
  }

  posted(): void {
    this.#meter.socketPosted();
  }
}
