import type { Resource } from '../resource.ts';

/** Environments kept ready for a version or alias: `id` is its ARN followed by `/provisioned-concurrency`, `parent` the function's ARN. */
export interface ProvisionedConcurrency extends Resource {
  readonly parent: string;
  /** ARN of the version or alias. */
  readonly functionArn: string;
  readonly requested: number;
  readonly lastModified: number;
}

export function provisionedConcurrencyId(arn: string): string {
  return `${arn}/provisioned-concurrency`;
}
