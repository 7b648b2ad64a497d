/** Who was at work when something threw: the callbacks of a client's connection or a target's, what goes on after a wait, and so on. */
export type MishapPlace = 'client' | 'target' | 'wait' | 'websocket' | 'accept' | 'observer';

/**
 * Hears of what was thrown against all expectation, and was kept from ending the thread: it has cost one exchange, or one connection. What nobody can say whose it is
 * still ends the thread. Must not throw.
 */
export interface Mishaps {
  note(place: MishapPlace, error: unknown): void;
}

/** Where nobody is told it is thrown again where nothing catches it: it ends the thread, or fails the test. */
export const untold: Mishaps = {
  note: (_place, error) =>
    queueMicrotask(() => {
      throw error;
    }),
};
