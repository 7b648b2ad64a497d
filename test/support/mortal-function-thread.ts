/** The thread that runs functions as it is, but one that throws outside of every handler when it is told to. */
import { BroadcastChannel } from 'node:worker_threads';

const channel = new BroadcastChannel('mortal-function-thread');
channel.onmessage = () => {
  throw new Error('it was told to die');
};
await import('../../src/app/threads/function-thread.ts');
