/**
 * What version 6 of the Terraform AWS provider asks for its new arguments of `aws_lb...`, and what it reads back: anything else would be drift. Its requests hold lists that are
 * empty, since a set that is not given is one. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lb and its neighbours
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CreateListenerCommand, CreateRuleCommand, CreateTargetGroupCommand, DescribeListenersCommand, DescribeLoadBalancerAttributesCommand, DescribeLoadBalancersCommand, DescribeRulesCommand,
  ElasticLoadBalancingV2Client, ModifyListenerCommand, ModifyLoadBalancerAttributesCommand, ModifyRuleCommand, RegisterTargetsCommand, SetRulePrioritiesCommand,
  type Action, type Rule, type RuleCondition, type RuleTransform,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { freePort } from '../../support/free-port.ts';
import { clientSettings } from '../../support/load/balancer.ts';
import { Installation, says } from './installation.ts';

test('regex values, transforms and jwt-validation are read back as they were given, changed in place, and taken away', async () => {
  await using installation = await Installation.open();
  const balancer = await installation.balancer();
  const { CertificateArn } = await installation.aws<{ CertificateArn: string }>('acm', 'RequestCertificate', { DomainName: 'www.example.com' });
  const { arn: ListenerArn } = await installation.door(balancer, undefined, { Protocol: 'HTTPS', Certificates: [{ CertificateArn }] });
  const elb = new ElasticLoadBalancingV2Client(clientSettings(installation.system.endpointUrl));
  const conditions: RuleCondition[] = [
    { Field: 'host-header', HostHeaderConfig: { Values: [], RegexValues: ['^[a-z]+\\.example\\.com$'] } },
    { Field: 'path-pattern', PathPatternConfig: { Values: [], RegexValues: ['^/v[0-9]+/'] } },
    { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Kind', Values: [], RegexValues: ['^a|b$'] } },
  ];
  const transforms: RuleTransform[] = [
    { Type: 'host-header-rewrite', HostHeaderRewriteConfig: { Rewrites: [{ Regex: '^([a-z]+)\\.example\\.com$', Replace: '$1.internal' }] } },
    { Type: 'url-rewrite', UrlRewriteConfig: { Rewrites: [{ Regex: '^/v[0-9]+/(.*)$', Replace: '/$1' }] } },
  ];
  const jwt: Action = {
    Type: 'jwt-validation', Order: 1,
    JwtValidationConfig: { Issuer: 'https://issuer.example', JwksEndpoint: 'https://issuer.example/keys', AdditionalClaims: [{ Format: 'single-string', Name: 'aud', Values: ['app'] }] },
  };
  const actions: Action[] = [jwt, { ...(says('ok') as unknown as Action), Order: 2 }];
  const made = await elb.send(new CreateRuleCommand({ ListenerArn, Priority: 10, Conditions: conditions, Actions: actions, Transforms: transforms, Tags: [{ Key: 'a', Value: 'b' }] }));
  const { RuleArn } = made.Rules![0]!;
  const read = async (): Promise<Rule> => (await elb.send(new DescribeRulesCommand({ RuleArns: [RuleArn!] }))).Rules![0]!;
  /** As the provider flattens them: an absent list is an empty one. */
  const lists = ({ Conditions }: Rule): unknown => Conditions!.map(({ Field, HostHeaderConfig, PathPatternConfig, HttpHeaderConfig }) => {
    const { Values = [], RegexValues = [] } = (HostHeaderConfig ?? PathPatternConfig ?? HttpHeaderConfig)!;
    return [Field, HttpHeaderConfig?.HttpHeaderName, Values, RegexValues];
  });

  const first = await read();
  assert.deepEqual(lists(first), [['host-header', undefined, [], ['^[a-z]+\\.example\\.com$']], ['path-pattern', undefined, [], ['^/v[0-9]+/']], ['http-header', 'X-Kind', [], ['^a|b$']]]);
  assert.deepEqual([first.Transforms, first.Priority, first.Actions![0]], [transforms, '10', jwt]);

  // the provider changes a priority by itself, and then what else has changed in one request
  await elb.send(new SetRulePrioritiesCommand({ RulePriorities: [{ RuleArn, Priority: 20 }] }));
  const changed = await elb.send(new ModifyRuleCommand({ RuleArn, Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/x'], RegexValues: [] } }], Transforms: transforms.slice(1) }));
  assert.equal(changed.Rules!.length, 1);
  const second = await read();
  assert.deepEqual([lists(second), second.Transforms, second.Priority], [[['path-pattern', undefined, ['/x'], []]], transforms.slice(1), '20']);
  assert.deepEqual(second.Actions![0], jwt);
  await elb.send(new ModifyRuleCommand({ RuleArn, ResetTransforms: true }));
  assert.deepEqual((await read()).Transforms ?? [], []);
});

const JWT: Action = {
  Type: 'jwt-validation', Order: 1,
  JwtValidationConfig: { Issuer: 'https://issuer.example', JwksEndpoint: 'https://issuer.example/keys', AdditionalClaims: [{ Format: 'space-separated-values', Name: 'scope', Values: ['read', 'write'] }] },
};

test('a listener checks tokens in its default actions, which are read back as they were given', async () => {
  await using installation = await Installation.open();
  const { arn: LoadBalancerArn } = await installation.balancer();
  const { CertificateArn } = await installation.aws<{ CertificateArn: string }>('acm', 'RequestCertificate', { DomainName: 'www.example.com' });
  const elb = new ElasticLoadBalancingV2Client(clientSettings(installation.system.endpointUrl));
  const fixed: Action = { ...(says('ok') as unknown as Action), Order: 2 };
  const made = await elb.send(new CreateListenerCommand({ LoadBalancerArn, Protocol: 'HTTPS', Port: await freePort(), Certificates: [{ CertificateArn }], DefaultActions: [JWT, fixed] }));
  const { ListenerArn } = made.Listeners![0]!;
  const read = async (): Promise<readonly Action[]> => (await elb.send(new DescribeListenersCommand({ ListenerArns: [ListenerArn!] }))).Listeners![0]!.DefaultActions!;
  assert.deepEqual(await read(), [JWT, fixed]);
  const { AdditionalClaims: _, ...plain } = JWT.JwtValidationConfig!;
  const changed: Action = { ...JWT, JwtValidationConfig: plain };
  await elb.send(new ModifyListenerCommand({ ListenerArn, DefaultActions: [changed, fixed] }));
  assert.deepEqual(await read(), [changed, fixed]);
});

test('health check logs are attributes of the load balancer, which stay when the logs are turned off', async () => {
  await using installation = await Installation.open();
  const { arn: LoadBalancerArn } = await installation.balancer();
  const elb = new ElasticLoadBalancingV2Client(clientSettings(installation.system.endpointUrl));
  const modify = (values: Readonly<Record<string, string>>): Promise<unknown> =>
    elb.send(new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn, Attributes: Object.entries(values).map(([name, Value]) => ({ Key: `health_check_logs.s3.${name}`, Value })) }));
  const read = async (): Promise<readonly (string | undefined)[]> => {
    const { Attributes } = await elb.send(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn }));
    return ['enabled', 'bucket', 'prefix'].map((name) => Attributes!.find(({ Key }) => Key === `health_check_logs.s3.${name}`)?.Value);
  };
  assert.deepEqual(await read(), ['false', '', '']);
  await modify({ enabled: 'true', bucket: 'logs', prefix: 'checks' });
  assert.deepEqual(await read(), ['true', 'logs', 'checks']);
  await modify({ enabled: 'false' });
  assert.deepEqual(await read(), ['false', 'logs', 'checks']);
  // what it reads of every load balancer, and has no argument for where it is an application's
  const [balancer] = (await elb.send(new DescribeLoadBalancersCommand({ LoadBalancerArns: [LoadBalancerArn] }))).LoadBalancers!;
  assert.deepEqual([balancer!.IpamPools, balancer!.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic, balancer!.CustomerOwnedIpv4Pool], [undefined, undefined, undefined]);
});

test('target_control_port and quic_server_id are refused by name', async () => {
  await using installation = await Installation.open();
  const elb = new ElasticLoadBalancingV2Client(clientSettings(installation.system.endpointUrl));
  const TargetGroupArn = await installation.group([]);
  await assert.rejects(
    elb.send(new CreateTargetGroupCommand({ Name: 'controlled', Protocol: 'HTTP', Port: 80, VpcId: installation.vpcId, TargetControlPort: 3000 })),
    { name: 'InvalidConfigurationRequestException', message: /TargetControlPort/ },
  );
  await assert.rejects(
    elb.send(new RegisterTargetsCommand({ TargetGroupArn, Targets: [{ Id: '10.0.0.7', Port: 80, QuicServerId: '0x0123456789abcdef' }] })),
    { name: 'InvalidConfigurationRequestException', message: /QuicServerId/ },
  );
});
