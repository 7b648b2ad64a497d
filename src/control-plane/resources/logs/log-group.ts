import type { Resource, Tag } from '../resource.ts';

/** `id` is the ARN without the trailing `:*`. */
export interface LogGroup extends Resource {
  readonly parent: null;
  readonly name: string;
  /** Days; null keeps events for ever. */
  readonly retentionInDays: number | null;
  readonly kmsKeyId: string | null;
  readonly logGroupClass: string;
  readonly deletionProtection: boolean;
  readonly tags: readonly Tag[];
}

/** `id` is the ARN; `parent` the group's. What it holds is not a resource: see LogEvents. */
export interface LogStream extends Resource {
  readonly parent: string;
  readonly name: string;
}

export function logGroupArn(account: string, region: string, name: string): string {
  return `arn:aws:logs:${region}:${account}:log-group:${name}`;
}

export function logStreamArn(groupArn: string, name: string): string {
  return `${groupArn}:log-stream:${name}`;
}
