import type { Tag } from '../../resources/index.ts';
import type { Environment } from '../environment.ts';
import { badRequest } from './error.ts';
import { quota } from './quota.ts';

export type TagMap = Readonly<Record<string, string>>;

/** The tags of a request, held against AWS's rules. apigateway/latest/developerguide/apigateway-tagging-supported-resources.html */
export function checkedTags(tags: TagMap | undefined, environment: Environment): readonly Tag[] {
  const entries = Object.entries(tags ?? {});
  const most = quota(environment, 'tags-per-resource');
  if (entries.length > most) throw badRequest(`The number of tags exceeds the limit of ${most} tags per resource`);
  for (const [key, value] of entries) {
    if (key === '' || key.length > 128) throw badRequest('Tag keys have 1 to 128 characters');
    if (value.length > 256) throw badRequest('Tag values have at most 256 characters');
    if (/^aws:/i.test(key)) throw badRequest(`Tag keys that begin with aws: are reserved for internal use (${key})`);
  }
  return entries.map(([key, value]) => ({ key, value }));
}

export function tagMap(tags: readonly Tag[]): Record<string, string> {
  return Object.fromEntries(tags.map(({ key, value }) => [key, value]));
}

/** As answers show tags: `{}` where there are none, as AWS does. */
export function tagShape(tags: readonly Tag[]): { readonly Tags: Record<string, string> } {
  return { Tags: tagMap(tags) };
}
