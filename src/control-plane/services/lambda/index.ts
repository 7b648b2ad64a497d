export { CODE_PATH } from './code.ts';
export { type FunctionInvocation, type FunctionInvoker, type FunctionResult, type FunctionStream } from './invoker.ts';
export { lambdaParity } from './parity.ts';
export { lambdaService } from './service.ts';
export { LAMBDA_MEMBERS } from './members.ts';
