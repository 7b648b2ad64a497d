/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html and https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_server-certs_manage.html */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { after, before, test } from 'node:test';
import { connect } from 'node:tls';
import { ClientAuthority } from '../../support/client-authority.ts';
import { selfSigned } from '../../support/self-signed.ts';
import { Installation, NOTHING, type Door } from './installation.ts';

interface Metadata {
  readonly Arn: string;
  readonly ServerCertificateId: string;
  readonly ServerCertificateName: string;
  readonly Path: string;
  readonly Expiration: Date;
}

let installation: Installation;
let door: Door;
let uploaded: Metadata;
before(async () => {
  installation = await Installation.open();
  uploaded = await upload('web', 'iam.example.com');
  door = await installation.door(await installation.balancer(), NOTHING, { Protocol: 'HTTPS', Certificates: [{ CertificateArn: uploaded.Arn }] });
});
after(() => installation[Symbol.asyncDispose]());

async function upload(ServerCertificateName: string, host: string, more: object = {}): Promise<Metadata> {
  const { certificate, privateKey } = await selfSigned(host);
  const given = { ServerCertificateName, CertificateBody: certificate, PrivateKey: privateKey, ...more };
  return (await installation.aws<{ ServerCertificateMetadata: Metadata }>('iam', 'UploadServerCertificate', given)).ServerCertificateMetadata;
}

/** The subject of the certificate that is shown to who asks for `servername`. */
function shownTo(servername: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: door.port, host: '127.0.0.1', servername, rejectUnauthorized: false }, () => {
      resolve(new X509Certificate(socket.getPeerCertificate().raw).subject);
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

test('a listener serves a certificate of IAM as its default one, and others by server name', async () => {
  assert.equal(await shownTo('iam.example.com'), 'CN=iam.example.com');
  const other = await upload('other', 'other.example.com');
  await installation.aws('elbv2', 'AddListenerCertificates', { ListenerArn: door.arn, Certificates: [{ CertificateArn: other.Arn }] });
  assert.equal(await shownTo('other.example.com'), 'CN=other.example.com');
  await installation.aws('elbv2', 'RemoveListenerCertificates', { ListenerArn: door.arn, Certificates: [{ CertificateArn: other.Arn }] });
  assert.equal(await shownTo('other.example.com'), 'CN=iam.example.com');
});

test('a certificate in use is not deleted; one that is not there is not found', async () => {
  const remove = (ServerCertificateName: string): Promise<unknown> => installation.aws('iam', 'DeleteServerCertificate', { ServerCertificateName });
  await assert.rejects(remove('web'), (error: Error & { code?: string }) => {
    assert.equal(error.code, 'DeleteConflict');
    assert.match(error.message, new RegExp(`^Certificate: ${uploaded.ServerCertificateId} is currently in use by arn:aws:elasticloadbalancing:us-east-1:\\d{12}:loadbalancer/app/\\S+\\. Please remove it first before deleting it from IAM\\.$`));
    return true;
  });
  await assert.rejects(remove('absent'), { code: 'NoSuchEntity', message: 'The Server Certificate with name absent cannot be found.' });
  const Certificates = [{ CertificateArn: `${uploaded.Arn}x` }];
  await assert.rejects(installation.aws('elbv2', 'ModifyListener', { ListenerArn: door.arn, Certificates }), { code: 'CertificateNotFound' });
});

test('under a new name and path it has a new ARN, which the listener then names', async () => {
  await installation.aws('iam', 'UpdateServerCertificate', { ServerCertificateName: 'web', NewServerCertificateName: 'renamed', NewPath: '/edge/' });
  const { Listeners } = await installation.aws<{ Listeners: [{ Certificates: unknown }] }>('elbv2', 'DescribeListeners', { ListenerArns: [door.arn] });
  const arn = uploaded.Arn.replace('server-certificate/web', 'server-certificate/edge/renamed');
  assert.deepEqual(Listeners[0].Certificates, [{ CertificateArn: arn }]);
  assert.equal(await shownTo('iam.example.com'), 'CN=iam.example.com');
  const { ServerCertificateMetadataList: list } = await installation.aws<{ ServerCertificateMetadataList: Metadata[] }>('iam', 'ListServerCertificates', { PathPrefix: '/edge/' });
  assert.deepEqual(list.map((each) => [each.Arn, each.ServerCertificateId, each.Path, each.Expiration.getUTCFullYear()]), [[arn, uploaded.ServerCertificateId, '/edge/', 2040]]);
});

test('what was uploaded is read again without the white space around it, its key never', async () => {
  const root = await ClientAuthority.root();
  const leaf = await root.client({ subject: 'CN=chained.example.com' });
  await installation.aws('iam', 'UploadServerCertificate', { ServerCertificateName: 'chained', CertificateBody: `\n${leaf.cert.trim()}\n`, PrivateKey: leaf.key, CertificateChain: `${root.pem.trim()}\n\n`, Tags: [{ Key: 'a', Value: '1' }] });
  await installation.aws('iam', 'TagServerCertificate', { ServerCertificateName: 'chained', Tags: [{ Key: 'b', Value: '2' }] });
  await installation.aws('iam', 'UntagServerCertificate', { ServerCertificateName: 'chained', TagKeys: ['a'] });
  const { ServerCertificate } = await installation.aws<{ ServerCertificate: Record<string, unknown> }>('iam', 'GetServerCertificate', { ServerCertificateName: 'chained' });
  const { ServerCertificateMetadata: _, ...rest } = ServerCertificate;
  assert.deepEqual(rest, { CertificateBody: leaf.cert.trim(), CertificateChain: root.pem.trim(), Tags: [{ Key: 'b', Value: '2' }] });
  assert.deepEqual((await installation.aws<{ Tags: unknown }>('iam', 'ListServerCertificateTags', { ServerCertificateName: 'chained' })).Tags, [{ Key: 'b', Value: '2' }]);
  await installation.aws('iam', 'DeleteServerCertificate', { ServerCertificateName: 'chained' });
});

test('what could not be served is refused when it is uploaded', async () => {
  const stranger = (await selfSigned('stranger.example.com')).privateKey;
  const root = await ClientAuthority.root();
  await assert.rejects(upload('renamed', 'a.example.com'), { code: 'EntityAlreadyExists', message: 'The Server Certificate with name renamed already exists.' });
  await assert.rejects(upload('x', 'a.example.com', { CertificateBody: 'certbody' }), { code: 'MalformedCertificate', message: 'Unable to parse certificate. Please ensure the certificate is in PEM format.' });
  await assert.rejects(upload('x', 'a.example.com', { PrivateKey: 'key' }), { code: 'MalformedCertificate' });
  await assert.rejects(upload('x', 'a.example.com', { PrivateKey: stranger }), { code: 'KeyPairMismatch' });
  await assert.rejects(upload('x', 'a.example.com', { CertificateChain: root.pem }), (error: Error & { code?: string }) => {
    assert.equal(error.code, 'MalformedCertificate');
    assert.match(error.message, /^Unable to validate certificate chain\. The certificate chain must start with the immediate signing certificate/);
    return true;
  });
});
