import { tagChanges, type CallOperation, type Tag } from '../resource-type.ts';

/** Brings the tags of an ELBv2 resource from one list to another. */
export async function retag(call: CallOperation, arn: string, tags: { readonly previous: readonly Tag[] | undefined; readonly next: readonly Tag[] | undefined }): Promise<void> {
  const { removed, added } = tagChanges(tags.previous, tags.next);
  if (removed.length > 0) await call('elbv2', 'RemoveTags', { ResourceArns: [arn], TagKeys: removed });
  if (added.length > 0) await call('elbv2', 'AddTags', { ResourceArns: [arn], Tags: added });
}
