import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ec2Stage, type Answer } from '../../../../test/support/ec2-stage.ts';
import { refusal } from '../../../../test/support/refusal.ts';
import { testCall } from '../../../../test/support/environment.ts';
import { seededRandom } from '../../../kernel/index.ts';
import { createManagedInterface, deleteManagedInterfaces } from './index.ts';

describe('the default network', () => {
  test('is there for every account and region, with the same ids after a reset, and does not come back by itself', async () => {
    const { environment, run } = ec2Stage();
    const first = (await run('DescribeVpcs')).Vpcs;
    assert.equal(first.length, 1);
    assert.equal(first[0].CidrBlock, '172.31.0.0/16');
    assert.equal(first[0].IsDefault, true);
    const subnets = (await run('DescribeSubnets', { Filters: [{ Name: 'default-for-az', Values: ['true'] }] })).Subnets;
    assert.deepEqual(subnets.map((subnet: Answer) => subnet.AvailabilityZone), ['a', 'b', 'c', 'd', 'e', 'f'].map((zone) => `us-east-1${zone}`));
    const other = (await run('DescribeVpcs', {}, testCall({ account: '111111111111', region: 'eu-west-1' }))).Vpcs;
    assert.notEqual(other[0].VpcId, first[0].VpcId);
    await environment.store.reset();
    assert.equal((await run('DescribeVpcs')).Vpcs[0].VpcId, first[0].VpcId);

    for (const subnet of subnets) await run('DeleteSubnet', { SubnetId: subnet.SubnetId });
    const gateway = (await run('DescribeInternetGateways')).InternetGateways[0];
    await assert.rejects(run('DeleteVpc', { VpcId: first[0].VpcId }), refusal('DependencyViolation'));
    await run('DetachInternetGateway', { InternetGatewayId: gateway.InternetGatewayId, VpcId: first[0].VpcId });
    await run('DeleteVpc', { VpcId: first[0].VpcId });
    assert.deepEqual((await run('DescribeVpcs')).Vpcs, []);
    assert.equal((await run('CreateDefaultVpc')).Vpc.VpcId, first[0].VpcId);
    await assert.rejects(run('CreateDefaultVpc'), refusal('DefaultVpcAlreadyExists'));
  });
});

describe('VPCs and subnets', () => {
  test('check their blocks in the words of AWS', async () => {
    const { run } = ec2Stage();
    await assert.rejects(run('CreateVpc', { CidrBlock: '10.0.0.0/8' }), refusal('InvalidVpc.Range', /'10\.0\.0\.0\/8' is invalid/));
    await assert.rejects(run('CreateVpc', { CidrBlock: 'ten' }), refusal('InvalidParameterValue', /not a valid CIDR block/));
    const { Vpc } = await run('CreateVpc', { CidrBlock: '10.0.3.4/16' });
    assert.equal(Vpc.CidrBlock, '10.0.0.0/16', 'host bits are cleared');
    const made = await run('CreateSubnet', { VpcId: Vpc.VpcId, CidrBlock: '10.0.1.0/24', AvailabilityZone: 'us-east-1b' });
    assert.equal(made.Subnet.AvailableIpAddressCount, 251);
    assert.equal(made.Subnet.AvailabilityZoneId, 'use1-az2');
    await assert.rejects(run('CreateSubnet', { VpcId: Vpc.VpcId, CidrBlock: '10.0.1.128/25' }), refusal('InvalidSubnet.Conflict'));
    await assert.rejects(run('CreateSubnet', { VpcId: Vpc.VpcId, CidrBlock: '10.1.0.0/24' }), refusal('InvalidSubnet.Range'));
    await assert.rejects(run('CreateSubnet', { VpcId: Vpc.VpcId, CidrBlock: '10.0.9.0/24', AvailabilityZone: 'us-east-1z' }), refusal('InvalidParameterValue', /us-east-1a, us-east-1b/));
    await assert.rejects(run('CreateSubnet', { VpcId: 'vpc-0123456789abcdef0', CidrBlock: '10.0.9.0/24' }), refusal('InvalidVpcID.NotFound', /'vpc-0123456789abcdef0' does not exist/));
    await assert.rejects(run('DeleteVpc', { VpcId: Vpc.VpcId }), refusal('DependencyViolation'));
    await run('DeleteSubnet', { SubnetId: made.Subnet.SubnetId });
    await run('DeleteVpc', { VpcId: Vpc.VpcId });
    await assert.rejects(run('DescribeVpcs', { VpcIds: [Vpc.VpcId] }), refusal('InvalidVpcID.NotFound'));
  });

  test('are filtered, paged, tagged, and hidden from other accounts', async () => {
    const { run } = ec2Stage();
    const { Vpc } = await run('CreateVpc', { CidrBlock: '10.0.0.0/16', TagSpecifications: [{ ResourceType: 'vpc', Tags: [{ Key: 'Name', Value: 'main' }] }] });
    await assert.rejects(run('CreateVpc', { CidrBlock: '10.0.0.0/16', TagSpecifications: [{ ResourceType: 'subnet', Tags: [] }] }), refusal('InvalidParameterValue', /'subnet' is not a valid taggable/));
    for (let i = 0; i < 12; i++) await run('CreateSubnet', { VpcId: Vpc.VpcId, CidrBlock: `10.0.${i}.0/24` });
    const filter = [{ Name: 'vpc-id', Values: [Vpc.VpcId] }];
    const sizes: number[] = [];
    let token: string | undefined;
    do {
      const page = await run('DescribeSubnets', { Filters: filter, MaxResults: 5, NextToken: token });
      sizes.push(page.Subnets.length);
      token = page.NextToken;
    } while (token);
    assert.deepEqual(sizes, [5, 5, 2]);
    await assert.rejects(run('DescribeSubnets', { MaxResults: 2 }), refusal('InvalidParameterValue'));
    await assert.rejects(run('DescribeSubnets', { NextToken: 'nonsense' }), refusal('InvalidParameterValue'));
    const found = async (name: string, ...values: string[]): Promise<number> => (await run('DescribeVpcs', { Filters: [{ Name: name, Values: values }] })).Vpcs.length;
    assert.equal(await found('tag:Name', 'main'), 1);
    assert.equal(await found('tag:Name', 'm?i*'), 1);
    assert.equal(await found('tag:Name', 'Main'), 0);
    assert.equal(await found('isDefault', 'true'), 1);
    assert.equal(await found('is-default', 'true', 'false'), 2);
    assert.equal(await found('tag-key', 'Name'), 1);
    await assert.rejects(found('colour', 'red'), refusal('InvalidParameterValue', /The filter 'colour' is invalid/));
    await run('CreateTags', { Resources: [Vpc.VpcId], Tags: [{ Key: 'Name', Value: 'other' }, { Key: 'env', Value: 'dev' }] });
    await run('DeleteTags', { Resources: [Vpc.VpcId], Tags: [{ Key: 'env', Value: 'prod' }] });
    assert.deepEqual((await run('DescribeTags', { Filters: [{ Name: 'resource-id', Values: [Vpc.VpcId] }] })).Tags.map((tag: Answer) => `${tag.ResourceType} ${tag.Key}=${tag.Value}`), ['vpc Name=other', 'vpc env=dev']);
    await assert.rejects(run('CreateTags', { Resources: [Vpc.VpcId], Tags: [{ Key: 'aws:x', Value: '' }] }), refusal('InvalidParameterValue', /reserved/));
    await assert.rejects(run('DescribeVpcs', { VpcIds: [Vpc.VpcId] }, testCall({ account: '111111111111' })), refusal('InvalidVpcID.NotFound'));
    await assert.rejects(run('DescribeVpcs', { DryRun: true }), refusal('DryRunOperation'));
  });
});

describe('security groups', () => {
  test('keep rules apart, join them into permissions, and refuse duplicates and unknown ones', async () => {
    const { run } = ec2Stage();
    const { Vpc } = await run('CreateVpc', { CidrBlock: '10.0.0.0/16' });
    const { GroupId } = await run('CreateSecurityGroup', { GroupName: 'web', Description: 'web', VpcId: Vpc.VpcId });
    await assert.rejects(run('CreateSecurityGroup', { GroupName: 'web', Description: 'web', VpcId: Vpc.VpcId }), refusal('InvalidGroup.Duplicate'));
    const permission = { IpProtocol: '6', FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: '10.1.2.3/16', Description: 'office' }, { CidrIp: '0.0.0.0/0' }], Ipv6Ranges: [{ CidrIpv6: '2001:DB8::1/32' }] };
    const made = await run('AuthorizeSecurityGroupIngress', { GroupId, IpPermissions: [permission] });
    assert.deepEqual(made.SecurityGroupRules.map((rule: Answer) => rule.CidrIpv4 ?? rule.CidrIpv6), ['10.1.0.0/16', '0.0.0.0/0', '2001:db8::/32']);
    await assert.rejects(
      run('AuthorizeSecurityGroupIngress', { GroupId, IpProtocol: 'tcp', FromPort: 80, ToPort: 80, CidrIp: '0.0.0.0/0' }),
      refusal('InvalidPermission.Duplicate', /"peer: 0\.0\.0\.0\/0, TCP, from port: 80, to port: 80, ALLOW" already exists/),
    );
    const group = (await run('DescribeSecurityGroups', { GroupIds: [GroupId] })).SecurityGroups[0];
    assert.equal(group.IpPermissions.length, 1);
    assert.equal(group.IpPermissions[0].IpRanges.length, 2);
    assert.deepEqual(group.IpPermissionsEgress.map((each: Answer) => [each.IpProtocol, each.IpRanges[0].CidrIp, each.FromPort]), [['-1', '0.0.0.0/0', undefined]]);
    const id = made.SecurityGroupRules[0].SecurityGroupRuleId;
    await run('ModifySecurityGroupRules', { GroupId, SecurityGroupRules: [{ SecurityGroupRuleId: id, SecurityGroupRule: { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIpv4: '10.1.0.0/16' } }] });
    assert.equal((await run('DescribeSecurityGroupRules', { SecurityGroupRuleIds: [id] })).SecurityGroupRules[0].FromPort, 443);
    await run('RevokeSecurityGroupIngress', { GroupId, SecurityGroupRuleIds: [id] });
    await assert.rejects(run('RevokeSecurityGroupIngress', { GroupId, SecurityGroupRuleIds: [id] }), refusal('InvalidSecurityGroupRuleId.NotFound'));
    await assert.rejects(run('RevokeSecurityGroupIngress', { GroupId, IpProtocol: 'tcp', FromPort: 9, ToPort: 9, CidrIp: '0.0.0.0/0' }), refusal('InvalidPermission.NotFound'));
    await assert.rejects(run('AuthorizeSecurityGroupIngress', { GroupId, IpProtocol: 'tcp', FromPort: 90, ToPort: 80, CidrIp: '0.0.0.0/0' }), refusal('InvalidParameterValue'));
    await assert.rejects(run('AuthorizeSecurityGroupIngress', { GroupId, IpProtocol: 'carrier-pigeon', CidrIp: '0.0.0.0/0' }), refusal('InvalidPermission.Malformed'));
  });

  test('cannot go while they are referred to or in use', async () => {
    const { run, environment, call } = ec2Stage();
    const { Vpc } = await run('CreateVpc', { CidrBlock: '10.0.0.0/16' });
    const { Subnet } = await run('CreateSubnet', { VpcId: Vpc.VpcId, CidrBlock: '10.0.0.0/24' });
    const one = (await run('CreateSecurityGroup', { GroupName: 'one', Description: 'one', VpcId: Vpc.VpcId })).GroupId;
    const two = (await run('CreateSecurityGroup', { GroupName: 'two', Description: 'two', VpcId: Vpc.VpcId })).GroupId;
    await run('AuthorizeSecurityGroupIngress', { GroupId: two, IpPermissions: [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: one }] }] });
    await assert.rejects(run('DeleteSecurityGroup', { GroupId: one }), refusal('DependencyViolation', /resource sg-\w+ has a dependent object/));
    await run('DeleteSecurityGroup', { GroupId: two });
    const description = 'ELB app/web/0123456789abcdef';
    await environment.store.transact((tx) =>
      createManagedInterface(tx, { subnetId: Subnet.SubnetId, securityGroupIds: [one], description, requesterId: 'amazon-elb', interfaceType: 'interface', isPublic: true, createdAt: 1, random: seededRandom(1) }),
    );
    await assert.rejects(run('DeleteSecurityGroup', { GroupId: one }), refusal('DependencyViolation'));
    await assert.rejects(run('DeleteSubnet', { SubnetId: Subnet.SubnetId }), refusal('DependencyViolation'));
    const [nic] = (await run('DescribeNetworkInterfaces', { Filters: [{ Name: 'description', Values: [description] }] })).NetworkInterfaces;
    assert.equal(nic.PrivateIpAddress, '10.0.0.4');
    assert.equal(nic.RequesterManaged, true);
    await assert.rejects(run('DeleteNetworkInterface', { NetworkInterfaceId: nic.NetworkInterfaceId }), refusal('OperationNotPermitted'));
    assert.equal(await environment.store.transact((tx) => deleteManagedInterfaces(tx, { ...call, description })), 1);
    await run('DeleteSecurityGroup', { GroupId: one });
    await run('DeleteSubnet', { SubnetId: Subnet.SubnetId });
    await assert.rejects(run('DeleteSecurityGroup', { GroupId: (await run('DescribeSecurityGroups')).SecurityGroups[0].GroupId }), refusal('CannotDelete'));
  });
});

describe('instances', () => {
  test('run, stop, start, end and vanish after an hour', async () => {
    const { run, clock, environment } = ec2Stage();
    const launched = await run('RunInstances', { ImageId: 'ami-12345678', InstanceType: 't3.micro', MinCount: 2, MaxCount: 2, ClientToken: 'once' });
    assert.deepEqual(launched.Instances.map((each: Answer) => each.State.Name), ['pending', 'pending']);
    const again = await run('RunInstances', { ImageId: 'ami-12345678', InstanceType: 't3.micro', MinCount: 2, MaxCount: 2, ClientToken: 'once' });
    await assert.rejects(run('RunInstances', { ImageId: 'ami-12345678', InstanceType: 't3.small', MinCount: 2, MaxCount: 2, ClientToken: 'once' }), refusal('IdempotentParameterMismatch'));
    assert.equal(again.ReservationId, launched.ReservationId);
    const [first, second] = launched.Instances.map((each: Answer) => each.InstanceId) as [string, string];
    const shown = (await run('DescribeInstances', { InstanceIds: [first] })).Reservations[0].Instances[0];
    assert.equal(shown.State.Name, 'running');
    assert.match(shown.PrivateIpAddress, /^172\.31\.0\.\d+$/);
    assert.equal(environment.store.world.get('ec2/instance', first)!.connectAddress, '127.0.0.1');
    await run('CreateTags', { Resources: [first], Tags: [{ Key: 'turnpike:address', Value: '127.0.0.9' }] });
    assert.equal(environment.store.world.get('ec2/instance', first)!.connectAddress, '127.0.0.9');
    await run('DeleteTags', { Resources: [first] });
    assert.equal(environment.store.world.get('ec2/instance', first)!.connectAddress, '127.0.0.1');
    assert.deepEqual((await run('StopInstances', { InstanceIds: [first] })).StoppingInstances[0].CurrentState, { Code: 64, Name: 'stopping' });
    assert.equal((await run('DescribeInstanceStatus')).InstanceStatuses.length, 1);
    await run('StartInstances', { InstanceIds: [first] });
    await run('ModifyInstanceAttribute', { InstanceId: second, DisableApiTermination: { Value: true } });
    await assert.rejects(run('TerminateInstances', { InstanceIds: [first, second] }), refusal('OperationNotPermitted'));
    assert.equal((await run('DescribeInstances', { InstanceIds: [first] })).Reservations[0].Instances[0].State.Name, 'running', 'all or nothing');
    await run('TerminateInstances', { InstanceIds: [first] });
    assert.equal((await run('DescribeInstances', { InstanceIds: [first] })).Reservations[0].Instances[0].State.Name, 'terminated');
    assert.equal((await run('DescribeVolumes')).Volumes.length, 1);
    clock.advance(60 * 60 * 1000);
    await assert.rejects(run('DescribeInstances', { InstanceIds: [first] }), refusal('InvalidInstanceID.NotFound'));
    await assert.rejects(run('DescribeInstances', { InstanceIds: ['i-nonsense'] }), refusal('InvalidInstanceID.Malformed'));
  });

  test('have the interfaces and disks that were asked for, and leave those that were to stay', async () => {
    const { run } = ec2Stage();
    const subnet = (await run('DescribeSubnets')).Subnets[0].SubnetId;
    const { NetworkInterface: own } = await run('CreateNetworkInterface', { SubnetId: subnet });
    const asked = {
      ImageId: 'ami-12345678', InstanceType: 't3.micro', MinCount: 1, MaxCount: 1,
      NetworkInterfaces: [{ DeviceIndex: 1, NetworkInterfaceId: own.NetworkInterfaceId }, { DeviceIndex: 0, SubnetId: subnet, SecondaryPrivateIpAddressCount: 1, Description: 'first' }],
      BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { VolumeSize: 20 } }, { DeviceName: '/dev/sdf', Ebs: { VolumeSize: 5, Encrypted: true } }],
    };
    const { InstanceId } = (await run('RunInstances', asked)).Instances[0];
    const shown = (await run('DescribeInstances', { InstanceIds: [InstanceId] })).Reservations[0].Instances[0];
    assert.deepEqual(shown.NetworkInterfaces.map((nic: Answer) => [nic.Attachment.DeviceIndex, nic.Attachment.DeleteOnTermination, nic.PrivateIpAddresses.length]), [[0, true, 2], [1, false, 1]]);
    assert.deepEqual(shown.BlockDeviceMappings.map((each: Answer) => [each.DeviceName, each.Ebs.DeleteOnTermination]), [['/dev/xvda', true], ['/dev/sdf', false]]);
    const [disk] = (await run('DescribeVolumes', { Filters: [{ Name: 'attachment.device', Values: ['/dev/sdf'] }] })).Volumes;
    assert.deepEqual([disk.Size, disk.Encrypted, disk.State], [5, true, 'in-use']);
    await assert.rejects(run('DeleteVolume', { VolumeId: disk.VolumeId }), refusal('VolumeInUse'));

    await run('TerminateInstances', { InstanceIds: [InstanceId] });
    assert.deepEqual((await run('DescribeNetworkInterfaces')).NetworkInterfaces.map((nic: Answer) => [nic.NetworkInterfaceId, nic.Status]), [[own.NetworkInterfaceId, 'available']]);
    assert.deepEqual((await run('DescribeVolumes')).Volumes.map((each: Answer) => [each.VolumeId, each.State, each.Attachments]), [[disk.VolumeId, 'available', []]]);
    await run('DeleteVolume', { VolumeId: disk.VolumeId });
    assert.deepEqual((await run('DescribeVolumes')).Volumes, []);

    const but = (change: object): Promise<Answer> => run('RunInstances', { ...asked, ...change });
    await assert.rejects(but({ NetworkInterfaces: [{ DeviceIndex: 1, SubnetId: subnet }] }), refusal('InvalidParameterCombination', /device index 0/));
    await assert.rejects(but({ NetworkInterfaces: [{ DeviceIndex: 0, SubnetId: subnet }, { DeviceIndex: 0, SubnetId: subnet }] }), refusal('InvalidParameterValue'));
    await assert.rejects(but({ SubnetId: subnet }), refusal('InvalidParameterCombination'));
    await assert.rejects(but({ BlockDeviceMappings: [{ DeviceName: '/dev/sdf', Ebs: {} }] }), refusal('MissingParameter'));
    await assert.rejects(but({ BlockDeviceMappings: [{ DeviceName: '/dev/sdf', VirtualName: 'ephemeral0' }] }), refusal('UnsupportedOperation', /BlockDeviceMappings\[\]\.VirtualName/));
    await assert.rejects(but({ EnclaveOptions: { Enabled: true } }), refusal('UnsupportedOperation', /EnclaveOptions/));
    assert.equal((await but({ NetworkInterfaces: [], EnclaveOptions: { Enabled: false }, MaintenanceOptions: { AutoRecovery: 'default' } })).Instances.length, 1);
  });

  test('what cannot be made is not there, and not found by id', async () => {
    const { run } = ec2Stage();
    assert.deepEqual(await run('DescribeVpcEndpoints'), { VpcEndpoints: [] });
    await assert.rejects(run('DescribeVpcEndpoints', { VpcEndpointIds: ['vpce-1'] }), refusal('InvalidVpcEndpointId.NotFound'));
  });

  test('take the address that was asked for, and refuse what nobody could honour', async () => {
    const { run, environment } = ec2Stage();
    const subnet = (await run('DescribeSubnets')).Subnets[0].SubnetId;
    const launched = await run('RunInstances', { ImageId: 'ami-12345678', InstanceType: 't3.micro', MinCount: 1, MaxCount: 1, SubnetId: subnet, PrivateIpAddress: '172.31.0.50' });
    assert.equal(environment.store.world.get('ec2/instance', launched.Instances[0].InstanceId)!.connectAddress, '172.31.0.50');
    const base = { ImageId: 'ami-12345678', MinCount: 1, MaxCount: 1, SubnetId: subnet };
    await assert.rejects(run('RunInstances', { ...base, InstanceType: 't3.micro', PrivateIpAddress: '172.31.0.50' }), refusal('InvalidIPAddress.InUse'));
    await assert.rejects(run('RunInstances', { ...base, InstanceType: 't3.micro', PrivateIpAddress: '172.31.0.2' }), refusal('InvalidParameterValue', /reserved/));
    await assert.rejects(run('RunInstances', { ...base, InstanceType: 'x9.huge' }), refusal('InvalidInstanceType'));
    await assert.rejects(run('RunInstances', { ...base, InstanceType: 't3.micro', KeyName: 'absent' }), refusal('InvalidKeyPair.NotFound', /^The key pair 'absent' does not exist$/));
    await run('CreateKeyPair', { KeyName: 'mine', KeyType: 'ed25519' });
    assert.equal((await run('RunInstances', { ...base, InstanceType: 't3.micro', KeyName: 'mine' })).Instances[0].KeyName, 'mine');
    await assert.rejects(run('RunInstances', { ...base, InstanceType: 't3.micro', ImageId: 'ami-zzz' }), refusal('InvalidAMIID.Malformed'));
    await assert.rejects(run('RunInstances', { ...base, InstanceType: 't3.micro', LaunchTemplate: { LaunchTemplateName: 'x' } }), refusal('UnsupportedOperation'));
    await assert.rejects(run('RunInstances', { ...base, InstanceType: 't3.micro', IamInstanceProfile: { Name: 'none' } }), refusal('InvalidParameterValue', /Invalid IAM Instance Profile/));
  });
});

describe('routes', () => {
  test('lead to gateways of the VPC, turn black when those go, and keep the local one', async () => {
    const { run } = ec2Stage();
    const { Vpc } = await run('CreateVpc', { CidrBlock: '10.0.0.0/16' });
    const { InternetGateway } = await run('CreateInternetGateway');
    const gateway = InternetGateway.InternetGatewayId;
    const { RouteTable } = await run('CreateRouteTable', { VpcId: Vpc.VpcId });
    const table = RouteTable.RouteTableId;
    await assert.rejects(run('CreateRoute', { RouteTableId: table, DestinationCidrBlock: '0.0.0.0/0', GatewayId: gateway }), refusal('InvalidParameterValue', /different networks/));
    await run('AttachInternetGateway', { InternetGatewayId: gateway, VpcId: Vpc.VpcId });
    await assert.rejects(run('AttachInternetGateway', { InternetGatewayId: gateway, VpcId: Vpc.VpcId }), refusal('Resource.AlreadyAssociated'));
    await run('CreateRoute', { RouteTableId: table, DestinationCidrBlock: '0.0.0.0/0', GatewayId: gateway });
    const states = async (): Promise<string[]> => (await run('DescribeRouteTables', { RouteTableIds: [table] })).RouteTables[0].Routes.map((route: Answer) => `${route.DestinationCidrBlock} ${route.GatewayId} ${route.State}`);
    assert.deepEqual(await states(), ['10.0.0.0/16 local active', `0.0.0.0/0 ${gateway} active`]);
    await run('DetachInternetGateway', { InternetGatewayId: gateway, VpcId: Vpc.VpcId });
    assert.deepEqual(await states(), ['10.0.0.0/16 local active', `0.0.0.0/0 ${gateway} blackhole`]);
    await assert.rejects(run('DeleteRoute', { RouteTableId: table, DestinationCidrBlock: '10.0.0.0/16' }), refusal('InvalidParameterValue', /local route/));
    await run('DeleteRoute', { RouteTableId: table, DestinationCidrBlock: '0.0.0.0/0' });
    await assert.rejects(run('DeleteRoute', { RouteTableId: table, DestinationCidrBlock: '0.0.0.0/0' }), refusal('InvalidRoute.NotFound'));
    const main = (await run('DescribeRouteTables', { Filters: [{ Name: 'vpc-id', Values: [Vpc.VpcId] }, { Name: 'association.main', Values: ['true'] }] })).RouteTables;
    assert.equal(main.length, 1);
    await assert.rejects(run('DeleteRouteTable', { RouteTableId: main[0].RouteTableId }), refusal('DependencyViolation'));
    await run('DeleteRouteTable', { RouteTableId: table });
  });
});

describe('network ACLs', () => {
  test('keep their rules in order, and each subnet is in exactly one', async () => {
    const { run } = ec2Stage();
    const { Vpc } = await run('CreateVpc', { CidrBlock: '10.0.0.0/16' });
    const { Subnet } = await run('CreateSubnet', { VpcId: Vpc.VpcId, CidrBlock: '10.0.1.0/24' });
    const described = async (id: string): Promise<Answer> => (await run('DescribeNetworkAcls', { NetworkAclIds: [id] })).NetworkAcls[0];
    const [first] = (await run('DescribeNetworkAcls', { Filters: [{ Name: 'association.subnet-id', Values: [Subnet.SubnetId] }] })).NetworkAcls;
    assert.equal(first.IsDefault, true);
    await assert.rejects(run('DeleteNetworkAcl', { NetworkAclId: first.NetworkAclId }), refusal('InvalidParameterValue', /default/));
    const own = (await run('CreateNetworkAcl', { VpcId: Vpc.VpcId })).NetworkAcl.NetworkAclId;
    const entry = { NetworkAclId: own, Egress: false, RuleAction: 'allow', CidrBlock: '10.0.3.4/16' };
    await run('CreateNetworkAclEntry', { ...entry, RuleNumber: 200, Protocol: 'tcp', PortRange: { From: 80, To: 90 } });
    await run('CreateNetworkAclEntry', { ...entry, RuleNumber: 100, Protocol: '1', IcmpTypeCode: { Type: 8, Code: -1 } });
    await assert.rejects(run('CreateNetworkAclEntry', { ...entry, RuleNumber: 100, Protocol: '-1' }), refusal('NetworkAclEntryAlreadyExists'));
    await run('CreateNetworkAclEntry', { ...entry, RuleNumber: 100, Protocol: '-1', Egress: true });
    await assert.rejects(run('CreateNetworkAclEntry', { ...entry, RuleNumber: 32_767, Protocol: '-1' }), refusal('InvalidParameterValue', /32766/));
    await assert.rejects(run('CreateNetworkAclEntry', { ...entry, RuleNumber: 1, Protocol: '6' }), refusal('InvalidParameterCombination', /port range/));
    await assert.rejects(run('CreateNetworkAclEntry', { ...entry, RuleNumber: 1, Protocol: '6', PortRange: { From: 9, To: 8 } }), refusal('InvalidParameterValue', /Ports/));
    await assert.rejects(run('CreateNetworkAclEntry', { ...entry, RuleNumber: 1, Protocol: '256' }), refusal('InvalidParameterValue', /protocol/));
    await assert.rejects(run('CreateNetworkAclEntry', { ...entry, RuleNumber: 1, Protocol: '-1', Ipv6CidrBlock: '::/0' }), refusal('MissingParameter'));
    const shown = (await described(own)).Entries.filter((each: Answer) => !each.Egress).map((each: Answer) => `${each.RuleNumber} ${each.Protocol} ${each.CidrBlock} ${each.RuleAction}`);
    assert.deepEqual(shown, ['100 1 10.0.0.0/16 allow', '200 6 10.0.0.0/16 allow', '32767 -1 0.0.0.0/0 deny']);
    await run('ReplaceNetworkAclEntry', { ...entry, RuleNumber: 200, Protocol: '-1', RuleAction: 'deny' });
    await run('DeleteNetworkAclEntry', { NetworkAclId: own, Egress: false, RuleNumber: 100 });
    await assert.rejects(run('ReplaceNetworkAclEntry', { ...entry, RuleNumber: 100, Protocol: '-1' }), refusal('InvalidNetworkAclEntry.NotFound'));

    const association = first.Associations[0].NetworkAclAssociationId;
    const { NewAssociationId } = await run('ReplaceNetworkAclAssociation', { AssociationId: association, NetworkAclId: own });
    assert.notEqual(NewAssociationId, association);
    assert.deepEqual((await described(own)).Associations.map((each: Answer) => each.SubnetId), [Subnet.SubnetId]);
    assert.deepEqual((await described(first.NetworkAclId)).Associations, []);
    await assert.rejects(run('ReplaceNetworkAclAssociation', { AssociationId: association, NetworkAclId: own }), refusal('InvalidAssociationID.NotFound'));
    await assert.rejects(run('DeleteNetworkAcl', { NetworkAclId: own }), refusal('DependencyViolation'));
    await run('ReplaceNetworkAclAssociation', { AssociationId: NewAssociationId, NetworkAclId: first.NetworkAclId });
    await run('DeleteNetworkAcl', { NetworkAclId: own });
  });
});
