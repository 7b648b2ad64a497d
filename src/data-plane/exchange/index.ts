export { CHUNKED, Exchange, LENGTH, NO_BODY, UNTIL_CLOSE, type BodySink, type Downstream, type DownstreamTls, type Framing, type LoginEvent, type Reply, type ResponseHead, type ResponseSource, type Transform, type Transformed, type TransformStatus } from './exchange.ts';
export { faults, type Fault, type FaultCode } from './fault.ts';
export { type Identity, type JwtIdentity } from './identity.ts';
export { NEXT, WAIT, type LinkedRoute, type Observer, type Router, type Settled, type Site, type Step, type Target, type Verdict } from './link.ts';
export { type Outgoing, type OutgoingOutcome, type OutgoingRequest } from './outgoing.ts';
