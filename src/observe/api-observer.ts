import { loggedVariable, type ApiExchange, type ApiObserver, type Observer } from '../data-plane/exchange/index.ts';
import type { ApiStage } from '../snapshot/index.ts';
import { ApiLogFormat } from './api-log/format.ts';
import type { ApiLog, ApiLogs } from './api-log/logs.ts';
import type { ApiMeter } from './metrics/api-meter.ts';
import type { Meter } from './metrics/meter.ts';

export interface ApiStageObserverSettings {
  readonly stage: ApiStage;
  readonly meter: Meter;
  /** Slots by `StageIdentity.label`. */
  readonly apiSlots: ReadonlyMap<string, number>;
  readonly logs: ApiLogs;
  /** Tells the streams of workers apart: two that wrote one would have to take turns. */
  readonly worker: number;
}

/** Metrics and the access log of one stage of an API. */
export class ApiStageObserver implements ApiObserver {
  readonly #meter: ApiMeter;
  readonly #log: { readonly lines: ApiLog; readonly format: ApiLogFormat } | null;

  constructor({ stage, meter, apiSlots, logs, worker }: ApiStageObserverSettings) {
    this.#meter = meter.api(apiSlots.get(stage.label));
    const { account, region, apiId, accessLog } = stage;
    this.#log =
      accessLog === null
        ? null
        : { lines: logs.open({ account, region, group: accessLog.group, stream: `${apiId}/${stage.stage}/${worker}` }), format: new ApiLogFormat(accessLog.format, loggedVariable) };
  }

  callEnded(call: ApiExchange): void {
    this.#meter.ended(call);
    const log = this.#log;
    if (log === null) return;
    const { lines, format } = log;
    if (!lines.begin(call.startedWall + (call.endedAt - call.startedAt))) return this.#meter.linesDropped(1);
    format.write(call, lines);
    lines.end();
  }
}

/** For entrances of APIs: what happens there is the stages' to count. */
export class SilentObserver implements Observer {
  exchangeEnded(): void {
    // the stage's observer has heard of it
  }

  connectionOpened(): void {
    // API Gateway counts no connections
  }

  connectionClosed(): void {
    // nor their ends
  }

  connectionRefused(): void {
    // nor what never became a request
  }

  handshakeFailed(): void {
    // nor what never became a connection
  }
}
