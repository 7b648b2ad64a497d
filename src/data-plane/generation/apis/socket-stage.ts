import type { WebSocketStage } from '../../../snapshot/index.ts';
import type { Outgoing, SocketObserver } from '../../exchange/index.ts';
import { SocketStage, type ConnectionHub, type ManagementDoor } from '../../targets/index.ts';
import type { ApiContext } from './http-stage.ts';
import { socketAuthorizer } from './socket-authorizer.ts';

export interface SocketSettings {
  readonly hub: ConnectionHub;
  readonly management: ManagementDoor;
  readonly outgoing: Outgoing;
  readonly observer: (stage: WebSocketStage) => SocketObserver;
}

/** Makes a stage of a WebSocket API ready to serve, and its open connections belong to it from now on. */
export function linkSocketStage(stage: WebSocketStage, { clock, wheel, caller, traceIds, buckets, bucketSlots, signers }: ApiContext, { hub, management, outgoing, observer }: SocketSettings): SocketStage {
  const linked = new SocketStage(stage, {
    hub, clock, wheel, caller, traceIds, outgoing, management, observer: observer(stage), now: () => clock.monotonic(),
    take: (throttle) => buckets.take(bucketSlots.get(throttle.key) ?? -1, throttle, clock.now()),
    authorizer: (of, route) => socketAuthorizer(of, route, { clock, wheel, caller, signers }),
  });
  hub.link(stage.id, linked);
  return linked;
}
