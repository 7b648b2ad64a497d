import { createPrivateKey, type KeyObject } from 'node:crypto';

/** What policies keep secret, the same in every thread and after a restart: sessions go on, signatures can be checked. */
export interface PolicySecrets {
  /** 32 octets. */
  readonly sealing: Uint8Array;
  readonly signing: SigningSecret;
}

export interface SigningSecret {
  /** By which the public key is fetched. */
  readonly kid: string;
  /** PEM, PKCS #8, on P-256. */
  readonly privateKey: string;
}

export interface SigningKey {
  readonly kid: string;
  readonly key: KeyObject;
}

export function signingKey({ kid, privateKey }: SigningSecret): SigningKey {
  return { kid, key: createPrivateKey(privateKey) };
}
