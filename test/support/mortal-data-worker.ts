/** The data-plane thread of the program, but one that throws when it is told: outside of every handler (`die`), or at the next answer from memory (`stumble`). */
import { BroadcastChannel, workerData } from 'node:worker_threads';
import { Http1Exchange } from '../../src/data-plane/listeners/http1/exchange.ts';

export type Order = { readonly index: number; readonly how: 'die' | 'stumble' };

const { index } = workerData as { readonly index: number };
const channel = new BroadcastChannel('mortal-data-worker');
channel.onmessage = ({ data }) => {
  const order = data as Order;
  if (order.index !== index) return;
  if (order.how === 'die') throw new Error('it was told to die');
  const { reply } = Http1Exchange.prototype;
  Http1Exchange.prototype.reply = () => {
    Http1Exchange.prototype.reply = reply;
    throw new Error('it was told to stumble');
  };
};
await import('../../src/app/threads/data-worker.ts');
