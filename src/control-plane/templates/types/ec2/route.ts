import { pick, type Properties, type ResourceType } from '../resource-type.ts';
import { properties, text } from '../schema.ts';

const DESTINATION = ['DestinationCidrBlock', 'DestinationIpv6CidrBlock', 'DestinationPrefixListId'];
const TARGET = ['EgressOnlyInternetGatewayId', 'GatewayId', 'InstanceId', 'NatGatewayId', 'NetworkInterfaceId', 'TransitGatewayId', 'VpcPeeringConnectionId'];

/** A route. The physical id is `ROUTE_TABLE|DESTINATION`; a new target is set in place, as AWS does. */
export const route: ResourceType = {
  name: 'AWS::EC2::Route',
  nameProperty: null,
  properties: properties({
    replace: { DestinationCidrBlock: text, DestinationIpv6CidrBlock: text, DestinationPrefixListId: text, 'RouteTableId!': text },
    inPlace: Object.fromEntries(TARGET.map((name) => [name, text])),
  }),
  attributes: ['CidrBlock'],

  async create({ call, properties, made }) {
    await call('ec2', 'CreateRoute', pick(properties, ['RouteTableId', ...DESTINATION, ...TARGET]));
    const id = `${properties['RouteTableId']}|${destination(properties)}`;
    await made(id);
    return id;
  },

  async update({ call, properties }) {
    await call('ec2', 'ReplaceRoute', pick(properties, ['RouteTableId', ...DESTINATION, ...TARGET]));
  },

  async delete({ call, properties }) {
    await call('ec2', 'DeleteRoute', pick(properties, ['RouteTableId', ...DESTINATION]));
  },

  read: async ({ physicalId, properties }) => ({ ref: physicalId, attributes: { CidrBlock: destination(properties) } }),
};

function destination(properties: Properties): string {
  return properties['DestinationCidrBlock'] ?? properties['DestinationIpv6CidrBlock'] ?? properties['DestinationPrefixListId'] ?? '';
}
