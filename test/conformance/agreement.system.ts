/** The same resources, made and read by the AWS CLI, by boto3 and by the SDK for JavaScript v3: all three see the same, errors, pages and waiters too. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { startTurnpike, type RunningTurnpike } from '../support/turnpike.ts';
import { API_FAILING, apiCreation, apiReading } from './agreement/api-resources.ts';
import { boto3Client } from './agreement/boto3-client.ts';
import { cliClient } from './agreement/cli-client.ts';
import { Blob, type Answer, type ApiCall, type Client, type Paging, type Waiting } from './agreement/client.ts';
import { anonymous, normal } from './agreement/normal.ts';
import { creation, FAILING, reading, type Step } from './agreement/resources.ts';
import { sdkClient } from './agreement/sdk-client.ts';

const missing = [['python3', '-c', 'import boto3'], ['aws', '--version'], ['openssl', 'version']].filter(([program, ...args]) => spawnSync(program!, args).status !== 0);
const skip = missing.length === 0 ? false : `needs ${missing.map(([program]) => (program === 'python3' ? 'python3 with boto3' : program)).join(', ')}`;

/** What a set's steps were answered. */
type Made = Map<string, unknown>;

describe('three clients', { skip, timeout: 600_000 }, () => {
  let turnpike: RunningTurnpike;
  let folder: string;
  let clients: readonly Client[] = [];
  let pem: { readonly certificate: string; readonly key: string };
  const sets = new Map<string, Made>();

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'turnpike-agreement-'));
    // three sets have three VPCs, and a few more resources than AWS grants an account at first
    turnpike = await startTurnpike({ dataFolder: join(folder, 'data'), options: ['--workers', '1', '--drain-seconds', '0'] });
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '90', '-subj', '/CN=imported.example.test', '-keyout', 'key.pem', '-out', 'cert.pem'], { cwd: folder, stdio: 'ignore' });
    pem = { certificate: readFileSync(join(folder, 'cert.pem'), 'utf8'), key: readFileSync(join(folder, 'key.pem'), 'utf8') };
    clients = [cliClient(turnpike.endpoint, folder), boto3Client(turnpike.endpoint), sdkClient(turnpike.endpoint)];
  });
  after(async () => {
    for (const client of clients) client.close();
    await turnpike.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('each makes a set', async () => {
    await Promise.all(
      clients.map(async (client) => {
        const made: Made = new Map();
        for (const step of [...creation(client.name, pem), ...apiCreation(client.name)]) made.set(step[0], outputOf(client, step, await client.call(filled(step, made))));
        sets.set(client.name, made);
      }),
    );
  });

  test('all read the same of every set', async () => {
    for (const [set, made] of sets) {
      // the CLI takes a process a call: its own set it has seen when it made it
      const readers = clients.filter(({ name }) => name !== 'awscli' || set !== 'awscli');
      const [first, ...others] = await Promise.all(readers.map(async (client) => readSet(client, set, made)));
      for (const [index, answer] of others.entries()) {
        for (const [name, output] of answer) assert.deepEqual(output, first!.get(name), `${name} of the set of ${set}: ${readers[index + 1]!.name} against ${readers[0]!.name}`);
      }
    }
  });

  test('the sets are alike, whoever made them', async () => {
    const seen = await Promise.all([...sets].map(async ([set, made]) => new Map([...(await readSet(clients[2]!, set, made))].map(([name, output]) => [name, anonymous(output, set)]))));
    const [first, ...others] = seen;
    for (const other of others) for (const [name, output] of other) assert.deepEqual(output, first!.get(name), name);
  });

  test('all fail alike', async () => {
    for (const [service, operation, input, code, status] of [...FAILING, ...API_FAILING]) {
      const answers = await Promise.all(clients.map((client) => client.call({ service, operation, input })));
      const errors = answers.map((answer, index) => {
        assert.equal(answer.kind, 'error', `${clients[index]!.name}: ${operation} was answered`);
        return answer.kind === 'error' ? answer.error : null;
      });
      for (const [index, error] of errors.entries()) {
        assert.equal(error!.code, code, `${clients[index]!.name}: ${operation}`);
        assert.equal(error!.message, errors[0]!.message, `${clients[index]!.name}: ${operation}`);
        if (error!.status !== null) assert.equal(error!.status, status, `${clients[index]!.name}: ${operation}`);
      }
    }
  });

  test('their paginators see all pages', async () => {
    const pagings: readonly (Paging & { readonly least: number })[] = [
      { service: 'elbv2', operation: 'DescribeLoadBalancers', input: { PageSize: 1 }, list: 'LoadBalancers', pageSize: null, least: 3 },
      { service: 'elbv2', operation: 'DescribeTargetGroups', input: { PageSize: 2 }, list: 'TargetGroups', pageSize: null, least: 9 },
      { service: 'elbv2', operation: 'DescribeRules', input: { ListenerArn: at(sets.get('sdkv3')!, 'https.Listeners.0.ListenerArn'), PageSize: 2 }, list: 'Rules', pageSize: null, least: 5 },
      { service: 'ec2', operation: 'DescribeSubnets', input: {}, list: 'Subnets', pageSize: 5, least: 12 },
      { service: 'ec2', operation: 'DescribeSecurityGroups', input: {}, list: 'SecurityGroups', pageSize: 5, least: 7 },
      { service: 'iam', operation: 'ListRoles', input: { PathPrefix: '/service/' }, list: 'Roles', pageSize: 1, least: 3 },
      { service: 'acm', operation: 'ListCertificates', input: { Includes: { keyTypes: ['RSA_2048', 'EC_prime256v1'] } }, list: 'CertificateSummaryList', pageSize: 1, least: 6 },
      { service: 'lambda', operation: 'ListFunctions', input: {}, list: 'Functions', pageSize: 1, least: 3 },
      { service: 'logs', operation: 'DescribeLogGroups', input: {}, list: 'logGroups', pageSize: 1, least: 3 },
    ];
    for (const { least, ...paging } of pagings) {
      const [first, ...others] = await Promise.all(clients.map(async (client) => normal(await client.paginate(paging)) as readonly unknown[]));
      assert.ok(first!.length >= least, `${paging.operation}: ${first!.length} items`);
      assert.equal(new Set(first!.map((item) => JSON.stringify(item))).size, first!.length, `${paging.operation}: an item comes twice`);
      for (const other of others) assert.deepEqual(other, first, paging.operation);
    }
  });

  test('their waiters are content', async () => {
    const made = sets.get('boto3')!;
    const waitings: readonly Waiting[] = [
      { service: 'elbv2', waiter: 'LoadBalancerAvailable', input: { Names: ['boto3-alb'] } },
      { service: 'ec2', waiter: 'InstanceRunning', input: { InstanceIds: [at(made, 'instance.Instances.0.InstanceId')] } },
      { service: 'ec2', waiter: 'VpcAvailable', input: { VpcIds: [at(made, 'vpc.Vpc.VpcId')] } },
      { service: 'lambda', waiter: 'FunctionActiveV2', input: { FunctionName: 'boto3-function' } },
      { service: 'iam', waiter: 'RoleExists', input: { RoleName: 'boto3-role' } },
      { service: 'acm', waiter: 'CertificateValidated', input: { CertificateArn: at(made, 'issued.CertificateArn') } },
    ];
    for (const waiting of waitings) await Promise.all(clients.map((client) => client.wait(waiting)));
    const [, boto3, sdk] = clients;
    const gone: ApiCall = { service: 'elbv2', operation: 'DeleteLoadBalancer', input: { LoadBalancerArn: at(made, 'balancer.LoadBalancers.0.LoadBalancerArn') } };
    assert.equal((await boto3!.call(gone)).kind, 'output');
    await Promise.all([boto3!, sdk!].map((client) => client.wait({ service: 'elbv2', waiter: 'LoadBalancersDeleted', input: { LoadBalancerArns: [at(made, 'balancer.LoadBalancers.0.LoadBalancerArn')] } })));
  });
});

async function readSet(client: Client, set: string, made: Made): Promise<ReadonlyMap<string, unknown>> {
  const seen = new Map<string, unknown>();
  for (const [index, step] of [...reading(set), ...apiReading(set)].entries()) seen.set(`${index} ${step[2]}`, normal(outputOf(client, step, await client.call(filled(step, made)))));
  return seen;
}

function outputOf(client: Client, [, service, operation]: Step, answer: Answer): unknown {
  if (answer.kind === 'error') throw new Error(`${client.name}: ${service} ${operation}: ${JSON.stringify(answer.error)}`);
  return answer.output;
}

function filled([, service, operation, input]: Step, made: Made): ApiCall {
  return { service, operation, input: fill(input, made) as Readonly<Record<string, unknown>> };
}

function fill(value: unknown, made: Made): unknown {
  if (typeof value === 'string') return /^\{\w+\.[\w.]+\}$/.test(value) ? at(made, value.slice(1, -1)) : value.replaceAll(/\{(\w+\.\w[\w.]*)\}/g, (_whole, path: string) => String(at(made, path)));
  if (Array.isArray(value)) return value.map((item) => fill(item, made));
  if (typeof value !== 'object' || value === null || value instanceof Blob) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fill(inner, made)]));
}

function at(made: Made, path: string): unknown {
  const [step, ...rest] = path.split('.');
  const found = rest.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], made.get(step!));
  assert.notEqual(found, undefined, `nothing at ${path}`);
  return found;
}
