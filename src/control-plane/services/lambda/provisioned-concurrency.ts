import type {
  DeleteProvisionedConcurrencyConfigRequest, GetProvisionedConcurrencyConfigRequest, GetProvisionedConcurrencyConfigResponse, ListProvisionedConcurrencyConfigsRequest,
  ListProvisionedConcurrencyConfigsResponse, PutProvisionedConcurrencyConfigRequest, PutProvisionedConcurrencyConfigResponse,
} from '@aws-sdk/client-lambda';
import { AwsError, type Call } from '../../../aws/index.ts';
import { type ProvisionedConcurrency, provisionedConcurrencyId } from '../../resources/lambda/index.ts';
import type { World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { applied } from './applied.ts';
import { unreservedConcurrency, UNRESERVED_MINIMUM } from './concurrency.ts';
import { conflict, invalid } from './error.ts';
import { checkQualifier, functionOf, reference, unqualified } from './lookup.ts';
import { page } from './page.ts';

type Found = ReturnType<typeof reference>;

/** https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html */
export function provisionedConcurrencyOperations(environment: Environment) {
  const { store, clock, functions } = environment;

  const shown = async (config: ProvisionedConcurrency): Promise<PutProvisionedConcurrencyConfigResponse> => {
    const ready = Math.min(await functions.ready(executed(store.world, config)), config.requested);
    return {
      RequestedProvisionedConcurrentExecutions: config.requested,
      AvailableProvisionedConcurrentExecutions: ready,
      AllocatedProvisionedConcurrentExecutions: ready,
      Status: ready >= config.requested ? 'READY' : 'IN_PROGRESS',
      LastModified: date(config.lastModified),
    };
  };

  return {
    async PutProvisionedConcurrencyConfig(input: PutProvisionedConcurrencyConfigRequest, call: Call): Promise<PutProvisionedConcurrencyConfigResponse> {
      const found = qualified(call, input, UNPUBLISHED);
      const requested = input.ProvisionedConcurrentExecutions ?? 0;
      const now = clock.now();
      const config = await store.transact((transaction) => {
        const { arn, parent, account, region } = provisionedOwner(transaction, found);
        const id = provisionedConcurrencyId(arn);
        checkOther(transaction, arn, parent);
        const before = transaction.get('lambda/provisioned-concurrency', id);
        const current = functionOf(transaction, found);
        const others = transaction.children('lambda/provisioned-concurrency', parent).reduce((sum, each) => (each.id === id ? sum : sum + each.requested), 0);
        if (current.reservedConcurrency !== null) {
          if (others + requested > current.reservedConcurrency) {
            throw invalid('Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function');
          }
        } else {
          const unreserved = unreservedConcurrency(environment, transaction, call) + (before?.requested ?? 0);
          if (requested > unreserved) throw invalid(`Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [${unreserved}].`);
          if (unreserved - requested < UNRESERVED_MINIMUM) throw invalid(`Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${UNRESERVED_MINIMUM}].`);
        }
        const put: ProvisionedConcurrency = { id, account, region, parent, createdAt: before?.createdAt ?? now, functionArn: arn, requested, lastModified: now };
        transaction.put('lambda/provisioned-concurrency', put);
        return put;
      });
      await applied(environment);
      return shown(config);
    },

    async GetProvisionedConcurrencyConfig(input: GetProvisionedConcurrencyConfigRequest, call: Call): Promise<GetProvisionedConcurrencyConfigResponse> {
      const { arn } = provisionedOwner(store.world, qualified(call, input, NEITHER));
      const config = store.world.get('lambda/provisioned-concurrency', provisionedConcurrencyId(arn));
      if (!config) throw new AwsError('ProvisionedConcurrencyConfigNotFoundException', 'No Provisioned Concurrency Config found for this function');
      return shown(config);
    },

    async DeleteProvisionedConcurrencyConfig(input: DeleteProvisionedConcurrencyConfigRequest, call: Call): Promise<object> {
      const found = qualified(call, input, NEITHER);
      await store.transact((transaction) => transaction.delete('lambda/provisioned-concurrency', provisionedConcurrencyId(provisionedOwner(transaction, found).arn)));
      return {};
    },

    async ListProvisionedConcurrencyConfigs(input: ListProvisionedConcurrencyConfigsRequest, call: Call): Promise<ListProvisionedConcurrencyConfigsResponse> {
      const current = functionOf(store.world, unqualified(call, input.FunctionName));
      const { items, marker } = page(store.world.children('lambda/provisioned-concurrency', current.id), input);
      const configs = await Promise.all(items.map(async (config) => ({ FunctionArn: config.functionArn, ...(await shown(config)) })));
      return { ProvisionedConcurrencyConfigs: configs, ...(marker === undefined ? {} : { NextMarker: marker }) };
    },
  };
}

const UNPUBLISHED = 'Provisioned Concurrency Configs cannot be applied to unpublished function versions.';
const NEITHER = 'The function resource provided must be an alias or a published version.';

function qualified(call: Call, input: { readonly FunctionName?: string | undefined; readonly Qualifier?: string | undefined }, unpublished: string): Found {
  const found = reference(call, input.FunctionName, input.Qualifier);
  if (found.qualifier === null || found.qualifier === '$LATEST') throw invalid(unpublished);
  return found;
}

function provisionedOwner(world: World, found: Found): { readonly arn: string; readonly parent: string; readonly account: string; readonly region: string } {
  checkQualifier(world, found);
  const { id, account, region } = functionOf(world, found);
  const arn = `${id}:${found.qualifier}`;
  if (world.get('lambda/alias', arn)?.functionVersion === '$LATEST') throw invalid(UNPUBLISHED);
  return { arn, parent: id, account, region };
}

/** Environments are kept ready for a version, or for one alias that points to it, not for both. */
function checkOther(world: World, arn: string, parent: string): void {
  const alias = world.get('lambda/alias', arn);
  if (alias) {
    if (world.get('lambda/provisioned-concurrency', provisionedConcurrencyId(`${parent}:${alias.functionVersion}`))) {
      throw conflict("Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version");
    }
    return;
  }
  const pointing = world.children('lambda/alias', parent).filter(({ functionVersion }) => `${parent}:${functionVersion}` === arn);
  if (pointing.some(({ id }) => world.get('lambda/provisioned-concurrency', provisionedConcurrencyId(id)))) throw conflict('Version is pointed by a Provisioned Concurrency alias');
}

/** The version whose environments are kept ready. */
function executed(world: World, { functionArn, parent }: ProvisionedConcurrency): string {
  const alias = world.get('lambda/alias', functionArn);
  return alias ? `${parent}:${alias.functionVersion}` : functionArn;
}

/** As AWS writes it. */
function date(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, '+0000');
}
