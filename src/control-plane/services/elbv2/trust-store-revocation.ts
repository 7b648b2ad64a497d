import type {
  AddTrustStoreRevocationsInput, AddTrustStoreRevocationsOutput, DescribeTrustStoreRevocationsInput, DescribeTrustStoreRevocationsOutput, GetTrustStoreRevocationContentInput,
  GetTrustStoreRevocationContentOutput, RemoveTrustStoreRevocationsInput, RemoveTrustStoreRevocationsOutput, RevocationContent,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError, type Call } from '../../../aws/index.ts';
import type { ObjectLocation, TrustStoreRevocation } from '../../resources/elbv2/index.ts';
import type { World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { quota } from './account-limit.ts';
import { readRevocationList } from './ca-bundle.ts';
import { validationError } from './error.ts';
import * as lookup from './lookup.ts';
import { page } from './page.ts';
import { contentLocation } from './trust-store-content.ts';

function contentOf({ S3Bucket: bucket, S3Key: key, RevocationType: type }: RevocationContent): ObjectLocation {
  if (type !== undefined && type !== 'CRL') throw validationError(`Revocation type '${type as string}' must be one of 'CRL'`);
  if (!bucket || !key) throw validationError('The S3 bucket and the S3 key of the revocation content must be specified');
  return { bucket, key };
}

function shape(revocation: TrustStoreRevocation) {
  return { TrustStoreArn: revocation.parent ?? '', RevocationId: revocation.revocationId, RevocationType: 'CRL' as const, NumberOfRevokedEntries: revocation.entries };
}

function revocationOf(world: World, store: string, id: number | undefined): TrustStoreRevocation {
  const found = world.children('elbv2/trust-store-revocation', store).find(({ revocationId }) => revocationId === id);
  if (!found) throw new AwsError('RevocationIdNotFound', `Revocation ID '${id ?? ''}' not found`);
  return found;
}

export function trustStoreRevocationOperations(environment: Environment) {
  return {
    async AddTrustStoreRevocations(input: AddTrustStoreRevocationsInput, call: Call): Promise<AddTrustStoreRevocationsOutput> {
      lookup.trustStore(environment.store.world, input.TrustStoreArn ?? '', call);
      const given = input.RevocationContents ?? [];
      if (given.length === 0) throw validationError('Revocation contents must be specified');
      const read = await Promise.all(given.map(async (each) => {
        const content = contentOf(each);
        return { content, ...(await readRevocationList(environment, content)) };
      }));
      const added = await environment.store.transact((transaction) => {
        const store = lookup.trustStore(transaction, input.TrustStoreArn ?? '', call);
        const before = transaction.children('elbv2/trust-store-revocation', store.id);
        if (before.length + read.length > quota(environment, 'revocation-lists-per-trust-store')) {
          throw new AwsError('TooManyTrustStoreRevocationEntries', `The maximum number of revocation lists has been reached on trust store '${store.id}'`);
        }
        const entries = [...before, ...read].reduce((sum, each) => sum + each.entries, 0);
        if (entries > quota(environment, 'revocation-entries-per-trust-store')) {
          throw new AwsError('TooManyTrustStoreRevocationEntries', `The maximum number of revocation entries has been reached on trust store '${store.id}'`);
        }
        const rows = read.map(({ content, list, entries: count }, i): TrustStoreRevocation => {
          const revocationId = store.nextRevocationId + i;
          return {
            id: `${store.id} ${revocationId}`, account: call.account, region: call.region, parent: store.id, createdAt: environment.clock.now(), revocationId, content, list, entries: count,
          };
        });
        for (const row of rows) transaction.put('elbv2/trust-store-revocation', row);
        transaction.put('elbv2/trust-store', { ...store, nextRevocationId: store.nextRevocationId + rows.length });
        return rows;
      });
      return { TrustStoreRevocations: added.map(shape) };
    },

    async RemoveTrustStoreRevocations(input: RemoveTrustStoreRevocationsInput, call: Call): Promise<RemoveTrustStoreRevocationsOutput> {
      await environment.store.transact((transaction) => {
        const store = lookup.trustStore(transaction, input.TrustStoreArn ?? '', call);
        for (const id of input.RevocationIds ?? []) transaction.delete('elbv2/trust-store-revocation', revocationOf(transaction, store.id, id).id);
      });
      return {};
    },

    DescribeTrustStoreRevocations(input: DescribeTrustStoreRevocationsInput, call: Call): DescribeTrustStoreRevocationsOutput {
      const { world } = environment.store;
      const store = lookup.trustStore(world, input.TrustStoreArn ?? '', call);
      const ids = input.RevocationIds ?? [];
      const all = ids.length > 0 ? ids.map((id) => revocationOf(world, store.id, id)) : world.children('elbv2/trust-store-revocation', store.id);
      const { items, next } = page(all, input, ({ id }) => id);
      return { TrustStoreRevocations: items.map(shape), ...next };
    },

    GetTrustStoreRevocationContent(input: GetTrustStoreRevocationContentInput, call: Call): GetTrustStoreRevocationContentOutput {
      const { world } = environment.store;
      const store = lookup.trustStore(world, input.TrustStoreArn ?? '', call);
      return { Location: contentLocation(call.host, revocationOf(world, store.id, input.RevocationId).list) };
    },
  };
}
