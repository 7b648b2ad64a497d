import type { Resource } from '../resource.ts';

/** When the runtime of a function or version may be updated: `id` is its ARN followed by `/runtime-management`. Kept; runtimes are the installation's here. */
export interface RuntimeManagement extends Resource {
  readonly parent: string;
  readonly updateRuntimeOn: string;
  readonly runtimeVersionArn: string | null;
}

export function runtimeManagementId(arn: string): string {
  return `${arn}/runtime-management`;
}
