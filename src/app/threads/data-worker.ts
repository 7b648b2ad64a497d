import { parentPort, workerData } from 'node:worker_threads';
import { DataPlane, type RequestToExplain } from '../../data-plane/generation/index.ts';
import { Ledger } from '../../data-plane/ledger/index.ts';
import { Http1Worker } from '../../data-plane/listeners/index.ts';
import { PolicyWorker } from '../../data-plane/policies/index.ts';
import { OutgoingClient, UpstreamWorker } from '../../data-plane/upstreams/index.ts';
import { systemClock, systemRandom, Wheel } from '../../kernel/index.ts';
import { AccessLogs, ListenerObserver, Meter } from '../../observe/index.ts';
import { PortCaller } from './function-port.ts';
import type { DataWorkerInit, FromDataWorker, ToDataWorker } from './messages.ts';

/** A data-plane thread: serves what the main thread sends it. */
const init = workerData as DataWorkerInit;
const main = parentPort!;
const clock = systemClock;
const random = systemRandom;
const wheel = new Wheel(clock);
const balancerSlots = new Map<string, number>();
const poolSlots = new Map<string, number>();
const meter = new Meter(init.slab, init.slabShape);
const logs = new AccessLogs({ root: init.logRoot, address: `worker-${init.index}`, clock, random });

const caller = new PortCaller(init.functions);

const dataPlane = new DataPlane({
  http1: new Http1Worker(clock, wheel, { priorKnowledge: init.h2c }),
  upstreams: new UpstreamWorker(clock, wheel),
  policies: new PolicyWorker({ clock, random, outgoing: new OutgoingClient({ clock, authorities: init.authorities, connections: 64 }), secrets: init.secrets }),
  random,
  ledger: new Ledger(init.ledger),
  caller,
  observer: (listener) => new ListenerObserver({ listener, meter, balancerSlots, poolSlots, logs, clock }),
  retired: (observer) => {
    // exchanges that began with it may still have a line to write
    clock.after(init.drainMs, () => void (observer as ListenerObserver).release());
  },
  ticketKeys: Buffer.from(init.ticketKeys),
  reusePort: init.reusePort,
  connectionLimit: init.connectionLimit,
  drainMs: init.drainMs,
});

function tell(message: FromDataWorker): void {
  main.postMessage(message);
}

/** A question that cannot be answered must not end the thread that serves. */
function explain(id: number, request: RequestToExplain): void {
  try {
    tell({ kind: 'explained', id, explanation: dataPlane.explain(request) });
  } catch (error) {
    tell({ kind: 'unexplained', id, why: (error as Error).message });
  }
}

/** Updates are applied one after the other: each is the difference to the one before. */
let turn: Promise<void> = Promise.resolve();

main.on('message', (message: ToDataWorker) => {
  switch (message.kind) {
    case 'update':
      for (const [label, slot] of message.balancerSlots) balancerSlots.set(label, slot);
      for (const [label, slot] of message.poolSlots) poolSlots.set(label, slot);
      turn = turn.then(async () => {
        const { serving, failures } = await dataPlane.apply(message.update);
        tell({ kind: 'served', revision: dataPlane.revision, serving, failures });
      });
      break;
    case 'explain':
      explain(message.id, message.request);
      break;
    case 'functions':
      caller.reconnect(message.port);
      break;
    case 'drain':
      turn = turn
        .then(() => dataPlane.drain(message.withinMs))
        .then(() => logs.close())
        .then(() => tell({ kind: 'drained' }));
      break;
  }
});
