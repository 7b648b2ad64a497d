/** The nouns of lambda, by kind. Each has a file of its own in this folder. */
import type { FunctionAlias } from './alias.ts';
import type { EventInvokeConfig } from './event-invoke-config.ts';
import type { FunctionVersion, LambdaFunction } from './function.ts';
import type { FunctionPolicy } from './policy.ts';

export { aliasVersion, type FunctionAlias } from './alias.ts';
export { functionArn, parseFunctionName, unqualifiedArn, type FunctionPlace, type FunctionReference } from './arn.ts';
export { eventInvokeConfigId, type EventInvokeConfig } from './event-invoke-config.ts';
export {
  executableFunction, type ExecutableFunction, type FunctionConfiguration, type FunctionLogging, type FunctionVersion, type FunctionVpc, type LambdaFunction,
} from './function.ts';
export { isInvocationAllowed, policyDocument, type FunctionPolicy, type InvocationOrigin, type PolicyReader, type PolicyStatement } from './policy.ts';

export interface LambdaResources {
  'lambda/function': LambdaFunction;
  'lambda/version': FunctionVersion;
  'lambda/alias': FunctionAlias;
  'lambda/policy': FunctionPolicy;
  'lambda/event-invoke-config': EventInvokeConfig;
}
