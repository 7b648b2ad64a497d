import type { Tag as ApiTag } from '@aws-sdk/client-iam';
import { AwsError } from '../../../aws/index.ts';
import type { Tag } from '../../resources/index.ts';

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

export function without(tags: readonly Tag[], keys: readonly string[] | undefined): readonly Tag[] {
  return tags.filter((tag) => !keys?.includes(tag.key));
}

export function shownTags(tags: readonly Tag[]): ApiTag[] {
  return tags.map(({ key, value }) => ({ Key: key, Value: value }));
}
