import type {
  Concurrency, DeleteFunctionConcurrencyRequest, GetAccountSettingsResponse, GetFunctionConcurrencyRequest, GetFunctionConcurrencyResponse, PutFunctionConcurrencyRequest,
} from '@aws-sdk/client-lambda';
import type { Call } from '../../../aws/index.ts';
import type { Scope, Transaction, World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { applied } from './applied.ts';
import { invalid } from './error.ts';
import { functionOf, reference, unqualified } from './lookup.ts';

/** What reservations must leave to functions without one, where the account's limit allows for it. */
export const UNRESERVED_MINIMUM = 100;

function accountConcurrency(environment: Environment): number {
  return environment.limits.value('concurrent-executions', 1000);
}

/** What functions without a reservation share: what is reserved, or provisioned for functions without a reservation, is not theirs. */
export function unreservedConcurrency(environment: Environment, world: World, scope: Scope): number {
  const apart = world.list('lambda/function', scope).map((each) => each.reservedConcurrency ?? world.children('lambda/provisioned-concurrency', each.id).reduce((sum, { requested }) => sum + requested, 0));
  return accountConcurrency(environment) - apart.reduce((sum, each) => sum + each, 0);
}

export function concurrencyOperations(environment: Environment) {
  const { store } = environment;
  const accountLimit = (): number => accountConcurrency(environment);
  const unreserved = (world: World, scope: Scope): number => unreservedConcurrency(environment, world, scope);

  const reserve = async (call: Call, functionName: string | undefined, value: number | null): Promise<void> => {
    const found = reference(call, functionName);
    if (found.qualifier !== null) {
      throw invalid('This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please specify either a function name or an unqualified function ARN.');
    }
    await store.transact((transaction: Transaction) => {
      const current = functionOf(transaction, { ...found, qualifier: '$LATEST' });
      if (value !== null && unreserved(transaction, call) + (current.reservedConcurrency ?? 0) - value < UNRESERVED_MINIMUM) {
        throw invalid(`Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${UNRESERVED_MINIMUM}].`);
      }
      const provisioned = transaction.children('lambda/provisioned-concurrency', current.id).reduce((sum, { requested }) => sum + requested, 0);
      if (value !== null && value < provisioned) throw invalid(` ReservedConcurrentExecutions  ${value} should not be lower than function's total provisioned concurrency [${provisioned}].`);
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
          UnreservedConcurrentExecutions: Math.max(unreserved(store.world, call), 0),
        },
        AccountUsage: { TotalCodeSize: [...functions, ...versions, ...store.world.list('lambda/layer-version', call)].reduce((sum, each) => sum + each.codeSize, 0), FunctionCount: functions.length },
      };
    },
  };
}
