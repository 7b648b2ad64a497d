import type { JwtPolicy } from './jwt-policy.ts';

/**
 * What is checked or changed between routing and the action, by kind. A kind added here does not type-check until the compiler orders it and
 * the data plane can link it.
 */
export interface PolicyByKind {
  readonly jwt: JwtPolicy;
}

export type Policy = { readonly [K in keyof PolicyByKind]: { readonly kind: K; readonly settings: PolicyByKind[K] } }[keyof PolicyByKind];
