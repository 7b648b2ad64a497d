export { acmService, localAuthority } from './acm/index.ts';
export { ec2Service } from './ec2/index.ts';
export { elbv2Parity, elbv2Service, type ParityNote } from './elbv2/index.ts';
export { type Environment } from './environment.ts';
export { iamService } from './iam/index.ts';
export { lambdaService } from './lambda/index.ts';
export { type FunctionInvocation, type FunctionInvoker, type FunctionResult } from './lambda/invoker.ts';
export { awsLimits, type Limits } from './limits.ts';
