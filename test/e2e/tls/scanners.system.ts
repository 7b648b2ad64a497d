/**
 * What scanners find, who bring handshakes of their own: every named security policy is served on one address, told apart by SNI, and sslscan sees of each
 * exactly its protocols, its cipher suites in its order, and its groups. testssl.sh, which takes twenty times as long, agrees about one.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
 */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { servedCiphers, SSL_POLICIES, sslPolicy, type SslPolicy, type SslProtocol } from '../../../src/control-plane/resources/elbv2/index.ts';
import { freePort } from '../../support/free-port.ts';
import { TestAuthority } from './authority.ts';
import { policySite } from './policy-site.ts';
import { TlsStage, type TlsSite } from './stage.ts';

const run = promisify(execFile);
const without = (program: string): string | false => (spawnSync(program, ['--version']).status === 0 ? false : `${program} is not installed`);
const WITHOUT_SSLSCAN = without('sslscan');

const KINDS = ['ecdsa', 'rsa'] as const;
type Kind = (typeof KINDS)[number];

/** What a scanner sees of a server. */
interface Seen {
  readonly protocols: readonly string[];
  /** By protocol, the server's favourite first. */
  readonly ciphers: Readonly<Record<string, readonly string[]>>;
  readonly groups: Readonly<Record<string, readonly string[]>>;
}

let stage: TlsStage;
before(async () => {
  const authority = await TestAuthority.make();
  const certificates = { ecdsa: await authority.leaf('ecdsa', ['localhost']), rsa: await authority.leaf('rsa', ['localhost'], { key: 'rsa' }) };
  const sites: Record<string, TlsSite> = {};
  for (const policy of SSL_POLICIES) {
    for (const kind of KINDS) sites[hostOf(policy, kind)] = { ...policySite(policy, certificates[kind]), hosts: [hostOf(policy, kind)] };
  }
  stage = await TlsStage.open({ sites }, { port: await freePort() });
});
after(() => stage.close());

function hostOf({ name }: SslPolicy, kind: Kind): string {
  return `${name.toLowerCase()}.${kind}.example.com`;
}

/** The policy's suites that a protocol and a key can carry: HMAC-SHA-1 is all that versions before 1.2 have, and what ends in -SHA. */
function suitesOf(policy: SslPolicy, protocol: SslProtocol, kind: Kind): readonly string[] {
  return servedCiphers(policy).filter((cipher) => {
    if (cipher.startsWith('TLS_')) return protocol === 'TLSv1.3';
    return protocol !== 'TLSv1.3' && cipher.includes('ECDSA') === (kind === 'ecdsa') && (protocol === 'TLSv1.2' || cipher.endsWith('-SHA'));
  });
}

/** What a scanner should see: a protocol that no suite is left for is not there. */
function promised(policy: SslPolicy, kind: Kind): Omit<Seen, 'groups'> {
  const each = policy.protocols.map((protocol) => [protocol, suitesOf(policy, protocol, kind)] as const).filter(([, suites]) => suites.length > 0);
  return { protocols: each.map(([protocol]) => protocol), ciphers: Object.fromEntries(each) };
}

const GROUPS: Readonly<Record<string, string>> = { 'P-256': '0x0017', 'P-384': '0x0018', 'P-521': '0x0019', X25519: '0x001d' };

/** `TLSv1.0` is OpenSSL's TLSv1. */
function protocolOf(version: string): string {
  return version === '1.0' || version === 'TLSv1.0' ? 'TLSv1' : version.startsWith('TLS') ? version : `TLSv${version}`;
}

async function sslscan(host: string): Promise<Seen> {
  const { stdout } = await run('sslscan', [
    '--xml=-', `--sni-name=${host}`, '--no-check-certificate', '--no-compression', '--no-fallback', '--no-heartbleed', '--no-renegotiation', `127.0.0.1:${stage.port}`,
  ], { timeout: 60_000 });
  const elements = [...stdout.matchAll(/<(protocol|cipher|group) ([^>]*)\/>/g)].map(([, name, attributes]) => ({
    name: name!, is: Object.fromEntries([...attributes!.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key!, value!])) as Record<string, string>,
  }));
  const byProtocol = (name: string, key: string): Record<string, string[]> => {
    const found: Record<string, string[]> = {};
    for (const { is } of elements.filter((element) => element.name === name)) (found[protocolOf(is['sslversion']!)] ??= []).push(is[key]!);
    return found;
  };
  return {
    protocols: elements.filter(({ name, is }) => name === 'protocol' && is['enabled'] === '1').map(({ is }) => (is['type'] === 'ssl' ? `SSLv${is['version']}` : protocolOf(is['version']!))).reverse(),
    ciphers: byProtocol('cipher', 'cipher'),
    groups: byProtocol('group', 'id'),
  };
}

for (const policy of SSL_POLICIES) {
  test(`sslscan sees ${policy.name}`, { skip: WITHOUT_SSLSCAN }, async () => {
    const seen = await Promise.all(KINDS.map((kind) => sslscan(hostOf(policy, kind))));
    KINDS.forEach((kind, index) => {
      const { groups, ...rest } = seen[index]!;
      assert.deepEqual(rest, promised(policy, kind), kind);
      const classical = policy.groups.flatMap((group) => GROUPS[group] ?? []).toSorted();
      if (policy.protocols.includes('TLSv1.3')) assert.deepEqual(groups['TLSv1.3']?.toSorted(), classical, kind);
      // before 1.3 a client that lists one curve can take no certificate of another: an ECDSA one shows its own curve only
      if (policy.protocols.includes('TLSv1.2')) assert.deepEqual(groups['TLSv1.2']?.toSorted(), kind === 'rsa' ? classical : [GROUPS['P-256']], kind);
    });
  });
}

async function testssl(host: string): Promise<Omit<Seen, 'groups'>> {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-testssl-'));
  try {
    const file = join(folder, 'findings.json');
    await run('testssl', ['--quiet', '--color', '0', '--warnings', 'off', '-n', 'none', '--jsonfile', file, '-p', '-P', '--ip', '127.0.0.1', `${host}:${stage.port}`], { timeout: 300_000 }).catch(
      // its status counts findings
      (error: { readonly code?: unknown }) => assert.equal(typeof error.code, 'number', String(error)),
    );
    const findings = JSON.parse(readFileSync(file, 'utf8')) as readonly { readonly id: string; readonly finding: string }[];
    const said = new Map(findings.map(({ id, finding }) => [id, finding]));
    const versions = ['TLS1_3', 'TLS1_2', 'TLS1_1', 'TLS1', 'SSLv3', 'SSLv2'];
    const protocols = versions.filter((id) => said.get(id)?.startsWith('offered')).map((id) => id.replace(/^TLS/, 'TLSv').replace('_', '.'));
    const orders = findings.flatMap(({ id, finding }) => {
      const version = /^cipherorder_(\w+)$/.exec(id)?.[1];
      return version === undefined ? [] : [[protocolOf(version.replace('_', '.')), finding.trim().split(/\s+/)] as const];
    });
    return { protocols, ciphers: Object.fromEntries(orders) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('testssl.sh sees a restricted policy', { skip: without('testssl') }, async () => {
  const policy = sslPolicy('ELBSecurityPolicy-TLS13-1-2-Res-2021-06')!;
  assert.deepEqual(await testssl(hostOf(policy, 'rsa')), promised(policy, 'rsa'));
});
