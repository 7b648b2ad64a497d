import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { AwsError } from '../../aws/index.ts';
import { seededRandom, systemClock } from '../../kernel/index.ts';
import { MemoryBlobs, memoryStore, sqliteStore } from '../store/index.ts';
import { immediateClock } from '../../../test/support/immediate-clock.ts';
import { RecordedCalls } from '../../../test/support/recorded-calls.ts';
import { Stacks, TemplateError, type StackResult, type TemplateDependencies } from './index.ts';

interface Stage extends TemplateDependencies {
  readonly calls: RecordedCalls;
  readonly stacks: Stacks;
  up(source: string, parameters?: Readonly<Record<string, string>>, name?: string): Promise<StackResult>;
}

function stage(): Stage {
  let count = 0;
  const next = (): number => ++count;
  const calls = new RecordedCalls({
    'ec2:CreateVpc': () => ({ Vpc: { VpcId: `vpc-${next()}` } }),
    'ec2:DescribeVpcs': (input: { VpcIds?: string[] }) => ({ Vpcs: [{ VpcId: input.VpcIds?.[0], CidrBlock: '10.0.0.0/16' }] }),
    'ec2:DescribeSecurityGroups': { SecurityGroups: [{ GroupId: 'sg-default', VpcId: 'vpc-1' }] },
    'ec2:DescribeNetworkAcls': { NetworkAcls: [{ NetworkAclId: 'acl-1', Associations: [] }] },
    'ec2:CreateSubnet': () => ({ Subnet: { SubnetId: `subnet-${next()}` } }),
    'ec2:DescribeSubnets': (input: { SubnetIds?: string[] }) => ({ Subnets: [{ SubnetId: input.SubnetIds?.[0], AvailabilityZone: 'us-east-1a', CidrBlock: '10.0.0.0/24', VpcId: 'vpc-1' }] }),
    'ec2:DescribeAvailabilityZones': { AvailabilityZones: [{ ZoneName: 'us-east-1b' }, { ZoneName: 'us-east-1a' }] },
    'ec2:CreateInternetGateway': () => ({ InternetGateway: { InternetGatewayId: `igw-${next()}` } }),
    'ec2:CreateSecurityGroup': () => ({ GroupId: `sg-${next()}` }),
    'logs:DescribeLogGroups': (input: { logGroupNamePrefix?: string }) => ({ logGroups: [{ logGroupName: input.logGroupNamePrefix, arn: `arn:aws:logs:us-east-1:1:log-group:${input.logGroupNamePrefix}:*` }] }),
    'lambda:GetFunctionConfiguration': (input: { FunctionName: string }) => ({ FunctionArn: `arn:fn:${input.FunctionName}`, State: 'Active', LastUpdateStatus: 'Successful' }),
  } as never);
  const deps = { store: memoryStore(), blobs: new MemoryBlobs(), clock: immediateClock(), random: seededRandom(1), call: calls.call, account: '000000000000', region: 'us-east-1' };
  const stacks = new Stacks(deps);
  return { ...deps, calls, stacks, up: (source, parameters = {}, name = 'shop') => stacks.apply(source, { name, parameters, baseFolder: null }) };
}

const NETWORK = `
Parameters:
  Block: { Type: String, Default: 10.0.0.0/16 }
  Dns: { Type: String, Default: 'true', AllowedValues: ['true', 'false'] }
Resources:
  Subnet:
    Type: AWS::EC2::Subnet
    Properties: { VpcId: !Ref Vpc, CidrBlock: !Select [0, !Cidr [!GetAtt Vpc.CidrBlock, 1, 8]], AvailabilityZone: !Select [0, !GetAZs ''] }
  Vpc:
    Type: AWS::EC2::VPC
    Properties: { CidrBlock: !Ref Block, EnableDnsSupport: !Ref Dns }
Outputs:
  VpcId: { Value: !Ref Vpc, Export: { Name: !Sub '\${AWS::StackName}-vpc' } }
`;

test('resources are created in the order of their dependencies, whatever their order in the template', async () => {
  const { calls, up, stacks } = stage();
  const result = await up(NETWORK);
  assert.equal(result.outcome, 'created');
  assert.deepEqual(calls.writes(), ['ec2:CreateVpc', 'ec2:ModifyVpcAttribute', 'ec2:CreateSubnet']);
  assert.equal(stacks.find('shop')?.status, 'CREATE_COMPLETE');
  assert.deepEqual(result.stack?.outputs, [{ name: 'VpcId', value: 'vpc-1', description: null, exportName: 'shop-vpc' }]);
  assert.deepEqual(result.stack?.resources.map(({ logicalId, physicalId }) => [logicalId, physicalId]), [['Vpc', 'vpc-1'], ['Subnet', 'subnet-2']]);
  assert.match(result.stack!.id, /^arn:aws:cloudformation:us-east-1:000000000000:stack\/shop\/[0-9a-f-]{36}$/);
});

test('what did not change is not called', async () => {
  const { calls, up } = stage();
  await up(NETWORK);
  calls.writes();
  const again = await up(NETWORK);
  assert.equal(again.outcome, 'unchanged');
  assert.deepEqual(calls.made.map(({ operation }) => operation), ['DescribeAvailabilityZones']);
});

test('a property that updates in place is one call', async () => {
  const { calls, up } = stage();
  await up(NETWORK);
  calls.writes();
  const result = await up(NETWORK, { Dns: 'false' });
  assert.equal(result.outcome, 'updated');
  assert.deepEqual(calls.made.find(({ operation }) => operation === 'ModifyVpcAttribute')?.input, { VpcId: 'vpc-1', EnableDnsSupport: { Value: false } });
  assert.deepEqual(calls.writes(), ['ec2:ModifyVpcAttribute']);
});

test('a replacement replaces what depends on it, and deletes the old ones last, dependents first', async () => {
  const { calls, up } = stage();
  await up(NETWORK);
  calls.writes();
  const result = await up(NETWORK, { Block: '10.1.0.0/16' });
  assert.deepEqual(calls.writes(), ['ec2:CreateVpc', 'ec2:ModifyVpcAttribute', 'ec2:CreateSubnet', 'ec2:DeleteSubnet', 'ec2:DeleteVpc']);
  assert.deepEqual(result.stack?.resources.map(({ physicalId }) => physicalId), ['vpc-3', 'subnet-4']);
});

test('what leaves the template is deleted; Retain keeps it', async () => {
  const { calls, up } = stage();
  const both = 'Resources:\n  A: { Type: AWS::EC2::InternetGateway }\n  B: { Type: AWS::EC2::InternetGateway, DeletionPolicy: Retain }\n  C: { Type: AWS::EC2::InternetGateway }\n';
  await up(both);
  calls.writes();
  const result = await up('Resources:\n  C: { Type: AWS::EC2::InternetGateway }\n');
  assert.deepEqual(calls.made.map(({ operation, input }) => [operation, input['InternetGatewayId']]), [['DeleteInternetGateway', 'igw-1']]);
  assert.ok(result.events.some(({ logicalId, status }) => logicalId === 'B' && status === 'DELETE_SKIPPED'));
});

test('a condition that stops holding deletes its resource', async () => {
  const { calls, up } = stage();
  const source = `
Parameters: { On: { Type: String } }
Conditions: { IsOn: !Equals [!Ref On, 'yes'] }
Resources:
  Always: { Type: AWS::EC2::InternetGateway }
  Extra: { Type: AWS::EC2::InternetGateway, Condition: IsOn }
Outputs:
  Extra: { Value: !If [IsOn, !Ref Extra, none] }
`;
  assert.equal((await up(source, { On: 'yes' })).stack?.outputs[0]?.value, 'igw-2');
  calls.writes();
  assert.equal((await up(source, { On: 'no' })).stack?.outputs[0]?.value, 'none');
  assert.deepEqual(calls.writes(), ['ec2:DeleteInternetGateway']);
});

test('a failed creation is undone and the stack can be created again', async () => {
  const { calls, up, stacks } = stage();
  calls.fail('ec2:CreateSubnet', new AwsError('InvalidSubnet.Conflict', 'The CIDR conflicts'));
  const failed = await up(NETWORK);
  assert.equal(failed.outcome, 'failed');
  assert.equal(failed.failure, 'The CIDR conflicts (InvalidSubnet.Conflict)');
  assert.deepEqual(calls.writes(), ['ec2:CreateVpc', 'ec2:ModifyVpcAttribute', 'ec2:CreateSubnet', 'ec2:DeleteVpc']);
  assert.equal(stacks.find('shop')?.status, 'ROLLBACK_COMPLETE');
  assert.deepEqual(stacks.find('shop')?.resources, []);
  calls.heal();
  assert.equal((await up(NETWORK)).outcome, 'created');
});

test('what was half made when it failed is cleared away', async () => {
  const { calls, up } = stage();
  calls.fail('ec2:ModifyVpcAttribute', new AwsError('InvalidParameterValue', 'no'));
  const failed = await up(NETWORK);
  assert.equal(failed.outcome, 'failed');
  assert.deepEqual(calls.writes(), ['ec2:CreateVpc', 'ec2:ModifyVpcAttribute', 'ec2:DeleteVpc']);
  assert.deepEqual(failed.stack?.leftovers, []);
});

test('a failed update sets back what it changed, and keeps the old parameters and outputs', async () => {
  const { calls, up } = stage();
  const source = `
Parameters: { Days: { Type: Number, Default: 7 }, Tag: { Type: String, Default: a } }
Resources:
  Logs: { Type: AWS::Logs::LogGroup, Properties: { RetentionInDays: !Ref Days } }
  Gateway: { Type: AWS::EC2::InternetGateway, DependsOn: Logs, Properties: { Tags: [{ Key: k, Value: !Ref Tag }] } }
Outputs: { Days: { Value: !Ref Days } }
`;
  await up(source);
  calls.writes();
  calls.fail('ec2:CreateTags', new AwsError('InternalError', 'broken'));
  const failed = await up(source, { Days: '30', Tag: 'b' });
  const retention = calls.made.filter(({ operation }) => operation === 'PutRetentionPolicy').map(({ input }) => input['retentionInDays']);
  assert.deepEqual(retention, [30, 7]);
  assert.equal(failed.stack?.status, 'UPDATE_ROLLBACK_FAILED', 'the tags could not be set back either');
  assert.deepEqual(failed.stack?.parameters, {});
  assert.equal(failed.stack?.outputs[0]?.value, '7');
  calls.heal();
  calls.writes();
  assert.equal((await up(source)).stack?.status, 'UPDATE_COMPLETE');
});

test('a failed replacement keeps the old resource', async () => {
  const { calls, up } = stage();
  await up(NETWORK);
  calls.writes();
  calls.fail('ec2:CreateSubnet', new AwsError('InvalidSubnet.Conflict', 'no'));
  const failed = await up(NETWORK, { Block: '10.9.0.0/16' });
  assert.deepEqual(calls.writes(), ['ec2:CreateVpc', 'ec2:ModifyVpcAttribute', 'ec2:CreateSubnet', 'ec2:DeleteVpc']);
  assert.deepEqual(failed.stack?.resources.map(({ physicalId }) => physicalId), ['vpc-1', 'subnet-2']);
  assert.equal(failed.stack?.status, 'UPDATE_ROLLBACK_COMPLETE');
});

test('a resource with a name of its own is not replaced under that name', async () => {
  const { up } = stage();
  const source = (description: string, name: string): string => `Resources: { G: { Type: AWS::EC2::SecurityGroup, Properties: { GroupName: ${name}, GroupDescription: ${description}, VpcId: vpc-1 } } }`;
  await up(source('one', 'web'));
  const failed = await up(source('two', 'web'));
  assert.match(failed.failure ?? '', /cannot be replaced while the one that has it exists \(GroupDescription changed.*Give another GroupName/);
  assert.equal((await up(source('two', 'web2'))).outcome, 'updated');
});

test('deleting goes against the dependencies, waits for what is still in use, and forgets the stack', async () => {
  const { calls, up, stacks } = stage();
  await up(NETWORK);
  calls.writes();
  let refusals = 2;
  calls.answers.set('ec2:DeleteVpc', () => {
    if (refusals-- > 0) throw new AwsError('DependencyViolation', 'has dependencies');
    return {};
  });
  assert.equal((await stacks.delete('shop')).outcome, 'deleted');
  assert.deepEqual(calls.writes(), ['ec2:DeleteSubnet', 'ec2:DeleteVpc', 'ec2:DeleteVpc', 'ec2:DeleteVpc']);
  assert.equal(stacks.find('shop'), undefined);
});

test('what is gone already counts as deleted; what cannot be deleted is kept and tried again', async () => {
  const { calls, up, stacks } = stage();
  await up(NETWORK);
  calls.fail('ec2:DeleteSubnet', new AwsError('InvalidSubnetID.NotFound', 'gone'));
  calls.fail('ec2:DeleteVpc', new AwsError('UnauthorizedOperation', 'not you'));
  const failed = await stacks.delete('shop');
  assert.equal(failed.stack?.status, 'DELETE_FAILED');
  assert.match(failed.failure ?? '', /Vpc: not you/);
  assert.deepEqual(failed.stack?.resources.map(({ logicalId }) => logicalId), ['Vpc']);
  calls.heal();
  assert.equal((await stacks.delete('shop')).outcome, 'deleted');
});

test('exports are unique, can be imported, and cannot go while they are', async () => {
  const { up, stacks } = stage();
  await up(NETWORK);
  const user = 'Resources: { G: { Type: AWS::EC2::SecurityGroup, Properties: { GroupDescription: d, VpcId: !ImportValue shop-vpc } } }';
  const used = await up(user, {}, 'user');
  assert.equal(used.stack?.resources[0]?.properties['VpcId'], 'vpc-1');
  await assert.rejects(stacks.delete('shop'), /used by user; delete the stacks that import it first/);
  assert.match((await up(NETWORK, { Block: '10.5.0.0/16' })).failure ?? '', /shop-vpc cannot change or go while user uses it/);
  const clash = 'Resources: { G: { Type: AWS::EC2::InternetGateway } }\nOutputs: { V: { Value: x, Export: { Name: shop-vpc } } }';
  assert.match((await up(clash, {}, 'other')).failure ?? '', /exists already in stack shop/);
  await stacks.delete('user');
  assert.equal((await stacks.delete('shop')).outcome, 'deleted');
});

test('values of NoEcho parameters are in no event', async () => {
  const { calls, up } = stage();
  const source = 'Parameters: { Key: { Type: String, NoEcho: true } }\nResources: { L: { Type: AWS::Logs::LogGroup, Properties: { LogGroupName: !Ref Key } } }';
  calls.fail('logs:CreateLogGroup', new AwsError('InvalidParameterException', 'hunter22 is no name'));
  const failed = await up(source, { Key: 'hunter22' });
  assert.equal(failed.failure, '**** is no name (InvalidParameterException)');
  assert.doesNotMatch(JSON.stringify(failed.events), /hunter22/);
});

test('code in a folder is zipped; a changed file updates the function, an unchanged one does not', async () => {
  const { calls, stacks, blobs } = stage();
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-template-'));
  try {
    mkdirSync(join(folder, 'code/lib'), { recursive: true });
    writeFileSync(join(folder, 'code/index.mjs'), 'export const handler = () => 1;');
    writeFileSync(join(folder, 'code/lib/a.mjs'), 'export const a = 1;');
    const source = 'Resources: { F: { Type: AWS::Lambda::Function, Properties: { Code: ./code, Handler: index.handler, Runtime: nodejs22.x, Role: arn:aws:iam::000000000000:role/r } } }';
    const apply = (): Promise<StackResult> => stacks.apply(source, { name: 'fn', parameters: {}, baseFolder: folder });
    await apply();
    const created = calls.made.find(({ operation }) => operation === 'CreateFunction')!.input as { FunctionName: string; Code: { ZipFile: Buffer } };
    assert.match(created.FunctionName, /^fn-F-[A-Z0-9]{12}$/);
    assert.equal(created.Code.ZipFile.readUInt32LE(0), 0x04034b50);
    calls.writes();
    assert.equal((await apply()).outcome, 'unchanged');
    assert.deepEqual(calls.writes(), []);
    writeFileSync(join(folder, 'code/index.mjs'), 'export const handler = () => 2;');
    assert.equal((await apply()).outcome, 'updated');
    assert.deepEqual(calls.writes(), ['lambda:UpdateFunctionCode']);
    assert.ok(blobs);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('every problem of a template is told at once, and nothing is called', async () => {
  const { calls, up } = stage();
  const source = `
AWSTemplateFormatVersion: '2010-09-10'
Parameters: { Size: { Type: Number, MaxValue: 3, Default: 9 }, Must: { Type: String } }
Extra: 1
Resources:
  Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlok: 10.0.0.0/16, EnableDnsSupport: maybe } }
  Queue: { Type: AWS::SQS::Queue }
  A: { Type: AWS::EC2::InternetGateway, DependsOn: B }
  B: { Type: AWS::EC2::InternetGateway, DependsOn: [A, Nobody] }
  Subnet: { Type: AWS::EC2::Subnet, Condition: Unknown, Properties: { VpcId: !Ref Vps } }
  Group: { Type: AWS::EC2::SecurityGroup, DeletionPolicy: Snapshot, Properties: { VpcId: !GetAtt Vpc.Nothing } }
  Fn: { Type: AWS::Lambda::Function, Properties: { Code: ./missing, Role: r } }
Outputs:
  Out: { Value: [a, b] }
`;
  await assert.rejects(up(source, { Unasked: '1' }), (error: unknown) => {
    assert.ok(error instanceof TemplateError);
    assert.deepEqual(new Map(error.problems.map(({ path, got }) => [path, got])), new Map([
      ['AWSTemplateFormatVersion', '"2010-09-10"'],
      ['Extra', '1'],
      ['Resources.B.DependsOn', '"Nobody"'],
      ['Resources.Group.DeletionPolicy', '"Snapshot"'],
      ['parameters.Unasked', '"1"'],
      ['Parameters.Size.Default', '"9"'],
      ['parameters.Must', '"nothing"'],
      ['Resources.Vpc.Properties.CidrBlok', '"CidrBlok"'],
      ['Resources.Vpc.Properties.EnableDnsSupport', '"maybe"'],
      ['Resources.Queue.Type', '"AWS::SQS::Queue"'],
      ['Resources.Subnet.Condition', '"Unknown"'],
      ['Resources.Group.Properties.VpcId.Fn::GetAtt', '"Nothing"'],
      ['Resources.Group.Properties.GroupDescription', 'nothing'],
      ['Resources.Fn.Properties.Code', '"./missing"'],
      ['Resources.A', '"A -> B -> A"'],
      ['Outputs.Out.Value', '["a","b"]'],
    ]));
    return true;
  });
  assert.deepEqual(calls.made, []);
});

test('a stack outlives the process: the next one finds nothing to change', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-stacks-'));
  const path = join(folder, 'store.sqlite');
  try {
    const first = stage();
    const before = sqliteStore({ path, clock: systemClock });
    await new Stacks({ ...first, store: before }).apply(NETWORK, { name: 'shop', parameters: {}, baseFolder: null });
    before.close();
    const store = sqliteStore({ path, clock: systemClock });
    first.calls.writes();
    const again = await new Stacks({ ...first, store }).apply(NETWORK, { name: 'shop', parameters: {}, baseFolder: null });
    assert.equal(again.outcome, 'unchanged');
    assert.deepEqual(first.calls.writes(), []);
    store.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

for (const { at, next } of [
  { at: 'ec2:CreateSubnet', next: ['ec2:CreateSubnet'] },
  // what was half made is cleared away first
  { at: 'ec2:ModifyVpcAttribute', next: ['ec2:DeleteVpc', 'ec2:CreateVpc', 'ec2:ModifyVpcAttribute', 'ec2:CreateSubnet'] },
]) {
  test(`a run that is cut off at ${at} is taken up by the next one`, async () => {
    const { calls, ...deps } = stage();
    const reached = Promise.withResolvers<void>();
    const cut = new Stacks({
      ...deps,
      call: (service, operation, input) => {
        if (`${service}:${operation}` !== at) return calls.call(service, operation, input);
        reached.resolve();
        return new Promise(() => {});
      },
    });
    void cut.apply(NETWORK, { name: 'shop', parameters: {}, baseFolder: null });
    await reached.promise;
    calls.writes();
    const result = await new Stacks({ ...deps, call: calls.call }).apply(NETWORK, { name: 'shop', parameters: {}, baseFolder: null });
    assert.equal(result.failure, null);
    assert.deepEqual(calls.writes(), next);
    assert.deepEqual(result.stack?.leftovers, []);
    assert.deepEqual(result.stack?.resources.map(({ logicalId }) => logicalId), ['Vpc', 'Subnet']);
  });
}

test('where what a change affects cannot be read the change is not done: it is undone, or tried again', async () => {
  const { calls, up } = stage();
  calls.answers.set('ec2:AssociateVpcCidrBlock', { CidrBlockAssociation: { AssociationId: 'vpc-cidr-assoc-1' } });
  const vpc = 'Resources:\n  Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/16 } }\n';
  const both = `${vpc}  More: { Type: AWS::EC2::VPCCidrBlock, Properties: { VpcId: !Ref Vpc, CidrBlock: 10.1.0.0/16 } }\n`;
  await up(vpc);
  calls.writes();
  const broken = new AwsError('InternalError', 'broken');
  calls.fail('ec2:DescribeVpcs', broken);
  assert.match((await up(both)).failure!, /broken/);
  assert.deepEqual(calls.writes(), ['ec2:AssociateVpcCidrBlock', 'ec2:DisassociateVpcCidrBlock']);
  calls.heal();
  assert.equal((await up(both)).failure, null);
  calls.writes();
  calls.fail('ec2:DescribeVpcs', broken);
  const kept = await up(vpc);
  assert.ok(kept.events.some(({ logicalId, status }) => logicalId === 'More' && status === 'DELETE_FAILED'));
  calls.heal();
  const gone = await up(vpc);
  assert.deepEqual([gone.failure, gone.stack?.resources.map(({ logicalId }) => logicalId)], [null, ['Vpc']]);
});
