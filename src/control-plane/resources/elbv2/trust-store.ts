import type { Resource, Tag } from '../resource.ts';

/** A trust store: the authorities that vouch for clients. `id` is its ARN; `parent` is null. */
export interface TrustStore extends Resource {
  readonly name: string;
  /** Where the bundle was read from, once: a later change of the object is a later ModifyTrustStore. */
  readonly bundle: ObjectLocation;
  /** PEM, one certificate each, in the order of the bundle. */
  readonly certificates: readonly string[];
  /** Revocations get their ids by counting. */
  readonly nextRevocationId: number;
  readonly tags: readonly Tag[];
}

/** An object of a bucket: a file of the installation's data folder, `s3/BUCKET/KEY`. */
export interface ObjectLocation {
  readonly bucket: string;
  readonly key: string;
}

/** A revocation list of a trust store. `id` is the store's ARN and the number; `parent` is the store's ARN. */
export interface TrustStoreRevocation extends Resource {
  readonly revocationId: number;
  readonly content: ObjectLocation;
  /** PEM, as it was read. */
  readonly list: string;
  readonly entries: number;
}

/** `verify` and its settings, or one of the modes that have none. */
export type MutualAuthentication =
  | { readonly Mode: 'off' | 'passthrough' }
  | {
    readonly Mode: 'verify';
    readonly TrustStoreArn: string;
    readonly IgnoreClientCertificateExpiry: boolean;
    readonly AdvertiseTrustStoreCaNames: 'on' | 'off';
  };
