import type {
  Concurrency, DeleteFunctionConcurrencyRequest, GetAccountSettingsResponse, GetFunctionConcurrencyRequest, GetFunctionConcurrencyResponse, PutFunctionConcurrencyRequest,
} from '@aws-sdk/client-lambda';
import type { Call } from '../../../aws/index.ts';
import type { Scope, Transaction, World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { applied } from './applied.ts';
import { invalid } from './error.ts';
import { functionOf, unqualified } from './lookup.ts';

/** What reservations must leave to functions without one, where the account's limit allows for it. */
const UNRESERVED_MINIMUM = 100;

export function concurrencyOperations(environment: Environment) {
  const { store } = environment;
  const accountLimit = (): number => environment.limits.value('concurrent-executions', 1000);
  const unreserved = (world: World, scope: Scope): number => accountLimit() - world.list('lambda/function', scope).reduce((sum, each) => sum + (each.reservedConcurrency ?? 0), 0);

  const reserve = async (call: Call, functionName: string | undefined, value: number | null): Promise<void> => {
    const found = unqualified(call, functionName);
    await store.transact((transaction: Transaction) => {
      const current = functionOf(transaction, found);
      if (value !== null && unreserved(transaction, call) + (current.reservedConcurrency ?? 0) - value < UNRESERVED_MINIMUM) {
        throw invalid(`Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${UNRESERVED_MINIMUM}].`);
      }
      transaction.put('lambda/function', { ...current, reservedConcurrency: value });
    });
    await applied(environment);
  };

  return {
    async PutFunctionConcurrency(input: PutFunctionConcurrencyRequest, call: Call): Promise<Concurrency> {
      const value = input.ReservedConcurrentExecutions ?? 0;
      await reserve(call, input.FunctionName, value);
      return { ReservedConcurrentExecutions: value };
    },

    GetFunctionConcurrency(input: GetFunctionConcurrencyRequest, call: Call): GetFunctionConcurrencyResponse {
      const { reservedConcurrency } = functionOf(store.world, unqualified(call, input.FunctionName));
      return reservedConcurrency === null ? {} : { ReservedConcurrentExecutions: reservedConcurrency };
    },

    async DeleteFunctionConcurrency(input: DeleteFunctionConcurrencyRequest, call: Call): Promise<object> {
      await reserve(call, input.FunctionName, null);
      return {};
    },

    GetAccountSettings(_input: object, call: Call): GetAccountSettingsResponse {
      const functions = store.world.list('lambda/function', call);
      const versions = store.world.list('lambda/version', call);
      const limit = accountLimit();
      return {
        AccountLimit: {
          TotalCodeSize: 80_530_636_800,
          CodeSizeUnzipped: environment.limits.value('deployment-package-unzipped', 262_144_000),
          CodeSizeZipped: environment.limits.value('deployment-package-zipped', 52_428_800),
          ConcurrentExecutions: limit,
          UnreservedConcurrentExecutions: unreserved(store.world, call),
        },
        AccountUsage: { TotalCodeSize: [...functions, ...versions].reduce((sum, each) => sum + each.codeSize, 0), FunctionCount: functions.length },
      };
    },
  };
}
