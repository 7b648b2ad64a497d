export { type FunctionDefinition, runtimeKind } from './definition.ts';
export { installedRuntimes } from './interpreters.ts';
export { defaultHostLimits, FunctionHost, type FunctionHostOptions, type HostLimits } from './host.ts';
export { type FailureCause, type InvocationRequest, type InvocationResult, type ResponseSink, type ThrottleReason } from './invocation.ts';
export { GatheredLog } from './logs/gathered-log.ts';
export { type LogBatch, type LogLine, type LogSink } from './logs/log-sink.ts';
export { echoing } from './logs/terminal-echo.ts';
