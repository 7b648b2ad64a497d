import type { Resource } from '../resource.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** CloudFormation's words, of which an engine that does one thing at a time needs these. */
export type StackStatus =
  | 'CREATE_IN_PROGRESS' | 'CREATE_COMPLETE' | 'ROLLBACK_IN_PROGRESS' | 'ROLLBACK_COMPLETE' | 'ROLLBACK_FAILED'
  | 'UPDATE_IN_PROGRESS' | 'UPDATE_COMPLETE' | 'UPDATE_ROLLBACK_IN_PROGRESS' | 'UPDATE_ROLLBACK_COMPLETE' | 'UPDATE_ROLLBACK_FAILED'
  | 'DELETE_IN_PROGRESS' | 'DELETE_FAILED';

/**
 * What a template was made into. `id` is CloudFormation's ARN; `parent` is null. Written after every single change of a resource, so that
 * whatever interrupts a deployment, the next one knows what exists.
 */
export interface Stack extends Resource {
  /** Unique within account and region: a letter, then letters, digits and hyphens, 128 at most. */
  readonly name: string;
  readonly status: StackStatus;
  /** Why a status was reached; null where it speaks for itself. */
  readonly reason: string | null;
  readonly description: string | null;
  /** The template as it was given, of the last deployment that succeeded (of the first one, until it did). */
  readonly template: string;
  /** Folder that relative paths in the template start from; null where it came without one. */
  readonly baseFolder: string | null;
  /** As given. Values of NoEcho parameters are among them: whoever shows a stack leaves those out. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly noEcho: readonly string[];
  readonly resources: readonly StackResource[];
  /** Physical resources that were replaced or left the template and could not be deleted yet: tried again at the next deployment. */
  readonly leftovers: readonly StackResource[];
  readonly outputs: readonly StackOutput[];
  /** Names of other stacks' exports that this one uses. */
  readonly imports: readonly string[];
  /** The newest 500, oldest first. */
  readonly events: readonly StackEvent[];
  readonly updatedAt: number;
}

/** One resource of a stack, as it exists. */
export interface StackResource {
  readonly logicalId: string;
  /** `AWS::EC2::VPC` */
  readonly type: string;
  readonly physicalId: string;
  /** What `Ref` gives: the physical id, for most types. */
  readonly ref: string;
  /** With every expression evaluated, as they were applied: what the next template is compared with. */
  readonly properties: { readonly [name: string]: Json };
  /** What `Fn::GetAtt` gives, by attribute. */
  readonly attributes: { readonly [name: string]: Json };
  /** Logical ids that must outlive this one. */
  readonly dependsOn: readonly string[];
  /** What becomes of it when it leaves the template, and when it is replaced. */
  readonly deletionPolicy: 'Delete' | 'Retain';
  readonly updateReplacePolicy: 'Delete' | 'Retain';
}

export interface StackOutput {
  readonly name: string;
  readonly value: string;
  readonly description: string | null;
  readonly exportName: string | null;
}

export interface StackEvent {
  readonly at: number;
  /** The stack's own name in events about all of it. */
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string | null;
  /** `CREATE_COMPLETE`, `UPDATE_FAILED`, `DELETE_SKIPPED`, ... */
  readonly status: string;
  readonly reason: string | null;
}

/** `arn:aws:cloudformation:REGION:ACCOUNT:stack/NAME/UUID` */
export function stackArn(place: { readonly partition: string; readonly region: string; readonly account: string }, name: string, uuid: string): string {
  return `arn:${place.partition}:cloudformation:${place.region}:${place.account}:stack/${name}/${uuid}`;
}
