import type { Secret } from '../../kernel/index.ts';

/** A caller's key pair, as the composition root's store of them answers. */
export interface Credential {
  readonly secret: Secret<string>;
  /** Twelve digits. */
  readonly account: string;
  /** ARN. */
  readonly principal: string;
  /** Set for temporary credentials: the token that must come with them. */
  readonly sessionToken?: string;
  /** Epoch milliseconds after which temporary credentials no longer hold. */
  readonly expiresAt?: number;
}

export interface Credentials {
  find(accessKeyId: string): Credential | null;
}

export const noCredentials: Credentials = { find: () => null };

/** An account in which callers without one of their own live. */
export const DEFAULT_ACCOUNT = '000000000000';
export const DEFAULT_REGION = 'us-east-1';

/** A twelve-digit access key id is an account; any other belongs to the default one. */
export function accountOf(accessKeyId: string | null, defaultAccount = DEFAULT_ACCOUNT): string {
  return accessKeyId !== null && /^\d{12}$/.test(accessKeyId) ? accessKeyId : defaultAccount;
}
