import { type Clock, hexId, type Random } from '../kernel/index.ts';
import type { EnvironmentCode } from './environment-settings.ts';
import { timeoutMessage } from './failure.ts';
import type { InvocationRequest } from './invocation.ts';
import { EnvironmentLog, type Heard } from './logs/environment-log.ts';
import type { LogSink } from './logs/log-sink.ts';
import { jsonLines, type PlatformLines, textLines } from './logs/platform-lines.ts';
import type { RuntimeRequest } from './runtime-api/http-connection.ts';
import { Telemetry } from './telemetry/telemetry.ts';

/** How an invocation went, as its report tells it. */
export interface Outcome {
  readonly requestId: string;
  readonly durationMs: number;
  readonly status: 'success' | 'error' | 'timeout';
  readonly errorType: string | null;
}

/** What an environment tells of itself: the lines of the platform in its log stream, and the events for extensions that subscribed. */
export class EnvironmentAccount {
  readonly id: string;
  readonly logStream: string;
  readonly log: EnvironmentLog;
  readonly telemetry: Telemetry;
  readonly #clock: Clock;
  readonly #lines: PlatformLines;
  readonly #created: number;
  readonly #version: string;
  readonly #memoryMb: number;
  /** Duration of the initialisation, until the first report has told it. */
  #initMs: number | null = null;

  constructor({ clock, random, logs }: { readonly clock: Clock; readonly random: Random; readonly logs: LogSink }, { definition, provisioned }: EnvironmentCode) {
    this.#clock = clock;
    this.#created = clock.monotonic();
    this.#version = definition.version;
    this.#memoryMb = definition.memoryMb;
    this.id = hexId(random, 32);
    this.logStream = `${new Date(clock.now()).toISOString().slice(0, 10).replaceAll('-', '/')}/[${definition.version}]${this.id}`;
    const json = definition.environment.AWS_LAMBDA_LOG_FORMAT === 'JSON';
    this.#lines = json ? jsonLines(definition.systemLogLevel) : textLines;
    this.telemetry = new Telemetry({ clock, json, initialization: provisioned ? 'provisioned-concurrency' : 'on-demand', functionName: definition.name, functionVersion: definition.version });
    const heard: Heard = (source, timestamp, line) => this.telemetry.printed(source, timestamp, line);
    this.log = new EnvironmentLog(clock, { sink: logs, heard }, { functionArn: definition.id, logGroup: definition.logGroup, logStream: this.logStream });
    // What is printed while the function loads belongs to the first invocation's tail.
    this.log.startTail();
  }

  initialised(extensions: Parameters<Telemetry['initialised']>[1]): void {
    this.#initMs = this.#clock.monotonic() - this.#created;
    this.telemetry.initialised(this.#initMs, extensions);
  }

  started({ requestId, traceId, tail }: InvocationRequest, now: number): void {
    if (!tail) this.log.takeTail();
    else if (this.#initMs === null) this.log.startTail();
    this.#platform(this.#lines.start(requestId, this.#version, now));
    this.telemetry.started(requestId, traceId);
  }

  /** The last of an invocation. `used`: the most memory that was seen, in bytes; null: nobody could tell. */
  finish({ requestId, durationMs, status, errorType }: Outcome, used: number | null): void {
    const usedMb = used === null ? null : Math.min(Math.round(used / 1048576), this.#memoryMb);
    this.#platform(this.#lines.end(requestId));
    const report = { requestId, durationMs, memoryMb: this.#memoryMb, usedMb, initMs: this.#initMs, status, errorType };
    this.#platform(this.#lines.report(report, this.#clock.now()));
    this.telemetry.reported(report);
    this.#initMs = null;
    this.log.flush();
  }

  /** An invocation that ran into its time limit. */
  timedOut(requestId: string, timeoutMs: number, used: number | null): void {
    this.log.platform(`${timeoutMessage(this.#clock.now(), requestId, timeoutMs)}\n`);
    this.telemetry.done(requestId, 'timeout', { errorType: null, durationMs: timeoutMs, producedBytes: null });
    this.finish({ requestId, durationMs: timeoutMs, status: 'timeout', errorType: null }, used);
  }

  /** The log of an invocation for which the environment never became ready; returns its tail. */
  failedToStart(requestId: string, text: string | null, status: 'error' | 'timeout'): string {
    this.#platform(this.#lines.start(requestId, this.#version, this.#clock.now()));
    if (text !== null) this.log.platform(`${text}\n`);
    this.finish({ requestId, durationMs: this.#clock.monotonic() - this.#created, status, errorType: null }, null);
    return this.log.takeTail();
  }

  #platform(line: string | null): void {
    if (line !== null) this.log.platform(line);
  }
}

/** How many log records the bundled runtime has written before this request; null from runtimes that do not say. */
export function recordsOf(request: RuntimeRequest): number | null {
  const text = request.header('turnpike-log-records');
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
}
