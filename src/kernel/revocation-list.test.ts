import assert from 'node:assert/strict';
import { generateKeyPairSync, webcrypto } from 'node:crypto';
import { describe, it } from 'node:test';
// @peculiar/x509 asks for the metadata API when it loads
// oxlint-disable-next-line import/no-unassigned-import
import 'reflect-metadata';
import { X509CrlGenerator } from '@peculiar/x509';
import { pemBlocks } from './der.ts';
import { RevocationList } from './revocation-list.ts';

const ECDSA = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const keys = (await webcrypto.subtle.generateKey(ECDSA, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
const { KeyObject } = await import('node:crypto');

async function list(serials: readonly string[]): Promise<Buffer> {
  const crl = await X509CrlGenerator.create({
    issuer: 'CN=root,O=Example', thisUpdate: new Date(0), nextUpdate: new Date(1e12),
    entries: serials.map((serialNumber) => ({ serialNumber })), signingAlgorithm: ECDSA, signingKey: keys.privateKey,
  });
  return Buffer.from(crl.rawData);
}

describe('revocation lists', () => {
  it('know the serial numbers on them, however those are written', async () => {
    const crl = new RevocationList(await list(['01', '80ff', '7fffffffffffffffffffffffffffffffffffffff', '00ab12']));
    assert.equal(crl.entries, 4);
    for (const serial of ['1', '01', '0001', '80FF', '0080ff', '7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF', 'AB12', '00AB12']) assert.ok(crl.has(serial), serial);
    for (const serial of ['00', '02', '80FE', '80', 'FF', 'AB', '12', '0100', '8080FF']) assert.ok(!crl.has(serial), serial);
  });

  it('may be empty, and hold many', async () => {
    assert.equal(new RevocationList(await list([])).has('01'), false);
    const serials = Array.from({ length: 2_000 }, (_, i) => (i * 7919 + 1).toString(16).padStart(8, '0'));
    const crl = new RevocationList(await list(serials));
    assert.equal(crl.entries, 2_000);
    assert.ok(serials.every((serial) => crl.has(serial)));
    assert.ok(!crl.has('00000002'));
  });

  it('are signed by one key and no other', async () => {
    const crl = new RevocationList(await list(['01']));
    assert.ok(crl.isSignedBy(KeyObject.from(keys.publicKey as webcrypto.CryptoKey)));
    assert.ok(!crl.isSignedBy(generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).publicKey));
    assert.ok(!crl.isSignedBy(generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey));
  });

  it('are refused when they are cut short, or no lists at all', async () => {
    const der = await list(['01', '02']);
    for (let length = 0; length < der.length; length++) assert.throws(() => new RevocationList(der.subarray(0, length)), RangeError, String(length));
    assert.throws(() => new RevocationList(Buffer.concat([der, Buffer.from([0])])));
    assert.throws(() => new RevocationList(Buffer.from('30030201013000', 'hex')));
  });

  it('come out of PEM in order, and nothing else does', () => {
    const text = '# note\n-----BEGIN X509 CRL-----\nAQ==\n-----END X509 CRL-----\n-----BEGIN CERTIFICATE-----\nAg==\n-----END CERTIFICATE-----\n-----BEGIN X509 CRL-----\nAw==\n-----END X509 CRL-----\n';
    assert.deepEqual(pemBlocks(text, 'X509 CRL').map((block) => block.toString('hex')), ['01', '03']);
  });
});
