export { type LambdaFunction } from './function.ts';
export { type AccessLog, type Binding, type Certificate, type HttpSettings, type Listener, type Tls, type TlsVersion } from './listener.ts';
export { type Policy, type PolicyByKind } from './policy.ts';
export { type Endpoint, type FunctionPool, type HealthCheck, type HttpPool, type Pool, type StatusRange } from './pool.ts';
export { noReports, type ListenerReport, type ReportReader, type TargetHealth, type TargetState } from './report.ts';
export { type Action, type Condition, type Redirect, type Route, type WeightedPool } from './route.ts';
export { emptySnapshot, type Diagnostic, type Snapshot } from './snapshot.ts';
