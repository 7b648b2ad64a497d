import type { JwtPolicy } from './jwt-policy.ts';
import type { OidcPolicy } from './oidc-policy.ts';

/**
 * What is checked or changed between routing and the action, by kind. A kind added here does not type-check until the compiler orders it and
 * the data plane can link it.
 */
export interface PolicyByKind {
  readonly jwt: JwtPolicy;
  readonly oidc: OidcPolicy;
  /** Rewrites host and URL of what goes to the target (ELBv2's transforms). */
  readonly transform: { readonly host: readonly Rewrite[]; readonly url: readonly Rewrite[] };
}

export interface Rewrite {
  /** As `Pattern` of the kernel reads it. */
  readonly regex: string;
  /** `$1`, `$2`, ... stand for captured groups, `$0` for the whole match. */
  readonly replace: string;
}

export type Policy = { readonly [K in keyof PolicyByKind]: { readonly kind: K; readonly settings: PolicyByKind[K] } }[keyof PolicyByKind];
