/** The nouns of lambda, by kind. Each has a file of its own in this folder. */
import type { FunctionAlias } from './alias.ts';
import type { CodeSigningConfig } from './code-signing-config.ts';
import type { EventInvokeConfig } from './event-invoke-config.ts';
import type { FunctionUrl } from './function-url.ts';
import type { Layer, LayerVersion } from './layer.ts';
import type { ProvisionedConcurrency } from './provisioned-concurrency.ts';
import type { RuntimeManagement } from './runtime-management.ts';
import type { FunctionVersion, LambdaFunction } from './function.ts';
import type { FunctionPolicy } from './policy.ts';

export { aliasShare, aliasVersion, type FunctionAlias } from './alias.ts';
export { functionArn, parseFunctionName, partition, unqualifiedArn, type FunctionPlace, type FunctionReference } from './arn.ts';
export { eventInvokeConfigId, type EventInvokeConfig } from './event-invoke-config.ts';
export {
  contentOf, executableFunction, type ExecutableContext, type ExecutableFunction, type FunctionConfiguration, type FunctionLayer, type FunctionLogging, type FunctionVersion, type FunctionVpc, type LambdaFunction,
} from './function.ts';
export { type CodeSigningConfig } from './code-signing-config.ts';
export { allowsNothing, functionUrlHost, functionUrlId, type FunctionUrl, type FunctionUrlCors } from './function-url.ts';
export { layerArn, mayUseLayer, parseLayerArn, type Layer, type LayerStatement, type LayerVersion } from './layer.ts';
export { provisionedConcurrencyId, type ProvisionedConcurrency } from './provisioned-concurrency.ts';
export { runtimeManagementId, type RuntimeManagement } from './runtime-management.ts';
export { isAccountAllowed, isInvocationAllowed, isUrlPublic, policyDocument, type FunctionPolicy, type InvocationOrigin, type PolicyReader, type PolicyStatement } from './policy.ts';

export interface LambdaResources {
  'lambda/function': LambdaFunction;
  'lambda/version': FunctionVersion;
  'lambda/alias': FunctionAlias;
  'lambda/policy': FunctionPolicy;
  'lambda/event-invoke-config': EventInvokeConfig;
  'lambda/layer': Layer;
  'lambda/layer-version': LayerVersion;
  'lambda/function-url': FunctionUrl;
  'lambda/provisioned-concurrency': ProvisionedConcurrency;
  'lambda/runtime-management': RuntimeManagement;
  'lambda/code-signing-config': CodeSigningConfig;
}
