/**
 * What version 6 of the Terraform AWS provider asks for its new arguments of `aws_lb_listener_rule`, and what it reads back: anything else would be drift. Its requests hold lists that are
 * empty, since a set that is not given is one. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lb_listener_rule
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CreateRuleCommand, DescribeRulesCommand, ElasticLoadBalancingV2Client, ModifyRuleCommand, SetRulePrioritiesCommand, type Action, type Rule, type RuleCondition, type RuleTransform,
} from '@aws-sdk/client-elastic-load-balancing-v2';
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
