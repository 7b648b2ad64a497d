/** The API key that a client has shown and that is known. */
export interface ShownKey {
  readonly id: string;
  /** Secret: for integrations that are told of it, never for logs. */
  readonly value: string;
}

/** So much of a key is shown, as API Gateway's own logs do: enough to tell two apart. */
const SHOWN = 6;

/** A key as logs show it. */
export function maskedKey(value: string): string {
  return '*'.repeat(Math.max(0, value.length - SHOWN)) + value.slice(-SHOWN);
}
