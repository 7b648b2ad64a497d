/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/mutual-authentication.html and configuring-mtls-with-elb.html */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { connect } from 'node:tls';
import { ClientAuthority, type Shown } from '../../support/client-authority.ts';
import { Installation, type Door, type Target } from './installation.ts';

let installation: Installation;
let root: ClientAuthority;
let target: Target;
let door: Door;
let store: string;

before(async () => {
  installation = await Installation.open();
  root = await ClientAuthority.root();
  const bucket = join(installation.folder, 's3', 'bucket');
  mkdirSync(bucket, { recursive: true });
  writeFileSync(join(bucket, 'ca.pem'), root.pem);
  writeFileSync(join(bucket, 'other.pem'), (await ClientAuthority.root('CN=Other')).pem);
  writeFileSync(join(bucket, 'list.crl'), await root.revoking(['4d2']));
  const { CertificateArn } = await installation.aws<{ CertificateArn: string }>('acm', 'RequestCertificate', { DomainName: 'mtls.example.com' });
  const made = await installation.aws<{ TrustStores: [{ TrustStoreArn: string }] }>('elbv2', 'CreateTrustStore', { Name: 'clients', CaCertificatesBundleS3Bucket: 'bucket', CaCertificatesBundleS3Key: 'ca.pem' });
  store = made.TrustStores[0].TrustStoreArn;
  target = await installation.target();
  const balancer = await installation.balancer();
  door = await installation.door(balancer, { Type: 'forward', TargetGroupArn: await installation.group([target.port]) }, {
    Protocol: 'HTTPS', Certificates: [{ CertificateArn }], MutualAuthentication: { Mode: 'verify', TrustStoreArn: store },
  });
});
after(() => installation[Symbol.asyncDispose]());

/** The status that a client gets; 0 where it is not let in. */
function ask(shown: Partial<Shown>, headers = ''): Promise<number> {
  return new Promise((resolve) => {
    let heard = '';
    const socket = connect({ host: '127.0.0.1', port: door.port, rejectUnauthorized: false, ...shown });
    socket.on('data', (chunk: Buffer) => (heard += String(chunk)));
    socket.on('error', () => {});
    socket.on('close', () => resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(heard)?.[1] ?? 0)));
    socket.write(`GET / HTTP/1.1\r\nHost: mtls.example.com\r\n${headers}Connection: close\r\n\r\n`);
  });
}

const told = (): readonly string[] => Object.keys(target.seen.at(-1)!.headers).filter((name) => name.startsWith('x-amzn-mtls'));
const listener = (MutualAuthentication: object): Promise<unknown> => installation.aws('elbv2', 'ModifyListener', { ListenerArn: door.arn, MutualAuthentication });

test('verify: who is vouched for comes in and is named to the target, nobody else does', async () => {
  assert.equal(await ask(await root.client({ serialNumber: '03a5b1' }), 'X-Amzn-Mtls-Clientcert-Subject: CN=forged\r\n'), 200);
  assert.deepEqual(told().toSorted(), ['x-amzn-mtls-clientcert-issuer', 'x-amzn-mtls-clientcert-leaf', 'x-amzn-mtls-clientcert-serial-number', 'x-amzn-mtls-clientcert-subject', 'x-amzn-mtls-clientcert-validity']);
  assert.deepEqual([target.seen.at(-1)!.headers['x-amzn-mtls-clientcert-serial-number'], target.seen.at(-1)!.headers['x-amzn-mtls-clientcert-subject']], ['03A5B1', 'C=US,O=Example,CN=client']);
  assert.equal(await ask({}), 0);
  assert.equal(await ask(await (await ClientAuthority.root()).client()), 0);
});

test('a revocation list is in force as soon as it is added, and no longer than it is there', async () => {
  const revoked = await root.client({ serialNumber: '4d2' });
  assert.equal(await ask(revoked), 200);
  const { TrustStoreRevocations } = await installation.aws<{ TrustStoreRevocations: [{ RevocationId: number }] }>('elbv2', 'AddTrustStoreRevocations', { TrustStoreArn: store, RevocationContents: [{ S3Bucket: 'bucket', S3Key: 'list.crl' }] });
  assert.equal(await ask(revoked), 0);
  assert.equal(await ask(await root.client()), 200);
  await installation.aws('elbv2', 'RemoveTrustStoreRevocations', { TrustStoreArn: store, RevocationIds: [TrustStoreRevocations[0].RevocationId] });
  assert.equal(await ask(revoked), 200);
});

test('expired certificates come in only where that is said', async () => {
  const expired = await root.client({ until: -1 });
  assert.equal(await ask(expired), 0);
  await listener({ Mode: 'verify', TrustStoreArn: store, IgnoreClientCertificateExpiry: true });
  assert.equal(await ask(expired), 200);
});

test('the bundle is replaced, and then the old authority vouches for nobody', async () => {
  await installation.aws('elbv2', 'ModifyTrustStore', { TrustStoreArn: store, CaCertificatesBundleS3Bucket: 'bucket', CaCertificatesBundleS3Key: 'other.pem' });
  assert.equal(await ask(await root.client()), 0);
});

test('passthrough: whatever is shown goes on, and nothing need be shown; off: nothing is said', async () => {
  await listener({ Mode: 'passthrough' });
  assert.equal(await ask(await (await ClientAuthority.root()).client({ until: -1 })), 200);
  assert.deepEqual(told(), ['x-amzn-mtls-clientcert']);
  assert.equal(await ask({}, 'X-Amzn-Mtls-Clientcert: forged\r\n'), 200);
  assert.deepEqual(told(), []);
  await listener({ Mode: 'off' });
  assert.equal(await ask(await root.client(), 'X-Amzn-Mtls-Clientcert: forged\r\n'), 200);
  assert.deepEqual(told(), []);
});
