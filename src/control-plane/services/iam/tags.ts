import type { Tag as ApiTag } from '@aws-sdk/client-iam';
import { AwsError, type Call } from '../../../aws/index.ts';
import type { IamResources } from '../../resources/iam/index.ts';
import type { Tag } from '../../resources/index.ts';
import type { World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { markerPage, type MarkerRequest } from './marker.ts';

/** `tags` with those of `more` added or replaced; checked as IAM checks them. */
export function merged(tags: readonly Tag[], more: readonly ApiTag[] | undefined): readonly Tag[] {
  const out = new Map(tags.map((tag) => [tag.key, tag]));
  const seen = new Set<string>();
  for (const { Key: key = '', Value: value = '' } of more ?? []) {
    // Keys of IAM differ by more than case.
    const folded = key.toLowerCase();
    if (seen.has(folded)) throw new AwsError('InvalidInput', 'Duplicate tag keys found. Please note that Tag keys are case insensitive.');
    seen.add(folded);
    if (folded.startsWith('aws:')) throw new AwsError('InvalidInput', 'Tag keys that begin with aws: are reserved for system tags.');
    for (const present of out.keys()) if (present.toLowerCase() === folded) out.delete(present);
    out.set(key, { key, value });
  }
  if (out.size > 50) throw new AwsError('LimitExceeded', 'The number of tags has exceeded the maximum allowed: 50.');
  return [...out.values()];
}

function without(tags: readonly Tag[], keys: readonly string[] | undefined): readonly Tag[] {
  return tags.filter((tag) => !keys?.includes(tag.key));
}

export function shownTags(tags: readonly Tag[]): ApiTag[] {
  return tags.map(({ key, value }) => ({ Key: key, Value: value }));
}

type TaggedKind = 'iam/role' | 'iam/user' | 'iam/policy' | 'iam/instance-profile' | 'iam/server-certificate';

/** What TagRole, UntagRole and ListRoleTags do, for one kind of resource: IAM has such three of each, under names of their own. `find` finds what a request names, or throws. */
export function tagging<Kind extends TaggedKind, Named>({ store }: Pick<Environment, 'store'>, kind: Kind, find: (world: World, call: Call, named: Named) => IamResources[Kind]) {
  const change = async (named: Named, call: Call, next: (tags: readonly Tag[]) => readonly Tag[]): Promise<void> => {
    await store.transact((tx) => {
      const noun = find(tx, call, named);
      tx.put<TaggedKind>(kind, { ...noun, tags: next(noun.tags) });
    });
  };
  return {
    tag: (input: Named & { readonly Tags: readonly ApiTag[] | undefined }, call: Call) => change(input, call, (tags) => merged(tags, input.Tags)),
    untag: (input: Named & { readonly TagKeys: readonly string[] | undefined }, call: Call) => change(input, call, (tags) => without(tags, input.TagKeys)),
    list(input: Named & MarkerRequest, call: Call) {
      const { items, IsTruncated, Marker } = markerPage(find(store.world, call, input).tags, input, (tag) => tag.key);
      return { Tags: shownTags(items), IsTruncated, Marker };
    },
  };
}
