import { parentPort } from 'node:worker_threads';
import { DataPlane, type RequestToExplain } from '../../data-plane/generation/index.ts';
import { Ledger } from '../../data-plane/ledger/index.ts';
import { Http1Worker } from '../../data-plane/listeners/index.ts';
import { PolicyWorker } from '../../data-plane/policies/index.ts';
import { openDescriptors, opensslServes } from '../../data-plane/sockets/index.ts';
import { OutgoingClient, systemResolver, UpstreamWorker } from '../../data-plane/upstreams/index.ts';
import { systemClock, systemRandom, Wheel } from '../../kernel/index.ts';
import { ConnectionHub } from '../../data-plane/targets/index.ts';
import { AccessLogs, ApiLogs, ApiStageObserver, ListenerObserver, Meter, SilentObserver, SocketStageObserver, TraceExporter } from '../../observe/index.ts';
import { PortCaller } from './function-port.ts';
import { MishapLog } from './mishap-log.ts';
import { arrivedRequest } from './carried-connection.ts';
import type { DataWorkerInit, FromDataWorker, ToDataWorker } from './messages.ts';
import { Peers } from './peers.ts';
import { RenewalChannel } from './renewal-channel.ts';

/** A data-plane thread: serves what the main thread sends it. It loads its code before it is told what it is for, while the main thread loads its own. */
const main = parentPort!;
let hear: ReturnType<typeof serve> | null = null;

main.on('message', (message: ToDataWorker) => {
  if (message.kind === 'begin') hear = serve(message.init);
  else hear!(message);
});

function tell(message: FromDataWorker, transfer: ArrayBuffer[] = []): void {
  main.postMessage(message, transfer);
}

function serve(init: DataWorkerInit): (message: Exclude<ToDataWorker, { readonly kind: 'begin' }>) => void {
  tell({ kind: 'descriptors', memory: openDescriptors().memory });
  const clock = systemClock;
  const random = systemRandom;
  const wheel = new Wheel(clock);
  const mishaps = new MishapLog(clock, (report) => tell({ kind: 'mishaps', report }));
  const balancerSlots = new Map<string, number>();
  const poolSlots = new Map<string, number>();
  const meter = new Meter(init.slab, init.slabShape);
  const apiSlots = new Map<string, number>();
  const apiLogs = new ApiLogs(clock, (batch) => tell({ kind: 'api-log', batch }, batch.map(({ chunk }) => chunk.octets.buffer as ArrayBuffer)));
  const logs = new AccessLogs({ root: init.logRoot, address: `worker-${init.index}`, clock, random, finished: (path) => tell({ kind: 'log-finished', path }) });

  const caller = new PortCaller(init.functions, mishaps);
  const hub = new ConnectionHub({ worker: init.index, random, wheel, mishaps });
  const peers = new Peers(init.index, hub);

  const outgoing = new OutgoingClient({ clock, authorities: init.authorities, connections: 64, mishaps });
  const traces = init.traces === null ? null : new TraceExporter({ ...init.traces, clock, random, outgoing });

  const policies = new PolicyWorker({ clock, random, outgoing, secrets: init.secrets });
  if (init.workers > 1) policies.desk = new RenewalChannel({ index: init.index, workers: init.workers, clock, renew: (request, done) => policies.renew(request, done) });

  const upstreams = new UpstreamWorker(clock, wheel, { verify: init.verifyTargets, authorities: init.authorities, mishaps });
  const dataPlane = new DataPlane({
    http1: new Http1Worker(clock, wheel, { priorKnowledge: init.h2c, mishaps, writes: upstreams.writes }),
    upstreams,
    policies,
    random,
    ledger: new Ledger(init.ledger, init.share),
    caller,
    apiObserver: (stage) => new ApiStageObserver({ stage, meter, apiSlots, logs: apiLogs, worker: init.index }),
    sockets: {
      hub, reach: peers, random, verifies: init.verifies, outgoing: new OutgoingClient({ clock, authorities: init.authorities, connections: 256, mishaps }),
      observer: (stage) => new SocketStageObserver({ stage, meter, apiSlots, logs: apiLogs, worker: init.index }),
    },
    resolve: systemResolver,
    services: init.services,
    observer: (listener) => (listener.fallback.action.kind === 'apis' || listener.fallback.action.kind === 'function-url' ? new SilentObserver() : new ListenerObserver({ listener, meter, balancerSlots, poolSlots, logs, clock, traces })),
    retired: (observer) => {
      // exchanges that began with it may still have a line to write
      clock.after(init.drainMs, () => void (observer instanceof ListenerObserver ? observer.release() : null));
    },
    ticketKeys: Buffer.from(init.ticketKeys),
    reusePort: init.reusePort,
    connectionLimit: init.connectionLimit,
    drainMs: init.drainMs,
  });

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

  return (message) => {
    switch (message.kind) {
      case 'update':
        for (const [label, slot] of message.balancerSlots) balancerSlots.set(label, slot);
        for (const [label, slot] of message.poolSlots) poolSlots.set(label, slot);
        for (const [label, slot] of message.apiSlots) apiSlots.set(label, slot);
        turn = turn.then(async () => {
          const { serving, failures } = await dataPlane.apply(message.update);
          tell({ kind: 'served', revision: dataPlane.revision, ioUring: upstreams.writes.ring !== null, openssl: opensslServes(), serving, failures });
        });
        break;
      case 'explain':
        explain(message.id, message.request);
        break;
      case 'connection':
        tell({ kind: 'connection', id: message.id, outcome: hub.command(arrivedRequest(message.request)) });
        break;
      case 'peer':
        peers.connect(message.worker, message.port);
        break;
      case 'functions':
        caller.reconnect(message.port);
        break;
      case 'ticket-keys':
        dataPlane.rotateTicketKeys(Buffer.from(message.ticketKeys));
        break;
      case 'drain':
        turn = turn
          .then(() => dataPlane.drain(message.withinMs, message.handshakesMs))
          .then(() => traces?.close())
          .then(() => logs.close())
          .then(() => apiLogs.close())
          .then(() => tell({ kind: 'drained' }));
        break;
    }
  };
}
