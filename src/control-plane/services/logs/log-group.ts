import type {
  AssociateKmsKeyCommandInput, CreateLogGroupCommandInput, DeleteLogGroupCommandInput, DescribeLogGroupsCommandInput, DescribeLogGroupsResponse,
  DisassociateKmsKeyCommandInput, ListTagsForResourceCommandInput, ListTagsForResourceResponse, ListTagsLogGroupCommandInput, LogGroup as ApiLogGroup,
  PutLogGroupDeletionProtectionCommandInput, PutRetentionPolicyCommandInput, TagLogGroupCommandInput, TagResourceCommandInput, UntagLogGroupCommandInput,
  UntagResourceCommandInput,
} from '@aws-sdk/client-cloudwatch-logs';
import { AwsError, type Call } from '../../../aws/index.ts';
import { type LogGroup, logGroupArn } from '../../resources/logs/index.ts';
import type { Tag } from '../../resources/index.ts';
import type { Environment } from '../environment.ts';
import { groupByArn, groupOf, tokenPage } from './lookup.ts';
import type { LogEvents } from './log-events.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const RETENTIONS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

export function logGroupOperations({ store, clock }: Environment, events: LogEvents) {
  async function change(call: Call, reference: string, turn: (group: LogGroup) => LogGroup): Promise<void> {
    await store.transact((tx) => {
      const group = groupOf(tx, call, { logGroupIdentifier: reference });
      tx.put('logs/log-group', turn(group));
    });
  }

  /** The bytes that a group holds. */
  async function storedBytes(group: LogGroup): Promise<number> {
    let bytes = 0;
    for (const { name } of store.world.children('logs/log-stream', group.id)) {
      bytes += (await events.facts({ account: group.account, region: group.region, group: group.name, stream: name }))?.bytes ?? 0;
    }
    return bytes;
  }

  return {
    async CreateLogGroup(input: CreateLogGroupCommandInput, call: Call): Promise<void> {
      const name = input.logGroupName!;
      if (name.startsWith('aws/')) throw new AwsError('InvalidParameterException', 'Log groups starting with aws/ are reserved for AWS.');
      await store.transact((tx) => {
        const id = logGroupArn(call.account, call.region, name);
        if (tx.get('logs/log-group', id)) throw new AwsError('ResourceAlreadyExistsException', 'The specified log group already exists');
        tx.put('logs/log-group', {
          id,
          account: call.account,
          region: call.region,
          parent: null,
          createdAt: clock.now(),
          name,
          retentionInDays: null,
          kmsKeyId: input.kmsKeyId ?? null,
          logGroupClass: input.logGroupClass ?? 'STANDARD',
          deletionProtection: input.deletionProtectionEnabled ?? false,
          tags: merged([], input.tags),
        });
      });
    },

    async DescribeLogGroups(input: DescribeLogGroupsCommandInput, call: Call): Promise<DescribeLogGroupsResponse> {
      if (input.logGroupNamePrefix !== undefined && input.logGroupNamePattern !== undefined) {
        throw new AwsError('InvalidParameterException', 'LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.');
      }
      const pattern = input.logGroupNamePattern?.toLowerCase();
      const wanted = input.logGroupIdentifiers?.map((each) => (each.startsWith('arn:') ? each.replace(/:\*$/, '') : logGroupArn(call.account, call.region, each)));
      const matching = store.world
        .list('logs/log-group', call)
        .filter(
          (group) =>
            group.name.startsWith(input.logGroupNamePrefix ?? '') &&
            (pattern === undefined || group.name.toLowerCase().includes(pattern)) &&
            (input.logGroupClass === undefined || group.logGroupClass === input.logGroupClass) &&
            (!wanted?.length || wanted.includes(group.id)),
        )
        .toSorted((a, b) => (a.name < b.name ? -1 : 1));
      const { items, nextToken } = tokenPage(matching, { nextToken: input.nextToken, limit: input.limit ?? 50 }, (group) => group.name);
      const logGroups: ApiLogGroup[] = [];
      for (const group of items) logGroups.push(shown(group, await storedBytes(group)));
      return { logGroups, nextToken };
    },

    async DeleteLogGroup(input: DeleteLogGroupCommandInput, call: Call): Promise<void> {
      const gone = await store.transact((tx) => {
        const group = groupOf(tx, call, input);
        if (group.deletionProtection) throw new AwsError('ValidationException', 'The log group has deletion protection enabled; disable it before deleting the log group.');
        for (const stream of tx.children('logs/log-stream', group.id)) tx.delete('logs/log-stream', stream.id);
        tx.delete('logs/log-group', group.id);
        return group;
      });
      await events.deleteGroup({ account: gone.account, region: gone.region, group: gone.name });
    },

    async PutRetentionPolicy(input: PutRetentionPolicyCommandInput, call: Call): Promise<void> {
      const days = input.retentionInDays!;
      if (!RETENTIONS.includes(days)) {
        throw new AwsError('InvalidParameterException', `1 validation error detected: Value '${days}' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [${RETENTIONS.join(', ')}]`);
      }
      await change(call, input.logGroupName!, (group) => ({ ...group, retentionInDays: days }));
    },

    DeleteRetentionPolicy: (input: { logGroupName?: string }, call: Call) => change(call, input.logGroupName!, (group) => ({ ...group, retentionInDays: null })),

    AssociateKmsKey: (input: AssociateKmsKeyCommandInput, call: Call) =>
      change(call, named(input), (group) => ({ ...group, kmsKeyId: input.kmsKeyId! })),
    DisassociateKmsKey: (input: DisassociateKmsKeyCommandInput, call: Call) => change(call, named(input), (group) => ({ ...group, kmsKeyId: null })),

    PutLogGroupDeletionProtection: (input: PutLogGroupDeletionProtectionCommandInput, call: Call) =>
      change(call, input.logGroupIdentifier!, (group) => ({ ...group, deletionProtection: input.deletionProtectionEnabled! })),

    TagResource: (input: TagResourceCommandInput, call: Call) => change(call, checkedArn(input.resourceArn!), (group) => ({ ...group, tags: merged(group.tags, input.tags) })),
    UntagResource: (input: UntagResourceCommandInput, call: Call) => change(call, checkedArn(input.resourceArn!), (group) => ({ ...group, tags: without(group.tags, input.tagKeys) })),
    ListTagsForResource(input: ListTagsForResourceCommandInput, call: Call): ListTagsForResourceResponse {
      return { tags: shownTags(groupByArn(store.world, call, checkedArn(input.resourceArn!)).tags) };
    },
    TagLogGroup: (input: TagLogGroupCommandInput, call: Call) => change(call, input.logGroupName!, (group) => ({ ...group, tags: merged(group.tags, input.tags) })),
    UntagLogGroup: (input: UntagLogGroupCommandInput, call: Call) => change(call, input.logGroupName!, (group) => ({ ...group, tags: without(group.tags, input.tags) })),
    ListTagsLogGroup(input: ListTagsLogGroupCommandInput, call: Call): ListTagsForResourceResponse {
      return { tags: shownTags(groupOf(store.world, call, input).tags) };
    },
  };
}

function named(input: AssociateKmsKeyCommandInput | DisassociateKmsKeyCommandInput): string {
  const name = input.logGroupName ?? input.resourceIdentifier;
  if (name === undefined) throw new AwsError('InvalidParameterException', 'Either logGroupName or resourceIdentifier must be given.');
  return name;
}

function checkedArn(arn: string): string {
  if (!/^arn:aws[\w-]*:logs:[\w-]+:\d{12}:log-group:/.test(arn)) throw new AwsError('ResourceNotFoundException', 'The specified resource does not exist.');
  return arn.replace(/:\*$/, '');
}

function merged(tags: readonly Tag[], more: Readonly<Record<string, string>> | undefined): readonly Tag[] {
  const out = new Map(tags.map((tag) => [tag.key, tag.value]));
  for (const [key, value] of Object.entries(more ?? {})) {
    if (key.toLowerCase().startsWith('aws:')) throw new AwsError('InvalidParameterException', 'aws: prefixed tag key names are not allowed for external use.');
    out.set(key, value);
  }
  if (out.size > 50) throw new AwsError('TooManyTagsException', 'The maximum number of tags per resource is 50.');
  return [...out].map(([key, value]) => ({ key, value }));
}

function without(tags: readonly Tag[], keys: readonly string[] | undefined): readonly Tag[] {
  return tags.filter((tag) => !keys?.includes(tag.key));
}

function shownTags(tags: readonly Tag[]): Record<string, string> {
  return Object.fromEntries(tags.map(({ key, value }) => [key, value]));
}

function shown(group: LogGroup, storedBytes: number): ApiLogGroup {
  return {
    logGroupName: group.name,
    arn: `${group.id}:*`,
    logGroupArn: group.id,
    creationTime: group.createdAt,
    retentionInDays: group.retentionInDays ?? undefined,
    metricFilterCount: 0,
    storedBytes,
    kmsKeyId: group.kmsKeyId ?? undefined,
    logGroupClass: group.logGroupClass as ApiLogGroup['logGroupClass'],
    deletionProtectionEnabled: group.deletionProtection,
  };
}
