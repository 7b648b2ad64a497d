/** What the setting `beyond-aws` may name (docs/decisions/0014). */
export const BEYOND_AWS = ['request-validation', 'response-cache', 'api-keys'] as const;

export type BeyondAws = (typeof BEYOND_AWS)[number];
