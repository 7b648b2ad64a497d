import { AwsError, type Call } from '../../../aws/index.ts';
import { alphanumericId } from '../../../kernel/index.ts';
import type { DiscoveryOperation } from '../../resources/servicediscovery/index.ts';
import type { Transaction } from '../../store/index.ts';
import type { Environment } from '../environment.ts';

/** Of one account and region: clients ask for the newest only. */
const KEPT = 100;

type Done = Pick<DiscoveryOperation, 'type' | 'targets'>;

/** Writes down what was done, so that GetOperation can say so. */
export function done(transaction: Transaction, call: Call, { environment, type, targets }: Done & { readonly environment: Environment }): { readonly OperationId: string } {
  const id = `${alphanumericId(environment.random, 32)}-${alphanumericId(environment.random, 8)}`;
  const { account, region } = call;
  const before = transaction.list('servicediscovery/operation', call);
  for (const old of before.slice(0, Math.max(0, before.length - KEPT + 1))) transaction.delete('servicediscovery/operation', old.id);
  transaction.put('servicediscovery/operation', { id, account, region, parent: null, createdAt: environment.clock.now(), type, targets });
  return { OperationId: id };
}

export function operationOperations({ store }: Environment) {
  return {
    async GetOperation({ OperationId: id, OwnerAccount: owner }: { readonly OperationId: string; readonly OwnerAccount?: string }, call: Call): Promise<object> {
      const found = store.world.get('servicediscovery/operation', id);
      if (!found || found.account !== call.account || (owner ?? found.account) !== found.account || found.region !== call.region) throw new AwsError('OperationNotFound', `Operation ${id} not found.`);
      const at = new Date(found.createdAt);
      return { Operation: { Id: found.id, OwnerAccount: found.account, Type: found.type, Status: 'SUCCESS', CreateDate: at, UpdateDate: at, Targets: { ...found.targets } } };
    },
  };
}
