import { AwsError, type Call } from '../../../aws/index.ts';
import type { Tag } from '../../resources/index.ts';
import type { Transaction, World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';

export interface WireTag {
  readonly Key: string;
  readonly Value: string;
}

const MOST = 200;

/** The later of two tags of one key wins. */
export function tagged(before: readonly Tag[], more: readonly WireTag[] = []): readonly Tag[] {
  const all = new Map([...before.map(({ key, value }) => [key, value] as const), ...more.map(({ Key, Value }) => [Key, Value] as const)]);
  if (all.size > MOST) throw new AwsError('TooManyTagsException', `A resource has at most ${MOST} tags.`);
  return [...all].map(([key, value]) => ({ key, value }));
}

type Kind = 'servicediscovery/namespace' | 'servicediscovery/service';

function kindAndId(world: World, arn: string, call: Call): readonly [Kind, string] {
  const [, noun, id] = /:(namespace|service)\/([^/]+)$/.exec(arn) ?? [];
  const kind: Kind = noun === 'service' ? 'servicediscovery/service' : 'servicediscovery/namespace';
  const found = id === undefined ? undefined : world.get(kind, id);
  if (!found || found.account !== call.account || found.region !== call.region) throw new AwsError('ResourceNotFoundException', `Resource ${arn} not found.`);
  return [kind, found.id];
}

export function tagOperations({ store }: Environment) {
  const change = async (arn: string, call: Call, turn: (tags: readonly Tag[]) => readonly Tag[]): Promise<object> => {
    await store.transact((transaction: Transaction) => {
      const [kind, id] = kindAndId(transaction, arn, call);
      if (kind === 'servicediscovery/namespace') {
        const found = transaction.get(kind, id)!;
        transaction.put(kind, { ...found, tags: turn(found.tags) });
      } else {
        const found = transaction.get(kind, id)!;
        transaction.put(kind, { ...found, tags: turn(found.tags) });
      }
    });
    return {};
  };
  return {
    async ListTagsForResource({ ResourceARN: arn }: { readonly ResourceARN: string }, call: Call): Promise<object> {
      const [kind, id] = kindAndId(store.world, arn, call);
      return { Tags: store.world.get(kind, id)!.tags.map(({ key, value }) => ({ Key: key, Value: value })) };
    },
    TagResource: ({ ResourceARN: arn, Tags: more }: { readonly ResourceARN: string; readonly Tags: readonly WireTag[] }, call: Call): Promise<object> => change(arn, call, (tags) => tagged(tags, more)),
    UntagResource: ({ ResourceARN: arn, TagKeys: keys }: { readonly ResourceARN: string; readonly TagKeys: readonly string[] }, call: Call): Promise<object> => change(arn, call, (tags) => tags.filter(({ key }) => !keys.includes(key))),
  };
}
