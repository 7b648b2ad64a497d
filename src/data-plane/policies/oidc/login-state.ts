import { isRecord, textOf } from './claims.ts';

/** What a login under way has to remember, in the sealed `state` that goes to the provider and back. */
export interface LoginState {
  /** Name of the login. */
  readonly login: string;
  /** Path and query of the request that began it. */
  readonly target: string;
  readonly nonce: string;
  /** PKCE; '' without. */
  readonly verifier: string;
  /** Digest of the cookie AWSALBAuthNonce: only the browser that began it may end it. */
  readonly browser: string;
  /** Seconds since the epoch. */
  readonly began: number;
}

export function writeState(state: LoginState): string {
  return JSON.stringify(state);
}

export function readState(text: string): LoginState | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(value)) return null;
  const [login, target, nonce, verifier, browser] = ['login', 'target', 'nonce', 'verifier', 'browser'].map((name) => textOf(value, name));
  const { began } = value;
  if (login == null || target == null || nonce == null || verifier == null || browser == null || typeof began !== 'number') return null;
  return { login, target, nonce, verifier, browser, began };
}
