import { EC2Client, DescribeSubnetsCommand } from '@aws-sdk/client-ec2';
import {
  CreateListenerCommand, CreateLoadBalancerCommand, CreateRuleCommand, CreateTargetGroupCommand, DescribeTargetHealthCommand, ElasticLoadBalancingV2Client,
  ModifyTargetGroupAttributesCommand, RegisterTargetsCommand, type Action, type TargetHealth,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { freePort } from '../free-port.ts';

const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };

/** What an AWS client of a running Turnpike is made with. No retries: what fails has to be seen. */
export function clientSettings(endpoint: string) {
  return { endpoint, region: 'us-east-1', credentials: CREDENTIALS, maxAttempts: 1 };
}

/** An application load balancer with one HTTP listener, made through the API of a running Turnpike. */
export class Balancer {
  readonly elb: ElasticLoadBalancingV2Client;
  readonly #endpoint: string;
  vpcId = '';
  arn = '';
  listenerArn = '';
  /** The listener's, on 127.0.0.1. */
  port = 0;

  constructor(endpoint: string) {
    this.#endpoint = endpoint;
    this.elb = new ElasticLoadBalancingV2Client(clientSettings(endpoint));
  }

  /** `defaultAction`: a fixed 404 where nothing is said. */
  static async create(endpoint: string, defaultAction: Action = fixed('404', 'no rule')): Promise<Balancer> {
    const balancer = new Balancer(endpoint);
    const subnets = (await new EC2Client(clientSettings(endpoint)).send(new DescribeSubnetsCommand({}))).Subnets!;
    balancer.vpcId = subnets[0]!.VpcId!;
    const made = await balancer.elb.send(new CreateLoadBalancerCommand({ Name: 'web', Subnets: subnets.slice(0, 2).map(({ SubnetId }) => SubnetId!) }));
    balancer.arn = made.LoadBalancers![0]!.LoadBalancerArn!;
    balancer.port = await freePort();
    const listener = await balancer.elb.send(new CreateListenerCommand({ LoadBalancerArn: balancer.arn, Protocol: 'HTTP', Port: balancer.port, DefaultActions: [defaultAction] }));
    balancer.listenerArn = listener.Listeners![0]!.ListenerArn!;
    return balancer;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** A group of addresses on this machine, checked as often as AWS allows: every 5 s, two results in a row. */
  async group(name: string, ports: readonly number[], more: { readonly deregistrationDelaySeconds?: number } = {}): Promise<string> {
    const made = await this.elb.send(new CreateTargetGroupCommand({
      Name: name, Protocol: 'HTTP', Port: 80, VpcId: this.vpcId, TargetType: 'ip', HealthCheckPath: '/health', HealthCheckIntervalSeconds: 5, HealthCheckTimeoutSeconds: 2,
      HealthyThresholdCount: 2, UnhealthyThresholdCount: 2,
    }));
    const arn = made.TargetGroups![0]!.TargetGroupArn!;
    const seconds = more.deregistrationDelaySeconds;
    if (seconds !== undefined) {
      await this.elb.send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn: arn, Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: String(seconds) }] }));
    }
    if (ports.length > 0) await this.elb.send(new RegisterTargetsCommand({ TargetGroupArn: arn, Targets: ports.map(target) }));
    return arn;
  }

  /** A group whose target is a function that lets load balancers invoke it. */
  async functionGroup(name: string, functionArn: string): Promise<string> {
    const made = await this.elb.send(new CreateTargetGroupCommand({ Name: name, TargetType: 'lambda' }));
    const arn = made.TargetGroups![0]!.TargetGroupArn!;
    await this.elb.send(new RegisterTargetsCommand({ TargetGroupArn: arn, Targets: [{ Id: functionArn }] }));
    return arn;
  }

  /** A rule on a path; its ARN. */
  async rule(priority: number, path: string, action: Action): Promise<string> {
    const made = await this.elb.send(new CreateRuleCommand({ ListenerArn: this.listenerArn, Priority: priority, Conditions: [onPath(path)], Actions: [action] }));
    return made.Rules![0]!.RuleArn!;
  }

  /** A rule on a host; its ARN. */
  async hostRule(priority: number, host: string, action: Action): Promise<string> {
    const made = await this.elb.send(new CreateRuleCommand({ ListenerArn: this.listenerArn, Priority: priority, Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: [host] } }], Actions: [action] }));
    return made.Rules![0]!.RuleArn!;
  }

  /** By port of the target. */
  async health(groupArn: string): Promise<ReadonlyMap<number, TargetHealth>> {
    const told = await this.elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: groupArn }));
    return new Map(told.TargetHealthDescriptions!.map(({ Target, TargetHealth }) => [Target!.Port!, TargetHealth!]));
  }

  /** Waits until every target in `states` has the state that it says. How long it took (ms). */
  async becomes(groupArn: string, states: Readonly<Record<number, string>>, withinMs = 60_000): Promise<number> {
    const begun = performance.now();
    for (;;) {
      const health = await this.health(groupArn);
      if (Object.entries(states).every(([port, state]) => health.get(Number(port))?.State === state)) return performance.now() - begun;
      if (performance.now() - begun > withinMs) throw new Error(`after ${withinMs} ms targets are ${JSON.stringify([...health])}, wanted ${JSON.stringify(states)}`);
      await new Promise((resolve) => void setTimeout(resolve, 50));
    }
  }

  async admin<T>(path: string): Promise<T> {
    return (await (await fetch(`${this.#endpoint}/_admin/${path}`)).json()) as T;
  }
}

export function target(port: number) {
  return { Id: '127.0.0.1', Port: port, AvailabilityZone: 'all' };
}

export function fixed(status: string, body: string): Action {
  return { Type: 'fixed-response', FixedResponseConfig: { StatusCode: status, ContentType: 'text/plain', MessageBody: body } };
}

export function forward(groupArn: string): Action {
  return { Type: 'forward', TargetGroupArn: groupArn };
}

export function onPath(path: string) {
  return { Field: 'path-pattern', PathPatternConfig: { Values: [path] } };
}
