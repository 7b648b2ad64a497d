/**
 * Loaded into Turnpike's process before anything else (`node --import`): tells how much of each thread's heap is really in use, after a full
 * collection, over a port of its own. A test's eye in a process that has no such hook.
 */
import { createServer } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import threads, { type Worker } from 'node:worker_threads';

export interface HeapReport {
  /** Bytes in use after a collection, by thread. */
  readonly heaps: Readonly<Record<string, number>>;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
setFlagsFromString('--no-expose-gc');

const running = new Map<Worker, string>();

if (threads.isMainThread) {
  threads.Worker = class extends threads.Worker {
    constructor(...given: ConstructorParameters<typeof Worker>) {
      super(...given);
      running.set(this, given[1]?.name ?? 'thread');
      this.once('exit', () => running.delete(this));
    }
  };
  syncBuiltinESMExports();
  const server = createServer((_request, response) => {
    void report().then((answer) => {
      response.writeHead(200, { connection: 'close' });
      response.end(JSON.stringify(answer));
    });
  });
  server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ event: 'heap-probe', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` })));
  server.unref();
}

async function report(): Promise<HeapReport> {
  collect();
  const heaps: Record<string, number> = { main: process.memoryUsage().heapUsed };
  for (const [worker, name] of running) {
    // the only way to have another thread collect: a snapshot begins with it
    const snapshot = await worker.getHeapSnapshot();
    snapshot.resume();
    await new Promise((resolve) => void snapshot.once('end', resolve));
    heaps[name] = (await worker.getHeapStatistics()).used_heap_size;
  }
  return { heaps };
}
