export { allowedOrigin, ApiExchange, type ApiObserver, type Authorized, type EditedHead, type Entry, type ResponseEdit } from './api-exchange.ts';
export { CHUNKED, Exchange, LENGTH, NO_BODY, UNTIL_CLOSE, type BodySink, type Downstream, type DownstreamTls, type Framing, type Reply, type ResponseHead, type ResponseSource, type Transform, type Transformed, type TransformStatus } from './exchange.ts';
export { faults, type Fault, type FaultCode } from './fault.ts';
export { NEXT, WAIT, type LinkedRoute, type Observer, type Router, type Site, type Step, type Target, type Verdict } from './link.ts';
export { contextVariable, domainNameOf, domainPrefixOf, isContextVariable, protocolOf, requestTime, type ContextVariable } from './context-variable.ts';
export { gatewayErrorOf, gatewayErrors, type GatewayError } from './gateway-error.ts';
export { InnerExchange } from './inner-exchange.ts';
export { RequestIds } from './request-ids.ts';
