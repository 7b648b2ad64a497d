/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#ip-address-type */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { after, before, test } from 'node:test';
import { ipv6Subnet } from '../../support/ipv6-block.ts';
import { Installation, says } from './installation.ts';

const hasIpv6 = Object.values(networkInterfaces()).flatMap((each) => each ?? []).some(({ address }) => address === '::1');

interface Network {
  /** Subnets of two zones that have an IPv6 block, and two that have none. */
  readonly both: readonly string[];
  readonly four: readonly string[];
}

let installation: Installation;
let network: Network;
before(async () => {
  installation = await Installation.open();
  network = await networkIn(installation);
});
after(() => installation[Symbol.asyncDispose]());

async function networkIn(place: Installation): Promise<Network> {
  const { Vpc } = await place.aws<{ Vpc: { VpcId: string; Ipv6CidrBlockAssociationSet: [{ Ipv6CidrBlock: string }] } }>('ec2', 'CreateVpc', { CidrBlock: '10.6.0.0/16', AmazonProvidedIpv6CidrBlock: true });
  const [{ Ipv6CidrBlock: block }] = Vpc.Ipv6CidrBlockAssociationSet;
  const subnet = async (index: number, more: object): Promise<string> => {
    const wanted = { VpcId: Vpc.VpcId, CidrBlock: `10.6.${index}.0/24`, AvailabilityZone: `us-east-1${'ab'[index % 2]}`, ...more };
    return (await place.aws<{ Subnet: { SubnetId: string } }>('ec2', 'CreateSubnet', wanted)).Subnet.SubnetId;
  };
  return {
    both: await Promise.all([0, 1].map((index) => subnet(index, { Ipv6CidrBlock: ipv6Subnet(block, index) }))),
    four: await Promise.all([2, 3].map((index) => subnet(index, {}))),
  };
}

async function create(name: string, more: object, place = installation): Promise<{ readonly arn: string; readonly dnsName: string; readonly label: string }> {
  const made = await place.aws<{ LoadBalancers: [{ LoadBalancerArn: string; DNSName: string; IpAddressType: string }] }>('elbv2', 'CreateLoadBalancer', { Name: name, ...more });
  const { LoadBalancerArn: arn, DNSName: dnsName } = made.LoadBalancers[0];
  return { arn, dnsName, label: arn.slice(arn.indexOf('loadbalancer/') + 13) };
}

/** The body that a client of that address gets; null where nothing listens. */
function bodyFrom(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    let heard = '';
    const socket = connect({ host, port }, () => socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'));
    socket.on('data', (chunk: Buffer) => (heard += String(chunk)));
    socket.on('error', () => resolve(null));
    socket.on('close', () => resolve(heard.split('\r\n\r\n')[1] ?? null));
  });
}

const refused = { code: 'ValidationError', message: 'You must specify subnets with an associated IPv6 CIDR block.' };

test('IPv6 addresses need subnets that have an IPv6 block, at the creation and later', async () => {
  for (const IpAddressType of ['dualstack', 'dualstack-without-public-ipv4']) await assert.rejects(create('none', { Subnets: network.four, IpAddressType }), refused);
  await assert.rejects(create('half', { Subnets: [network.both[0]!, network.four[1]!], IpAddressType: 'dualstack' }), refused);
  const { arn: LoadBalancerArn } = await create('later', { Subnets: network.four });
  await assert.rejects(installation.aws('elbv2', 'SetIpAddressType', { LoadBalancerArn, IpAddressType: 'dualstack' }), refused);
  await installation.aws('elbv2', 'SetSubnets', { LoadBalancerArn, Subnets: network.both, IpAddressType: 'dualstack' });
  await assert.rejects(installation.aws('elbv2', 'SetSubnets', { LoadBalancerArn, Subnets: network.four }), refused);
  assert.deepEqual(await installation.aws('elbv2', 'SetIpAddressType', { LoadBalancerArn, IpAddressType: 'ipv4' }), { IpAddressType: 'ipv4' });
});

test('the network interfaces of a dualstack balancer have an IPv6 address of their subnet, which keeps its block while they do', async () => {
  const { arn: LoadBalancerArn, label } = await create('interfaces', { Subnets: network.both });
  const addresses = async (): Promise<readonly number[]> => {
    const Filters = [{ Name: 'description', Values: [`ELB ${label}`] }];
    const { NetworkInterfaces } = await installation.aws<{ NetworkInterfaces: { Ipv6Addresses: unknown[] }[] }>('ec2', 'DescribeNetworkInterfaces', { Filters });
    return NetworkInterfaces.map((each) => each.Ipv6Addresses.length);
  };
  assert.deepEqual(await addresses(), [0, 0]);
  await installation.aws('elbv2', 'SetIpAddressType', { LoadBalancerArn, IpAddressType: 'dualstack-without-public-ipv4' });
  assert.deepEqual(await addresses(), [1, 1]);
  const { Subnets } = await installation.aws<{ Subnets: [{ Ipv6CidrBlockAssociationSet: [{ AssociationId: string }] }] }>('ec2', 'DescribeSubnets', { SubnetIds: [network.both[0]] });
  const [{ AssociationId }] = Subnets[0].Ipv6CidrBlockAssociationSet;
  await assert.rejects(installation.aws('ec2', 'DisassociateSubnetCidrBlock', { AssociationId }), { code: 'DependencyViolation' });
});

test('a dualstack balancer is served on IPv6 too, and one for IPv4 is not', { skip: hasIpv6 ? false : 'this machine has no ::1' }, async () => {
  const balancer = await create('served', { Subnets: network.both, IpAddressType: 'dualstack' });
  const door = await installation.door(balancer, says('both'));
  assert.deepEqual(await Promise.all(['127.0.0.1', '::1'].map((host) => bodyFrom(host, door.port))), ['both', 'both']);
  await installation.aws('elbv2', 'SetIpAddressType', { LoadBalancerArn: balancer.arn, IpAddressType: 'ipv4' });
  assert.deepEqual(await Promise.all(['127.0.0.1', '::1'].map((host) => bodyFrom(host, door.port))), ['both', null]);
});

test('where all IPv4 addresses are served, IPv6 clients have a socket of their own', { skip: hasIpv6 ? false : 'this machine has no ::1' }, async () => {
  await using wide = await Installation.open({ addresses: '0.0.0.0' });
  const balancer = await create('wide', { Subnets: (await networkIn(wide)).both, IpAddressType: 'dualstack' }, wide);
  const listener = await wide.door({ ...balancer }, says('all'));
  assert.deepEqual(await Promise.all(['127.0.0.1', '::1'].map((host) => bodyFrom(host, listener.port))), ['all', 'all']);
});
