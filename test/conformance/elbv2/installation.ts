import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DataThreads, Foundation, readSettings, System, threadEntry } from '../../../src/app/index.ts';
import { DEFAULT_ACCOUNT, DEFAULT_REGION } from '../../../src/aws/index.ts';
import { ask, type Answer } from '../../e2e/http1/client.ts';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/free-port.ts';
import { zip } from '../../support/zip.ts';

export interface Balancer {
  readonly arn: string;
  readonly dnsName: string;
  /** `app/NAME/ID` */
  readonly label: string;
}

export interface Door {
  readonly arn: string;
  readonly port: number;
}

export interface Target {
  readonly port: number;
  readonly seen: Seen[];
  close(): Promise<void>;
}

/** A request as a target got it. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  /** As received: names and values in turn. */
  readonly raw: readonly string[];
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

type Action = Readonly<Record<string, unknown>>;

/** An action that answers with a text of its own, so that a test sees which rule has served. */
export function says(text: string, status = '200'): Action {
  return { Type: 'fixed-response', FixedResponseConfig: { StatusCode: status, ContentType: 'text/plain', MessageBody: text } };
}

export const NOTHING = says('default', '404');

/** The whole program in this process, with a network to put balancers in: services, compiler, one data-plane worker, functions. */
export class Installation implements AsyncDisposable {
  readonly folder: string;
  readonly system: System;
  /** What went wrong inside: a test of this kind ends with none. */
  readonly errors: readonly Error[];
  #vpc = '';
  #subnets: readonly string[] = [];
  #names = 0;
  readonly #targets: Target[] = [];

  private constructor(folder: string, system: System, errors: readonly Error[]) {
    this.folder = folder;
    this.system = system;
    this.errors = errors;
  }

  static async open(options: Readonly<Record<string, string>> = {}): Promise<Installation> {
    const folder = mkdtempSync(join(tmpdir(), 'turnpike-conformance-'));
    const errors: Error[] = [];
    const settings = readSettings(
      { data: folder, endpoint: '127.0.0.1:0', workers: '1', 'address-pool': 'no', 'port-offset': '0', 'drain-seconds': '0', ...options },
      {},
    );
    const onError = (error: Error): void => void errors.push(error);
    const foundation = await Foundation.lay({ settings, threads: new DataThreads(threadEntry('data-worker')), onError });
    const system = await System.start(foundation, { onCall: () => {}, onError, onFunctionLog: null });
    const installation = new Installation(folder, system, errors);
    try {
      await installation.#network();
    } catch (error) {
      // left running it would keep the test's process alive
      await system.stop(0);
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
    return installation;
  }

  get vpcId(): string {
    return this.#vpc;
  }

  async #network(): Promise<void> {
    const { Vpc } = await this.aws<{ Vpc: { VpcId: string } }>('ec2', 'CreateVpc', { CidrBlock: '10.0.0.0/16' });
    this.#vpc = Vpc.VpcId;
    this.#subnets = await Promise.all(
      ['a', 'b'].map(async (zone, i) => {
        const made = await this.aws<{ Subnet: { SubnetId: string } }>('ec2', 'CreateSubnet', { VpcId: Vpc.VpcId, CidrBlock: `10.0.${i}.0/24`, AvailabilityZone: `${DEFAULT_REGION}${zone}` });
        return made.Subnet.SubnetId;
      }),
    );
  }

  /** Calls an operation as an SDK would, and waits until what it changed is served. */
  async aws<T>(service: string, operation: string, input: object): Promise<T> {
    const { system } = this;
    const output = await system.frontDoor.call(service, operation, { input: input as Record<string, unknown>, account: DEFAULT_ACCOUNT, region: DEFAULT_REGION, host: new URL(system.endpointUrl).host });
    if (!(await system.reports.served(system.store.world.revision, 60_000))) throw new Error(`${operation} was not served within a minute`);
    return output as T;
  }

  async balancer(attributes: Readonly<Record<string, string>> = {}): Promise<Balancer> {
    const made = await this.aws<{ LoadBalancers: [{ LoadBalancerArn: string; DNSName: string }] }>('elbv2', 'CreateLoadBalancer', { Name: this.#name('lb'), Subnets: this.#subnets });
    const { LoadBalancerArn: arn, DNSName: dnsName } = made.LoadBalancers[0];
    const balancer = { arn, dnsName, label: arn.slice(arn.indexOf('loadbalancer/') + 13) };
    await this.attributes(balancer, attributes);
    return balancer;
  }

  async attributes({ arn }: Balancer, attributes: Readonly<Record<string, string>>): Promise<void> {
    if (Object.keys(attributes).length > 0) await this.aws('elbv2', 'ModifyLoadBalancerAttributes', { LoadBalancerArn: arn, Attributes: pairs(attributes) });
  }

  /** A listener on a free port. */
  async door(balancer: Balancer, action: Action = NOTHING, more: object = {}): Promise<Door> {
    const port = await freePort();
    const made = await this.aws<{ Listeners: [{ ListenerArn: string }] }>('elbv2', 'CreateListener', { LoadBalancerArn: balancer.arn, Protocol: 'HTTP', Port: port, DefaultActions: [action], ...more });
    return { arn: made.Listeners[0].ListenerArn, port };
  }

  async rule(door: Door, priority: number, rule: { readonly when: readonly object[]; readonly action: Action; readonly more?: object }): Promise<string> {
    const made = await this.aws<{ Rules: [{ RuleArn: string }] }>('elbv2', 'CreateRule', { ListenerArn: door.arn, Priority: priority, Conditions: rule.when, Actions: [rule.action], ...rule.more });
    return made.Rules[0].RuleArn;
  }

  /** A target group with these ports of 127.0.0.1 in it. */
  async group(ports: readonly number[], options: { readonly attributes?: Readonly<Record<string, string>>; readonly more?: object } = {}): Promise<string> {
    const made = await this.aws<{ TargetGroups: [{ TargetGroupArn: string }] }>('elbv2', 'CreateTargetGroup', {
      Name: this.#name('tg'), Protocol: 'HTTP', Port: 80, VpcId: this.#vpc, TargetType: 'ip', HealthCheckIntervalSeconds: 5, HealthCheckTimeoutSeconds: 2, ...options.more,
    });
    const arn = made.TargetGroups[0].TargetGroupArn;
    if (options.attributes) await this.aws('elbv2', 'ModifyTargetGroupAttributes', { TargetGroupArn: arn, Attributes: pairs(options.attributes) });
    await this.register(arn, ports);
    return arn;
  }

  async register(group: string, ports: readonly number[]): Promise<void> {
    if (ports.length > 0) await this.aws('elbv2', 'RegisterTargets', { TargetGroupArn: group, Targets: ports.map((Port) => ({ Id: '127.0.0.1', Port, AvailabilityZone: 'all' })) });
  }

  async deregister(group: string, ports: readonly number[]): Promise<void> {
    await this.aws('elbv2', 'DeregisterTargets', { TargetGroupArn: group, Targets: ports.map((Port) => ({ Id: '127.0.0.1', Port })) });
  }

  /** State, reason and sentence by port. */
  async health(group: string): Promise<Readonly<Record<string, readonly [state: string, reason: string | undefined, description: string | undefined]>>> {
    const { TargetHealthDescriptions } = await this.aws<{
      TargetHealthDescriptions: { Target: { Port?: number }; TargetHealth: { State: string; Reason?: string; Description?: string } }[];
    }>('elbv2', 'DescribeTargetHealth', { TargetGroupArn: group });
    return Object.fromEntries(TargetHealthDescriptions.map(({ Target: { Port = 0 }, TargetHealth: { State, Reason, Description } }) => [Port, [State, Reason, Description]]));
  }

  /** Where some are and others not, all requests go to those: waits for all of them. The group must be in use. */
  async allHealthy(group: string): Promise<void> {
    await eventually('all targets are healthy', async () => Object.values(await this.health(group)).every(([state]) => state === 'healthy'));
  }

  /** A function from the text of its index.js, in a target group of its own that may call it. */
  async functionGroup(source: string, options: { readonly attributes?: Readonly<Record<string, string>>; readonly permitted?: boolean; readonly timeout?: number } = {}): Promise<{ readonly group: string; readonly functionArn: string }> {
    const name = this.#name('fn');
    const { FunctionArn: functionArn } = await this.aws<{ FunctionArn: string }>('lambda', 'CreateFunction', {
      FunctionName: name, Runtime: 'nodejs22.x', Handler: 'index.handler', Role: `arn:aws:iam::${DEFAULT_ACCOUNT}:role/any`, Timeout: options.timeout ?? 10,
      Code: { ZipFile: zip([{ name: 'index.js', data: source }]) },
    });
    const made = await this.aws<{ TargetGroups: [{ TargetGroupArn: string }] }>('elbv2', 'CreateTargetGroup', { Name: this.#name('tg'), TargetType: 'lambda' });
    const group = made.TargetGroups[0].TargetGroupArn;
    if (options.attributes) await this.aws('elbv2', 'ModifyTargetGroupAttributes', { TargetGroupArn: group, Attributes: pairs(options.attributes) });
    await this.aws('lambda', 'AddPermission', { FunctionName: name, StatementId: 'elb', Action: 'lambda:InvokeFunction', Principal: 'elasticloadbalancing.amazonaws.com', SourceArn: group });
    await this.aws('elbv2', 'RegisterTargets', { TargetGroupArn: group, Targets: [{ Id: functionArn }] });
    if (options.permitted === false) await this.aws('lambda', 'RemovePermission', { FunctionName: name, StatementId: 'elb' });
    return { group, functionArn };
  }

  /** An HTTP server that records what it sees; closed with the installation. */
  async target(answer: RequestListener = (_request, response) => void response.end('target')): Promise<Target> {
    const seen: Seen[] = [];
    const server: Server = createServer((request, response) => {
      const checked = request.headers['user-agent'] === 'ELB-HealthChecker/2.0';
      if (!checked) seen.push({ method: request.method!, url: request.url!, raw: request.rawHeaders, headers: request.headers });
      answer(request, response);
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const target: Target = {
      port: (server.address() as AddressInfo).port,
      seen,
      close: () =>
        new Promise((resolve) => {
          server.closeAllConnections();
          server.close(() => resolve());
        }),
    };
    this.#targets.push(target);
    return target;
  }

  /** Lines of a balancer's access log, when there are so many; they are written a second after the fact at most. */
  async logLines(count: number, ms = 60_000): Promise<readonly string[]> {
    const deadline = performance.now() + ms;
    for (;;) {
      const root = join(this.folder, 'logs');
      const lines = files(root).sort().flatMap((file) => readLog(file).split('\n').filter((line) => line !== ''));
      if (lines.length >= count) return lines;
      if (performance.now() > deadline) throw new Error(`${lines.length} of ${count} lines within ${ms} ms:\n${lines.join('\n')}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.system.stop(0);
    await Promise.all(this.#targets.map((target) => target.close()));
    rmSync(this.folder, { recursive: true, force: true });
    if (this.errors.length > 0) throw new AggregateError(this.errors, 'something failed inside the installation');
  }

  #name(kind: string): string {
    return `${kind}-${++this.#names}`;
  }
}

/** A file that the five minutes have ended is packed. */
function readLog(file: string): string {
  const bytes = readFileSync(file);
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1');
}

function files(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() && !entry.name.endsWith('.part')).map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return [];
  }
}

function pairs(attributes: Readonly<Record<string, string>>): readonly { readonly Key: string; readonly Value: string }[] {
  return Object.entries(attributes).map(([Key, Value]) => ({ Key, Value }));
}

export interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly host?: string;
  /** Field lines, each with its CRLF. */
  readonly headers?: string;
  readonly body?: string;
  /** How long the answer is waited for; 60,000. */
  readonly ms?: number;
}

/** One request on a connection of its own. */
export function get(port: number, { method = 'GET', path = '/', host = 'www.example.com', headers = '', body = '', ms = 60_000 }: Asked = {}): Promise<Answer> {
  const length = body === '' ? '' : `Content-Length: ${Buffer.byteLength(body)}\r\n`;
  return ask(port, Buffer.from(`${method} ${path} HTTP/1.1\r\nHost: ${host}\r\n${headers}${length}Connection: close\r\n\r\n${body}`), { head: method === 'HEAD', ms });
}

/** The text that answers: which rule it was. */
export async function by(port: number, asked: Asked = {}): Promise<string> {
  return (await get(port, asked)).body;
}
