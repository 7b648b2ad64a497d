import type { IpPermission } from '@aws-sdk/client-ec2';
import { AwsError, type Call } from '../../../aws/index.ts';
import { canonicalIpv6Cidr, type Direction, formatCidr, parseCidr, type Peer, peerName, type SecurityGroup, type SecurityGroupRule } from '../../resources/ec2/index.ts';
import type { World } from '../../store/index.ts';
import { find, required } from './lookup.ts';

/** One permission with one peer, as it is about to become a rule or is looked for. */
export type Permission = Pick<SecurityGroupRule, 'direction' | 'protocol' | 'fromPort' | 'toPort' | 'peer' | 'description'>;

/** What authorize and revoke take: permissions, or one permission spelled out as parameters. */
export interface PermissionInput {
  readonly IpPermissions?: IpPermission[] | undefined;
  readonly IpProtocol?: string | undefined;
  readonly FromPort?: number | undefined;
  readonly ToPort?: number | undefined;
  readonly CidrIp?: string | undefined;
  readonly SourceSecurityGroupName?: string | undefined;
  readonly SourceSecurityGroupOwnerId?: string | undefined;
}

const PROTOCOL_NAMES: Readonly<Record<string, string>> = { '6': 'tcp', '17': 'udp', '1': 'icmp', '58': 'icmpv6', all: '-1' };

/** Every (protocol, ports, peer) that the input names, checked and in canonical form. */
export function permissionsOf(world: World, call: Call, { group, direction, input }: { group: SecurityGroup; direction: Direction; input: PermissionInput }): Permission[] {
  const given = [...(input.IpPermissions ?? [])];
  if (input.IpProtocol !== undefined || input.CidrIp !== undefined || input.SourceSecurityGroupName !== undefined) {
    given.push({
      IpProtocol: input.IpProtocol ?? '-1',
      FromPort: input.FromPort,
      ToPort: input.ToPort,
      IpRanges: input.CidrIp === undefined ? [] : [{ CidrIp: input.CidrIp }],
      UserIdGroupPairs: input.SourceSecurityGroupName === undefined ? [] : [{ GroupName: input.SourceSecurityGroupName, UserId: input.SourceSecurityGroupOwnerId }],
    });
  }
  if (given.length === 0) throw new AwsError('MissingParameter', 'Either the ipPermissions or securityGroupRuleIds parameter must be specified.');
  return given.flatMap((permission) => {
    const ports = checkedPorts(permission);
    const peers = peersOf(world, call, { group, permission });
    if (peers.length === 0) throw new AwsError('InvalidParameterValue', 'Invalid value for permission: at least one IP range, prefix list or group must be specified.');
    return peers.map(({ peer, description }) => ({ direction, ...ports, peer, description: checkedDescription(description) }));
  });
}

/** A protocol by its name or number and its ports (or ICMP type and code). */
export function checkedPorts(given: { IpProtocol?: string | undefined; FromPort?: number | undefined; ToPort?: number | undefined }): Pick<Permission, 'protocol' | 'fromPort' | 'toPort'> {
  const text = required(given.IpProtocol, 'ipProtocol').toLowerCase();
  const protocol = PROTOCOL_NAMES[text] ?? text;
  if (!/^(tcp|udp|icmp|icmpv6|-1|\d{1,3})$/.test(protocol) || Number(protocol) > 255) {
    throw new AwsError('InvalidPermission.Malformed', `Unsupported IP protocol "${given.IpProtocol}"  - supported: [tcp, udp, icmp, icmpv6, -1, 0 to 255]`);
  }
  const { FromPort: from, ToPort: to } = given;
  switch (protocol) {
    case 'tcp':
    case 'udp':
      if (from === undefined || to === undefined) {
        throw new AwsError('InvalidParameterValue', "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.");
      }
      // -1 to -1 is how some clients spell all ports.
      if (from === -1 && to === -1) return { protocol, fromPort: 0, toPort: 65_535 };
      for (const [end, port] of [['from', from], ['to', to]] as const) if (port < 0 || port > 65_535) throw outOfRange(`TCP/UDP (${end}) port (${port})`);
      if (from > to) throw new AwsError('InvalidParameterValue', `Invalid TCP/UDP port range(${from}:${to})`);
      return { protocol, fromPort: from, toPort: to };
    case 'icmp':
    case 'icmpv6':
      for (const [what, value] of [['type', from ?? -1], ['code', to ?? -1]] as const) if (value < -1 || value > 255) throw outOfRange(`ICMP ${what} (${value})`);
      return { protocol, fromPort: from ?? -1, toPort: to ?? -1 };
    default:
      // AWS lets all ports through for every other protocol, whatever range was given.
      return { protocol, fromPort: -1, toPort: -1 };
  }
}

function outOfRange(what: string): AwsError {
  return new AwsError('InvalidParameterValue', `${what} out of range`);
}

interface DescribedPeer {
  readonly peer: Peer;
  readonly description: string | undefined;
}

function peersOf(world: World, call: Call, { group, permission }: { group: SecurityGroup; permission: IpPermission }): DescribedPeer[] {
  const peers: DescribedPeer[] = [];
  for (const range of permission.IpRanges ?? []) peers.push({ peer: ipv4Peer(range.CidrIp ?? ''), description: range.Description });
  for (const range of permission.Ipv6Ranges ?? []) peers.push({ peer: ipv6Peer(range.CidrIpv6 ?? ''), description: range.Description });
  for (const list of permission.PrefixListIds ?? []) {
    peers.push({ peer: { kind: 'prefix-list', id: required(list.PrefixListId, 'prefixListId') }, description: list.Description });
  }
  for (const pair of permission.UserIdGroupPairs ?? []) {
    peers.push({ peer: groupPeer(world, call, { group, id: pair.GroupId, name: pair.GroupName, owner: pair.UserId }), description: pair.Description });
  }
  return peers;
}

export function ipv4Peer(text: string): Peer {
  const cidr = parseCidr(text);
  if (!cidr) throw new AwsError('InvalidParameterValue', `CIDR block ${text} is malformed`);
  return { kind: 'ipv4', cidr: formatCidr(cidr) };
}

export function ipv6Peer(text: string): Peer {
  const cidr = canonicalIpv6Cidr(text);
  if (cidr === null) throw new AwsError('InvalidParameterValue', `CIDR block ${text} is malformed`);
  return { kind: 'ipv6', cidr };
}

interface GroupReference {
  readonly group: SecurityGroup;
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly owner?: string | undefined;
}

/** The group that a rule refers to: by id, or by its name in the same VPC; it may belong to another account. */
export function groupPeer(world: World, call: Call, { group, id, name, owner }: GroupReference): Peer {
  if (id === undefined) {
    const named = world.children('ec2/security-group', group.parent).find((each) => each.name === name);
    if (!named) throw new AwsError('InvalidGroup.NotFound', `The security group '${name ?? ''}' does not exist in VPC '${group.parent}'`);
    return { kind: 'group', groupId: named.id, account: named.account };
  }
  const foreign = world.get('ec2/security-group', id);
  const isForeign = owner !== undefined && owner !== call.account && foreign?.account === owner;
  const referenced = isForeign ? foreign : find(world, call, ['ec2/security-group', id]);
  return { kind: 'group', groupId: referenced.id, account: referenced.account };
}

export function checkedDescription(description: string | undefined): string | null {
  if (description === undefined || description === '') return null;
  if (description.length > 255 || !/^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]*$/.test(description)) {
    throw new AwsError(
      'InvalidParameterValue',
      'Invalid rule description. Valid descriptions are strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*',
    );
  }
  return description;
}

/** The rule in the words of AWS's duplicate error. */
export function permissionText(permission: Permission): string {
  const { protocol, fromPort, toPort, peer } = permission;
  if (protocol === '-1') return `peer: ${peerName(peer)}, ALL, ALLOW`;
  const label = protocol.toUpperCase();
  if (protocol === 'icmp' || protocol === 'icmpv6') return `peer: ${peerName(peer)}, ${label}, type: ${fromPort}, code: ${toPort}, ALLOW`;
  return `peer: ${peerName(peer)}, ${label}, from port: ${fromPort}, to port: ${toPort}, ALLOW`;
}
