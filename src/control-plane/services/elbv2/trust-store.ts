import type {
  CreateTrustStoreInput, CreateTrustStoreOutput, DeleteSharedTrustStoreAssociationInput, DeleteSharedTrustStoreAssociationOutput, DeleteTrustStoreInput, DeleteTrustStoreOutput,
  DescribeTrustStoreAssociationsInput, DescribeTrustStoreAssociationsOutput, DescribeTrustStoresInput, DescribeTrustStoresOutput, GetTrustStoreCaCertificatesBundleInput,
  GetTrustStoreCaCertificatesBundleOutput, ModifyTrustStoreInput, ModifyTrustStoreOutput, TrustStore as WireTrustStore,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { hexId } from '../../../kernel/index.ts';
import { AwsError, type Call } from '../../../aws/index.ts';
import { parseElbArn, trustStoreArn, type Listener, type ObjectLocation, type TrustStore } from '../../resources/elbv2/index.ts';
import type { World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { quota } from './account-limit.ts';
import { readBundle } from './ca-bundle.ts';
import { trustStoreNotFound, validationError } from './error.ts';
import * as lookup from './lookup.ts';
import { page } from './page.ts';
import { newTags } from './tag.ts';
import { contentLocation } from './trust-store-content.ts';

const NAME = /^(?:[a-zA-Z0-9]+-)*[a-zA-Z0-9]+$/;

/** Listeners that verify clients against a store. */
export function listenersOf(world: World, store: string): readonly Listener[] {
  return world.list('elbv2/listener').filter(({ mutualAuthentication: mode }) => mode?.Mode === 'verify' && mode.TrustStoreArn === store);
}

export function bundleLocation(input: { readonly CaCertificatesBundleS3Bucket?: string | undefined; readonly CaCertificatesBundleS3Key?: string | undefined }): ObjectLocation {
  const { CaCertificatesBundleS3Bucket: bucket, CaCertificatesBundleS3Key: key } = input;
  if (!bucket || !key) throw validationError('The S3 bucket and the S3 key of the CA certificates bundle must be specified');
  return { bucket, key };
}

export function trustStoreShape(world: World, store: TrustStore): WireTrustStore {
  return {
    Name: store.name,
    TrustStoreArn: store.id,
    // nothing has to be provisioned
    Status: 'ACTIVE',
    NumberOfCaCertificates: store.certificates.length,
    TotalRevokedEntries: world.children('elbv2/trust-store-revocation', store.id).reduce((sum, { entries }) => sum + entries, 0),
  };
}

export function trustStoreOperations(environment: Environment) {
  return {
    async CreateTrustStore(input: CreateTrustStoreInput, call: Call): Promise<CreateTrustStoreOutput> {
      const name = input.Name ?? '';
      if (name.length > 32 || !NAME.test(name)) throw validationError(`Trust store name '${name}' must have 1 to 32 letters, digits and hyphens, and must not begin or end with a hyphen`);
      const tags = newTags(input.Tags, environment);
      const bundle = bundleLocation(input);
      const certificates = await readBundle(environment, bundle);
      const hex = hexId(environment.random, 16);
      const store = await environment.store.transact((transaction) => {
        const own = transaction.list('elbv2/trust-store').filter((other) => lookup.isOwn(other, call));
        if (own.some((other) => other.name === name)) throw new AwsError('DuplicateTrustStoreName', `A trust store with the name '${name}' already exists`);
        if (own.length >= quota(environment, 'trust-stores')) throw new AwsError('TooManyTrustStores', 'The maximum number of trust stores has been reached');
        const created: TrustStore = {
          id: trustStoreArn(call, name, hex), account: call.account, region: call.region, parent: null, createdAt: environment.clock.now(), name, bundle, certificates,
          nextRevocationId: 1, tags,
        };
        transaction.put('elbv2/trust-store', created);
        return created;
      });
      return { TrustStores: [trustStoreShape(environment.store.world, store)] };
    },

    async ModifyTrustStore(input: ModifyTrustStoreInput, call: Call): Promise<ModifyTrustStoreOutput> {
      const bundle = bundleLocation(input);
      lookup.trustStore(environment.store.world, input.TrustStoreArn ?? '', call);
      const certificates = await readBundle(environment, bundle);
      const store = await environment.store.transact((transaction) => {
        const changed: TrustStore = { ...lookup.trustStore(transaction, input.TrustStoreArn ?? '', call), bundle, certificates };
        transaction.put('elbv2/trust-store', changed);
        return changed;
      });
      return { TrustStores: [trustStoreShape(environment.store.world, store)] };
    },

    async DeleteTrustStore(input: DeleteTrustStoreInput, call: Call): Promise<DeleteTrustStoreOutput> {
      await environment.store.transact((transaction) => {
        const store = lookup.trustStore(transaction, input.TrustStoreArn ?? '', call);
        if (listenersOf(transaction, store.id).length > 0) throw new AwsError('TrustStoreInUse', `Trust store '${store.id}' is currently in use by a listener`);
        for (const { id } of transaction.children('elbv2/trust-store-revocation', store.id)) transaction.delete('elbv2/trust-store-revocation', id);
        transaction.delete('elbv2/trust-store', store.id);
      });
      return {};
    },

    DescribeTrustStores(input: DescribeTrustStoresInput, call: Call): DescribeTrustStoresOutput {
      const { world } = environment.store;
      const { items, next } = page(described(world, input, call), input, (store) => store.id);
      return { TrustStores: items.map((store) => trustStoreShape(world, store)), ...next };
    },

    DescribeTrustStoreAssociations(input: DescribeTrustStoreAssociationsInput, call: Call): DescribeTrustStoreAssociationsOutput {
      const { world } = environment.store;
      const store = lookup.trustStore(world, input.TrustStoreArn ?? '', call);
      const { items, next } = page(listenersOf(world, store.id), input, (listener) => listener.id);
      return { TrustStoreAssociations: items.map(({ id }) => ({ ResourceArn: id })), ...next };
    },

    GetTrustStoreCaCertificatesBundle(input: GetTrustStoreCaCertificatesBundleInput, call: Call): GetTrustStoreCaCertificatesBundleOutput {
      const store = lookup.trustStore(environment.store.world, input.TrustStoreArn ?? '', call);
      return { Location: contentLocation(call.host, store.certificates.join('')) };
    },

    /** Stores are shared with other accounts through RAM, which is not served: whatever is associated is of the same account. */
    DeleteSharedTrustStoreAssociation(input: DeleteSharedTrustStoreAssociationInput, call: Call): DeleteSharedTrustStoreAssociationOutput {
      const { world } = environment.store;
      const store = lookup.trustStore(world, input.TrustStoreArn ?? '', call);
      if (!listenersOf(world, store.id).some(({ id }) => id === input.ResourceArn)) {
        throw new AwsError('AssociationNotFound', `The association of '${input.ResourceArn ?? ''}' with trust store '${store.id}' was not found`);
      }
      throw new AwsError('DeleteAssociationSameAccount', 'The specified association cannot be within the same account');
    },
  };
}

function described(world: World, input: DescribeTrustStoresInput, call: Call): readonly TrustStore[] {
  const own = world.list('elbv2/trust-store').filter((store) => lookup.isOwn(store, call));
  const { TrustStoreArns: arns = [], Names: names = [] } = input;
  if (arns.length > 0 && names.length > 0) throw validationError('Trust store names and trust store ARNs cannot be specified at the same time');
  if (arns.length > 0) {
    return arns.map((arn) => {
      if (parseElbArn(arn)?.kind !== 'trust-store') throw validationError(`'${arn}' is not a valid trust store ARN`);
      const store = own.find(({ id }) => id === arn);
      if (!store) throw trustStoreNotFound();
      return store;
    });
  }
  if (names.length === 0) return own;
  return names.map((name) => {
    const store = own.find((each) => each.name === name);
    if (!store) throw trustStoreNotFound();
    return store;
  });
}
