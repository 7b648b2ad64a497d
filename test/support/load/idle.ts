import { askedProcess } from './asked-process.ts';

/** A process that holds idle connections. */
export interface IdleConnections extends AsyncDisposable {
  /** How many of `count` more were answered. */
  open(count: number): Promise<number>;
  /** Lets all go; how many there were, and how many the server had closed before. */
  close(): Promise<{ readonly closed: number; readonly lost: number }>;
}

export function idleConnections(port: number, path: string): IdleConnections {
  const child = askedProcess('idle-process.ts', ['127.0.0.1', String(port), path]);
  return {
    open: async (count) => (await child.ask(`open ${count}`))['opened']!,
    close: () => child.ask('close'),
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  };
}
