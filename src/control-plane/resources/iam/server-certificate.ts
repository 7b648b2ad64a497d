import type { Resource, Tag } from '../resource.ts';

/** A certificate that was uploaded to IAM, for listeners that name it by `arn:aws:iam::ACCOUNT:server-certificate/PATH/NAME`. `id` is that ARN. */
export interface ServerCertificate extends Resource {
  readonly parent: null;
  readonly name: string;
  readonly path: string;
  readonly uniqueId: string;
  /** PEM of the leaf alone, as it was given. */
  readonly certificate: string;
  /** PEM of what follows the leaf, as it was given; empty for none. */
  readonly chain: string;
  /** PEM, PKCS #8. Secret: leaves the store for the data plane only. */
  readonly privateKey: string;
  /** Lower-case names that it is valid for, wildcards as `*.example.com`. */
  readonly subjectAlternativeNames: readonly string[];
  /** Milliseconds since the epoch. */
  readonly notAfter: number;
  readonly tags: readonly Tag[];
}
