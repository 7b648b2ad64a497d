import type { Clock } from '../kernel/index.ts';
import type { AdminClient } from './client.ts';

/** 0: done. 1: it failed. 2: the command was not understood. 3: no Turnpike answers. */
export const EXIT = { done: 0, failed: 1, usage: 2, notRunning: 3 } as const;

export interface Option {
  readonly name: string;
  readonly short?: string;
  /** What stands for its value in help; null for a flag. */
  readonly value: string | null;
  readonly repeatable?: boolean;
  readonly description: string;
}

export interface Argument {
  readonly name: string;
  readonly required: boolean;
  readonly description: string;
}

/** A command as data: help, parsing and documentation derive from it. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** More, in whole sentences; empty for none. */
  readonly details: string;
  readonly arguments: readonly Argument[];
  readonly options: readonly Option[];
  readonly examples: readonly string[];
  run(input: Input, context: Context): Promise<number>;
}

export interface Input {
  readonly positionals: readonly string[];
  readonly texts: Readonly<Record<string, string | undefined>>;
  readonly lists: Readonly<Record<string, readonly string[] | undefined>>;
  readonly flags: ReadonlySet<string>;
}

/** What a command works with. */
export interface Context {
  readonly host: CliHost;
  readonly json: boolean;
  readonly endpoint: string;
  readonly client: AdminClient;
  /** For people or, with --json, one JSON document. */
  show(data: unknown, text: () => string): void;
}

/** What the command line needs of the process; handed in by app. */
export interface CliHost {
  readonly version: string;
  readonly cwd: string;
  readonly clock: Clock;
  /** Environment variables. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  out(text: string): void;
  err(text: string): void;
  /** Runs the server until it is stopped; gives the exit code. Options are those of `SERVER_OPTIONS`, without dashes. */
  serve(options: ServerOptions, json: boolean): Promise<number>;
  /** Starts the server in this process, ready when it resolves. */
  startServer(options: ServerOptions): Promise<RunningServer>;
  /** A TCP port on loopback that nobody listens on now. */
  freePort(): Promise<number>;
  /** Resolves when the person or the system asks the process to stop. */
  readonly interrupted: Promise<void>;
}

export type ServerOptions = Readonly<Record<string, string>>;

export interface RunningServer {
  /** `http://127.0.0.1:4566` */
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** It did not work: what, why, what to do. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exit: number;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(message: string, more: { readonly exit?: number; readonly details?: Readonly<Record<string, unknown>> } = {}) {
    super(message);
    this.exit = more.exit ?? EXIT.failed;
    this.details = more.details ?? {};
  }
}

export function usageError(message: string): CommandError {
  return new CommandError(message, { exit: EXIT.usage });
}
