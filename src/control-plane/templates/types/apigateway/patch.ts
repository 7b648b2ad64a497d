import { tagChanges, type CallOperation, type Tag } from '../resource-type.ts';

/** How updates are said to API Gateway. https://docs.aws.amazon.com/apigateway/latest/api/API_PatchOperation.html */
export interface PatchOperation {
  readonly op: 'add' | 'remove' | 'replace';
  readonly path: string;
  readonly value?: string;
}

export function tagMap(tags: readonly Tag[] = []): Readonly<Record<string, string>> {
  return Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));
}

/** Brings the tags of an ARN from one list to another. */
export async function retag(call: CallOperation, resourceArn: string, tags: { readonly previous: readonly Tag[] | undefined; readonly next: readonly Tag[] | undefined }): Promise<void> {
  const { removed, added } = tagChanges(tags.previous, tags.next);
  if (removed.length > 0) await call('apigateway', 'UntagResource', { resourceArn, tagKeys: removed });
  if (added.length > 0) await call('apigateway', 'TagResource', { resourceArn, tags: tagMap(added) });
}

/** What the properties say: the members that are there. */
export function said(members: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
