import { askedProcess } from './asked-process.ts';

/** A process that holds idle WebSockets. */
export interface IdleSockets extends AsyncDisposable {
  /** How many of `count` more were let in. */
  open(count: number): Promise<number>;
  /** Sends a message on each; how many were answered. */
  say(): Promise<number>;
  /** How many sockets have had so many messages since this was asked last: `{ 1: 500 }`. Waits until `messages` have come, or 30 s. */
  heard(messages: number): Promise<Readonly<Record<string, number>>>;
  /** Lets all go; how many there were, and how many the server had closed before. */
  close(): Promise<{ readonly closed: number; readonly lost: number }>;
}

export function idleSockets({ port, host, path }: { readonly port: number; readonly host: string; readonly path: string }): IdleSockets {
  const child = askedProcess('idle-sockets-process.ts', [String(port), host, path]);
  return {
    open: async (count) => (await child.ask(`open ${count}`))['opened']!,
    say: async () => (await child.ask('say'))['answered']!,
    heard: (messages) => child.ask(`heard ${messages}`),
    close: () => child.ask('close'),
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  };
}
