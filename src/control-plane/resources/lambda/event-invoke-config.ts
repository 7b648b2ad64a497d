import type { Resource } from '../resource.ts';

/** How asynchronous invocations are retried: `id` is the ARN (function, version or alias) followed by `/event-invoke-config`, `parent` the function's ARN. */
export interface EventInvokeConfig extends Resource {
  readonly parent: string;
  /** ARN that it is for, always with a qualifier, as AWS shows it. */
  readonly functionArn: string;
  /** Null: AWS's default, 2. */
  readonly maximumRetryAttempts: number | null;
  /** Null: AWS's default, six hours. */
  readonly maximumEventAgeInSeconds: number | null;
  /** ARN of the function that gets a record of each success; null: none. */
  readonly onSuccess: string | null;
  /** ARN of the function that gets a record of each event that was given up; null: none. */
  readonly onFailure: string | null;
  readonly lastModified: number;
}

export function eventInvokeConfigId(arn: string): string {
  return `${arn}/event-invoke-config`;
}
