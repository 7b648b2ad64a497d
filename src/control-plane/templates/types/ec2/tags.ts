import { tagChanges, type CallOperation, type Tag } from '../resource-type.ts';

/** `TagSpecifications` for a creating call; nothing where there are no tags. */
export function tagSpecifications(type: string, tags: readonly Tag[] | undefined): object {
  return tags === undefined || tags.length === 0 ? {} : { TagSpecifications: [{ ResourceType: type, Tags: tags }] };
}

/** Brings the tags of an EC2 resource from one list to another. */
export async function retag(call: CallOperation, id: string, tags: { readonly previous: readonly Tag[] | undefined; readonly next: readonly Tag[] | undefined }): Promise<void> {
  const { removed, added } = tagChanges(tags.previous, tags.next);
  if (removed.length > 0) await call('ec2', 'DeleteTags', { Resources: [id], Tags: removed.map((Key) => ({ Key })) });
  if (added.length > 0) await call('ec2', 'CreateTags', { Resources: [id], Tags: added });
}
