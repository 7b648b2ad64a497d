import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DescribeListenerAttributesOutput, DescribeLoadBalancerAttributesOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import { elbStage } from '../../../../test/support/elb-stage.ts';
import { awsError } from '../../../../test/support/refusal.ts';

test('attributes of a balancer have AWS\'s defaults and ranges', async () => {
  const stage = await elbStage();
  const arn = await stage.balancer();
  const read = async () => {
    const { Attributes: attributes = [] } = await stage.elb<DescribeLoadBalancerAttributesOutput>('DescribeLoadBalancerAttributes', { LoadBalancerArn: arn });
    return Object.fromEntries(attributes.map((each) => [each.Key, each.Value]));
  };
  const modify = (...Attributes: object[]) => stage.elb('ModifyLoadBalancerAttributes', { LoadBalancerArn: arn, Attributes });
  const before = await read();
  assert.equal(before['idle_timeout.timeout_seconds'], '60');
  assert.equal(before['client_keep_alive.seconds'], '3600');
  assert.equal(before['routing.http.desync_mitigation_mode'], 'defensive');
  assert.equal(before['load_balancing.cross_zone.enabled'], 'true');
  await modify({ Key: 'idle_timeout.timeout_seconds', Value: '4000' }, { Key: 'routing.http.xff_header_processing.mode', Value: 'preserve' });
  assert.deepEqual(await read(), { ...before, 'idle_timeout.timeout_seconds': '4000', 'routing.http.xff_header_processing.mode': 'preserve' });
  await assert.rejects(modify({ Key: 'idle_timeout.timeout_seconds', Value: '4001' }), awsError('ValidationError', "The value of 'idle_timeout.timeout_seconds' cannot be greater than 4000"));
  await assert.rejects(modify({ Key: 'deletion_protection.enabled', Value: 'yes' }), awsError('ValidationError', "must be 'true' or 'false', but was 'yes'"));
  await assert.rejects(modify({ Key: 'nope', Value: '' }), awsError('ValidationError', "Load balancer attribute key 'nope' is not recognized"));
  await assert.rejects(modify({ Key: 'dns_record.client_routing_policy', Value: 'x' }), awsError('InvalidConfigurationRequest', "type 'application'"));
  await assert.rejects(modify({ Key: 'load_balancing.cross_zone.enabled', Value: 'false' }), awsError('InvalidConfigurationRequest', "The value for 'load_balancing.cross_zone.enabled' must always be 'true' for an Application Load Balancer"));
  await assert.rejects(modify({ Key: 'access_logs.s3.enabled', Value: 'true' }), awsError('InvalidConfigurationRequest', "The key 'access_logs.s3.bucket' must set in order to enable access logs"));
  await assert.rejects(modify({ Key: 'waf.fail_open.enabled', Value: 'true' }, { Key: 'nope', Value: '' }), awsError('ValidationError'));
  assert.equal((await read())['waf.fail_open.enabled'], 'false', 'one bad attribute changes none');
  for (const bucket of ['..', '../etc', 'A', 'a/b', 'a..b']) {
    await assert.rejects(modify({ Key: 'access_logs.s3.bucket', Value: bucket }), awsError('InvalidConfigurationRequest', 'not a valid bucket name'));
  }
  for (const prefix of ['..', 'a/../b', './a', '/a', 'a//b', 'a\nb', 'x/AWSLogs']) {
    await assert.rejects(modify({ Key: 'access_logs.s3.prefix', Value: prefix }), awsError('InvalidConfigurationRequest', 'not a valid prefix'));
  }
  await assert.rejects(modify({ Key: 'access_logs.s3.prefix', Value: 'app' }), awsError('InvalidConfigurationRequest', "'access_logs.s3.bucket'"));
  for (const [key, value, part] of [
    ['client_keep_alive.seconds', '59', "The value of 'client_keep_alive.seconds' must be an integer between 60 and 604800"], ['routing.http.desync_mitigation_mode', 'strict', "'strict' must be one of [defensive, monitor, strictest]"],
    ['routing.http.xff_header_processing.mode', 'drop', "'routing.http.xff_header_processing.mode' must be set as 'preserve', 'append', or 'remove'"],
  ] as const) await assert.rejects(modify({ Key: key, Value: value }), awsError('ValidationError', part));
  const twice = { Key: 'routing.http2.enabled', Value: 'true' };
  await assert.rejects(modify(twice, twice), awsError('ValidationError', "Attribute key 'routing.http2.enabled' has been specified more than once"));
  await assert.rejects(modify(...Array.from({ length: 21 }, () => twice)), awsError('ValidationError', 'Member must have length less than or equal to 20'));
  await modify({ Key: 'access_logs.s3.enabled', Value: 'true' }, { Key: 'access_logs.s3.bucket', Value: 'logs' }, { Key: 'access_logs.s3.prefix', Value: 'my/app..v1' });
});

test('attributes of a listener depend on its protocol, and hold what fits in a field', async () => {
  const stage = await elbStage();
  const listener = await stage.listener(await stage.balancer());
  const modify = (Key: string, Value: string) => stage.elb<DescribeListenerAttributesOutput>('ModifyListenerAttributes', { ListenerArn: listener, Attributes: [{ Key, Value }] });
  const { Attributes: attributes = [] } = await stage.elb<DescribeListenerAttributesOutput>('DescribeListenerAttributes', { ListenerArn: listener });
  assert.deepEqual(attributes[0], { Key: 'routing.http.response.server.enabled', Value: 'true' });
  assert.ok(attributes.every((each) => each.Key?.startsWith('routing.http.response.')));
  assert.deepEqual((await modify('routing.http.response.server.enabled', 'false')).Attributes?.[0]?.Value, 'false');
  await modify('routing.http.response.strict_transport_security.header_value', 'max-age=1; includeSubDomains');
  for (const [key, value] of [['content_security_policy', 'a\r\nb: c'], ['content_security_policy', ' a'], ['access_control_allow_credentials', 'yes'], ['x_content_type_options', 'sniff'], ['x_frame_options', 'ALLOWALL'], ['access_control_max_age', 'x'], ['content_security_policy', 'x'.repeat(1025)]] as const) {
    await assert.rejects(modify(`routing.http.response.${key}.header_value`, value), awsError('ValidationError', key));
  }
  await assert.rejects(modify('routing.http.request.x_amzn_tls_version.header_name', 'X'), awsError('InvalidConfigurationRequest', "protocol 'HTTP'"));
  await assert.rejects(modify('tcp.idle_timeout.seconds', '60'), awsError('InvalidConfigurationRequest'));
});
