import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DescribeListenersOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import { awsError, call, elbStage, NOT_FOUND } from '../../../../test/support/elb-stage.ts';
import { selfSigned } from '../../../../test/support/self-signed.ts';
import type { Call } from '../../../aws/index.ts';
import { certificateArn } from '../elbv2/certificate.ts';
import { awsLimits, type Limits } from '../limits.ts';
import { iamService } from './index.ts';

// oxlint-disable-next-line typescript/no-explicit-any
type Answer = any;

async function uploading(limits: Limits = awsLimits) {
  const stage = await elbStage(limits);
  stage.clock.advance(Date.UTC(2026, 0, 1) - stage.clock.now());
  const { operations } = iamService(stage.environment);
  const run = async (operation: string, input: object = {}): Promise<Answer> => operations[operation]!(input, { ...call, service: 'iam', operation });
  const made = await selfSigned('www.example.com', '*.Example.com');
  const upload = (ServerCertificateName: string, more: object = {}): Promise<Answer> =>
    run('UploadServerCertificate', { ServerCertificateName, CertificateBody: made.certificate, PrivateKey: made.privateKey, ...more });
  const listen = async (arn: string): Promise<string> => {
    const out = await stage.elb<DescribeListenersOutput>('CreateListener', {
      LoadBalancerArn: await stage.balancer(), Protocol: 'HTTPS', Port: 443, Certificates: [{ CertificateArn: arn }], DefaultActions: [NOT_FOUND],
    });
    return out.Listeners![0]!.ListenerArn!;
  };
  return { stage, run, upload, listen, made };
}

test('a server certificate is uploaded, described without its key, listed by path, tagged and deleted', async () => {
  const { run, upload, made } = await uploading();
  const { ServerCertificateMetadata: metadata, Tags } = await upload('web', { Path: '/edge/', Tags: [{ Key: 'a', Value: 'b' }] });
  assert.match(metadata.ServerCertificateId, /^ASCA[A-Z2-7]{17}$/);
  assert.deepEqual(
    [metadata.Arn, metadata.Path, metadata.ServerCertificateName, metadata.UploadDate, metadata.Expiration],
    ['arn:aws:iam::123456789012:server-certificate/edge/web', '/edge/', 'web', new Date(Date.UTC(2026, 0, 1)), new Date(Date.UTC(2040, 0, 2))],
  );
  assert.deepEqual(Tags, [{ Key: 'a', Value: 'b' }]);
  const { ServerCertificate: whole } = await run('GetServerCertificate', { ServerCertificateName: 'web' });
  assert.deepEqual(whole, { ServerCertificateMetadata: metadata, CertificateBody: made.certificate.trim(), CertificateChain: undefined, Tags });
  await upload('other');
  const names = async (input: object): Promise<string[]> => (await run('ListServerCertificates', input)).ServerCertificateMetadataList.map((each: Answer) => each.ServerCertificateName);
  assert.deepEqual([await names({}), await names({ PathPrefix: '/edge/' })], [['other', 'web'], ['web']]);
  assert.equal((await run('GetAccountSummary')).SummaryMap.ServerCertificates, 2);
  await run('TagServerCertificate', { ServerCertificateName: 'web', Tags: [{ Key: 'c', Value: 'd' }] });
  await run('UntagServerCertificate', { ServerCertificateName: 'web', TagKeys: ['a'] });
  assert.deepEqual((await run('ListServerCertificateTags', { ServerCertificateName: 'web' })).Tags, [{ Key: 'c', Value: 'd' }]);
  await run('DeleteServerCertificate', { ServerCertificateName: 'web' });
  await assert.rejects(run('GetServerCertificate', { ServerCertificateName: 'web' }), awsError('NoSuchEntity', 'The Server Certificate with name web cannot be found.'));
});

test('what is no certificate with its key is not uploaded, nor a name twice, nor more than the quota', async () => {
  const { upload } = await uploading({ value: (name, otherwise) => (name === 'server-certificates-per-account' ? 1 : otherwise) });
  const other = await selfSigned('other.example.com');
  await assert.rejects(upload('web', { CertificateBody: 'no certificate' }), awsError('MalformedCertificate'));
  await assert.rejects(upload('web', { PrivateKey: 'no key' }), awsError('MalformedCertificate', 'private key'));
  await assert.rejects(upload('web', { PrivateKey: other.privateKey }), awsError('KeyPairMismatch'));
  await assert.rejects(upload('web', { CertificateChain: other.certificate }), awsError('MalformedCertificate', 'chain'));
  await upload('web');
  await assert.rejects(upload('WEB'), awsError('EntityAlreadyExists', 'The Server Certificate with name WEB already exists.'));
  await assert.rejects(upload('more'), awsError('LimitExceeded', 'ServerCertificatesPerAccount: 1'));
});

/** Elastic Load Balancing takes certificates of IAM too: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html */
test('a listener of any region of its account uses it, and keeps it until it lets go', async () => {
  const { stage, run, upload, listen } = await uploading();
  const { Arn } = (await upload('web')).ServerCertificateMetadata;
  const listener = await listen(Arn);
  await assert.rejects(run('DeleteServerCertificate', { ServerCertificateName: 'web' }), awsError('DeleteConflict', /^Certificate: ASCA\w+ is currently in use by arn:aws:elasticloadbalancing:\S+\. Please remove it first/));
  await run('UpdateServerCertificate', { ServerCertificateName: 'web', NewServerCertificateName: 'shop', NewPath: '/edge/' });
  const described = await stage.elb<DescribeListenersOutput>('DescribeListeners', { ListenerArns: [listener] });
  assert.deepEqual(described.Listeners![0]!.Certificates, [{ CertificateArn: 'arn:aws:iam::123456789012:server-certificate/edge/shop' }]);
  await assert.rejects(stage.elb('ModifyListener', { ListenerArn: listener, Certificates: [{ CertificateArn: Arn }] }), awsError('CertificateNotFound'));
  const found = (as: Partial<Call>): string => certificateArn(stage.environment.store.world, described.Listeners![0]!.Certificates![0], { ...call, ...as });
  assert.equal(found({ region: 'eu-west-1' }), 'arn:aws:iam::123456789012:server-certificate/edge/shop');
  assert.throws(() => found({ account: '210987654321' }), awsError('CertificateNotFound'));
  await stage.elb('DeleteListener', { ListenerArn: listener });
  await run('DeleteServerCertificate', { ServerCertificateName: 'shop' });
});
