import type { Resource } from '../resource.ts';

/** The local certificate authority that issues what RequestCertificate asks for. One an installation: `id` is `local`, account and region are `global`. */
export interface Authority extends Resource {
  /** PEM of the self-signed root. */
  readonly certificate: string;
  /** PEM, PKCS #8. Secret: never leaves the store. */
  readonly privateKey: string;
}

export const LOCAL_AUTHORITY = 'local';
