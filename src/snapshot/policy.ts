/**
 * What is checked or changed between routing and the action, by kind. A kind added here does not type-check until the compiler orders it and
 * the data plane can link it.
 */
// oxlint-disable-next-line typescript/no-empty-interface
export interface PolicyByKind {}

export type Policy = { readonly [K in keyof PolicyByKind]: { readonly kind: K; readonly settings: PolicyByKind[K] } }[keyof PolicyByKind];
