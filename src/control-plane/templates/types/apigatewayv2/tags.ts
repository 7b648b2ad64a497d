import type { CallOperation } from '../resource-type.ts';

type TagMap = Readonly<Record<string, string>>;

/** Brings the tags of an ARN from one map to another. */
export async function retag(call: CallOperation, ResourceArn: string, tags: { readonly previous: TagMap | undefined; readonly next: TagMap | undefined }): Promise<void> {
  const { previous = {}, next = {} } = tags;
  const removed = Object.keys(previous).filter((key) => !Object.hasOwn(next, key));
  const added = Object.fromEntries(Object.entries(next).filter(([key, value]) => previous[key] !== value));
  if (removed.length > 0) await call('apigatewayv2', 'UntagResource', { ResourceArn, TagKeys: removed });
  if (Object.keys(added).length > 0) await call('apigatewayv2', 'TagResource', { ResourceArn, Tags: added });
}
