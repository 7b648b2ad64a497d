import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DescribeAccountLimitsOutput, DescribeSSLPoliciesOutput, DescribeTagsOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import * as acmClient from '@aws-sdk/client-acm';
import * as elbClient from '@aws-sdk/client-elastic-load-balancing-v2';
import { call, elbStage } from '../../../../test/support/elb-stage.ts';
import { awsError } from '../../../../test/support/refusal.ts';
import { acmService } from '../acm/index.ts';
import { elbv2Parity, elbv2Service } from './index.ts';

test('every operation of the models is served or refused with a sentence, and nothing else is', async () => {
  const { environment } = await elbStage();
  for (const [service, client] of [[elbv2Service(environment), elbClient], [acmService(environment), acmClient]] as const) {
    const model = Object.keys(client).filter((name) => /^[A-Z]\w+Command$/.test(name) && name !== '$Command').map((name) => name.slice(0, -'Command'.length));
    assert.ok(model.length > 10);
    assert.deepEqual([...Object.keys(service.operations), ...Object.keys(service.refusals)].sort(), model.sort(), service.name);
    for (const sentence of Object.values(service.refusals)) assert.match(sentence, /^[A-Z].*\.$/);
  }
});

test('parity says why, setting by setting', () => {
  assert.ok(elbv2Parity.length > 30);
  assert.equal(new Set(elbv2Parity.map((note) => note.setting)).size, elbv2Parity.length);
  for (const note of elbv2Parity) assert.ok(note.why.length > 10, note.setting);
});

test('tags are added, replaced, removed and described on every noun, the default rule included', async () => {
  const stage = await elbStage();
  const balancer = await stage.balancer();
  const listener = await stage.listener(balancer);
  const rules = await stage.elb<elbClient.DescribeRulesOutput>('DescribeRules', { ListenerArn: listener });
  const arns = [balancer, listener, await stage.group(), rules.Rules![0]!.RuleArn!];
  await stage.elb('AddTags', { ResourceArns: arns, Tags: [{ Key: 'team', Value: 'a' }, { Key: 'empty' }] });
  await stage.elb('AddTags', { ResourceArns: arns, Tags: [{ Key: 'team', Value: 'b' }] });
  await stage.elb('RemoveTags', { ResourceArns: arns, TagKeys: ['empty', 'absent'] });
  const described = await stage.elb<DescribeTagsOutput>('DescribeTags', { ResourceArns: arns });
  assert.deepEqual(described.TagDescriptions, arns.map((ResourceArn) => ({ ResourceArn, Tags: [{ Key: 'team', Value: 'b' }] })));
  const add = (...Tags: object[]) => stage.elb('AddTags', { ResourceArns: [balancer], Tags });
  await assert.rejects(add({ Key: 'a', Value: '' }, { Key: 'a', Value: '' }), awsError('DuplicateTagKeys'));
  await assert.rejects(add({ Key: 'aws:a', Value: '' }), awsError('ValidationError', 'aws:'));
  await assert.rejects(add(...Array.from({ length: 50 }, (_, i) => ({ Key: `k${i}`, Value: '' }))), awsError('TooManyTags'));
  await assert.rejects(stage.elb('DescribeTags', { ResourceArns: ['x'] }), awsError('ValidationError'));
  await assert.rejects(stage.elb('DescribeTags', { ResourceArns: [balancer] }, { ...call, region: 'eu-west-1' }), awsError('LoadBalancerNotFound'));
});

test('policies, limits and reservations are described', async () => {
  const stage = await elbStage();
  const balancer = await stage.balancer();
  const named = await stage.elb<DescribeSSLPoliciesOutput>('DescribeSSLPolicies', { Names: ['ELBSecurityPolicy-TLS13-1-3-2021-06'] });
  assert.deepEqual(named.SslPolicies?.[0], {
    Name: 'ELBSecurityPolicy-TLS13-1-3-2021-06', SslProtocols: ['TLSv1.3'], SupportedLoadBalancerTypes: ['application', 'network'],
    Ciphers: ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'].map((Name, i) => ({ Name, Priority: i + 1 })),
  });
  await assert.rejects(stage.elb('DescribeSSLPolicies', { Names: ['nope'] }), awsError('SSLPolicyNotFound'));
  const first = await stage.elb<DescribeSSLPoliciesOutput>('DescribeSSLPolicies', { PageSize: 1 });
  assert.equal(first.SslPolicies?.[0]?.Name, 'ELBSecurityPolicy-2016-08');
  assert.ok(first.NextMarker);
  assert.deepEqual((await stage.elb<DescribeSSLPoliciesOutput>('DescribeSSLPolicies', { LoadBalancerType: 'gateway' })).SslPolicies, []);
  const limits = await stage.elb<DescribeAccountLimitsOutput>('DescribeAccountLimits', {});
  assert.ok(limits.Limits?.some((limit) => limit.Name === 'application-load-balancers' && limit.Max === '50'));
  assert.deepEqual(await stage.elb('DescribeCapacityReservation', { LoadBalancerArn: balancer }), { CapacityReservationState: [] });
  await assert.rejects(stage.elb('GetResourcePolicy', { ResourceArn: balancer }), awsError('ResourceNotFound'));
});
