/**
 * What OpenSSL's own client finds, who knows nothing of us: for every named security policy exactly its protocols, its cipher suites in its order, and its
 * groups. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
 */
import assert from 'node:assert/strict';
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { servedCiphers, SSL_POLICIES } from '../../../src/control-plane/resources/elbv2/index.ts';
import type { Certificate } from '../../../src/snapshot/index.ts';
import { freePort } from '../../support/free-port.ts';
import { greet } from './client.ts';
import { TestAuthority } from './authority.ts';
import { policySite } from './policy-site.ts';
import { TlsStage } from './stage.ts';

const skip = spawnSync('openssl', ['version']).status === 0 ? false : 'openssl is not installed';
const FLAG = { 'TLSv1.3': '-tls1_3', 'TLSv1.2': '-tls1_2', 'TLSv1.1': '-tls1_1', TLSv1: '-tls1' } as const;

let stage: TlsStage;
let certificates: { readonly ecdsa: Certificate; readonly rsa: Certificate };
/** Every suite that this openssl can offer, TLS 1.3's apart. */
let offered: readonly string[];

before(async () => {
  const authority = await TestAuthority.make();
  certificates = { ecdsa: await authority.leaf('ecdsa', ['localhost']), rsa: await authority.leaf('rsa', ['localhost'], { key: 'rsa' }) };
  stage = await TlsStage.open({ sites: { one: { certificates: [certificates.ecdsa] } } }, { port: await freePort() });
  offered = skip ? [] : execFileSync('openssl', ['ciphers', 'ALL:COMPLEMENTOFALL:!PSK:!SRP:@SECLEVEL=0'], { encoding: 'utf8' }).trim().split(':').filter((name) => !name.startsWith('TLS_'));
});
after(() => stage.close());

/** The suite that was agreed on; null for none. */
function agreed(args: readonly string[]): Promise<string | null> {
  return new Promise((resolve) => {
    const child = execFile('openssl', ['s_client', '-connect', `127.0.0.1:${stage.port}`, '-servername', 'localhost', ...args], { timeout: 60_000 }, (_error, stdout) => {
      const name = /^New, [^,]+, Cipher is (\S+)$/m.exec(stdout)?.[1] ?? null;
      resolve(name === null || name === '(NONE)' ? null : name);
    });
    child.stdin!.on('error', () => {});
    child.stdin!.end('Q\n');
  });
}

/** Takes away what was agreed on until nothing is: the server's own order. */
async function ordered(candidates: readonly string[], ask: (left: readonly string[]) => Promise<string | null>): Promise<readonly string[]> {
  const found: string[] = [];
  // the client likes them the other way round
  let left = [...candidates].reverse();
  for (;;) {
    const one = left.length === 0 ? null : await ask(left);
    if (one === null) return found;
    assert.ok(left.includes(one), one);
    found.push(one);
    left = left.filter((name) => name !== one);
  }
}

for (const policy of SSL_POLICIES) {
  test(policy.name, { skip }, async () => {
    for (const kind of ['ecdsa', 'rsa'] as const) {
      await stage.show({ sites: { one: policySite(policy, certificates[kind]) } });
      const fits = (cipher: string): boolean => !cipher.startsWith('TLS_') && cipher.includes('ECDSA') === (kind === 'ecdsa');
      const expected = servedCiphers(policy).filter(fits);
      const versions = await Promise.all(Object.entries(FLAG).map(async ([version, flag]) => [version, await agreed([flag, ...(version === 'TLSv1.3' ? [] : ['-cipher', `${offered.join(':')}:@SECLEVEL=0`])])] as const));
      // suites with HMAC-SHA-1 are all that the versions before 1.2 have
      const old = expected.some((cipher) => cipher.endsWith('-SHA'));
      assert.deepEqual(
        versions.filter(([, cipher]) => cipher !== null).map(([version]) => version),
        Object.keys(FLAG).filter((version) => policy.protocols.includes(version as 'TLSv1') && (version === 'TLSv1.3' || (version === 'TLSv1.2' ? expected.length > 0 : old))),
        kind,
      );
      if (policy.protocols.includes('TLSv1.2')) {
        assert.deepEqual(await ordered(offered, (left) => agreed(['-tls1_2', '-cipher', `${left.join(':')}:@SECLEVEL=0`])), expected, kind);
      }
    }
    if (policy.protocols.includes('TLSv1.3')) {
      const suites = ['TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256', 'TLS_AES_128_GCM_SHA256', 'TLS_AES_128_CCM_SHA256', 'TLS_AES_128_CCM_8_SHA256'];
      assert.deepEqual(await ordered(suites, (left) => agreed(['-tls1_3', '-ciphersuites', left.join(':')])), policy.ciphers.filter((cipher) => cipher.startsWith('TLS_')));
    }
    // groups: Debian's openssl has no hybrid ones, the runtime's client has
    for (const group of ['X25519MLKEM768', 'SecP256r1MLKEM768', 'SecP384r1MLKEM1024', 'X25519', 'P-256', 'P-384', 'P-521', 'X448', 'ffdhe2048']) {
      const version = policy.protocols.includes('TLSv1.3') ? 'TLSv1.3' : 'TLSv1.2';
      const allowed = policy.groups.includes(group);
      const connected = await greet(stage.port, { servername: 'localhost', minVersion: version, maxVersion: version, ecdhCurve: group, ciphers: 'ECDHE:TLS_AES_128_GCM_SHA256' }, () => true).catch(() => false);
      assert.equal(connected, allowed, group);
    }
  });
}
