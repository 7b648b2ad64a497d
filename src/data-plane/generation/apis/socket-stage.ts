import { uuid, type Random } from '../../../kernel/index.ts';
import type { WebSocketStage } from '../../../snapshot/index.ts';
import type { Outgoing, SocketObserver } from '../../exchange/index.ts';
import { ConnectionCallers } from '../../policies/index.ts';
import { SocketStage, type ConnectionHub, type ConnectionReach } from '../../targets/index.ts';
import type { ApiContext } from './http-stage.ts';
import { socketAuthorizer } from './socket-authorizer.ts';
import { SocketKeys } from './socket-keys.ts';

export interface SocketSettings {
  readonly hub: ConnectionHub;
  /** To connections of all workers. */
  readonly reach: ConnectionReach;
  readonly random: Random;
  /** Whoever uses `@connections` must have signed, whatever key he names. */
  readonly verifies: boolean;
  readonly outgoing: Outgoing;
  readonly observer: (stage: WebSocketStage) => SocketObserver;
}

/** Makes a stage of a WebSocket API ready to serve, and its open connections belong to it from now on. */
export function linkSocketStage(stage: WebSocketStage, { clock, wheel, caller, traceIds, buckets, bucketSlots, plans, services, signers }: ApiContext, settings: SocketSettings): SocketStage {
  const { hub, reach, random, verifies, outgoing, observer } = settings;
  const linked = new SocketStage(stage, {
    hub, clock, wheel, caller, traceIds, outgoing, services, reach, observer: observer(stage), now: () => clock.monotonic(),
    guard: new ConnectionCallers(stage, { signers, clock, verifies }), requestId: () => uuid(random),
    take: (throttle) => buckets.take(bucketSlots.get(throttle.key) ?? -1, throttle, clock.now()),
    keys: stage.keys === null ? null : new SocketKeys(stage, stage.keys, { plans, clock }),
    authorizer: (of, route) => socketAuthorizer(of, route, { clock, wheel, caller, signers }),
  });
  hub.link(stage.id, linked);
  return linked;
}
