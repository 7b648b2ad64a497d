import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DescribeListenerCertificatesOutput, DescribeListenersOutput, Listener } from '@aws-sdk/client-elastic-load-balancing-v2';
import { elbStage, NOT_FOUND, type Stage } from '../../../../test/support/elb-stage.ts';
import { awsError } from '../../../../test/support/refusal.ts';

async function certificate(stage: Stage, name = 'shop.example.com'): Promise<string> {
  const out = await stage.acm<{ CertificateArn: string }>('RequestCertificate', { DomainName: name, ValidationMethod: 'DNS', KeyAlgorithm: 'EC_prime256v1' });
  return out.CertificateArn;
}

async function only(stage: Stage, arn: string): Promise<Listener | undefined> {
  return (await stage.elb<DescribeListenersOutput>('DescribeListeners', { ListenerArns: [arn] })).Listeners?.[0];
}

test('an HTTP listener is created, described by balancer and by ARN, and deleted', async () => {
  const stage = await elbStage();
  const balancer = await stage.balancer();
  const group = await stage.group();
  const out = await stage.elb<DescribeListenersOutput>('CreateListener', {
    LoadBalancerArn: balancer, Protocol: 'HTTP', Port: 80, DefaultActions: [{ Type: 'forward', TargetGroupArn: group }],
  });
  const arn = out.Listeners?.[0]?.ListenerArn ?? '';
  assert.ok(arn.startsWith(`${balancer.replace(':loadbalancer/', ':listener/')}/`));
  const expected = {
    ListenerArn: arn, LoadBalancerArn: balancer, Port: 80, Protocol: 'HTTP',
    DefaultActions: [{
      Type: 'forward', TargetGroupArn: group,
      ForwardConfig: { TargetGroups: [{ TargetGroupArn: group, Weight: 1 }], TargetGroupStickinessConfig: { Enabled: false } },
    }],
  };
  assert.deepEqual(out.Listeners, [expected]);
  assert.deepEqual((await stage.elb<DescribeListenersOutput>('DescribeListeners', { LoadBalancerArn: balancer })).Listeners, [expected]);
  await stage.elb('DeleteListener', { ListenerArn: arn });
  await assert.rejects(only(stage, arn), awsError('ListenerNotFound', 'One or more listeners not found'));
  await assert.rejects(stage.elb('DescribeListeners', {}), awsError('ValidationError', 'either listener ARNs or a load balancer ARN'));
});

test('a second listener on a port is the same one or a duplicate', async () => {
  const stage = await elbStage();
  const balancer = await stage.balancer();
  const arn = await stage.listener(balancer);
  assert.equal(await stage.listener(balancer), arn);
  const other = { LoadBalancerArn: balancer, Protocol: 'HTTP', Port: 80, DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '503' } }] };
  await assert.rejects(stage.elb('CreateListener', other), awsError('DuplicateListener', 'A listener already exists on this port'));
  const second = await stage.listener(balancer, 81);
  await assert.rejects(stage.elb('ModifyListener', { ListenerArn: second, Port: 80 }), awsError('DuplicateListener'));
});

test('an HTTPS listener needs a certificate and a known policy', async () => {
  const stage = await elbStage();
  const balancer = await stage.balancer();
  const arn = await certificate(stage);
  const create = (more: object) => stage.elb<DescribeListenersOutput>('CreateListener', { LoadBalancerArn: balancer, Protocol: 'HTTPS', Port: 443, DefaultActions: [NOT_FOUND], ...more });
  await assert.rejects(create({}), awsError('ValidationError', 'A certificate must be specified for HTTPS listeners'));
  await assert.rejects(create({ Certificates: [{ CertificateArn: `${arn}0` }] }), awsError('CertificateNotFound', 'not found'));
  const elsewhere = arn.replace('us-east-1', 'eu-west-1');
  await assert.rejects(create({ Certificates: [{ CertificateArn: elsewhere }] }), awsError('ValidationError', `Certificate ARN '${elsewhere}' is not valid`));
  await assert.rejects(create({ Certificates: [{ CertificateArn: arn }], SslPolicy: 'nope' }), awsError('SSLPolicyNotFound', "'nope'"));
  await assert.rejects(create({ Certificates: [{ CertificateArn: arn }], MutualAuthentication: { Mode: 'verify' } }), awsError('ValidationError', 'Mutual Authentication mode verify requires a trust store arn'));
  await assert.rejects(create({ Protocol: 'TCP' }), awsError('ValidationError', "Listener protocol 'TCP' must be one of"));
  await assert.rejects(create({ Protocol: 'HTTP', Certificates: [{ CertificateArn: arn }] }), awsError('ValidationError', 'cannot be specified for HTTP'));
  await assert.rejects(create({ Protocol: 'HTTP', SslPolicy: 'ELBSecurityPolicy-2016-08' }), awsError('ValidationError', 'An SSL policy cannot be specifed for HTTP listeners'));
  const [listener] = (await create({ Certificates: [{ CertificateArn: arn }] })).Listeners ?? [];
  assert.equal(listener?.SslPolicy, 'ELBSecurityPolicy-2016-08');
  assert.deepEqual(listener?.Certificates, [{ CertificateArn: arn }]);
  assert.deepEqual(listener?.MutualAuthentication, { Mode: 'off' });
  await assert.rejects(stage.acm('DeleteCertificate', { CertificateArn: arn }), awsError('ResourceInUseException', 'is in use'));
});

test('a change of protocol adds and removes what belongs to TLS', async () => {
  const stage = await elbStage();
  const balancer = await stage.balancer();
  const cert = await certificate(stage);
  const listener = await stage.listener(balancer, 8443);
  await assert.rejects(stage.elb('ModifyListener', { ListenerArn: listener, Protocol: 'HTTPS' }), awsError('ValidationError', 'A certificate must be specified'));
  await stage.elb('ModifyListener', { ListenerArn: listener, Protocol: 'HTTPS', Certificates: [{ CertificateArn: cert }], SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06' });
  assert.equal((await only(stage, listener))?.SslPolicy, 'ELBSecurityPolicy-TLS13-1-2-2021-06');
  await stage.elb('ModifyListener', { ListenerArn: listener, Port: 9443 });
  assert.deepEqual((await only(stage, listener))?.Certificates, [{ CertificateArn: cert }], 'what is not given stays');
  await stage.elb('ModifyListener', { ListenerArn: listener, Protocol: 'HTTP' });
  const plain = await only(stage, listener);
  assert.equal(plain?.Certificates, undefined);
  assert.equal(plain?.SslPolicy, undefined);
});

test('the certificate list is added to, described with the default one, and removed from', async () => {
  const stage = await elbStage();
  const balancer = await stage.balancer();
  const [first, second] = [await certificate(stage), await certificate(stage, 'other.example.com')];
  const out = await stage.elb<DescribeListenersOutput>('CreateListener', {
    LoadBalancerArn: balancer, Protocol: 'HTTPS', Port: 443, Certificates: [{ CertificateArn: first }], DefaultActions: [NOT_FOUND],
  });
  const listener = out.Listeners?.[0]?.ListenerArn;
  const list = async () => (await stage.elb<DescribeListenerCertificatesOutput>('DescribeListenerCertificates', { ListenerArn: listener })).Certificates;
  const added = { Certificates: [{ CertificateArn: second, IsDefault: false }] };
  for (let i = 0; i < 2; i++) assert.deepEqual(await stage.elb('AddListenerCertificates', { ListenerArn: listener, Certificates: [{ CertificateArn: second }] }), added);
  assert.deepEqual(await list(), [{ CertificateArn: first, IsDefault: true }, { CertificateArn: second, IsDefault: false }]);
  await assert.rejects(stage.elb('RemoveListenerCertificates', { ListenerArn: listener, Certificates: [{ CertificateArn: first }] }), awsError('OperationNotPermitted'));
  await stage.elb('RemoveListenerCertificates', { ListenerArn: listener, Certificates: [{ CertificateArn: second }] });
  assert.deepEqual(await list(), [{ CertificateArn: first, IsDefault: true }]);
  await assert.rejects(stage.elb('AddListenerCertificates', { ListenerArn: listener, Certificates: [] }), awsError('ValidationError', 'Exactly one certificate'));
});

test('the quota of listeners holds', async () => {
  const stage = await elbStage({ value: (name, otherwise) => (name === 'listeners-per-application-load-balancer' ? 1 : otherwise) });
  const balancer = await stage.balancer();
  await stage.listener(balancer);
  await assert.rejects(stage.listener(balancer, 81), awsError('TooManyListeners'));
});
