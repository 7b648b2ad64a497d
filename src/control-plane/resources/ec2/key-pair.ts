import type { Resource, Tag } from '../resource.ts';

/** The public half of a key that instances are named with. `id` is `key-...`; `parent` is null. */
export interface KeyPair extends Resource {
  readonly name: string;
  readonly keyType: 'rsa' | 'ed25519';
  readonly fingerprint: string;
  /** As `authorized_keys` has it: type and base64, without a comment. */
  readonly publicKey: string;
  readonly tags: readonly Tag[];
}
