import type { Resource, Tag } from '../resource.ts';

/** A certificate that IAM keeps for load balancers. `id` is its ARN. */
export interface ServerCertificate extends Resource {
  readonly parent: null;
  readonly name: string;
  readonly path: string;
  readonly uniqueId: string;
  /** PEM, as it was uploaded, without white space around it. */
  readonly certificate: string;
  /** PEM of what follows the certificate, as it was uploaded, without white space around it; empty for none. */
  readonly chain: string;
  /** PEM, PKCS #8. Secret: leaves the store for the data plane only. */
  readonly privateKey: string;
  /** Lower-case names that it is valid for. */
  readonly subjectAlternativeNames: readonly string[];
  /** Milliseconds since the epoch. */
  readonly notAfter: number;
  readonly tags: readonly Tag[];
}

/** Whether a load balancer's certificate is one of IAM's, not of ACM's. */
export function isServerCertificateArn(arn: string): boolean {
  return /^arn:aws[\w-]*:iam::\d{12}:server-certificate\//.test(arn);
}
