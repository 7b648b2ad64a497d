export { CHUNKED, Exchange, LENGTH, NO_BODY, UNTIL_CLOSE, type BodySink, type Downstream, type DownstreamTls, type Framing, type Reply, type ResponseHead, type ResponseSource, type Transform, type Transformed, type TransformStatus } from './exchange.ts';
export { faults, type Fault, type FaultCode } from './fault.ts';
export { NEXT, WAIT, type LinkedRoute, type Observer, type Router, type Site, type Step, type Target, type Verdict } from './link.ts';
