import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import type { DescribeCertificateResponse, ExportCertificateResponse, GetCertificateResponse, ListCertificatesResponse } from '@aws-sdk/client-acm';
import { call, elbStage, NOT_FOUND, type Stage } from '../../../../test/support/elb-stage.ts';
import { awsError } from '../../../../test/support/refusal.ts';
import { acmParity, localAuthority } from './index.ts';

const DAY = 24 * 60 * 60 * 1000;

async function request(stage: Stage, more: object = {}): Promise<string> {
  const out = await stage.acm<{ CertificateArn: string }>('RequestCertificate', { DomainName: 'example.com', ValidationMethod: 'DNS', KeyAlgorithm: 'EC_prime256v1', ...more });
  return out.CertificateArn;
}

async function detail(stage: Stage, arn: string) {
  const { Certificate: certificate } = await stage.acm<DescribeCertificateResponse>('DescribeCertificate', { CertificateArn: arn });
  assert.ok(certificate);
  return certificate;
}

test('a requested certificate is issued at once, by the root that the installation shows', async () => {
  const stage = await elbStage();
  const arn = await request(stage, { SubjectAlternativeNames: ['*.example.com', 'EXAMPLE.com', 'example.org'], KeyAlgorithm: undefined });
  const root = new X509Certificate(await localAuthority(stage.environment));
  const got = await stage.acm<GetCertificateResponse>('GetCertificate', { CertificateArn: arn });
  const leaf = new X509Certificate(got.Certificate ?? '');
  assert.ok(leaf.verify(root.publicKey) && leaf.checkIssued(root));
  assert.equal(new X509Certificate(got.CertificateChain ?? '').fingerprint256, root.fingerprint256);
  assert.ok(root.ca && !leaf.ca);
  assert.equal(leaf.checkHost('shop.example.com'), '*.example.com');
  assert.deepEqual([leaf.checkHost('example.com'), leaf.checkHost('example.org')], ['example.com', 'example.org']);
  assert.ok(leaf.checkPrivateKey(createPrivateKey(stage.environment.store.world.get('acm/certificate', arn)?.privateKey ?? '')));
  const shown = await detail(stage, arn);
  assert.deepEqual(
    [shown.Status, shown.Type, shown.DomainName, shown.SubjectAlternativeNames, shown.KeyAlgorithm, shown.SignatureAlgorithm, shown.Issuer],
    ['ISSUED', 'AMAZON_ISSUED', 'example.com', ['example.com', '*.example.com', 'example.org'], 'RSA_2048', 'SHA256WITHECDSA', 'Turnpike'],
  );
  assert.deepEqual(shown.KeyUsages, [{ Name: 'DIGITAL_SIGNATURE' }, { Name: 'KEY_ENCIPHERMENT' }]);
  assert.deepEqual(shown.ExtendedKeyUsages, [{ Name: 'TLS_WEB_SERVER_AUTHENTICATION', OID: '1.3.6.1.5.5.7.3.1' }]);
  assert.deepEqual(shown.Options, { CertificateTransparencyLoggingPreference: 'ENABLED', Export: 'DISABLED' });
  const [apex, wildcard, other] = shown.DomainValidationOptions ?? [];
  assert.deepEqual([apex?.ValidationStatus, apex?.ValidationMethod, apex?.ResourceRecord?.Type], ['SUCCESS', 'DNS', 'CNAME']);
  assert.match(apex?.ResourceRecord?.Name ?? '', /^_[0-9a-f]{32}\.example\.com\.$/);
  assert.deepEqual(wildcard?.ResourceRecord, apex?.ResourceRecord, 'one record proves a domain and its wildcard');
  assert.notDeepEqual(other?.ResourceRecord, apex?.ResourceRecord);
});

test('the authority is made once, whoever asks first', async () => {
  const stage = await elbStage();
  const roots = await Promise.all([localAuthority(stage.environment), localAuthority(stage.environment), request(stage).then(() => localAuthority(stage.environment))]);
  assert.equal(new Set(roots).size, 1);
});

test('requests with one token are one request for an hour', async () => {
  const stage = await elbStage();
  const token = { IdempotencyToken: 'abc' };
  const arn = await request(stage, token);
  assert.equal(await request(stage, token), arn);
  assert.deepEqual(new Set(await Promise.all([request(stage, token), request(stage, token)])), new Set([arn]));
  assert.notEqual(await request(stage, { ...token, DomainName: 'other.example.com' }), arn);
  stage.clock.advance(60 * 60 * 1000);
  assert.notEqual(await request(stage, token), arn);
});

test('requests are refused where ACM refuses them, and where they would need what is not here', async () => {
  const stage = await elbStage();
  await assert.rejects(request(stage, { DomainName: 'no spaces.com' }), awsError('ValidationException', 'no spaces.com'));
  await assert.rejects(request(stage, { DomainName: 'a.*.example.com' }), awsError('ValidationException'));
  await assert.rejects(request(stage, { DomainName: `${'a'.repeat(60)}.example.com` }), awsError('ValidationException', 'The first domain name can be no longer than 64 characters.'));
  for (const KeyAlgorithm of ['RSA_1024', 'RSA_3072', 'RSA_4096', 'EC_secp521r1']) await assert.rejects(request(stage, { KeyAlgorithm }), awsError('ValidationException', `Encryption Algorithm ${KeyAlgorithm} is not supported in ${call.account} region`));
  await assert.rejects(request(stage, { SubjectAlternativeNames: Array.from({ length: 10 }, (_, i) => `n${i}.example.com`) }), awsError('LimitExceededException', '10'));
  await assert.rejects(request(stage, { CertificateAuthorityArn: 'arn:aws:acm-pca:us-east-1:123456789012:certificate-authority/x' }), awsError('InvalidParameterException', 'local authority'));
  await assert.rejects(request(stage, { ValidationMethod: 'HTTP' }), awsError('InvalidParameterException', 'CloudFront'));
  await assert.rejects(request(stage, { DomainValidationOptions: [{ DomainName: 'example.com', ValidationDomain: 'example.org' }] }), awsError('InvalidDomainValidationOptionsException', 'The validation domain, example.org, must be a superdomain of the requested domain, example.com.'));
  await assert.rejects(request(stage, { DomainValidationOptions: [{ DomainName: 'a.example.com', ValidationDomain: 'example.com' }] }), awsError('InvalidDomainValidationOptionsException', 'The domain specified in ValidationOptions, a.example.com, is not the PrimaryDomain or part of SubjectAlternativeNames.'));
});

test('a key leaves encrypted with the passphrase, and only where export was asked for', async () => {
  const stage = await elbStage();
  const closed = await request(stage);
  const Passphrase = Buffer.from('a passphrase');
  await assert.rejects(stage.acm('ExportCertificate', { CertificateArn: closed, Passphrase }), awsError('ValidationException', 'is not a private certificate'));
  const open = await request(stage, { Options: { Export: 'ENABLED' } });
  await assert.rejects(stage.acm('ExportCertificate', { CertificateArn: open, Passphrase: Buffer.from('pa$$') }), awsError('ValidationException', '#, $ and %'));
  const out = await stage.acm<ExportCertificateResponse>('ExportCertificate', { CertificateArn: open, Passphrase });
  assert.match(out.PrivateKey ?? '', /^-----BEGIN ENCRYPTED PRIVATE KEY-----/);
  const key = createPrivateKey({ key: out.PrivateKey ?? '', passphrase: 'a passphrase' });
  assert.ok(new X509Certificate(out.Certificate ?? '').checkPrivateKey(key));
  assert.throws(() => createPrivateKey({ key: out.PrivateKey ?? '', passphrase: 'another' }));
});

test('no answer but that of the export holds a private key', async () => {
  const stage = await elbStage();
  const arn = await request(stage);
  const answers = [await detail(stage, arn), await stage.acm('GetCertificate', { CertificateArn: arn }), await stage.acm('ListCertificates', { Includes: { keyTypes: ['EC_prime256v1'] } })];
  assert.doesNotMatch(JSON.stringify(answers), /PRIVATE KEY/);
});

test('certificates are listed with filters and pages; only RSA by default', async () => {
  const stage = await elbStage();
  const [ec, rsa, exportable] = [await request(stage), await request(stage, { KeyAlgorithm: 'RSA_2048' }), await request(stage, { Options: { Export: 'ENABLED' } })];
  const list = async (input: object) => (await stage.acm<ListCertificatesResponse>('ListCertificates', input)).CertificateSummaryList?.map((each) => each.CertificateArn);
  assert.deepEqual(await list({}), [rsa]);
  assert.deepEqual(await list({ Includes: { keyTypes: ['EC_prime256v1'] } }), [ec, exportable]);
  assert.deepEqual(await list({ Includes: { keyTypes: ['EC_prime256v1'], exportOption: 'ENABLED' } }), [exportable]);
  assert.deepEqual(await list({ CertificateStatuses: ['EXPIRED'] }), []);
  const everything = { Includes: { keyTypes: ['EC_prime256v1', 'RSA_2048'] }, MaxItems: 2 };
  const first = await stage.acm<ListCertificatesResponse>('ListCertificates', everything);
  assert.equal(first.CertificateSummaryList?.length, 2);
  assert.deepEqual(await list({ ...everything, NextToken: first.NextToken }), [exportable]);
  assert.deepEqual(await list({ ...everything, SortBy: 'CREATED_AT', SortOrder: 'DESCENDING' }), [exportable, rsa]);
  assert.deepEqual((await stage.acm<ListCertificatesResponse>('ListCertificates', everything, { ...call, region: 'eu-west-1' })).CertificateSummaryList, []);
});

test('a certificate in use names its users and stays', async () => {
  const stage = await elbStage();
  const arn = await request(stage);
  const balancer = await stage.balancer();
  await stage.elb('CreateListener', { LoadBalancerArn: balancer, Protocol: 'HTTPS', Port: 443, Certificates: [{ CertificateArn: arn }], DefaultActions: [NOT_FOUND] });
  const shown = await detail(stage, arn);
  assert.deepEqual([shown.InUseBy, shown.RenewalEligibility], [[balancer], 'ELIGIBLE']);
  await assert.rejects(stage.acm('DeleteCertificate', { CertificateArn: arn }), awsError('ResourceInUseException'));
  await stage.elb('DeleteLoadBalancer', { LoadBalancerArn: balancer });
  await stage.acm('DeleteCertificate', { CertificateArn: arn });
  await assert.rejects(detail(stage, arn), awsError('ResourceNotFoundException', arn));
  await assert.rejects(detail(stage, 'arn:aws:acm:us-east-1:123456789012:nonsense'), awsError('InvalidArnException'));
});

test('certificates are renewed by themselves before they end, and on request', async () => {
  const stage = await elbStage();
  const arn = await request(stage);
  const first = await detail(stage, arn);
  await stage.acm('RenewCertificate', { CertificateArn: arn });
  const second = await detail(stage, arn);
  assert.notEqual(second.Serial, first.Serial);
  assert.equal(second.RenewalSummary?.RenewalStatus, 'SUCCESS');
  const renewed = new Promise((resolve) => stage.environment.store.subscribe(resolve));
  stage.clock.advance(160 * DAY);
  await renewed;
  const third = await detail(stage, arn);
  assert.notEqual(third.Serial, second.Serial);
  assert.ok((third.NotAfter?.getTime() ?? 0) > stage.clock.now() + 100 * DAY);
  assert.deepEqual(third.SubjectAlternativeNames, ['example.com']);
});

test('tags, options and account settings are kept', async () => {
  const stage = await elbStage();
  const arn = await request(stage, { Tags: [{ Key: 'a', Value: '1' }, { Key: 'b', Value: '2' }] });
  const tags = () => stage.acm('ListTagsForCertificate', { CertificateArn: arn });
  await stage.acm('AddTagsToCertificate', { CertificateArn: arn, Tags: [{ Key: 'a', Value: '3' }] });
  await stage.acm('RemoveTagsFromCertificate', { CertificateArn: arn, Tags: [{ Key: 'a', Value: 'other' }, { Key: 'b' }] });
  assert.deepEqual(await tags(), { Tags: [{ Key: 'a', Value: '3' }] });
  await stage.acm('TagResource', { ResourceArn: arn, Tags: [{ Key: 'c', Value: '4' }] });
  await stage.acm('UntagResource', { ResourceArn: arn, TagKeys: ['a'] });
  assert.deepEqual(await stage.acm('ListTagsForResource', { ResourceArn: arn }), { Tags: [{ Key: 'c', Value: '4' }] });
  await assert.rejects(stage.acm('AddTagsToCertificate', { CertificateArn: arn, Tags: [{ Key: 'aws:x' }] }), awsError('ValidationException', 'aws:x'));
  await assert.rejects(
    stage.acm('AddTagsToCertificate', { CertificateArn: arn, Tags: Array.from({ length: 50 }, (_, i) => ({ Key: `k${i}` })) }),
    awsError('TooManyTagsException', 'contains too many Tags'),
  );
  await stage.acm('UpdateCertificateOptions', { CertificateArn: arn, Options: { CertificateTransparencyLoggingPreference: 'DISABLED' } });
  assert.equal((await detail(stage, arn)).Options?.CertificateTransparencyLoggingPreference, 'DISABLED');
  await assert.rejects(stage.acm('UpdateCertificateOptions', { CertificateArn: arn, Options: { Export: 'ENABLED' } }), awsError('InvalidStateException'));
  assert.deepEqual(await stage.acm('GetAccountConfiguration', {}), { ExpiryEvents: { DaysBeforeExpiry: 45 } });
  await stage.acm('PutAccountConfiguration', { ExpiryEvents: { DaysBeforeExpiry: 30 }, IdempotencyToken: 't' });
  assert.deepEqual(await stage.acm('GetAccountConfiguration', {}), { ExpiryEvents: { DaysBeforeExpiry: 30 } });
  await assert.rejects(stage.acm('PutAccountConfiguration', { ExpiryEvents: { DaysBeforeExpiry: 0 }, IdempotencyToken: 't' }), awsError('ValidationException'));
  await assert.rejects(stage.acm('ResendValidationEmail', { CertificateArn: arn, Domain: 'example.com', ValidationDomain: 'example.com' }), awsError('InvalidStateException'));
  assert.ok(acmParity.every((note) => note.why.endsWith('.')));
});
