import { AwsError, type Operation } from '../../../aws/index.ts';
import type { MemberNote } from '../members.ts';

/** Nouns that cannot be made here, because the operations that would make them are refused: there are none, and that is what is answered. */
interface Absent {
  /** Member of the answer that lists them. */
  readonly list: string;
  /** Members of the input that name some, which are then not found. */
  readonly named: readonly string[];
  readonly error: string;
  readonly sentence: (names: string) => string;
  /** Members that narrow or page an empty list. */
  readonly moot: readonly string[];
}

const PAGED = ['Filters', 'MaxResults', 'NextToken'];
const doesNotExist = (noun: string) => (names: string) => `The ${noun} '${names}' does not exist`;

const ABSENT: Readonly<Record<string, Absent>> = {
  DescribeVpcPeeringConnections: { list: 'VpcPeeringConnections', named: ['VpcPeeringConnectionIds'], error: 'InvalidVpcPeeringConnectionID.NotFound', sentence: doesNotExist('vpcPeeringConnection ID'), moot: PAGED },
  DescribeVpcEndpoints: { list: 'VpcEndpoints', named: ['VpcEndpointIds'], error: 'InvalidVpcEndpointId.NotFound', sentence: (names) => `The Vpc Endpoint Id '${names}' does not exist`, moot: PAGED },
  DescribeLaunchTemplates: {
    list: 'LaunchTemplates', named: ['LaunchTemplateIds', 'LaunchTemplateNames'], error: 'InvalidLaunchTemplateId.NotFound', sentence: (names) => `The specified launch template, with template ID ${names}, does not exist.`, moot: [...PAGED, 'IncludeManagedResources'],
  },
  DescribeVpnGateways: { list: 'VpnGateways', named: ['VpnGatewayIds'], error: 'InvalidVpnGatewayID.NotFound', sentence: doesNotExist('vpnGateway ID'), moot: ['Filters'] },
  DescribeCustomerGateways: { list: 'CustomerGateways', named: ['CustomerGatewayIds'], error: 'InvalidCustomerGatewayID.NotFound', sentence: doesNotExist('customerGateway ID'), moot: ['Filters'] },
  DescribeVpnConnections: { list: 'VpnConnections', named: ['VpnConnectionIds'], error: 'InvalidVpnConnectionID.NotFound', sentence: doesNotExist('vpnConnection ID'), moot: ['Filters'] },
  DescribeTransitGateways: { list: 'TransitGateways', named: ['TransitGatewayIds'], error: 'InvalidTransitGatewayID.NotFound', sentence: doesNotExist('transitGateway ID'), moot: PAGED },
  DescribeFlowLogs: { list: 'FlowLogs', named: ['FlowLogIds'], error: 'InvalidFlowLogId.NotFound', sentence: doesNotExist('flow log ID'), moot: ['Filter', 'MaxResults', 'NextToken'] },
  DescribePlacementGroups: { list: 'PlacementGroups', named: ['GroupNames', 'GroupIds'], error: 'InvalidPlacementGroup.Unknown', sentence: (names) => `The Placement Group '${names}' is unknown.`, moot: ['Filters'] },
};

/** Their reads. */
export const absentOperations: Readonly<Record<string, Operation>> = Object.fromEntries(
  Object.entries(ABSENT).map(([operation, { list, named, error, sentence }]) => [
    operation,
    (input: Readonly<Record<string, readonly string[] | undefined>>) => {
      const names = named.flatMap((member) => input[member] ?? []);
      if (names.length > 0) throw new AwsError(error, sentence(names.join(', ')));
      return { [list]: [] };
    },
  ]),
);

export const ABSENT_MEMBERS: readonly MemberNote[] = Object.entries(ABSENT).map(([operation, { moot }]) => ({ operations: [operation], members: moot, state: 'covered', why: 'The list is always empty.' }));
