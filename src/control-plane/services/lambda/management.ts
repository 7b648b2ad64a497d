import type {
  GetFunctionRecursionConfigRequest, GetFunctionRecursionConfigResponse, GetRuntimeManagementConfigRequest, GetRuntimeManagementConfigResponse, PutFunctionRecursionConfigRequest,
  PutFunctionRecursionConfigResponse, PutRuntimeManagementConfigRequest, PutRuntimeManagementConfigResponse,
} from '@aws-sdk/client-lambda';
import { type Call, parseArn } from '../../../aws/index.ts';
import { runtimeManagementId, type RuntimeManagement } from '../../resources/lambda/index.ts';
import type { Environment } from '../environment.ts';
import { invalid } from './error.ts';
import { functionOf, reference, resolve, unqualified } from './lookup.ts';

/** What is kept and answered and has nothing to act on here: runtimes are those of the installation, and no service through which functions call themselves is served. */
export function managementOperations({ store, clock }: Environment) {
  return {
    async PutRuntimeManagementConfig(input: PutRuntimeManagementConfigRequest, call: Call): Promise<PutRuntimeManagementConfigResponse> {
      const found = reference(call, input.FunctionName, input.Qualifier);
      const updateRuntimeOn = input.UpdateRuntimeOn ?? 'Auto';
      const version = input.RuntimeVersionArn ?? null;
      if (updateRuntimeOn === 'Manual' && version === null) throw invalid('Missing runtime version ARN. A runtime version ARN is required when UpdateRuntimeVersionOn=Manual. Provide a valid runtime version ARN and retry the request.');
      if (updateRuntimeOn !== 'Manual' && version !== null) throw invalid(`Unexpected runtime version ARN when UpdateRuntimeVersionOn=${updateRuntimeOn}. Remove the runtime version ARN and retry the request.`);
      if (version !== null && parseArn(version)?.region !== call.region) throw invalid(`Invalid runtime version ARN (${version}). Check the runtime version ARN and retry the request.`);
      const now = clock.now();
      const config = await store.transact((transaction) => {
        const { owner, configuration } = resolve(transaction, found);
        const { account, region } = owner;
        const put: RuntimeManagement = { id: runtimeManagementId(configuration.id), account, region, parent: owner.id, createdAt: now, updateRuntimeOn, runtimeVersionArn: version };
        transaction.put('lambda/runtime-management', put);
        return { put, arn: shownArn(configuration) };
      });
      return { ...output(config.put), FunctionArn: config.arn };
    },

    GetRuntimeManagementConfig(input: GetRuntimeManagementConfigRequest, call: Call): GetRuntimeManagementConfigResponse {
      const { configuration } = resolve(store.world, reference(call, input.FunctionName, input.Qualifier));
      const config = store.world.get('lambda/runtime-management', runtimeManagementId(configuration.id));
      return { ...(config ? output(config) : { UpdateRuntimeOn: 'Auto' as const }), FunctionArn: shownArn(configuration) };
    },

    async PutFunctionRecursionConfig(input: PutFunctionRecursionConfigRequest, call: Call): Promise<PutFunctionRecursionConfigResponse> {
      const found = unqualified(call, input.FunctionName);
      const recursiveLoop = input.RecursiveLoop ?? 'Terminate';
      await store.transact((transaction) => transaction.put('lambda/function', { ...functionOf(transaction, found), recursiveLoop }));
      return { RecursiveLoop: recursiveLoop };
    },

    GetFunctionRecursionConfig: (input: GetFunctionRecursionConfigRequest, call: Call): GetFunctionRecursionConfigResponse => ({
      RecursiveLoop: functionOf(store.world, unqualified(call, input.FunctionName)).recursiveLoop as 'Allow',
    }),
  };
}

function shownArn({ id, version }: { readonly id: string; readonly version: string }): string {
  return version === '$LATEST' ? `${id}:$LATEST` : id;
}

function output(config: RuntimeManagement): { readonly UpdateRuntimeOn: 'Auto'; readonly RuntimeVersionArn?: string } {
  return { UpdateRuntimeOn: config.updateRuntimeOn as 'Auto', ...(config.runtimeVersionArn === null ? {} : { RuntimeVersionArn: config.runtimeVersionArn }) };
}
