import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as tls from 'node:tls';
import { needsLegacySecurityLevel, servedCiphers, SSL_POLICIES } from './ssl-policy.ts';

test('every cipher that is served is one that the runtime has, and no other is left out', () => {
  const known = new Set(tls.getCiphers().map((name) => name.toUpperCase()));
  for (const policy of SSL_POLICIES) {
    const served = new Set(servedCiphers(policy));
    for (const cipher of policy.ciphers) assert.equal(known.has(cipher), served.has(cipher), `${policy.name}: ${cipher}`);
  }
});

test('the runtime makes a context of every policy', () => {
  for (const policy of SSL_POLICIES) {
    const ciphers = servedCiphers(policy).join(':') + (needsLegacySecurityLevel(policy) ? ':@SECLEVEL=0' : '');
    tls.createSecureContext({ ciphers, minVersion: policy.protocols.at(-1)!, maxVersion: policy.protocols[0]! });
  }
});

test('names are unique and ciphers are listed once', () => {
  assert.equal(new Set(SSL_POLICIES.map((policy) => policy.name)).size, SSL_POLICIES.length);
  for (const policy of SSL_POLICIES) assert.equal(new Set(policy.ciphers).size, policy.ciphers.length, policy.name);
});
