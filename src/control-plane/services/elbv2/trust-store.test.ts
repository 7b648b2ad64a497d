// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/mutual-authentication.html and the API's reference
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { before, test } from 'node:test';
import type {
  AddTrustStoreRevocationsOutput, DescribeListenersOutput, DescribeTrustStoreAssociationsOutput, DescribeTrustStoreRevocationsOutput, DescribeTrustStoresOutput, TrustStore,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { compile, localInstallation } from '../../compiler/index.ts';
import { trustStoreContent, TRUST_STORE_PATH } from './trust-store-content.ts';
import { elbStage, NOT_FOUND, type Stage } from '../../../../test/support/elb-stage.ts';
import { awsError } from '../../../../test/support/refusal.ts';
import { ClientAuthority } from '../../../../test/support/client-authority.ts';

let stage: Stage;
let root: ClientAuthority;
before(async () => {
  stage = await elbStage();
  root = await ClientAuthority.root();
  const other = await ClientAuthority.root('CN=Other');
  stage.objects.put('bucket/ca.pem', root.pem);
  stage.objects.put('bucket/two.pem', `# the first\n${root.pem}# the second\n${other.pem}`);
  stage.objects.put('bucket/leaf.pem', (await root.client()).cert);
  stage.objects.put('bucket/key.pem', (await root.client()).key);
  stage.objects.put('bucket/empty.pem', '');
  stage.objects.put('bucket/broken.pem', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n');
  stage.objects.put('bucket/many.pem', root.pem.repeat(26));
  stage.objects.put('bucket/one.crl', await root.revoking(['01', '02']));
  stage.objects.put('bucket/three.crl', (await root.revoking(['03', '04', '05'])) + (await other.revoking([])));
});

const create = async (name: string, key = 'ca.pem', more: object = {}): Promise<TrustStore> =>
  (await stage.elb<DescribeTrustStoresOutput>('CreateTrustStore', { Name: name, CaCertificatesBundleS3Bucket: 'bucket', CaCertificatesBundleS3Key: key, ...more })).TrustStores![0]!;
const describe = async (input: object): Promise<readonly TrustStore[]> => (await stage.elb<DescribeTrustStoresOutput>('DescribeTrustStores', input)).TrustStores!;

test('a trust store is made of a bundle, described, changed, tagged and deleted', async () => {
  const store = await create('my-store', 'two.pem', { Tags: [{ Key: 'a', Value: 'b' }] });
  assert.match(store.TrustStoreArn!, /^arn:aws:elasticloadbalancing:us-east-1:123456789012:truststore\/my-store\/[0-9a-f]{16}$/);
  assert.deepEqual({ ...store, TrustStoreArn: '' }, { Name: 'my-store', TrustStoreArn: '', Status: 'ACTIVE', NumberOfCaCertificates: 2, TotalRevokedEntries: 0 });
  assert.deepEqual(await describe({ Names: ['my-store'] }), [store]);
  assert.deepEqual(await describe({ TrustStoreArns: [store.TrustStoreArn] }), [store]);
  const changed = (await stage.elb<DescribeTrustStoresOutput>('ModifyTrustStore', { TrustStoreArn: store.TrustStoreArn, CaCertificatesBundleS3Bucket: 'bucket', CaCertificatesBundleS3Key: 'ca.pem' })).TrustStores![0]!;
  assert.equal(changed.NumberOfCaCertificates, 1);
  await stage.elb('AddTags', { ResourceArns: [store.TrustStoreArn], Tags: [{ Key: 'c', Value: 'd' }] });
  const tags = await stage.elb<{ TagDescriptions: [{ Tags: unknown }] }>('DescribeTags', { ResourceArns: [store.TrustStoreArn] });
  assert.deepEqual(tags.TagDescriptions[0].Tags, [{ Key: 'a', Value: 'b' }, { Key: 'c', Value: 'd' }]);
  const { Location } = await stage.elb<{ Location: string }>('GetTrustStoreCaCertificatesBundle', { TrustStoreArn: store.TrustStoreArn });
  assert.ok(Location.startsWith(`http://127.0.0.1:4566${TRUST_STORE_PATH}`));
  assert.equal(trustStoreContent(stage.environment.store.world, Location.split('/').at(-1)!), new X509Certificate(root.pem).toString());
  await assert.rejects(stage.elb('GetResourcePolicy', { ResourceArn: store.TrustStoreArn }), awsError('ResourceNotFound'));
  await stage.elb('DeleteTrustStore', { TrustStoreArn: store.TrustStoreArn });
  await assert.rejects(describe({ Names: ['my-store'] }), awsError('TrustStoreNotFound', 'One or more trust stores not found'));
  await assert.rejects(stage.elb('DeleteTrustStore', { TrustStoreArn: store.TrustStoreArn }), awsError('TrustStoreNotFound'));
});

test('what is no bundle of authorities is refused', async () => {
  for (const [key, code] of [['nothing.pem', 'CaCertificatesBundleNotFound'], ['leaf.pem', 'InvalidCaCertificatesBundle'], ['key.pem', 'InvalidCaCertificatesBundle'], ['empty.pem', 'InvalidCaCertificatesBundle'], ['broken.pem', 'InvalidCaCertificatesBundle'], ['many.pem', 'InvalidCaCertificatesBundle'], ['one.crl', 'InvalidCaCertificatesBundle']] as const) {
    await assert.rejects(create('x', key), awsError(code), key);
  }
  for (const name of ['', '-a', 'a-', 'a--b', 'a_b', 'x'.repeat(33)]) await assert.rejects(create(name), awsError('ValidationError', 'Trust store name'), name);
  await create('twice');
  await assert.rejects(create('twice'), awsError('DuplicateTrustStoreName', "'twice'"));
});

test('revocation lists are counted, listed, fetched and removed by number', async () => {
  const { TrustStoreArn } = await create('revoking');
  const add = (...keys: readonly string[]) => stage.elb<AddTrustStoreRevocationsOutput>('AddTrustStoreRevocations', { TrustStoreArn, RevocationContents: keys.map((key) => ({ S3Bucket: 'bucket', S3Key: key, RevocationType: 'CRL' })) });
  assert.deepEqual((await add('one.crl', 'three.crl')).TrustStoreRevocations, [
    { TrustStoreArn, RevocationId: 1, RevocationType: 'CRL', NumberOfRevokedEntries: 2 }, { TrustStoreArn, RevocationId: 2, RevocationType: 'CRL', NumberOfRevokedEntries: 3 },
  ]);
  assert.equal((await describe({ Names: ['revoking'] }))[0]!.TotalRevokedEntries, 5);
  const listed = async (input: object = {}) => (await stage.elb<DescribeTrustStoreRevocationsOutput>('DescribeTrustStoreRevocations', { TrustStoreArn, ...input })).TrustStoreRevocations!.map(({ RevocationId }) => RevocationId);
  assert.deepEqual([await listed(), await listed({ RevocationIds: [2] })], [[1, 2], [2]]);
  const { Location } = await stage.elb<{ Location: string }>('GetTrustStoreRevocationContent', { TrustStoreArn, RevocationId: 1 });
  assert.match(trustStoreContent(stage.environment.store.world, Location.split('/').at(-1)!)!, /^-----BEGIN X509 CRL-----/);
  await stage.elb('RemoveTrustStoreRevocations', { TrustStoreArn, RevocationIds: [1] });
  // numbers are not used again
  assert.equal((await add('one.crl')).TrustStoreRevocations![0]!.RevocationId, 3);
  assert.deepEqual(await listed(), [2, 3]);
  await assert.rejects(stage.elb('RemoveTrustStoreRevocations', { TrustStoreArn, RevocationIds: [3, 9] }), awsError('RevocationIdNotFound', "'9'"));
  assert.deepEqual(await listed(), [2, 3]);
  await assert.rejects(add('nothing.crl'), awsError('RevocationContentNotFound'));
  for (const key of ['ca.pem', 'empty.pem']) await assert.rejects(add(key), awsError('InvalidRevocationContent'), key);
});

test('a listener verifies its clients against a store, which cannot be deleted meanwhile', async () => {
  const { TrustStoreArn } = await create('used');
  await stage.elb('AddTrustStoreRevocations', { TrustStoreArn, RevocationContents: [{ S3Bucket: 'bucket', S3Key: 'one.crl' }] });
  const { CertificateArn } = await stage.acm<{ CertificateArn: string }>('RequestCertificate', { DomainName: 'shop.example.com' });
  const LoadBalancerArn = await stage.balancer();
  const listener = async (port: number, MutualAuthentication?: object) =>
    (await stage.elb<DescribeListenersOutput>('CreateListener', { LoadBalancerArn, Protocol: 'HTTPS', Port: port, Certificates: [{ CertificateArn }], DefaultActions: [NOT_FOUND], ...(MutualAuthentication === undefined ? {} : { MutualAuthentication }) })).Listeners![0]!;
  const VERIFY = { Mode: 'verify', TrustStoreArn };
  const one = await listener(443, VERIFY);
  assert.deepEqual(one.MutualAuthentication, { ...VERIFY, IgnoreClientCertificateExpiry: false, AdvertiseTrustStoreCaNames: 'off' });
  const ListenerArn = one.ListenerArn!;
  assert.deepEqual(compile(stage.environment.store.world, localInstallation(stage.clock.now())).snapshot.listeners[ListenerArn]!.tls!.clients, {
    kind: 'verify', trustStore: TrustStoreArn, authorities: [new X509Certificate(root.pem).toString()], revocations: [await root.revoking([]).then(() => stage.environment.store.world.list('elbv2/trust-store-revocation').find(({ parent }) => parent === TrustStoreArn)!.list)],
    refuses: 'connections', ignoreExpiry: false, advertiseNames: false,
  });
  const associations = await stage.elb<DescribeTrustStoreAssociationsOutput>('DescribeTrustStoreAssociations', { TrustStoreArn });
  assert.deepEqual(associations.TrustStoreAssociations, [{ ResourceArn: ListenerArn }]);
  await assert.rejects(stage.elb('DeleteTrustStore', { TrustStoreArn }), awsError('TrustStoreInUse'));
  await assert.rejects(stage.elb('DeleteSharedTrustStoreAssociation', { TrustStoreArn, ResourceArn: ListenerArn }), awsError('DeleteAssociationSameAccount'));
  await assert.rejects(stage.elb('DeleteSharedTrustStoreAssociation', { TrustStoreArn, ResourceArn: `${ListenerArn}0` }), awsError('AssociationNotFound'));
  const modify = async (more: object) => (await stage.elb<DescribeListenersOutput>('ModifyListener', { ListenerArn, ...more })).Listeners![0]!.MutualAuthentication;
  assert.deepEqual(await modify({ MutualAuthentication: { Mode: 'verify', TrustStoreArn, IgnoreClientCertificateExpiry: true, AdvertiseTrustStoreCaNames: 'on' } }), { ...VERIFY, IgnoreClientCertificateExpiry: true, AdvertiseTrustStoreCaNames: 'on' });
  // a change of something else leaves it as it is
  assert.deepEqual(await modify({ SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06' }), { ...VERIFY, IgnoreClientCertificateExpiry: true, AdvertiseTrustStoreCaNames: 'on' });
  await listener(444, VERIFY);
  await assert.rejects(listener(445, VERIFY), awsError('TooManyListeners', /mutual authentication with verify mode that you can associate with load balancer '.*': \[2\]$/));
  assert.deepEqual((await listener(445, { Mode: 'passthrough' })).MutualAuthentication, { Mode: 'passthrough' });
  assert.deepEqual((await listener(446)).MutualAuthentication, { Mode: 'off' });
  assert.deepEqual(await modify({ MutualAuthentication: { Mode: 'off' } }), { Mode: 'off' });
  for (const [asked, words] of [
    [{ Mode: 'verify' }, 'Mutual Authentication mode verify requires a trust store arn'], [{ Mode: 'off', TrustStoreArn }, 'cannot be specified'], [{ Mode: 'passthrough', TrustStoreArn }, 'cannot be specified'],
    [{ Mode: 'passthrough', IgnoreClientCertificateExpiry: true }, 'Mutual Authentication mode passthrough does not support ignoring client certificate expiry'],
    [{ Mode: 'off', AdvertiseTrustStoreCaNames: 'on' }, 'Mutual Authentication mode off does not support advertise trust store ca names'], [{ Mode: 'on' }, 'Mutual Authentication mode required not found'],
  ] as const) await assert.rejects(modify({ MutualAuthentication: asked }), awsError('ValidationError', words), words);
  await assert.rejects(modify({ MutualAuthentication: { Mode: 'verify', TrustStoreArn: `${TrustStoreArn}0` } }), awsError('TrustStoreNotFound'));
});
