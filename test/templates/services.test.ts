import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { systemClock, systemRandom } from '../../src/kernel/index.ts';
import { FrontDoor, noCredentials, openModels } from '../../src/aws/index.ts';
import { acmService, ec2Service, elbv2Service, iamService, lambdaService, logsService, MemoryLogEvents, stsService } from '../../src/control-plane/services/index.ts';
import { Stacks, type StackResult } from '../../src/control-plane/templates/index.ts';
import { MemoryObjects } from '../../src/control-plane/store/index.ts';
import { ClientAuthority } from '../support/client-authority.ts';
import { testEnvironment } from '../support/environment.ts';

const objects = new MemoryObjects();
const authority = await ClientAuthority.root();
objects.put('bucket/ca.pem', authority.pem);
objects.put('bucket/two.pem', authority.pem + (await ClientAuthority.root('CN=Two')).pem);
objects.put('bucket/list.crl', await authority.revoking(['01', '02']));
const environment = testEnvironment({ clock: systemClock, random: systemRandom, objects });
// The clock's timers do not keep the process alive; while a test waits for one, this does.
const alive = setInterval(() => {}, 1000);
after(() => clearInterval(alive));

const OWNER = { account: '000000000000', region: 'us-east-1' };
const failures: unknown[] = [];
const frontDoor = new FrontDoor({
  services: [
    elbv2Service(environment), ec2Service(environment), iamService(environment), acmService(environment), lambdaService(environment), stsService(environment),
    logsService(environment, new MemoryLogEvents({ clock: environment.clock })),
  ],
  models: openModels(), clock: environment.clock, random: environment.random, credentials: noCredentials, verify: 'never',
  onCall: ({ cause }) => void (cause !== null && failures.push(cause)),
});
const stacks = new Stacks({
  ...environment, ...OWNER,
  call: (service, operation, input) => frontDoor.call(service, operation, { input: input as Readonly<Record<string, unknown>>, ...OWNER, host: '127.0.0.1:4566' }),
});

const shop = readFileSync(join(import.meta.dirname, '..', '..', 'examples', 'shop', 'template.yaml'), 'utf8');

function up(source: string, parameters: Readonly<Record<string, string>>, name = 'shop'): Promise<StackResult> {
  return stacks.apply(source, { name, parameters, baseFolder: join(import.meta.dirname, '..', '..', 'examples', 'shop') });
}

function rows(): Readonly<Record<string, number>> {
  const kinds = ['elbv2/load-balancer', 'elbv2/listener', 'elbv2/rule', 'elbv2/target-group', 'elbv2/target', 'lambda/function', 'acm/certificate', 'iam/role', 'iam/policy', 'iam/instance-profile', 'ec2/instance', 'logs/log-group'] as const;
  return Object.fromEntries(kinds.map((kind) => [kind, environment.store.world.list(kind).length]));
}

test('the shop is made, changed in place, replaced and deleted by the real services', async () => {
  const before = rows();
  const ports = { CatalogPort: '9001', CatalogNextPort: '9002' };
  const created = await up(shop, ports);
  assert.equal(created.failure, null);
  assert.equal(created.outcome, 'created');
  assert.match(created.stack!.outputs.find(({ name }) => name === 'Url')!.value, /^https:\/\/shop-\d+\.us-east-1\.elb\.localhost:8443\/$/);
  const revision = environment.store.world.list('elbv2/rule').length;
  assert.equal(revision, 3);

  assert.equal((await up(shop, ports)).outcome, 'unchanged');

  const shifted = await up(shop, { ...ports, NextShare: '50' });
  assert.equal(shifted.failure, null);
  assert.deepEqual(shifted.events.filter(({ status }) => status === 'UPDATE_COMPLETE' || status === 'CREATE_COMPLETE').map(({ logicalId }) => logicalId), ['Products', 'shop']);
  const weights = environment.store.world.list('elbv2/rule').flatMap(({ actions }) => actions).flatMap((action) => (action.Type === 'forward' ? action.ForwardConfig.TargetGroups.map(({ Weight }) => Weight) : []));
  assert.ok(weights.filter((weight) => weight === 50).length === 2, weights.join());

  const moved = await up(shop, { CatalogPort: '9003', CatalogNextPort: '9002', HttpPort: '8081' });
  assert.equal(moved.failure, null, 'a new port of a target group replaces it');
  assert.deepEqual(environment.store.world.list('elbv2/target').map(({ port }) => port).filter((port) => port !== null && port > 9000).sort(), [9002, 9003]);

  const deleted = await stacks.delete('shop');
  assert.equal(deleted.failure, null);
  assert.deepEqual(rows(), before);
  assert.deepEqual(failures, []);
});

test('a run that fails in the middle leaves what was there', async () => {
  const before = rows();
  const broken = shop.replace('Priority: 30', 'Priority: 20');
  const failed = await up(broken, { CatalogPort: '9001', CatalogNextPort: '9002' });
  assert.equal(failed.outcome, 'failed');
  assert.match(failed.failure!, /PriorityInUse/);
  assert.equal(failed.stack!.status, 'ROLLBACK_COMPLETE');
  assert.deepEqual(rows(), before);
  await stacks.delete('shop');
});

const EVERYTHING_ELSE = `
Parameters: { Size: { Type: String, Default: t3.micro }, Retention: { Type: Number, Default: 7 }, Purpose: { Type: String, Default: one } }
Resources:
  Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.8.0.0/16, EnableDnsHostnames: true, Tags: [{ Key: purpose, Value: !Ref Purpose }] } }
  Subnet: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref Vpc, CidrBlock: 10.8.0.0/24, MapPublicIpOnLaunch: true, Tags: [{ Key: purpose, Value: !Ref Purpose }] } }
  Gateway: { Type: AWS::EC2::InternetGateway }
  Attachment: { Type: AWS::EC2::VPCGatewayAttachment, Properties: { VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway } }
  Routes: { Type: AWS::EC2::RouteTable, Properties: { VpcId: !Ref Vpc } }
  Spare: { Type: AWS::EC2::RouteTable, Properties: { VpcId: !Ref Vpc } }
  Out: { Type: AWS::EC2::Route, DependsOn: Attachment, Properties: { RouteTableId: !Ref Routes, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway } }
  Public: { Type: AWS::EC2::EIP, DependsOn: Attachment, Properties: { Domain: vpc, Tags: [{ Key: purpose, Value: !Ref Purpose }] } }
  Nat: { Type: AWS::EC2::NatGateway, Properties: { AllocationId: !GetAtt Public.AllocationId, SubnetId: !Ref Subnet, Tags: [{ Key: purpose, Value: !Ref Purpose }] } }
  ThroughNat: { Type: AWS::EC2::Route, Properties: { RouteTableId: !Ref Spare, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: !Ref Nat } }
  Uses: { Type: AWS::EC2::SubnetRouteTableAssociation, Properties: { SubnetId: !Ref Subnet, RouteTableId: !Ref ROUTES } }
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: d
      VpcId: !GetAtt Subnet.VpcId
      SecurityGroupIngress: [{ IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 10.0.0.0/8, Description: !Ref Purpose }]
      SecurityGroupEgress: [{ IpProtocol: '-1', CidrIp: 10.0.0.0/8 }]
  FromItself: { Type: AWS::EC2::SecurityGroupIngress, Properties: { GroupId: !Ref Group, IpProtocol: tcp, FromPort: 1, ToPort: 2, SourceSecurityGroupId: !GetAtt Group.GroupId, Description: !Ref Purpose } }
  ToDns: { Type: AWS::EC2::SecurityGroupEgress, Properties: { GroupId: !Ref Group, IpProtocol: udp, FromPort: 53, ToPort: 53, CidrIp: 10.8.0.2/32 } }
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: { Version: 2012-10-17, Statement: [{ Effect: Allow, Principal: { Service: ec2.amazonaws.com }, Action: sts:AssumeRole }] }
      Description: !Ref Purpose
      Policies: [{ PolicyName: inline, PolicyDocument: { Version: 2012-10-17, Statement: [{ Effect: Allow, Action: 's3:*', Resource: '*' }] } }]
  Inline: { Type: AWS::IAM::Policy, Properties: { PolicyName: more, Roles: [!Ref Role], PolicyDocument: { Version: 2012-10-17, Statement: [{ Effect: Allow, Action: 'ec2:*', Resource: !Sub '*' }] } } }
  Managed: { Type: AWS::IAM::ManagedPolicy, Properties: { Roles: [!Ref Role], PolicyDocument: { Version: 2012-10-17, Statement: [{ Effect: Allow, Action: 'logs:*', Resource: '*', Sid: !Ref Purpose }] } } }
  Profile: { Type: AWS::IAM::InstanceProfile, Properties: { Roles: [!Ref Role] } }
  Key: { Type: AWS::EC2::KeyPair, Properties: { KeyName: mine, PublicKeyMaterial: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKwDV3CP5wLTGNukN2o7YvRthkFiQKJv8VaoH4MRYdtR me', Tags: [{ Key: purpose, Value: !Ref Purpose }] } }
  Machine:
    Type: AWS::EC2::Instance
    Properties: { ImageId: ami-12345678, InstanceType: !Ref Size, SubnetId: !Ref Subnet, PrivateIpAddress: 10.8.0.99, SecurityGroupIds: [!Ref Group], IamInstanceProfile: !Ref Profile, KeyName: !Ref Key, EbsOptimized: !Equals [!Ref Purpose, two], Monitoring: true, BlockDeviceMappings: [{ DeviceName: /dev/xvda, Ebs: { VolumeSize: 9 } }], Tags: [{ Key: Name, Value: !Ref Purpose }] }
  Logs: { Type: AWS::Logs::LogGroup, Properties: { RetentionInDays: !Ref Retention, Tags: [{ Key: purpose, Value: !Ref Purpose }] } }
  Certificate: { Type: AWS::CertificateManager::Certificate, Properties: { DomainName: a.test, Tags: [{ Key: purpose, Value: !Ref Purpose }] } }
  Fn:
    Type: AWS::Lambda::Function
    Properties: { Code: { ZipFile: 'exports.handler = async () => 1' }, Handler: index.handler, Runtime: nodejs22.x, Role: !GetAtt Role.Arn, Description: !Ref Purpose, Tags: [{ Key: purpose, Value: !Ref Purpose }] }
  First: { Type: AWS::Lambda::Version, Properties: { FunctionName: !Ref Fn } }
  Clients: { Type: AWS::ElasticLoadBalancingV2::TrustStore, Properties: { Name: clients, CaCertificatesBundleS3Bucket: bucket, CaCertificatesBundleS3Key: BUNDLE, Tags: [{ Key: purpose, Value: !Ref Purpose }] } }
  Revoked: { Type: AWS::ElasticLoadBalancingV2::TrustStoreRevocation, Properties: { TrustStoreArn: !Ref Clients, RevocationContents: [{ S3Bucket: bucket, S3Key: list.crl, RevocationType: CRL }] } }
Outputs:
  Address: { Value: !GetAtt Machine.PrivateIp }
  DefaultGroup: { Value: !GetAtt Vpc.DefaultSecurityGroup }
  Version: { Value: !GetAtt First.Version }
  LogArn: { Value: !GetAtt Logs.Arn }
  Profile: { Value: !GetAtt Profile.Arn }
  Policy: { Value: !Ref Managed }
  Authorities: { Value: !GetAtt Clients.NumberOfCaCertificates }
  Revocation: { Value: !GetAtt Revoked.RevocationId }
`;

test('every other resource type is made, changed in place and deleted by the real services', async () => {
  const before = rows();
  const source = EVERYTHING_ELSE.replace('ROUTES', 'Routes').replace('BUNDLE', 'ca.pem');
  const created = await up(source, {}, 'rest');
  assert.equal(created.failure, null);
  const outputs = Object.fromEntries(created.stack!.outputs.map(({ name, value }) => [name, value]));
  assert.equal(outputs['Address'], '10.8.0.99');
  assert.match(outputs['DefaultGroup']!, /^sg-[0-9a-f]{17}$/);
  assert.equal(outputs['Version'], '1');
  assert.deepEqual([outputs['Authorities'], outputs['Revocation']], ['1', '1']);
  assert.match(outputs['LogArn']!, /^arn:aws:logs:us-east-1:000000000000:log-group:rest-Logs-[A-Z0-9]{12}:\*$/);
  assert.equal((await up(source, {}, 'rest')).outcome, 'unchanged');

  const changed = await up(EVERYTHING_ELSE.replace('ROUTES', 'Spare').replace('BUNDLE', 'two.pem'), { Purpose: 'two', Retention: '30', Size: 't3.small' }, 'rest');
  assert.equal(changed.failure, null);
  const kept = new Map(created.stack!.resources.map(({ logicalId, physicalId }) => [logicalId, physicalId]));
  for (const { logicalId, physicalId } of changed.stack!.resources) if (logicalId !== 'Uses') assert.equal(physicalId, kept.get(logicalId), `${logicalId} was replaced`);
  assert.deepEqual(environment.store.world.list('logs/log-group').map(({ retentionInDays }) => retentionInDays).filter((days) => days !== null), [30]);

  const deleted = await stacks.delete('rest');
  assert.equal(deleted.failure, null);
  assert.deepEqual({ ...rows(), 'ec2/instance': 0 }, { ...before, 'ec2/instance': 0 });
  assert.deepEqual(failures, []);
});

const BOTH_FAMILIES = `
Resources:
  Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.8.0.0/16 } }
  Six: { Type: AWS::EC2::VPCCidrBlock, Properties: { VpcId: !Ref Vpc, AmazonProvidedIpv6CidrBlock: true } }
  More: { Type: AWS::EC2::VPCCidrBlock, Properties: { VpcId: !Ref Vpc, CidrBlock: 10.9.0.0/16 } }
  One:
    Type: AWS::EC2::Subnet
    DependsOn: Six
    Properties: { VpcId: !Ref Vpc, CidrBlock: 10.8.0.0/24, AvailabilityZone: us-east-1a, Ipv6CidrBlock: !Select [0, !Cidr [!Select [0, !GetAtt Vpc.Ipv6CidrBlocks], 2, 64]] }
  Two:
    Type: AWS::EC2::Subnet
    DependsOn: More
    Properties: { VpcId: !Ref Vpc, CidrBlock: 10.9.1.0/24, AvailabilityZone: us-east-1b }
  TwoSix: { Type: AWS::EC2::SubnetCidrBlock, DependsOn: Six, Properties: { SubnetId: !Ref Two, Ipv6CidrBlock: !Select [1, !Cidr [!Select [0, !GetAtt Vpc.Ipv6CidrBlocks], 2, 64]] } }
  OutOnly: { Type: AWS::EC2::EgressOnlyInternetGateway, Properties: { VpcId: !Ref Vpc } }
  Routes: { Type: AWS::EC2::RouteTable, Properties: { VpcId: !Ref Vpc } }
  Out: { Type: AWS::EC2::Route, Properties: { RouteTableId: !Ref Routes, DestinationIpv6CidrBlock: '::/0', EgressOnlyInternetGatewayId: !Ref OutOnly } }
  Balancer: { Type: AWS::ElasticLoadBalancingV2::LoadBalancer, DependsOn: TwoSix, Properties: { IpAddressType: dualstack, Scheme: internal, Subnets: [!Ref One, !Ref Two] } }
Outputs:
  Blocks: { Value: !Join [',', !GetAtt Vpc.Ipv6CidrBlocks] }
  Associations: { Value: !Join [',', !GetAtt Vpc.CidrBlockAssociations] }
  Second: { Value: !Select [0, !GetAtt Two.Ipv6CidrBlocks] }
`;

test('a template makes a VPC of both families and a balancer in it', async () => {
  const before = rows();
  const created = await up(BOTH_FAMILIES, {}, 'families');
  assert.equal(created.failure, null);
  const outputs = Object.fromEntries(created.stack!.outputs.map(({ name, value }) => [name, value]));
  assert.match(outputs['Blocks']!, /^[0-9a-f:]+::\/56$/);
  assert.match(outputs['Associations']!, /^vpc-cidr-assoc-[0-9a-f]{17},vpc-cidr-assoc-[0-9a-f]{17}$/);
  assert.match(outputs['Second']!, /^[0-9a-f:]+:([0-9a-f]{1,2}0)?1::\/64$/);
  assert.equal((await up(BOTH_FAMILIES, {}, 'families')).outcome, 'unchanged');
  assert.equal((await stacks.delete('families')).failure, null);
  assert.deepEqual(rows(), before);
});

const LOGINS = `
Parameters: { Scope: { Type: String, Default: openid }, Claim: { Type: String, Default: read } }
Resources:
  Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.8.0.0/16 } }
  One: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref Vpc, CidrBlock: 10.8.0.0/24, AvailabilityZone: us-east-1a } }
  Two: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref Vpc, CidrBlock: 10.8.1.0/24, AvailabilityZone: us-east-1b } }
  Certificate: { Type: AWS::CertificateManager::Certificate, Properties: { DomainName: login.test } }
  Balancer: { Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: { Subnets: [!Ref One, !Ref Two] } }
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref Balancer
      Port: 443
      Protocol: HTTPS
      Certificates: [{ CertificateArn: !Ref Certificate }]
      DefaultActions:
        - Type: authenticate-oidc
          Order: 1
          AuthenticateOidcConfig:
            { Issuer: 'https://idp.test', AuthorizationEndpoint: 'https://idp.test/auth', TokenEndpoint: 'https://idp.test/token', UserInfoEndpoint: 'https://idp.test/me', ClientId: app, ClientSecret: secret,
              Scope: !Ref Scope, SessionTimeout: 3600, SessionCookieName: Own, OnUnauthenticatedRequest: deny, AuthenticationRequestExtraParams: { prompt: login } }
        - { Type: fixed-response, Order: 2, FixedResponseConfig: { StatusCode: '200' } }
  Tokens:
    Type: AWS::ElasticLoadBalancingV2::ListenerRule
    Properties:
      ListenerArn: !Ref Listener
      Priority: 1
      Conditions: [{ Field: path-pattern, Values: [/api/*] }]
      Actions:
        - { Type: jwt-validation, Order: 1, JwtValidationConfig: { JwksEndpoint: 'https://idp.test/keys', Issuer: 'https://idp.test', AdditionalClaims: [{ Format: space-separated-values, Name: scope, Values: [!Ref Claim] }] } }
        - { Type: fixed-response, Order: 2, FixedResponseConfig: { StatusCode: '200' } }
  Pool:
    Type: AWS::ElasticLoadBalancingV2::ListenerRule
    Properties:
      ListenerArn: !Ref Listener
      Priority: 2
      Conditions: [{ Field: path-pattern, Values: [/pool/*] }]
      Actions:
        - { Type: authenticate-cognito, Order: 1, AuthenticateCognitoConfig: { UserPoolArn: 'arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_Abc', UserPoolClientId: client, UserPoolDomain: shop, Scope: !Ref Scope } }
        - { Type: fixed-response, Order: 2, FixedResponseConfig: { StatusCode: '200' } }
`;

test('logins and tokens are made, changed in place and deleted by the real services', async () => {
  const before = rows();
  const created = await up(LOGINS, {}, 'logins');
  assert.equal(created.failure, null);
  assert.equal((await up(LOGINS, {}, 'logins')).outcome, 'unchanged');
  const changed = await up(LOGINS, { Scope: 'openid email', Claim: 'write' }, 'logins');
  assert.equal(changed.failure, null);
  const { world } = environment.store;
  const [listener] = world.list('elbv2/listener').filter(({ port }) => port === 443);
  const [login] = listener!.defaultActions;
  assert.ok(login?.Type === 'authenticate-oidc');
  assert.equal(login.AuthenticateOidcConfig.Scope, 'openid email');
  const actions = world.children('elbv2/rule', listener!.id).flatMap((rule) => rule.actions);
  assert.ok(actions.some((action) => action.Type === 'jwt-validation' && action.JwtValidationConfig.AdditionalClaims[0]!.Values[0] === 'write'));
  assert.ok(actions.some((action) => action.Type === 'authenticate-cognito' && action.AuthenticateCognitoConfig.Scope === 'openid email'));
  assert.equal((await stacks.delete('logins')).failure, null);
  assert.deepEqual(rows(), before);
});

const BALANCER_AS_TARGET = `
Parameters: { Path: { Type: String, Default: /one }, Target: { Type: String, Default: '80' } }
Resources:
  Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.8.0.0/16 } }
  One: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref Vpc, CidrBlock: 10.8.0.0/24, AvailabilityZone: us-east-1a } }
  Two: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref Vpc, CidrBlock: 10.8.1.0/24, AvailabilityZone: us-east-1b } }
  Balancer: { Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: { Subnets: [!Ref One, !Ref Two] } }
  Plain: { Type: AWS::ElasticLoadBalancingV2::Listener, Properties: { LoadBalancerArn: !Ref Balancer, Port: 80, Protocol: HTTP, DefaultActions: [{ Type: fixed-response, FixedResponseConfig: { StatusCode: '200' } }] } }
  Other: { Type: AWS::ElasticLoadBalancingV2::Listener, Properties: { LoadBalancerArn: !Ref Balancer, Port: 81, Protocol: HTTP, DefaultActions: [{ Type: fixed-response, FixedResponseConfig: { StatusCode: '200' } }] } }
  Front:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    DependsOn: [Plain, Other]
    Properties: { TargetType: alb, Protocol: TCP, Port: 80, VpcId: !Ref Vpc, HealthCheckPath: !Ref Path, Matcher: { HttpCode: 200-599 }, Targets: [{ Id: !Ref Balancer, Port: !Ref Target }] }
`;

test('a target group of a load balancer is made after its listeners, given another port in place, and deleted before them', async () => {
  const before = rows();
  const created = await up(BALANCER_AS_TARGET, {}, 'front');
  assert.equal(created.failure, null);
  const targets = () => environment.store.world.list('elbv2/target').filter(({ targetId }) => targetId.includes(':loadbalancer/'));
  assert.deepEqual(targets().map(({ port }) => port), [80]);
  const changed = await up(BALANCER_AS_TARGET, { Path: '/two', Target: '81' }, 'front');
  assert.equal(changed.failure, null);
  assert.deepEqual(targets().map(({ port }) => port), [81]);
  assert.equal(environment.store.world.get('elbv2/target-group', targets()[0]!.parent!)?.healthCheck.path, '/two');
  assert.equal((await stacks.delete('front')).failure, null);
  assert.deepEqual(rows(), before);
});
