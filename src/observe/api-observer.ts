import { loggedVariable, type ApiExchange, type ApiObserver, type Observer } from '../data-plane/exchange/index.ts';
import type { ApiStage } from '../snapshot/index.ts';
import { ApiLogFormat } from './api-log/format.ts';
import type { ApiLogs } from './api-log/logs.ts';
import { StageLog } from './api-log/stage-log.ts';
import type { ApiMeter } from './metrics/api-meter.ts';
import type { Meter } from './metrics/meter.ts';

export interface ApiStageObserverSettings {
  readonly stage: ApiStage;
  readonly meter: Meter;
  /** Slots by `StageIdentity.label`. */
  readonly apiSlots: ReadonlyMap<string, number>;
  readonly logs: ApiLogs;
  readonly worker: number;
}

/** Metrics and the access log of one stage of an API. */
export class ApiStageObserver implements ApiObserver {
  readonly #meter: ApiMeter;
  readonly #log: StageLog<ApiExchange> | null;

  constructor({ stage, meter, apiSlots, logs, worker }: ApiStageObserverSettings) {
    this.#meter = meter.api(apiSlots.get(stage.label));
    this.#log = StageLog.of(stage, { logs, worker, format: (text) => new ApiLogFormat(text, loggedVariable) });
  }

  callEnded(call: ApiExchange): void {
    this.#meter.ended(call);
    if (this.#log !== null && !this.#log.write(call)) this.#meter.linesDropped(1);
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
