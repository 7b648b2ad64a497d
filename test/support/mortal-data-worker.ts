/** The data-plane thread of the program, but one that throws outside of every handler when it hears its number. */
import { BroadcastChannel, workerData } from 'node:worker_threads';

const { index } = workerData as { readonly index: number };
const channel = new BroadcastChannel('mortal-data-worker');
channel.onmessage = ({ data }) => {
  if (data === index) throw new Error('it was told to die');
};
await import('../../src/app/threads/data-worker.ts');
