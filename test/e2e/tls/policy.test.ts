/** Versions, cipher suites and ALPN as the policy says, also where several listeners share an address: elasticloadbalancing/latest/application/describe-ssl-policies.html */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import type { ConnectionOptions } from 'node:tls';
import { freePort } from '../../support/free-port.ts';
import { TestAuthority } from './authority.ts';
import { greet, refusal } from './client.ts';
import { TlsStage } from './stage.ts';

const OLD = { minVersion: 'TLSv1', maxVersion: 'TLSv1.2', ciphers: ['ECDHE-ECDSA-AES128-SHA', 'ECDHE-ECDSA-AES256-GCM-SHA384', '@SECLEVEL=0'] } as const;
const NEW = { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3', ciphers: ['TLS_AES_256_GCM_SHA384'] } as const;
const MIDDLE = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2', ciphers: ['ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-ECDSA-AES128-GCM-SHA256'] } as const;

let stage: TlsStage;
before(async () => {
  const authority = await TestAuthority.make();
  stage = await TlsStage.open(
    {
      sites: {
        old: { certificates: [await authority.leaf('old', ['old.example.com'])], tls: OLD },
        new: { certificates: [await authority.leaf('new', ['new.example.com'])], tls: NEW, hosts: ['new.example.com'] },
        middle: { certificates: [await authority.leaf('middle', ['middle.example.com'])], tls: MIDDLE, hosts: ['middle.example.com', 'other.example.com'] },
      },
    },
    { port: await freePort() },
  );
});
after(() => stage.close());

const VERSIONS = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const;

for (const [site, allowed] of [['old', ['TLSv1', 'TLSv1.1', 'TLSv1.2']], ['new', ['TLSv1.3']], ['middle', ['TLSv1.2']]] as const) {
  test(`${site} serves ${allowed.join(', ')} and refuses the others`, async () => {
    for (const version of VERSIONS) {
      const options: ConnectionOptions = { servername: `${site}.example.com`, minVersion: version, maxVersion: version, ciphers: 'ALL:@SECLEVEL=0' };
      if ((allowed as readonly string[]).includes(version)) {
        assert.equal(await greet(stage.port, options, ({ socket }) => socket.getProtocol()), version);
      } else assert.match(await refusal(stage.port, options), /ERR_SSL_(TLSV1_ALERT_PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|SSL\/TLS_ALERT_PROTOCOL_VERSION|TLS_ALERT_PROTOCOL_VERSION)/, version);
    }
  });
}

test('the cipher suite is the first of the listener that the client has, whatever the client likes best', async () => {
  const ask = (servername: string, ciphers: string): Promise<string> => greet(stage.port, { servername, ciphers, maxVersion: 'TLSv1.2' }, ({ socket }) => socket.getCipher().name);
  assert.equal(await ask('middle.example.com', 'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384'), 'ECDHE-ECDSA-AES256-GCM-SHA384');
  assert.equal(await ask('middle.example.com', 'ECDHE-ECDSA-AES128-GCM-SHA256'), 'ECDHE-ECDSA-AES128-GCM-SHA256');
  assert.equal(await ask('old.example.com', 'ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0'), 'ECDHE-ECDSA-AES128-SHA');
  assert.match(await refusal(stage.port, { servername: 'middle.example.com', ciphers: 'ECDHE-ECDSA-AES128-SHA', maxVersion: 'TLSv1.2' }), /HANDSHAKE_FAILURE/);
  assert.match(await refusal(stage.port, { servername: 'new.example.com', ciphers: 'TLS_AES_128_GCM_SHA256', minVersion: 'TLSv1.3' }), /HANDSHAKE_FAILURE/);
});

test('ALPN: http/1.1 is chosen, h2 alone is refused with no_application_protocol, none is fine', async () => {
  const alpn = (ALPNProtocols: string[]): Promise<string | false | null> => greet(stage.port, { servername: 'old.example.com', ALPNProtocols }, ({ socket }) => socket.alpnProtocol);
  assert.equal(await alpn(['h2', 'http/1.1']), 'http/1.1');
  assert.equal(await alpn(['http/1.1']), 'http/1.1');
  assert.equal(await alpn([]), false);
  assert.match(await refusal(stage.port, { servername: 'old.example.com', ALPNProtocols: ['h2'] }), /NO_APPLICATION_PROTOCOL/);
});

test('whose name the client says serves all of the connection, whatever Host says', async () => {
  const body = (servername: string, host: string): Promise<string> => greet(stage.port, { servername }, async (client) => (await client.request(host)).body);
  assert.equal(await body('middle.example.com', 'middle.example.com'), 'middle');
  assert.equal(await body('middle.example.com', 'new.example.com'), 'middle');
  assert.equal(await body('other.example.com', 'other.example.com'), 'middle');
  assert.equal(await body('new.example.com', 'unknown.example.com'), 'new');
});

test('where the name is nobody\'s, or there is none, Host decides request by request', async () => {
  for (const servername of ['', 'localhost']) {
    await greet(stage.port, { servername }, async (client) => {
      assert.equal((await client.request('middle.example.com')).body, 'middle');
      assert.equal((await client.request('unknown.example.com')).body, 'old');
      assert.equal((await client.request('new.example.com')).body, 'new');
      assert.equal(client.certificate, 'old');
      assert.equal(client.socket.getProtocol(), 'TLSv1.2');
    });
  }
});

test('renegotiation is refused, and what there is goes on', async () => {
  await greet(stage.port, { servername: 'middle.example.com' }, async (client) => {
    const outcome = await new Promise<string>((resolve) => {
      client.socket.once('error', (error) => resolve(String((error as NodeJS.ErrnoException).code ?? error.message)));
      client.socket.renegotiate({}, (error) => resolve(error === null ? 'renegotiated' : String((error as NodeJS.ErrnoException).code ?? error.message)));
    });
    // OpenSSL as a client gives up when it is told no
    assert.match(outcome, /EPROTO|NO_RENEGOTIATION/);
  });
  await greet(stage.port, { servername: 'middle.example.com' }, async (client) => assert.equal((await client.request()).status, 200));
});

const openssl = spawnSync('openssl', ['version'], { encoding: 'utf8' }).status === 0;

test('openssl agrees', { skip: openssl ? false : 'there is no openssl program here' }, async () => {
  const run = (args: readonly string[]): Promise<string> =>
    new Promise((resolve) => {
      const child = execFile('openssl', ['s_client', '-connect', `127.0.0.1:${stage.port}`, ...args], { timeout: 60_000 }, (_error, stdout, stderr) => resolve(stdout + stderr));
      child.stdin!.on('error', () => {});
      child.stdin!.end('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    });
  assert.match(await run(['-servername', 'new.example.com', '-ign_eof']), /Cipher is TLS_AES_256_GCM_SHA384[\s\S]*\nnew/);
  assert.match(await run(['-servername', 'middle.example.com', '-tls1_3']), /alert protocol version/);
  assert.match(await run(['-noservername', '-tls1_2', '-ign_eof']), /subject=CN = old[\s\S]*TLSv1\.2/);
});
