import { AwsError, type Call, type Operation, type Service } from '../../../aws/index.ts';
import type { Environment } from '../environment.ts';
import { refusing } from '../members.ts';
import { absentOperations } from './absent.ts';
import { createDefaults, hasDefaults } from './defaults.ts';
import { egressOnlyGatewayOperations } from './egress-only-gateway.ts';
import { elasticIpOperations } from './elastic-ip.ts';
import { imageOperations } from './image.ts';
import { instanceAttributeOperations } from './instance-attribute.ts';
import { instanceOperations } from './instance.ts';
import { instanceTypeOperations } from './instance-type.ts';
import { internetGatewayOperations } from './internet-gateway.ts';
import { keyPairOperations } from './key-pair.ts';
import { EC2_MEMBERS, refusedMember } from './members.ts';
import { natGatewayOperations } from './nat-gateway.ts';
import { networkAclEntryOperations } from './network-acl-entry.ts';
import { networkAclOperations } from './network-acl.ts';
import { networkInterfaceOperations } from './network-interface.ts';
import { regionOperations } from './region.ts';
import { routeOperations } from './route.ts';
import { routeTableOperations } from './route-table.ts';
import { securityGroupOperations } from './security-group.ts';
import { securityGroupRuleOperations } from './security-group-rule.ts';
import { subnetIpv6Operations } from './subnet-ipv6.ts';
import { subnetOperations } from './subnet.ts';
import { taggingOperations } from './tagging.ts';
import { volumeOperations } from './volume.ts';
import { vpcOperations } from './vpc.ts';

/** EC2, as far as load balancers and functions need it: networks are names, instances are names for addresses. */
export function ec2Service(environment: Environment): Service {
  const operations: Record<string, Operation> = {
    ...vpcOperations(environment),
    ...subnetOperations(environment),
    ...subnetIpv6Operations(environment),
    ...internetGatewayOperations(environment),
    ...egressOnlyGatewayOperations(environment),
    ...routeTableOperations(environment),
    ...routeOperations(environment),
    ...networkAclOperations(environment),
    ...networkAclEntryOperations(environment),
    ...natGatewayOperations(environment),
    ...securityGroupOperations(environment),
    ...securityGroupRuleOperations(environment),
    ...networkInterfaceOperations(environment),
    ...elasticIpOperations(environment),
    ...instanceOperations(environment),
    ...instanceAttributeOperations(environment),
    ...volumeOperations(environment),
    ...keyPairOperations(environment),
    ...instanceTypeOperations(),
    ...imageOperations(),
    ...regionOperations(environment),
    ...taggingOperations(environment),
    ...absentOperations,
  };
  return {
    name: 'ec2',
    operations: Object.fromEntries(Object.entries(refusing(operations, EC2_MEMBERS, refusedMember)).map(([name, operation]) => [name, prepared(operation, environment)])),
    refusals: {
      GetInstanceUefiData: 'Nothing is booted here, so there is no UEFI variable store to read.',
      CreateVpcPeeringConnection: 'VPCs are names here and do not separate traffic, so there is nothing to peer.',
      CreateLaunchTemplate: 'Instances are names for addresses and are not booted: call RunInstances without a launch template.',
      CreateVolume: 'Instances have a root volume that can be described; there are no disks to make.',
      CreateVpcEndpoint: 'AWS services are all served at the control endpoint; a VPC needs no endpoint to reach them.',
    },
  };
}

/** What every EC2 call begins with: DryRun ends here, and the account's default network is there before anything is read. */
function prepared(operation: Operation, { store, clock }: Environment): Operation {
  return async (input: { readonly DryRun?: boolean }, call: Call) => {
    if (input.DryRun) throw new AwsError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', { status: 412 });
    await ensureDefaultNetwork(store, call, clock.now());
    return operation(input, call);
  };
}

/** Makes the account's default VPC in the call's region, the first time. For other services that need its subnets. */
export async function ensureDefaultNetwork(store: Environment['store'], call: Call, now: number): Promise<void> {
  if (hasDefaults(store.world, call)) return;
  await store.transact((tx) => {
    if (!hasDefaults(tx, call)) createDefaults(tx, call, now);
  });
}
