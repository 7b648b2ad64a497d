import type { CreateTagsCommandInput, DeleteTagsCommandInput, DescribeTagsCommandInput, DescribeTagsResult } from '@aws-sdk/client-ec2';
import { AwsError, type Call } from '../../../aws/index.ts';
import { connectAddress, type Ec2Resources } from '../../resources/ec2/index.ts';
import type { Tag } from '../../resources/index.ts';
import type { Transaction, World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { filtered, type FilterTable } from './filters.ts';
import { EC2_KINDS, type Ec2Kind, find, IDENTITIES } from './lookup.ts';
import { page } from './pages.ts';
import { merged } from './tags.ts';

interface TagRow {
  readonly id: string;
  readonly resourceId: string;
  readonly resourceType: string;
  readonly key: string;
  readonly value: string;
}

const FILTERS: FilterTable<TagRow> = {
  key: (row) => row.key,
  'resource-id': (row) => row.resourceId,
  'resource-type': (row) => row.resourceType,
  value: (row) => row.value,
};

export function taggingOperations({ store }: Environment) {
  return {
    async CreateTags(input: CreateTagsCommandInput, call: Call): Promise<void> {
      await store.transact((tx) => {
        for (const id of input.Resources ?? []) retag(tx, call, { id, change: (tags) => merged(tags, input.Tags ?? []) });
      });
    },

    async DeleteTags(input: DeleteTagsCommandInput, call: Call): Promise<void> {
      const wanted = input.Tags;
      await store.transact((tx) => {
        for (const id of input.Resources ?? []) {
          // No tags named: all of them. A tag with a value is removed only where it has that value.
          const stays = (tag: Tag): boolean => wanted !== undefined && wanted.length > 0 && !wanted.some(({ Key, Value }) => Key === tag.key && (Value === undefined || Value === tag.value));
          retag(tx, call, { id, change: (tags) => tags.filter(stays) });
        }
      });
    },

    DescribeTags(input: DescribeTagsCommandInput, call: Call): DescribeTagsResult {
      const rows = EC2_KINDS.flatMap((kind) => tagRows(store.world, call, kind));
      const { items, nextToken } = page(filtered(rows, input.Filters, FILTERS), input);
      return {
        Tags: items.map((row) => ({ Key: row.key, Value: row.value, ResourceId: row.resourceId, ResourceType: row.resourceType as 'instance' })),
        NextToken: nextToken,
      };
    },
  };
}

function tagRows(world: World, call: Call, kind: Ec2Kind): TagRow[] {
  const { resourceType } = IDENTITIES[kind];
  const nouns: readonly Ec2Resources[Ec2Kind][] = world.list(kind, call);
  return nouns.flatMap((noun) => noun.tags.map(({ key, value }) => ({ id: `${noun.id} ${key}`, resourceId: noun.id, resourceType, key, value })));
}

function retag(tx: Transaction, call: Call, { id, change }: { readonly id: string; readonly change: (tags: readonly Tag[]) => readonly Tag[] }): void {
  const prefix = id.slice(0, id.indexOf('-'));
  const kind = EC2_KINDS.find((each) => IDENTITIES[each].prefix === prefix);
  if (!kind) throw new AwsError('InvalidID', `The ID '${id}' is not valid`);
  if (kind === 'ec2/instance') {
    const instance = find(tx, call, [kind, id]);
    const tagged = { ...instance, tags: change(instance.tags) };
    // The tag turnpike:address says where the instance is reached.
    tx.put(kind, { ...tagged, connectAddress: connectAddress(tagged) });
    return;
  }
  const noun = find(tx, call, [kind, id]);
  // The kind is one of several here, and each has tags: the type system cannot see that kind and noun go together.
  tx.put(kind, { ...noun, tags: change(noun.tags) } as never);
}
