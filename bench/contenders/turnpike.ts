import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../test/support/free-port.ts';
import { answers, speaksTls } from '../load/probe.ts';
import { PROXY_CORE, Running } from '../process.ts';
import { Control, element } from './control.ts';
import type { Contender, Job, Mode, Served } from './contender.ts';
import { prefixed, use, type Feature } from './feature.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/turnpike.mjs', import.meta.url));
const PACKAGE = fileURLToPath(new URL('../../package.json', import.meta.url));
/** Null: this is no checkout. */
export const VERSION = existsSync(PROGRAM) ? (JSON.parse(readFileSync(PACKAGE, 'utf8')) as { version: string }).version : null;

export interface TurnpikeOptions {
  readonly mode: Exclude<Mode, 'http-with-access-log'>;
  /** Rules of the listener; the last serves `/r/last/`. */
  readonly rules: number;
  readonly feature: Feature;
  /** Further words for `serve`, such as the setting that lifts AWS's quotas. */
  readonly serve: readonly string[];
}

/** Started and configured as a user would. Always with all that a balancer does: rules, X-Forwarded, trace id, access log, metrics. */
export function turnpike(options: TurnpikeOptions): Contender {
  return {
    label: ['turnpike', ...(options.rules === 10 ? [] : [`${options.rules} rules`]), ...(options.feature === 'none' ? [] : [options.feature])].join(', '),
    program: 'turnpike',
    version: VERSION,
    start: (job) =>
      turnpikeProcess(job, options.serve, async ({ running, control }) => {
        const made = await configure(control, options, job);
        const { host } = made;
        await running.ready(() => (options.mode === 'grpc' ? speaksTls(job.port, host) : answers(job.port, options.mode === 'tls', host)), 20_000);
        return { running, host, headers: await use(options.feature, { control, made, job }) };
      }),
  };
}

/** A `turnpike serve` of the bench's own, configured by `make`; it ends where that fails. */
export async function turnpikeProcess(job: Job, serve: readonly string[], make: (started: { readonly running: Running; readonly control: Control; readonly endpoint: string }) => Promise<Served>): Promise<Served> {
  const address = `127.0.0.1:${await freePort()}`;
  const running = new Running({
    command: [process.execPath, PROGRAM, 'serve', '--data', `${job.folder}/data`, '--endpoint', address, '--workers', '1', '--limits', 'none', '--trust', job.certificate.certificate, ...serve],
    core: PROXY_CORE,
  });
  const endpoint = `http://${address}`;
  try {
    await running.ready(() => reachable(`${endpoint}/`), 20_000);
    return await make({ running, control: new Control(endpoint), endpoint });
  } catch (error) {
    await running.stop();
    throw error;
  }
}

export async function reachable(url: string): Promise<boolean> {
  try {
    await fetch(url);
    return true;
  } catch {
    return false;
  }
}

export interface Configured {
  /** The balancer's DNS name. */
  readonly host: string;
  /** ARN of its listener. */
  readonly listener: string;
  /** ARN of its target group. */
  readonly pool: string;
  readonly vpc: string;
  readonly subnets: readonly string[];
}

/** Makes the balancer of a job with AWS's calls. */
export async function configure(control: Control, options: TurnpikeOptions, job: Job): Promise<Configured> {
  const vpc = element(await control.query('ec2', 'CreateVpc', { CidrBlock: '10.0.0.0/16' }), 'vpcId');
  const subnets: string[] = [];
  for (const [index, zone] of ['us-east-1a', 'us-east-1b'].entries()) {
    subnets.push(element(await control.query('ec2', 'CreateSubnet', { VpcId: vpc, CidrBlock: `10.0.${index}.0/24`, AvailabilityZone: zone }), 'subnetId'));
  }
  const created = await control.query('elbv2', 'CreateLoadBalancer', {
    Name: 'bench', Type: 'application', Scheme: 'internal', 'Subnets.member.1': subnets[0]!, 'Subnets.member.2': subnets[1]!,
  });
  const balancer = element(created, 'LoadBalancerArn');
  await control.query('elbv2', 'ModifyLoadBalancerAttributes', {
    LoadBalancerArn: balancer,
    'Attributes.member.1.Key': 'access_logs.s3.enabled', 'Attributes.member.1.Value': 'true',
    'Attributes.member.2.Key': 'access_logs.s3.bucket', 'Attributes.member.2.Value': 'bench',
  });
  const port = options.mode === 'grpc' ? job.grpcPort : job.backendPort;
  const pool = element(
    await control.query('elbv2', 'CreateTargetGroup', { Name: 'bench', Protocol: 'HTTP', Port: port, VpcId: vpc, TargetType: 'ip', ...(options.mode === 'grpc' ? { 'ProtocolVersion': 'GRPC', 'Matcher.GrpcCode': '0' } : { HealthCheckPath: '/1k' }) }),
    'TargetGroupArn',
  );
  await control.query('elbv2', 'RegisterTargets', { TargetGroupArn: pool, 'Targets.member.1.Id': '127.0.0.1', 'Targets.member.1.Port': port });
  const forward = { 'Type': 'forward', 'TargetGroupArn': pool };
  const fixed = { 'Type': 'fixed-response', 'FixedResponseConfig.StatusCode': '200', 'FixedResponseConfig.ContentType': 'text/plain', 'FixedResponseConfig.MessageBody': 'fixed' };
  const listener = element(
    await control.query('elbv2', 'CreateListener', {
      LoadBalancerArn: balancer, Port: job.port, Protocol: options.mode === 'tls' || options.mode === 'grpc' ? 'HTTPS' : 'HTTP',
      ...prefixed('DefaultActions.member.1.', options.mode === 'fixed' ? fixed : forward), ...(await certificate(control, options, job)),
    }),
    'ListenerArn',
  );
  const rules = Array.from({ length: options.rules }, (_, index) => index + 1);
  // a few at a time: ten thousand are a minute of one by one
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let rule = rules.pop(); rule !== undefined; rule = rules.pop()) {
        const path = rule === options.rules ? '/r/last/*' : `/r/${rule}/*`;
        await control.query('elbv2', 'CreateRule', {
          ListenerArn: listener, Priority: rule, 'Conditions.member.1.Field': 'path-pattern',
          'Conditions.member.1.PathPatternConfig.Values.member.1': path, ...prefixed('Actions.member.1.', forward),
        });
      }
    }),
  );
  return { host: element(created, 'DNSName'), listener, pool, vpc, subnets };
}

async function certificate(control: Control, options: TurnpikeOptions, job: Job): Promise<Readonly<Record<string, string>>> {
  if (options.mode !== 'tls' && options.mode !== 'grpc') return {};
  const arn = await control.importCertificate(await readFile(job.certificate.certificate, 'utf8'), await readFile(job.certificate.key, 'utf8'));
  return { 'Certificates.member.1.CertificateArn': arn, SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06' };
}
