import type {
  AssociateSubnetCidrBlockCommandInput, AssociateSubnetCidrBlockResult, DisassociateSubnetCidrBlockCommandInput, DisassociateSubnetCidrBlockResult, SubnetIpv6CidrBlockAssociation,
} from '@aws-sdk/client-ec2';
import { AwsError, type Call } from '../../../aws/index.ts';
import { hexId, type Random } from '../../../kernel/index.ts';
import { containsIpv6, formatIpv6Cidr, overlapsIpv6, parseIpv6Cidr, type Ipv6Association, type Vpc } from '../../resources/ec2/index.ts';
import type { World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { find, invalidValue, required } from './lookup.ts';

/** The IPv6 block of a subnet: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html#subnet-sizing-ipv6 */
export function subnetIpv6Operations({ store, random }: Environment) {
  return {
    async AssociateSubnetCidrBlock(input: AssociateSubnetCidrBlockCommandInput, call: Call): Promise<AssociateSubnetCidrBlockResult> {
      return store.transact((tx) => {
        const subnet = find(tx, call, ['ec2/subnet', required(input.SubnetId, 'subnetId')]);
        const ipv6CidrBlock = required(input.Ipv6CidrBlock, 'ipv6CidrBlock');
        // AWS has one at most; the error is chosen
        if (subnet.ipv6Associations.length > 0) throw new AwsError('InvalidSubnet.Conflict', `The subnet '${subnet.id}' already has an IPv6 CIDR block`);
        const association = newSubnetIpv6(tx, { vpc: find(tx, call, ['ec2/vpc', subnet.parent]), ipv6CidrBlock, random });
        tx.put('ec2/subnet', { ...subnet, ipv6Associations: [association] });
        return { SubnetId: subnet.id, Ipv6CidrBlockAssociation: shownSubnetIpv6(association, 'associating') };
      });
    },

    async DisassociateSubnetCidrBlock(input: DisassociateSubnetCidrBlockCommandInput, call: Call): Promise<DisassociateSubnetCidrBlockResult> {
      const id = required(input.AssociationId, 'associationId');
      return store.transact((tx) => {
        const subnet = tx.list('ec2/subnet', call).find((each) => each.ipv6Associations.some((association) => association.associationId === id));
        const association = subnet?.ipv6Associations.find((each) => each.associationId === id);
        if (!subnet || !association) throw new AwsError('InvalidSubnetCidrBlockAssociationID.NotFound', `The subnet CIDR block association ID '${id}' does not exist`);
        if (subnet.assignIpv6AddressOnCreation || tx.children('ec2/network-interface', subnet.id).some((each) => each.ipv6Addresses.length > 0)) {
          throw new AwsError('DependencyViolation', `The subnet '${subnet.id}' uses its IPv6 CIDR block and it cannot be disassociated.`);
        }
        tx.put('ec2/subnet', { ...subnet, ipv6Associations: [] });
        return { SubnetId: subnet.id, Ipv6CidrBlockAssociation: shownSubnetIpv6(association, 'disassociating') };
      });
    },
  };
}

/** The block asked for, of the VPC's and nobody else's, which is a /56: /56 to /64 in steps of four. */
export function newSubnetIpv6(world: World, { vpc, ipv6CidrBlock, random }: { readonly vpc: Vpc; readonly ipv6CidrBlock: string; readonly random: Random }): Ipv6Association {
  const cidr = parseIpv6Cidr(ipv6CidrBlock);
  if (!cidr) throw invalidValue(ipv6CidrBlock, 'ipv6CidrBlock', 'This is not a valid IPv6 CIDR block.');
  const within = vpc.ipv6Associations.some((each) => containsIpv6(parseIpv6Cidr(each.ipv6CidrBlock)!, cidr));
  if (!within || cidr.prefix > 64 || cidr.prefix % 4 !== 0) throw new AwsError('InvalidSubnet.Range', `The CIDR '${ipv6CidrBlock}' is invalid.`);
  const others = world.children('ec2/subnet', vpc.id).flatMap((subnet) => subnet.ipv6Associations);
  if (others.some((each) => overlapsIpv6(parseIpv6Cidr(each.ipv6CidrBlock)!, cidr))) throw new AwsError('InvalidSubnet.Conflict', `The CIDR '${ipv6CidrBlock}' conflicts with another subnet`);
  return { associationId: `subnet-cidr-assoc-${hexId(random, 17)}`, ipv6CidrBlock: formatIpv6Cidr(cidr) };
}

export function shownSubnetIpv6(association: Ipv6Association, state: 'associating' | 'associated' | 'disassociating'): SubnetIpv6CidrBlockAssociation {
  return { AssociationId: association.associationId, Ipv6CidrBlock: association.ipv6CidrBlock, Ipv6CidrBlockState: { State: state }, Ipv6AddressAttribute: 'public', IpSource: 'amazon' };
}
