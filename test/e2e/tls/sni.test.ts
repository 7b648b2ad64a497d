/** Which certificate a client gets: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ConnectionOptions } from 'node:tls';
import { freePort } from '../../support/free-port.ts';
import { TestAuthority } from './authority.ts';
import { greet } from './client.ts';
import { TlsStage } from './stage.ts';

let stage: TlsStage;
before(async () => {
  const authority = await TestAuthority.make();
  const certificates = await Promise.all([
    authority.leaf('default', ['default.example']),
    authority.leaf('exact', ['www.example.com']),
    authority.leaf('wild', ['*.example.com']),
    authority.leaf('both-rsa', ['both.example.net'], { key: 'rsa' }),
    authority.leaf('both-ecdsa', ['both.example.net']),
    authority.leaf('small', ['rsa.example.net'], { key: 'rsa' }),
    authority.leaf('large', ['rsa.example.net'], { key: 'rsa', bits: 3072 }),
    authority.leaf('over', ['old.example.net'], { expired: true }),
    authority.leaf('valid', ['old.example.net'], { key: 'rsa' }),
    authority.leaf('only-over', ['gone.example.net'], { expired: true }),
    authority.leaf('two-a', ['two.example.net']),
    authority.leaf('two-b', ['two.example.net']),
  ]);
  stage = await TlsStage.open({ sites: { shop: { certificates } } }, { port: await freePort() });
});
after(() => stage.close());

const RSA_12: ConnectionOptions = { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-RSA-AES128-GCM-SHA256' };
const ECDSA_12: ConnectionOptions = { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' };
const RSA_13: ConnectionOptions = { minVersion: 'TLSv1.3', sigalgs: 'rsa_pss_rsae_sha256' };

for (const [name, expected, options = {}] of [
  ['', 'default'],
  ['default.example', 'default'],
  ['unknown.example', 'default'],
  ['example.com', 'default'],
  ['www.example.com', 'exact'],
  ['WWW.Example.COM', 'exact'],
  ['images.example.com', 'wild'],
  ['a.b.example.com', 'default'],
  ['both.example.net', 'both-ecdsa'],
  ['both.example.net', 'both-ecdsa', ECDSA_12],
  ['both.example.net', 'both-rsa', RSA_12],
  ['both.example.net', 'both-rsa', RSA_13],
  ['rsa.example.net', 'large'],
  ['old.example.net', 'valid'],
  ['gone.example.net', 'only-over'],
  ['two.example.net', 'two-a'],
] as const satisfies readonly (readonly [string, string, ConnectionOptions?])[]) {
  test(`${name === '' ? 'a client without SNI' : name} gets ${expected}${'ciphers' in options ? ` with ${options.ciphers}` : 'sigalgs' in options ? ` with ${options.sigalgs}` : ''}`, async () => {
    const seen = await greet(stage.port, { servername: name, ...options }, async (client) => ({ certificate: client.certificate, answer: await client.request('www.example.com') }));
    assert.equal(seen.certificate, expected);
    assert.equal(seen.answer.status, 200);
    assert.equal(stage.ended.at(-1)!.certificate, expected, 'the log says the same');
  });
}
