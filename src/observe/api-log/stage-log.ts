import type { StageIdentity } from '../../snapshot/index.ts';
import type { ApiLogFormat } from './format.ts';
import type { ApiLog, ApiLogs } from './logs.ts';

/** What a line is written about: a call to an HTTP API, or a run of a route of a WebSocket API. */
interface Ended {
  /** Wall clock (ms). */
  readonly startedWall: number;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** Wall clock (ms) when it ended. */
export function endOf({ startedWall, startedAt, endedAt }: Ended): number {
  return startedWall + (endedAt - startedAt);
}

/** The access log of one stage. */
export class StageLog<Call extends Ended> {
  readonly #lines: ApiLog;
  readonly #format: ApiLogFormat<Call>;

  private constructor(lines: ApiLog, format: ApiLogFormat<Call>) {
    this.#lines = lines;
    this.#format = format;
  }

  /** Null: the stage has none. `worker` tells the streams of workers apart: two that wrote one would have to take turns. */
  static of<Call extends Ended>({ account, region, apiId, stage, accessLog }: StageIdentity, { logs, worker, format }: { readonly logs: ApiLogs; readonly worker: number; readonly format: (text: string) => ApiLogFormat<Call> }): StageLog<Call> | null {
    return accessLog === null ? null : new StageLog(logs.open({ account, region, group: accessLog.group, stream: `${apiId}/${stage}/${worker}` }), format(accessLog.format));
  }

  /** False: the line is lost. */
  write(call: Call): boolean {
    if (!this.#lines.begin(endOf(call))) return false;
    this.#format.write(call, this.#lines);
    this.#lines.end();
    return true;
  }
}
