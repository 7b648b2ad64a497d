import type { VpcIpv6CidrBlockAssociation } from '@aws-sdk/client-ec2';
import { AwsError, type Call } from '../../../aws/index.ts';
import { hexId, type Random } from '../../../kernel/index.ts';
import { containsIpv6, formatIpv6Cidr, parseIpv6Cidr, type Ipv6Association, type Vpc } from '../../resources/ec2/index.ts';
import type { Transaction } from '../../store/index.ts';
import { addLocalRoutes, removeLocalRoutes } from './local-route.ts';

/** The IPv6 blocks of VPCs: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html#vpc-sizing-ipv6 */

/** The pool that AWS's own blocks are of; there is no other one here. */
export const IPV6_POOL = 'Amazon';

/** Gives the VPC a /56. Of 2001:db8::/32, which RFC 3849 keeps for documentation, so that it is never somebody else's by accident. */
export function addVpcIpv6Block(tx: Transaction, vpc: Vpc, random: Random): Vpc {
  const taken = new Set(tx.list('ec2/vpc').flatMap((each) => each.ipv6Associations.map((association) => association.ipv6CidrBlock)));
  const { base } = parseIpv6Cidr('2001:db8::/32')!;
  const free = (): string => {
    const block = formatIpv6Cidr({ base: base + (BigInt(random.bytes(3).readUIntBE(0, 3)) << 72n), prefix: 56 });
    return taken.has(block) ? free() : block;
  };
  const association: Ipv6Association = { associationId: `vpc-cidr-assoc-${hexId(random, 17)}`, ipv6CidrBlock: free() };
  const wider = { ...vpc, ipv6Associations: [...vpc.ipv6Associations, association] };
  tx.put('ec2/vpc', wider);
  addLocalRoutes(tx, vpc, { kind: 'ipv6', cidr: association.ipv6CidrBlock });
  return wider;
}

export function removeVpcIpv6Block(tx: Transaction, vpc: Vpc, associationId: string): VpcIpv6CidrBlockAssociation {
  const association = vpc.ipv6Associations.find((each) => each.associationId === associationId)!;
  const block = parseIpv6Cidr(association.ipv6CidrBlock)!;
  const inside = tx.children('ec2/subnet', vpc.id).flatMap((subnet) => subnet.ipv6Associations).some((each) => containsIpv6(block, parseIpv6Cidr(each.ipv6CidrBlock)!));
  if (inside) throw new AwsError('DependencyViolation', `The CIDR block ${association.ipv6CidrBlock} still has subnets.`);
  tx.put('ec2/vpc', { ...vpc, ipv6Associations: vpc.ipv6Associations.filter((each) => each !== association) });
  removeLocalRoutes(tx, vpc, { kind: 'ipv6', cidr: association.ipv6CidrBlock });
  return shownVpcIpv6(vpc, association, 'disassociating');
}

export function shownVpcIpv6(vpc: Vpc, association: Ipv6Association, state: 'associating' | 'associated' | 'disassociating'): VpcIpv6CidrBlockAssociation {
  return {
    AssociationId: association.associationId,
    Ipv6CidrBlock: association.ipv6CidrBlock,
    Ipv6CidrBlockState: { State: state },
    NetworkBorderGroup: vpc.region,
    Ipv6Pool: IPV6_POOL,
    Ipv6AddressAttribute: 'public',
    IpSource: 'amazon',
  };
}

/** AWS has one border group a region, and others in Local Zones. */
export function checkBorderGroup(input: { readonly AmazonProvidedIpv6CidrBlock?: boolean | undefined; readonly Ipv6CidrBlockNetworkBorderGroup?: string | undefined }, call: Call): void {
  const group = input.Ipv6CidrBlockNetworkBorderGroup;
  if (group === undefined) return;
  if (!input.AmazonProvidedIpv6CidrBlock) throw new AwsError('InvalidParameterCombination', 'You must set AmazonProvidedIpv6CidrBlock to true to use the parameter Ipv6CidrBlockNetworkBorderGroup.');
  if (group !== call.region) throw new AwsError('InvalidParameterValue', `Value (${group}) for parameter ipv6CidrBlockNetworkBorderGroup is invalid. The only network border group here is ${call.region}.`);
}
