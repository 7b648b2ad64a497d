// oxlint-disable-next-line import/no-unassigned-import -- @peculiar/x509 asks for it
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { generateKeyPairSync, webcrypto, X509Certificate as NodeCertificate, type KeyObject } from 'node:crypto';
import { test } from 'node:test';
import type { DescribeCertificateResponse, GetCertificateResponse } from '@aws-sdk/client-acm';
import { BasicConstraintsExtension, PublicKey, SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509';
import { elbStage } from '../../../../test/support/elb-stage.ts';
import { awsError } from '../../../../test/support/refusal.ts';

interface Made {
  readonly name: string;
  readonly pem: string;
  readonly keys: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
}

const DAY = 24 * 60 * 60 * 1000;
const NOW = Date.UTC(2026, 0, 1);

interface Wanted {
  readonly issuer?: Made;
  readonly keys?: Made['keys'];
  readonly from?: number;
  readonly to?: number;
}

async function make(name: string, { issuer, keys = generateKeyPairSync('ec', { namedCurve: 'P-256' }), from = NOW - DAY, to = NOW + DAY }: Wanted = {}): Promise<Made> {
  const signer = issuer?.keys.privateKey ?? keys.privateKey;
  const certificate = await X509CertificateGenerator.create({
    serialNumber: '0a01', subject: `CN=${name}`, issuer: `CN=${issuer?.name ?? name}`, notBefore: new Date(from), notAfter: new Date(to),
    publicKey: new PublicKey(keys.publicKey.export({ type: 'spki', format: 'der' })),
    signingKey: await webcrypto.subtle.importKey('pkcs8', signer.export({ type: 'pkcs8', format: 'der' }), { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']),
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    extensions: [new BasicConstraintsExtension(true), new SubjectAlternativeNameExtension([{ type: 'dns', value: `WWW.${name}` }])],
  });
  return { name, pem: new NodeCertificate(Buffer.from(certificate.rawData)).toString(), keys };
}

function pkcs8(made: Made): string {
  return made.keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

async function importing() {
  const stage = await elbStage();
  const bring = (given: { readonly Certificate: string; readonly PrivateKey: string; readonly CertificateChain?: string }, more: object = {}) =>
    stage.acm<{ CertificateArn: string }>('ImportCertificate', { ...Object.fromEntries(Object.entries(given).map(([key, value]) => [key, Buffer.from(value)])), ...more });
  return { stage, bring };
}

test('a certificate with its chain is imported and described', async () => {
  const { stage, bring } = await importing();
  const root = await make('root.example');
  const middle = await make('middle.example', { issuer: root });
  const leaf = await make('example.com', { issuer: middle });
  const { CertificateArn: arn } = await bring({ Certificate: leaf.pem, PrivateKey: pkcs8(leaf), CertificateChain: middle.pem + root.pem }, { Tags: [{ Key: 'a', Value: 'b' }] });
  assert.match(arn, /^arn:aws:acm:us-east-1:123456789012:certificate\/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  const { Certificate: detail } = await stage.acm<DescribeCertificateResponse>('DescribeCertificate', { CertificateArn: arn });
  assert.deepEqual(
    [detail?.Type, detail?.Status, detail?.DomainName, detail?.SubjectAlternativeNames, detail?.Subject, detail?.Issuer, detail?.Serial, detail?.KeyAlgorithm, detail?.SignatureAlgorithm],
    ['IMPORTED', 'ISSUED', 'example.com', ['www.example.com'], 'CN=example.com', 'middle.example', '0a:01', 'EC_prime256v1', 'SHA256WITHECDSA'],
  );
  assert.equal(detail?.DomainValidationOptions, undefined);
  assert.equal(detail?.RenewalEligibility, 'INELIGIBLE');
  const got = await stage.acm<GetCertificateResponse>('GetCertificate', { CertificateArn: arn });
  assert.deepEqual(got, { Certificate: leaf.pem, CertificateChain: middle.pem + root.pem });
});

test('keys in every unencrypted form are taken, and stored as PKCS #8', async () => {
  const { stage, bring } = await importing();
  for (const keys of [generateKeyPairSync('ec', { namedCurve: 'P-384' }), generateKeyPairSync('rsa', { modulusLength: 2048 })]) {
    const leaf = await make('example.com', { keys, issuer: await make('root.example') });
    const pem = keys.privateKey.asymmetricKeyType === 'rsa' ? keys.privateKey.export({ type: 'pkcs1', format: 'pem' }) : keys.privateKey.export({ type: 'sec1', format: 'pem' });
    const { CertificateArn: arn } = await bring({ Certificate: leaf.pem, PrivateKey: pem.toString() });
    assert.match(stage.environment.store.world.get('acm/certificate', arn)?.privateKey ?? '', /^-----BEGIN PRIVATE KEY-----/);
  }
});

test('what does not fit together is refused', async () => {
  const { stage, bring } = await importing();
  const root = await make('root.example');
  const middle = await make('middle.example', { issuer: root });
  const leaf = await make('example.com', { issuer: middle });
  const good = { Certificate: leaf.pem, PrivateKey: pkcs8(leaf), CertificateChain: middle.pem };
  const refused = (given: object, part: string) => assert.rejects(bring({ ...good, ...given }), awsError('ValidationException', part));
  await refused({ Certificate: 'nothing' }, 'is not PEM-encoded');
  await refused({ Certificate: leaf.pem + middle.pem }, 'more than one certificate');
  await refused({ Certificate: leaf.pem.replace(/\n[^\n]+\n/, '\nAAAA\n') }, 'is not valid');
  await refused({ PrivateKey: pkcs8(middle) }, 'does not match');
  await refused({ PrivateKey: 'nothing' }, 'The private key is not PEM-encoded or is not valid.');
  const encrypted = leaf.keys.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' }).toString();
  await refused({ PrivateKey: encrypted }, 'The private key is encrypted');
  await refused({ CertificateChain: root.pem + middle.pem }, 'Could not validate the certificate with the certificate chain.');
  await refused({ CertificateChain: root.pem }, 'Could not validate');
  await refused({ CertificateChain: 'nothing' }, 'certificate chain is not PEM-encoded');
  const impostor = await make('middle.example');
  await refused({ CertificateChain: impostor.pem }, 'Could not validate');
  const old = await make('old.example', { from: NOW - 2 * DAY, to: NOW - DAY });
  await refused({ Certificate: old.pem, PrivateKey: pkcs8(old), CertificateChain: old.pem }, 'The certificate has expired');
  const future = await make('future.example', { from: NOW + DAY, to: NOW + 2 * DAY });
  await refused({ Certificate: future.pem, PrivateKey: pkcs8(future) }, 'not in effect yet');
  const odd = await make('odd.example', { keys: generateKeyPairSync('ec', { namedCurve: 'secp256k1' }), issuer: middle });
  await refused({ Certificate: odd.pem, PrivateKey: pkcs8(odd) }, 'key algorithm');
  assert.equal(stage.environment.store.world.list('acm/certificate').length, 0);
});

test('a certificate is replaced under its ARN', async () => {
  const { stage, bring } = await importing();
  const [first, second] = [await make('a.example'), await make('b.example')];
  const { CertificateArn: arn } = await bring({ Certificate: first.pem, PrivateKey: pkcs8(first) });
  const again = await bring({ Certificate: second.pem, PrivateKey: pkcs8(second) }, { CertificateArn: arn });
  assert.equal(again.CertificateArn, arn);
  const { Certificate: detail } = await stage.acm<DescribeCertificateResponse>('DescribeCertificate', { CertificateArn: arn });
  assert.equal(detail?.DomainName, 'b.example');
  await assert.rejects(bring({ Certificate: second.pem, PrivateKey: pkcs8(second) }, { CertificateArn: arn, Tags: [{ Key: 'a' }] }), awsError('ValidationException', 'Tagging is not permitted on re-import.'));
  await assert.rejects(bring({ Certificate: second.pem, PrivateKey: pkcs8(second) }, { CertificateArn: `${arn}0` }), awsError('ResourceNotFoundException'));
});
