export { type Environment } from './environment.ts';
export { type FunctionInvocation, type FunctionInvoker, type FunctionResult } from './lambda/invoker.ts';
export { awsLimits, type Limits } from './limits.ts';
