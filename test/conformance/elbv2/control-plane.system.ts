/** ELBv2 and ACM as a suite written against AWS would try them with boto3: defaults, names, order, errors, dependencies, pages, waiters; pages and waiters with the AWS CLI too. */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { acmService, ec2Service, elbv2Service } from '../../../src/control-plane/services/index.ts';
import { systemClock, systemRandom } from '../../../src/kernel/index.ts';
import { awsEndpoint } from '../../support/aws-endpoint.ts';
import { ClientAuthority } from '../../support/client-authority.ts';
import { testEnvironment } from '../../support/environment.ts';
import { Backend } from '../../support/load/backend.ts';
import { startTurnpike } from '../../support/turnpike.ts';

const missing = [['python3', '-c', 'import boto3'], ['aws', '--version']].filter(([program, ...args]) => spawnSync(program!, args).status !== 0).map(([program]) => program);
const skip = missing.includes('python3') ? 'python3 with boto3 is not installed' : false;

async function python(script: string, ...args: readonly string[]): Promise<string> {
  return (await promisify(execFile)('python3', [join(import.meta.dirname, script), ...args])).stdout.trim();
}

/** `aws elbv2 ARGUMENTS`: what it prints. */
function awsCli(endpoint: string, home: string): (...args: readonly string[]) => Promise<string> {
  const env = { PATH: process.env['PATH'], HOME: home, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_DEFAULT_REGION: 'us-east-1', AWS_ENDPOINT_URL: endpoint, AWS_MAX_ATTEMPTS: '1', AWS_PAGER: '' };
  return async (...args) => (await promisify(execFile)('aws', ['elbv2', ...args, '--output', 'json'], { env, maxBuffer: 16 * 1024 * 1024 })).stdout;
}

/** A Turnpike with the bucket that `described.py` names, and a target that is healthy. */
async function stage(t: TestContext): Promise<{ readonly endpoint: string; readonly port: string; readonly folder: string }> {
  // undone from the last to the first
  const made = new AsyncDisposableStack();
  t.after(() => made.disposeAsync());
  const dataFolder = mkdtempSync(join(tmpdir(), 'turnpike-described-'));
  made.defer(() => rmSync(dataFolder, { recursive: true, force: true }));
  const bucket = join(dataFolder, 's3', 'bundles');
  mkdirSync(bucket, { recursive: true });
  const authority = await ClientAuthority.root();
  writeFileSync(join(bucket, 'ca.pem'), authority.pem);
  writeFileSync(join(bucket, 'list.crl'), await authority.revoking(['77']));
  const backend = made.use(await Backend.start({ name: 'backend' }));
  const turnpike = await startTurnpike({ dataFolder, options: ['--workers', '1', '--drain-seconds', '0', '--port-offset', '8000'] });
  made.defer(() => turnpike.stop());
  return { endpoint: turnpike.endpoint, port: String(backend.port), folder: dataFolder };
}

test('boto3 finds AWS behind ELBv2 and ACM', { skip, timeout: 400_000 }, async (t) => {
  const environment = testEnvironment({ clock: systemClock, random: systemRandom });
  const endpoint = await awsEndpoint([ec2Service(environment), elbv2Service(environment), acmService(environment)]);
  t.after(() => endpoint.close());
  assert.equal(await python('control-plane.py', endpoint.url), 'ok');
  assert.equal(await python('errors.py', endpoint.url), 'ok');
  assert.deepEqual(endpoint.failures, []);
});

test('boto3 pages through every description, and waits for every state', { skip, timeout: 400_000 }, async (t) => {
  const { endpoint, port } = await stage(t);
  assert.equal(await python('paginators.py', endpoint, port), 'ok');
});

/** What `described.py` prints. */
interface Described {
  /** Operation -> its input, the member that is paged, how many there are where that is known. */
  readonly described: Readonly<Record<string, readonly [Readonly<Record<string, string>>, string, number | null]>>;
  readonly balancers: readonly string[];
  readonly group: string;
  readonly target: { readonly Id: string; readonly Port: number };
}

test('the AWS CLI pages through every description, and waits for every state', { skip: missing.length === 0 ? false : `needs ${missing.join(', ')}`, timeout: 240_000 }, async (t) => {
  const { endpoint, port, folder } = await stage(t);
  const { described, balancers, group, target } = JSON.parse(await python('described.py', endpoint, port)) as Described;
  const aws = awsCli(endpoint, folder);
  type Page = Readonly<Record<string, readonly unknown[]>> & { readonly NextToken?: string; readonly NextMarker?: string };
  const asked = async (operation: string, input: readonly string[]): Promise<Page> => JSON.parse(await aws(operation, ...input)) as Page;

  const healthy = aws('wait', 'target-in-service', '--target-group-arn', group, '--targets', `Id=${target.Id},Port=${target.Port}`);
  healthy.catch(() => {});
  for (const [name, [given, member, count]] of Object.entries(described)) {
    const operation = name.replaceAll('_', '-');
    const input = Object.entries(given).flatMap(([key, value]) => [`--${key.replace(/\B(?=[A-Z])/g, '-').toLowerCase()}`, value]);
    // --page-size is the operation's own PageSize: with it the CLI leaves turning the pages, by --marker, to its caller
    const [whole, first, begun] = await Promise.all([[], ['--page-size', '2'], ['--max-items', '3']].map((more) => asked(operation, [...input, ...more])));
    const all = whole![member]!;
    if (count !== null) assert.equal(all.length, count, name);
    assert.equal(new Set(all.map((item) => JSON.stringify(item))).size, all.length, `${name}: an item comes twice`);
    assert.deepEqual([first![member], begun![member]], [all.slice(0, 2), all.slice(0, 3)], name);
    assert.deepEqual((await asked(operation, [...input, '--page-size', '2', '--marker', first!.NextMarker!]))[member], all.slice(2, 4), `${name} --marker`);
    if (all.length === 3) assert.equal(begun!.NextToken, undefined, name);
    else assert.deepEqual((await asked(operation, [...input, '--starting-token', begun!.NextToken!]))[member], all.slice(3), `${name} --starting-token`);
  }

  const stranger = ['--target-group-arn', group, '--targets', 'Id=10.4.0.9'];
  await Promise.all([aws('wait', 'load-balancer-exists', '--names', 'lb-0'), aws('wait', 'load-balancer-available', '--load-balancer-arns', ...balancers.slice(0, 2))]);
  await Promise.all([healthy, aws('delete-load-balancer', '--load-balancer-arn', balancers[4]!), aws('wait', 'target-deregistered', ...stranger)]);
  await aws('wait', 'load-balancers-deleted', '--load-balancer-arns', balancers[4]!);
  await assert.rejects(aws('describe-load-balancers', '--load-balancer-arns', balancers[4]!), /An error occurred \(LoadBalancerNotFound\)/);
});
