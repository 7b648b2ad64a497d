import { FakeClock, seededRandom } from '../../src/kernel/index.ts';
import type { Call, Operation, Service } from '../../src/aws/index.ts';
import { noReports, noUsage, type ReportReader, type TargetHealth } from '../../src/snapshot/index.ts';
import type { Instance, SecurityGroup, Subnet, Vpc } from '../../src/control-plane/resources/ec2/index.ts';
import { MemoryBlobs, MemoryObjects, memoryStore } from '../../src/control-plane/store/index.ts';
import { acmService } from '../../src/control-plane/services/acm/index.ts';
import { elbv2Service } from '../../src/control-plane/services/elbv2/index.ts';
import { awsLimits, type Environment, noJournal } from '../../src/control-plane/services/index.ts';

/** A world with two VPCs, for tests that go through the operation tables of elbv2 and acm. */
export const ACCOUNT = '123456789012';
export const REGION = 'us-east-1';
const OWN = { account: ACCOUNT, region: REGION, createdAt: 0 } as const;

export const call: Call = {
  service: 'elbv2',
  operation: '',
  requestId: 'request',
  account: ACCOUNT,
  region: REGION,
  accessKeyId: null,
  principal: `arn:aws:iam::${ACCOUNT}:root`,
  host: '127.0.0.1:4566',
  remoteAddress: '127.0.0.1',
};

export interface Stage {
  readonly environment: Environment;
  readonly clock: FakeClock;
  /** What operations read from S3. */
  readonly objects: MemoryObjects;
  /** What the data plane is made to report, by `group target port`. */
  readonly health: Map<string, TargetHealth>;
  /** Calls an operation of elbv2; the output has the SDK's shape. */
  elb<T>(operation: string, input: object, as?: Call): Promise<T>;
  acm<T>(operation: string, input: object, as?: Call): Promise<T>;
  /** Creates `web` in both zones of the VPC, and returns its ARN. */
  balancer(name?: string, more?: object): Promise<string>;
  group(name?: string, more?: object): Promise<string>;
  /** An HTTP listener whose default action is a fixed 404; returns its ARN. */
  listener(balancer: string, port?: number): Promise<string>;
}

export async function elbStage(limits: Environment['limits'] = awsLimits): Promise<Stage> {
  const clock = new FakeClock();
  const health = new Map<string, TargetHealth>();
  const objects = new MemoryObjects();
  const reports: ReportReader = { ...noReports, targetHealth: (pool, target, port) => health.get(`${pool} ${target} ${port}`) ?? null };
  const environment: Environment = {
    store: memoryStore(),
    blobs: new MemoryBlobs(),
    objects,
    clock,
    random: seededRandom(7),
    reports,
    usage: noUsage,
    functions: { invoke: () => Promise.reject(new Error('no functions in this test')), ready: async () => 0 },
    limits,
    beyondAws: new Set(),
    dnsSuffix: 'localhost',
    runtimes: [],
    functionFolders: [],
    eventJournal: noJournal,
    httpsPort: 443,
  };
  await environment.store.transact((transaction) => {
    for (const id of ['vpc-1', 'vpc-2']) {
      transaction.put('ec2/vpc', vpc(id));
      transaction.put('ec2/security-group', group(`sg-${id}`, id, 'default'));
    }
    transaction.put('ec2/security-group', group('sg-web', 'vpc-1', 'web'));
    for (const zone of ['a', 'b', 'c']) transaction.put('ec2/subnet', subnet(`subnet-${zone}`, 'vpc-1', zone));
    transaction.put('ec2/subnet', subnet('subnet-a2', 'vpc-1', 'a'));
    transaction.put('ec2/subnet', subnet('subnet-other', 'vpc-2', 'b'));
    transaction.put('ec2/instance', instance('i-00000001', 'vpc-1', 'running'));
    transaction.put('ec2/instance', instance('i-00000002', 'vpc-1', 'stopped'));
    transaction.put('ec2/instance', instance('i-00000003', 'vpc-2', 'running'));
  });
  const elbv2 = elbv2Service(environment);
  const acm = acmService(environment);
  const run = (service: Service) => async (name: string, input: object, as: Call = call) => {
    const operation: Operation | undefined = service.operations[name];
    if (!operation) throw new Error(`no operation ${name}`);
    return operation(input, { ...as, service: service.name, operation: name });
  };
  const elb = run(elbv2) as Stage['elb'];
  return {
    environment,
    clock,
    objects,
    health,
    elb,
    acm: run(acm) as Stage['acm'],
    async balancer(name = 'web', more = {}) {
      const out = await elb<{ LoadBalancers: [{ LoadBalancerArn: string }] }>('CreateLoadBalancer', { Name: name, Subnets: ['subnet-a', 'subnet-b'], ...more });
      return out.LoadBalancers[0].LoadBalancerArn;
    },
    async group(name = 'targets', more = {}) {
      const out = await elb<{ TargetGroups: [{ TargetGroupArn: string }] }>('CreateTargetGroup', {
        Name: name, Protocol: 'HTTP', Port: 80, VpcId: 'vpc-1', TargetType: 'ip', ...more,
      });
      return out.TargetGroups[0].TargetGroupArn;
    },
    async listener(balancer, port = 80) {
      const out = await elb<{ Listeners: [{ ListenerArn: string }] }>('CreateListener', {
        LoadBalancerArn: balancer, Protocol: 'HTTP', Port: port, DefaultActions: [NOT_FOUND],
      });
      return out.Listeners[0].ListenerArn;
    },
  };
}

export const NOT_FOUND = { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } };

function vpc(id: string): Vpc {
  return {
    ...OWN, id, parent: null, cidrBlock: '10.0.0.0/16', cidrAssociations: [], ipv6Associations: [], isDefault: false, instanceTenancy: 'default', dhcpOptionsId: 'dopt-1',
    enableDnsSupport: true, enableDnsHostnames: false, enableNetworkAddressUsageMetrics: false, tags: [],
  };
}

function group(id: string, parent: string, name: string): SecurityGroup {
  return { ...OWN, id, parent, name, description: name, tags: [] };
}

function subnet(id: string, parent: string, zone: string): Subnet {
  return {
    ...OWN, id, parent, cidrBlock: `10.0.${zone.charCodeAt(0)}.0/24`, availabilityZone: `${REGION}${zone}`, availabilityZoneId: `use1-az${zone}`, defaultForAz: false,
    mapPublicIpOnLaunch: false, ipv6Associations: [], assignIpv6AddressOnCreation: false, enableDns64: false, hostnameType: 'ip-name',
    enableResourceNameDnsARecord: false, enableResourceNameDnsAAAARecord: false, tags: [],
  };
}

function instance(id: string, vpcId: string, state: Instance['state']): Instance {
  return {
    ...OWN, id, parent: 'subnet-a', vpcId, availabilityZone: `${REGION}a`, reservationId: 'r-1', launchIndex: 0, imageId: 'ami-1', instanceType: 't3.micro',
    keyName: null, state, stateAt: 0, launchedAt: 0, privateIpAddress: '10.0.97.9', privateIpGiven: false, connectAddress: '127.0.0.1', publicIpAddress: null,
    securityGroupIds: [], interfaceIds: [], rootVolumeId: 'vol-1', sourceDestCheck: true, monitoring: false, ebsOptimized: false, tenancy: 'default',
    instanceProfileArn: null, userData: null, clientToken: null, disableApiTermination: false, disableApiStop: false, shutdownBehavior: 'stop',
    creditSpecification: 'standard',
    metadata: { httpTokens: 'required', httpPutResponseHopLimit: 2, httpEndpoint: 'enabled', httpProtocolIpv6: 'disabled', instanceMetadataTags: 'disabled' },
    tags: [],
  };
}
