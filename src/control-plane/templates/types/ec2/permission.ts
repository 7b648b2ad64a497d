import type { Properties } from '../resource-type.ts';
import { number, text, type Rule } from '../schema.ts';

const COMMON = { CidrIp: text, CidrIpv6: text, Description: text, FromPort: number, 'IpProtocol!': text, ToPort: number } as const;

/** Members of a rule that lets traffic in; the same inside a group and as a resource of its own. */
export const ingressFields: Readonly<Record<string, Rule>> = { ...COMMON, SourcePrefixListId: text, SourceSecurityGroupId: text, SourceSecurityGroupOwnerId: text };
/** Members of a rule that lets traffic out. */
export const egressFields: Readonly<Record<string, Rule>> = { ...COMMON, DestinationPrefixListId: text, DestinationSecurityGroupId: text };

/** What EC2 has in every new group, and CloudFormation removes from groups whose template names egress rules. */
export const DEFAULT_EGRESS: Properties = { IpProtocol: '-1', CidrIp: '0.0.0.0/0' };

/** CloudFormation's flat rule as the API's permission. */
export function permission(rule: Properties): object {
  const described = rule['Description'] === undefined ? {} : { Description: rule['Description'] };
  const group = rule['SourceSecurityGroupId'] ?? rule['DestinationSecurityGroupId'];
  const list = rule['SourcePrefixListId'] ?? rule['DestinationPrefixListId'];
  return {
    IpProtocol: rule['IpProtocol'],
    ...(rule['FromPort'] === undefined ? {} : { FromPort: rule['FromPort'] }),
    ...(rule['ToPort'] === undefined ? {} : { ToPort: rule['ToPort'] }),
    ...(rule['CidrIp'] === undefined ? {} : { IpRanges: [{ CidrIp: rule['CidrIp'], ...described }] }),
    ...(rule['CidrIpv6'] === undefined ? {} : { Ipv6Ranges: [{ CidrIpv6: rule['CidrIpv6'], ...described }] }),
    ...(list === undefined ? {} : { PrefixListIds: [{ PrefixListId: list, ...described }] }),
    ...(group === undefined ? {} : { UserIdGroupPairs: [{ GroupId: group, ...(rule['SourceSecurityGroupOwnerId'] === undefined ? {} : { UserId: rule['SourceSecurityGroupOwnerId'] }), ...described }] }),
  };
}

/** Identity of a rule: everything but its description. */
export function ruleKey(rule: Properties): string {
  return JSON.stringify(Object.entries(rule).filter(([name]) => name !== 'Description').sort(([a], [b]) => (a < b ? -1 : 1)));
}
