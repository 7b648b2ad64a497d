import type { GetFunctionCodeSigningConfigRequest, GetProvisionedConcurrencyConfigRequest, GetRuntimeManagementConfigRequest } from '@aws-sdk/client-lambda';
import { AwsError, type Call, type Service } from '../../../aws/index.ts';
import type { Environment } from '../environment.ts';
import { refusing } from '../members.ts';
import { aliasOperations } from './alias.ts';
import { concurrencyOperations } from './concurrency.ts';
import { invalid, notFound } from './error.ts';
import { eventInvokeConfigOperations } from './event-invoke-config.ts';
import { functionOperations } from './function.ts';
import { invocationOperations } from './invocation.ts';
import { functionOf, reference, resolve, unqualified } from './lookup.ts';
import { LAMBDA_MEMBERS } from './members.ts';
import { OPERATION_REFUSALS } from './parity.ts';
import { permissionOperations } from './permission.ts';
import { tagOperations } from './tag.ts';
import { versionOperations } from './version.ts';

/** AWS Lambda: what every operation of the model does, or why it is refused. */
export function lambdaService(environment: Environment): Service {
  return {
    name: 'lambda',
    operations: refusing(
      {
        ...functionOperations(environment),
        ...versionOperations(environment),
        ...aliasOperations(environment),
        ...permissionOperations(environment),
        ...tagOperations(environment),
        ...concurrencyOperations(environment),
        ...eventInvokeConfigOperations(environment),
        ...invocationOperations(environment),
        ...fixedOperations(environment),
      },
      LAMBDA_MEMBERS,
      (_member, why) => invalid(why),
    ),
    refusals: OPERATION_REFUSALS,
  };
}

/** Reads (and removals) of what no function has here, because the operations that would make it are refused: the answers are true. */
function fixedOperations({ store }: Environment) {
  const exists = (call: Call, functionName: string | undefined, qualifier?: string): string => resolve(store.world, reference(call, functionName, qualifier)).arn;
  const noUrl = (input: { readonly FunctionName?: string; readonly Qualifier?: string }, call: Call): never => {
    exists(call, input.FunctionName, input.Qualifier);
    throw notFound('The resource you requested does not exist.');
  };
  return {
    GetFunctionCodeSigningConfig(input: GetFunctionCodeSigningConfigRequest, call: Call) {
      return { FunctionName: functionOf(store.world, unqualified(call, input.FunctionName)).name };
    },
    DeleteFunctionCodeSigningConfig(input: GetFunctionCodeSigningConfigRequest, call: Call) {
      functionOf(store.world, unqualified(call, input.FunctionName));
      return {};
    },
    GetRuntimeManagementConfig(input: GetRuntimeManagementConfigRequest, call: Call) {
      return { UpdateRuntimeOn: 'Auto', FunctionArn: exists(call, input.FunctionName, input.Qualifier) };
    },
    GetProvisionedConcurrencyConfig(input: GetProvisionedConcurrencyConfigRequest, call: Call) {
      exists(call, input.FunctionName, input.Qualifier);
      throw new AwsError('ProvisionedConcurrencyConfigNotFoundException', 'No Provisioned Concurrency Config found for this function');
    },
    DeleteProvisionedConcurrencyConfig(input: GetProvisionedConcurrencyConfigRequest, call: Call) {
      exists(call, input.FunctionName, input.Qualifier);
      return {};
    },
    ListProvisionedConcurrencyConfigs(input: { readonly FunctionName?: string }, call: Call) {
      exists(call, input.FunctionName);
      return { ProvisionedConcurrencyConfigs: [] };
    },
    GetFunctionUrlConfig: noUrl,
    DeleteFunctionUrlConfig: noUrl,
    ListFunctionUrlConfigs(input: { readonly FunctionName?: string }, call: Call) {
      exists(call, input.FunctionName);
      return { FunctionUrlConfigs: [] };
    },
    ListEventSourceMappings: () => ({ EventSourceMappings: [] }),
    ListLayers: () => ({ Layers: [] }),
    ListLayerVersions: () => ({ LayerVersions: [] }),
    ListCodeSigningConfigs: () => ({ CodeSigningConfigs: [] }),
  };
}
