export {
  type ApiAccessLog, type ApiEntrance, type ApiRoute, type ApiStage, type Authorizer, type Cors, type EntranceMapping, type EntranceRule, type FunctionLink, type HttpStage,
  type Identity, type Integration, type ParameterMapping, type RequestValidation, type ResponseMapping, type RouteAuthorization, type RouteCache, type ServiceCredentials, type StageIdentity, type Throttle,
} from './api.ts';
export { decode, encode, type Decoded } from './codec.ts';
export { LINE_START, linesOf, type LogChunk, type LogLine } from './log-chunk.ts';
export { noConnections, type ConnectionCaller, type ConnectionCommand, type ConnectionOutcome, type ConnectionRequest, type Connections, type ConnectionScope } from './connection.ts';
export { apply, diff, isEmptyDiff, type Changes, type ListenerChanges, type ListenerEdit, type SnapshotDiff } from './diff.ts';
export { sameData, shared } from './equality.ts';
export { freeze } from './freeze.ts';
export { type LambdaFunction } from './function.ts';
export { type FunctionUrlEntrance } from './function-url.ts';
export { type ClaimCheck, type JwtAlgorithm, type JwtKeys, type JwtPolicy, type TokenSource } from './jwt-policy.ts';
export { LastKnownGood, recover, type LastKnownGoodSettings, type Recovered } from './last-known-good.ts';
export { PLAIN_FIELD_NAMES, type AccessLog, type Binding, type Certificate, type ClientAuthentication, type ClientVerification, type HttpSettings, type RequestFieldNames, type ResponseField, type Listener, type Tls, type TlsVersion } from './listener.ts';
export { type OidcPolicy } from './oidc-policy.ts';
export { type Policy, type PolicyByKind, type Rewrite } from './policy.ts';
export { PLAIN_BALANCE, type Balance, type Endpoint, type FunctionPool, type HealthCheck, type HttpPool, type Minimum, type Pool, type StatusRange, type Stickiness } from './pool.ts';
export { REDACTED, redact, redactPolicy } from './redact.ts';
export { noReports, type PartReport, type ReportReader, type TargetAnomaly, type TargetHealth, type TargetState } from './report.ts';
export { type Action, type Condition, type Redirect, type Route, type WeightedPool } from './route.ts';
export { type SelectionPart } from './selection.ts';
export { emptySnapshot, type Diagnostic, type Snapshot } from './snapshot.ts';
export { dayOf, noUsage, periodStart, type DayOfUse, type Quota, type UsageBook } from './usage.ts';
export { keyDigest, LONGEST_KEY, planBucket, useKey, type PlanKey, type PlanThrottle, type RouteThrottle, type StageKeys, type UsagePlan } from './usage-plan.ts';
export { socketOf, validate, type Flaw } from './validate.ts';
export { routeLabel, type ServiceCall, type ExecutionTrace, type WebSocketAnswer, type WebSocketIntegration, type WebSocketLimits, type WebSocketModels, type WebSocketParameter, type WebSocketRoute, type WebSocketStage, type WebSocketTemplates, type WebSocketValue } from './web-socket-stage.ts';
