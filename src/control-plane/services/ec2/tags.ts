import type { Tag as ApiTag, TagSpecification } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../aws/index.ts';
import type { Tag } from '../../resources/index.ts';

const MOST = 50;

/** The tags that a creation names for one type of resource. `types` are all that the operation creates: others are refused. */
export function specifiedTags(specifications: readonly TagSpecification[] | undefined, type: string, types: readonly string[] = [type]): readonly Tag[] {
  let tags: readonly Tag[] = [];
  for (const specification of specifications ?? []) {
    const named = specification.ResourceType ?? '';
    if (!types.includes(named)) {
      throw new AwsError('InvalidParameterValue', `'${named}' is not a valid taggable resource type for this operation.`);
    }
    if (named === type) tags = merged(tags, specification.Tags ?? []);
  }
  return tags;
}

/** `tags` with those of `more` added or replaced; checked as AWS checks them. */
export function merged(tags: readonly Tag[], more: readonly ApiTag[]): readonly Tag[] {
  const keys = new Set<string>();
  const out = new Map(tags.map((tag) => [tag.key, tag.value]));
  for (const { Key: key = '', Value: value = '' } of more) {
    if (keys.has(key)) throw new AwsError('InvalidParameterValue', `Duplicate tag key '${key}' specified.`);
    keys.add(key);
    if (key === '') throw new AwsError('InvalidParameterValue', 'Tag key cannot be empty');
    if (key.toLowerCase().startsWith('aws:')) throw new AwsError('InvalidParameterValue', "Tag keys starting with 'aws:' are reserved for internal use");
    if (key.length > 128) throw new AwsError('InvalidParameterValue', `Tag key exceeds the maximum length of 128 characters`);
    if (value.length > 256) throw new AwsError('InvalidParameterValue', `Tag value exceeds the maximum length of 256 characters`);
    out.set(key, value);
  }
  if (out.size > MOST) throw new AwsError('TagLimitExceeded', `More than ${MOST} tags specified`);
  return [...out].map(([key, value]) => ({ key, value }));
}

export function shownTags(tags: readonly Tag[]): ApiTag[] {
  return tags.map(({ key, value }) => ({ Key: key, Value: value }));
}
