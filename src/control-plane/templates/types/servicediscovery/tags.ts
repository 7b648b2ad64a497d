import { tagChanges, type CallOperation, type Tag } from '../resource-type.ts';

export async function retag(call: CallOperation, ResourceARN: string, { previous, next }: { readonly previous: readonly Tag[] | undefined; readonly next: readonly Tag[] | undefined }): Promise<void> {
  const { removed, added } = tagChanges(previous, next);
  if (removed.length > 0) await call('servicediscovery', 'UntagResource', { ResourceARN, TagKeys: removed });
  if (added.length > 0) await call('servicediscovery', 'TagResource', { ResourceARN, Tags: added });
}
