import type {
  CreateTargetGroupInput, CreateTargetGroupOutput, DeleteTargetGroupInput, DeleteTargetGroupOutput, DescribeTargetGroupsInput,
  DescribeTargetGroupsOutput, ModifyTargetGroupInput, ModifyTargetGroupOutput, TargetGroup as WireTargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { hexId } from '../../../kernel/index.ts';
import { AwsError, type Call } from '../../../aws/index.ts';
import { targetGroupArn, type TargetGroup, type TargetType } from '../../resources/elbv2/index.ts';
import type { World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { quota } from './account-limit.ts';
import { isUsed, loadBalancersOf, targetGroupsUsedBy, usage } from './association.ts';
import { invalidConfiguration, targetGroupNotFound, validationError } from './error.ts';
import { healthCheck, newHealthCheck } from './health-check.ts';
import * as lookup from './lookup.ts';
import { page } from './page.ts';
import { newTargetGroupAttributes } from './target-group-attribute.ts';
import { newTags } from './tag.ts';

export const TARGET_GROUP_REFUSALS = {
  protocol: 'belongs to Network or Gateway Load Balancers, which are not served yet; use HTTP or HTTPS.',
  optimizer: 'The target optimizer (TargetControlPort) is not served yet.',
  ipv6: "Target groups with IP address type 'ipv6' and target type 'instance' are not served: instances have IPv4 addresses here. Use target type 'ip'.",
} as const;

function checkName(name: string): void {
  if (name.length === 0) throw validationError('A target group name must be specified');
  if (name.length > 32) throw validationError(`Target group name '${name}' cannot be longer than '32' characters`);
  if (!/^[A-Za-z0-9-]+$/.test(name)) throw validationError(`Target group name '${name}' can only contain characters that are alphanumeric characters or hyphens(-)`);
  if (name.startsWith('-') || name.endsWith('-')) throw validationError(`Target group name '${name}' cannot begin or end with '-'`);
}

type Wire = Pick<TargetGroup, 'protocol' | 'protocolVersion' | 'port' | 'vpcId'>;

/** How targets are reached. Functions have none of it. */
function wire(input: CreateTargetGroupInput, type: TargetType, { world, call }: { readonly world: World; readonly call: Call }): Wire {
  const { Protocol: protocol, Port: port, VpcId: vpcId } = input;
  // Terraform's provider sends an empty version where it has none.
  const version = input.ProtocolVersion || undefined;
  if (type === 'lambda') {
    for (const [word, value] of [['Protocol', protocol], ['Port', port], ['VPC ID', vpcId], ['Protocol version', version]] as const) {
      if (value !== undefined) throw validationError(`${word} cannot be specified for target groups with target type 'lambda'`);
    }
    return { protocol: null, protocolVersion: null, port: null, vpcId: null };
  }
  if (protocol === undefined) throw validationError('A protocol must be specified');
  const spoken = type === 'alb' ? ofBalancers(protocol, version) : ofServers(protocol, version);
  if (port === undefined) throw validationError('A port must be specified');
  if (port < 1 || port > 65535) throw validationError(`Port '${port}' must be between '1-65535' inclusive`);
  if (vpcId === undefined) throw validationError('A VPC ID must be specified');
  const vpc = world.get('ec2/vpc', vpcId);
  if (!vpc || !lookup.isOwn(vpc, call)) throw validationError(`The VPC ID '${vpcId}' is not found`);
  return { ...spoken, port, vpcId };
}

type Spoken = Pick<TargetGroup, 'protocol' | 'protocolVersion'>;

function ofServers(protocol: string, version: string | undefined): Spoken {
  if (protocol !== 'HTTP' && protocol !== 'HTTPS') throw invalidConfiguration(`Target group protocol '${protocol}' ${TARGET_GROUP_REFUSALS.protocol}`);
  if (version !== undefined && version !== 'HTTP1' && version !== 'HTTP2' && version !== 'GRPC') {
    throw validationError(`Target group protocol version '${version}' must be one of '[HTTP2, HTTP1, GRPC]'`);
  }
  return { protocol, protocolVersion: version ?? 'HTTP1' };
}

/** "For Protocol, only TCP is allowed": application-load-balancer-target.html. The sentences are observed. */
function ofBalancers(protocol: string, version: string | undefined): Spoken {
  if (protocol !== 'TCP') throw invalidConfiguration(`Target type 'alb' is not supported for target groups with ${protocol} protocol`);
  if (version !== undefined) throw validationError("You cannot specify the protocol version for a target group with the 'TCP' protocol");
  return { protocol, protocolVersion: null };
}

export function targetGroupShape(group: TargetGroup, balancers: readonly string[]): WireTargetGroup {
  const check = group.healthCheck;
  return {
    TargetGroupArn: group.id,
    TargetGroupName: group.name,
    ...(group.protocol === null ? {} : { Protocol: group.protocol }),
    ...(group.port === null ? {} : { Port: group.port }),
    ...(group.vpcId === null ? {} : { VpcId: group.vpcId }),
    ...(check.protocol === null ? {} : { HealthCheckProtocol: check.protocol }),
    ...(check.port === null ? {} : { HealthCheckPort: check.port }),
    HealthCheckEnabled: check.enabled,
    HealthCheckIntervalSeconds: check.intervalSeconds,
    HealthCheckTimeoutSeconds: check.timeoutSeconds,
    HealthyThresholdCount: check.healthyThresholdCount,
    UnhealthyThresholdCount: check.unhealthyThresholdCount,
    HealthCheckPath: check.path,
    Matcher: group.protocolVersion === 'GRPC' ? { GrpcCode: check.matcher } : { HttpCode: check.matcher },
    LoadBalancerArns: [...balancers],
    TargetType: group.targetType,
    ...(group.protocolVersion === null ? {} : { ProtocolVersion: group.protocolVersion }),
    IpAddressType: group.ipAddressType,
  };
}

/** What a second creation by the same name must agree in to be the same one. */
function settings(group: TargetGroup): string {
  const { targetType, protocol, protocolVersion, port, vpcId, ipAddressType, healthCheck: check, tags } = group;
  return JSON.stringify([targetType, protocol, protocolVersion, port, vpcId, ipAddressType, check, tags.map((tag) => `${tag.key}=${tag.value}`).sort()]);
}

export function targetGroupOperations(environment: Environment) {
  return {
    async CreateTargetGroup(input: CreateTargetGroupInput, call: Call): Promise<CreateTargetGroupOutput> {
      const name = input.Name ?? '';
      checkName(name);
      const targetType = input.TargetType ?? 'instance';
      if (input.TargetControlPort !== undefined) throw invalidConfiguration(TARGET_GROUP_REFUSALS.optimizer);
      const ipAddressType = input.IpAddressType ?? 'ipv4';
      if (ipAddressType === 'ipv6' && targetType === 'instance') throw invalidConfiguration(TARGET_GROUP_REFUSALS.ipv6);
      if (ipAddressType === 'ipv6' && (targetType === 'alb' || targetType === 'lambda')) throw invalidConfiguration(`Target type '${targetType}' is not supported with an IPv6 target group`);
      const tags = newTags(input.Tags, environment);
      const hex = hexId(environment.random, 16);
      const group = await environment.store.transact((transaction) => {
        const reached = wire(input, targetType, { world: transaction, call });
        const created: TargetGroup = {
          id: targetGroupArn(call, name, hex),
          account: call.account,
          region: call.region,
          parent: null,
          createdAt: environment.clock.now(),
          name,
          targetType,
          ...reached,
          ipAddressType,
          healthCheck: healthCheck(input, newHealthCheck(targetType, reached.protocolVersion, input.HealthCheckProtocol), { targetType, protocolVersion: reached.protocolVersion }),
          attributes: newTargetGroupAttributes(targetType),
          tags,
        };
        const own = transaction.list('elbv2/target-group', call);
        const twin = own.find((other) => other.name === name);
        if (twin) {
          if (settings(twin) === settings(created)) return twin;
          throw new AwsError('DuplicateTargetGroupName', `A target group with the same name '${name}' exists, but with different settings`);
        }
        if (own.length >= quota(environment, 'target-groups')) throw new AwsError('TooManyTargetGroups', 'The maximum number of target groups has been reached');
        transaction.put('elbv2/target-group', created);
        return created;
      });
      return { TargetGroups: [targetGroupShape(group, loadBalancersOf(environment.store.world, group.id))] };
    },

    async ModifyTargetGroup(input: ModifyTargetGroupInput, call: Call): Promise<ModifyTargetGroupOutput> {
      const group = await environment.store.transact((transaction) => {
        const old = lookup.targetGroup(transaction, input.TargetGroupArn ?? '', call);
        const changed: TargetGroup = { ...old, healthCheck: healthCheck(input, old.healthCheck, old) };
        transaction.put('elbv2/target-group', changed);
        return changed;
      });
      return { TargetGroups: [targetGroupShape(group, loadBalancersOf(environment.store.world, group.id))] };
    },

    async DeleteTargetGroup(input: DeleteTargetGroupInput, call: Call): Promise<DeleteTargetGroupOutput> {
      const arn = input.TargetGroupArn ?? '';
      await environment.store.transact((transaction) => {
        const group = lookup.find(transaction, 'elbv2/target-group', { arn, call });
        // ResourceInUse is the only error of this operation: what is gone already is no error.
        if (!group) return;
        if (isUsed(transaction, group)) throw new AwsError('ResourceInUse', `Target group '${arn}' is currently in use by a listener or a rule`);
        for (const target of transaction.children('elbv2/target', group.id)) transaction.delete('elbv2/target', target.id);
        transaction.delete('elbv2/target-group', group.id);
      });
      return {};
    },

    DescribeTargetGroups(input: DescribeTargetGroupsInput, call: Call): DescribeTargetGroupsOutput {
      const world = environment.store.world;
      // Observed at AWS: by name, however they were asked for.
      const groups = described(world, input, call).toSorted((a, b) => (a.name < b.name ? -1 : 1));
      const { items, next } = page(groups, input, (group) => group.id);
      const used = usage(world);
      return { TargetGroups: items.map((group) => targetGroupShape(group, used.get(group.id) ?? [])), ...next };
    },
  };
}

function described(world: World, input: DescribeTargetGroupsInput, call: Call): readonly TargetGroup[] {
  const { TargetGroupArns: arns = [], Names: names = [], LoadBalancerArn: balancer } = input;
  if ([arns.length > 0, names.length > 0, balancer !== undefined].filter(Boolean).length > 1) {
    throw validationError('Target group names, target group ARNs, and a load balancer ARN cannot be specified at the same time');
  }
  if (arns.length > 0) {
    return arns.map((arn) => {
      const group = lookup.find(world, 'elbv2/target-group', { arn, call });
      if (!group) throw targetGroupNotFound();
      return group;
    });
  }
  const own = world.list('elbv2/target-group', call);
  if (balancer !== undefined) {
    const used = targetGroupsUsedBy(world, lookup.loadBalancer(world, balancer, call).id);
    return own.filter((group) => used.has(group.id));
  }
  if (names.length === 0) return own;
  if (names.some((name) => !own.some((group) => group.name === name))) throw targetGroupNotFound();
  return own.filter((group) => names.includes(group.name));
}
