import { AwsError, type Call } from '../../../aws/index.ts';
import { type LogGroup, logGroupArn, type LogStream, logStreamArn } from '../../resources/logs/index.ts';
import type { World } from '../../store/index.ts';

export interface GroupReference {
  readonly logGroupName?: string | undefined;
  /** Name or ARN. */
  readonly logGroupIdentifier?: string | undefined;
}

export function groupOf(world: World, call: Call, reference: GroupReference): LogGroup {
  const { logGroupName, logGroupIdentifier } = reference;
  if (logGroupName !== undefined && logGroupIdentifier !== undefined) {
    throw new AwsError('InvalidParameterException', 'Only one of logGroupName and logGroupIdentifier may be given.');
  }
  const given = logGroupName ?? logGroupIdentifier;
  if (given === undefined) throw new AwsError('InvalidParameterException', 'Either logGroupName or logGroupIdentifier must be given.');
  return groupByArn(world, call, given.startsWith('arn:') ? given : logGroupArn(call.account, call.region, given));
}

/** By ARN, with or without `:*` at its end. */
export function groupByArn(world: World, call: Call, arn: string): LogGroup {
  const group = world.get('logs/log-group', arn.replace(/:\*$/, ''));
  if (!group || group.account !== call.account || group.region !== call.region) {
    throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');
  }
  return group;
}

export function streamOf(world: World, group: LogGroup, name: string | undefined): LogStream {
  const stream = world.get('logs/log-stream', logStreamArn(group.id, name ?? ''));
  if (!stream) throw new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.');
  return stream;
}

/** A page of what is sorted by `key`; the token is the key of the last shown. */
export function tokenPage<T>(sorted: readonly T[], { nextToken, limit }: { readonly nextToken?: string | undefined; readonly limit: number }, key: (item: T) => string): { readonly items: readonly T[]; readonly nextToken: string | undefined } {
  let start = 0;
  if (nextToken !== undefined) {
    const after = Buffer.from(nextToken, 'base64url').toString();
    const at = sorted.findIndex((item) => key(item) === after);
    if (at < 0) throw new AwsError('InvalidParameterException', 'The specified nextToken is invalid.');
    start = at + 1;
  }
  const items = sorted.slice(start, start + limit);
  const more = start + items.length < sorted.length;
  return { items, nextToken: more ? Buffer.from(key(items.at(-1)!)).toString('base64url') : undefined };
}
