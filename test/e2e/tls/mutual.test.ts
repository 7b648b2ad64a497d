/** Clients' certificates: elasticloadbalancing/latest/application/mutual-authentication.html */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { X509Certificate } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { connect, type ConnectionOptions } from 'node:tls';
import type { ClientVerification } from '../../../src/snapshot/index.ts';
import { ClientAuthority, ExtendedKeyUsage, Extension, KeyUsageFlags, type ClientOptions, type Shown } from '../../support/client-authority.ts';
import { freePort } from '../../support/free-port.ts';
import { perRequest, RawBackend } from '../http1/stage.ts';
import { TestAuthority } from './authority.ts';
import { greet, refusal } from './client.ts';
import { FORWARD, TlsStage, type TlsScene } from './stage.ts';

let root: ClientAuthority;
let stage: TlsStage;
let target: RawBackend;
let server: Awaited<ReturnType<TestAuthority['leaf']>>;
const heads: string[] = [];

before(async () => {
  root = await ClientAuthority.root();
  server = await (await TestAuthority.make()).leaf('server', ['localhost']);
  target = await RawBackend.open({
    answer: perRequest((head) => {
      heads.push(head);
      return 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
    }),
  });
  stage = await TlsStage.open(scene({ kind: 'passthrough' }), { port: await freePort() });
});
after(async () => {
  await stage.close();
  await target.close();
});

function scene(clients: NonNullable<TlsScene['sites'][string]['tls']>['clients']): TlsScene {
  return { sites: { one: { certificates: [server], tls: { clients: clients ?? null }, action: FORWARD } }, targets: [target.port] };
}

function verify(more: Partial<ClientVerification> = {}): ClientVerification {
  return { kind: 'verify', trustStore: 'arn:trust', refuses: 'connections', authorities: [root.pem], revocations: [], ignoreExpiry: false, advertiseNames: false, ...more };
}

/** What the target is told, by lower-case name. */
async function told(options: ConnectionOptions, headers = ''): Promise<Readonly<Record<string, string>>> {
  heads.length = 0;
  await greet(stage.port, options, async (client) => assert.equal((await client.request('localhost', '/', headers)).status, 200));
  return Object.fromEntries(heads[0]!.split('\r\n').filter((line) => /^x[-_]amzn[-_]mtls/i.test(line)).map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]));
}

/** The reason in the connection log for a client that shows this; '' for one that comes in. */
async function reason(shown: Partial<Shown>, version: 'TLSv1.2' | 'TLSv1.3' = 'TLSv1.3'): Promise<string> {
  const before = stage.failed.length;
  const socket = connect({ host: '127.0.0.1', port: stage.port, rejectUnauthorized: false, minVersion: version, maxVersion: version, ciphers: 'DEFAULT:@SECLEVEL=0', ...shown });
  socket.on('error', () => {});
  let heard = '';
  socket.on('data', (chunk: Buffer) => (heard += String(chunk)));
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  await new Promise((resolve) => socket.once('close', resolve));
  if (heard.startsWith('HTTP/1.1 200')) return '';
  assert.equal(heard, '');
  await eventually('it is on record', () => stage.failed.length > before);
  return stage.failed.at(-1)!.code;
}

const openssl = spawnSync('openssl', ['version']).status === 0;

/** What openssl's client hears. */
function asked(args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const child = execFile('openssl', ['s_client', '-connect', `127.0.0.1:${stage.port}`, ...args], { timeout: 60_000 }, (_error, stdout, stderr) => resolve(stdout + stderr));
    child.stdin!.on('error', () => {});
    child.stdin!.end('Q\n');
  });
}

const encoded = (pem: string): string => pem.replaceAll(' ', '%20').replaceAll('\n', '%0A');
const normal = (pem: string): string => new X509Certificate(pem).toString();

describe('passthrough', () => {
  test('all that the client shows goes to the target, its own certificate first; nothing is verified', async () => {
    await stage.show(scene({ kind: 'passthrough' }));
    const stranger = await ClientAuthority.root('CN=Stranger');
    const between = await stranger.below('CN=Between');
    const shown = await between.client({ until: -1 });
    const pems = shown.cert.split(/(?<=-----END CERTIFICATE-----\n)/).filter((pem) => pem.trim() !== '');
    assert.equal(pems.length, 2);
    assert.deepEqual(await told(shown), { 'x-amzn-mtls-clientcert': pems.map((pem) => encoded(normal(pem))).join('') });
    // "-----BEGIN%20CERTIFICATE-----%0AMIID<...reduced...>do0g==%0A-----END%20CERTIFICATE-----%0A"
    assert.match(heads[0]!, /\r\nX-Amzn-Mtls-Clientcert: -----BEGIN%20CERTIFICATE-----%0AMII[A-Za-z0-9+/=%]+%0A-----END%20CERTIFICATE-----%0A-----BEGIN/);
  });

  test('a client without a certificate comes in, and cannot say that it has one', async () => {
    assert.deepEqual(await told({}), {});
    assert.deepEqual(await told({}, 'X-Amzn-Mtls-Clientcert: forged\r\nx-amzn-mtls-clientcert-leaf: forged\r\nX-AMZN-MTLS-CLIENTCERT-SUBJECT: CN=admin\r\nX-Amzn-Mtls-Clientcert-Else: x\r\nX_Amzn_Mtls_Clientcert_Leaf: x\r\nx-amzn-mtls_clientcert: x\r\n'), {});
  });

  test('a session is not resumed', async () => {
    const shown = await root.client();
    let session: Buffer | undefined;
    await greet(stage.port, { ...shown, maxVersion: 'TLSv1.2' }, async (client) => {
      await client.request();
      session = client.socket.getSession();
    });
    await greet(stage.port, { ...shown, maxVersion: 'TLSv1.2', session }, async (client) => {
      assert.equal(client.socket.isSessionReused(), false);
      await client.request();
    });
    const tickets: Buffer[] = [];
    await greet(stage.port, { ...shown, minVersion: 'TLSv1.3' }, async (client) => {
      await client.request();
      await new Promise((resolve) => setTimeout(resolve, 30));
      tickets.push(...client.tickets);
    });
    for (const ticket of tickets) await greet(stage.port, { ...shown, minVersion: 'TLSv1.3', session: ticket }, (client) => assert.equal(client.socket.isSessionReused(), false));
  });
});

test('an HTTPS listener that asks for no certificate lets nobody say that it did', async () => {
  await stage.show(scene(null));
  assert.deepEqual(await told(await root.client(), 'X-Amzn-Mtls-Clientcert: forged\r\nX-Amzn-Mtls-Clientcert-Subject: CN=admin\r\n'), {});
});

test('on a shared address nobody reaches a site that verifies its clients by the handshake of one that does not', async () => {
  const says = (body: string): TlsScene['sites'][string]['action'] => ({ kind: 'fixed-response', status: 200, contentType: null, body });
  await stage.show({
    sites: {
      open: { certificates: [server], action: says('open')! },
      strict: { certificates: [server], tls: { clients: verify() }, hosts: ['strict.example.com'], action: says('strict')! },
    },
  });
  const body = (options: ConnectionOptions, host: string): Promise<string> => greet(stage.port, options, async (client) => (await client.request(host)).body);
  for (const servername of ['', 'unclaimed.example.com']) assert.equal(await body({ servername }, 'strict.example.com'), 'open', servername);
  const shown = await root.client();
  assert.equal(await body({ servername: 'strict.example.com', ...shown }, 'strict.example.com'), 'strict');
  assert.equal(await body({ servername: 'strict.example.com', ...shown }, 'open.example.com'), 'strict');
  assert.match(await refusal(stage.port, { servername: 'strict.example.com', maxVersion: 'TLSv1.2' }), /HANDSHAKE_FAILURE/);
  // and the other way round
  await stage.show({
    sites: {
      strict: { certificates: [server], tls: { clients: verify() }, action: says('strict')! },
      open: { certificates: [server], hosts: ['open.example.com'], action: says('open')! },
    },
  });
  assert.equal(await body({ servername: 'open.example.com' }, 'strict.example.com'), 'open');
  assert.match(await refusal(stage.port, { servername: 'strict.example.com', maxVersion: 'TLSv1.2' }), /HANDSHAKE_FAILURE/);
  // a connection whose site is gone does not fall to one that would have asked for a certificate
  await greet(stage.port, { servername: 'open.example.com' }, async (client) => {
    assert.equal((await client.request('open.example.com')).body, 'open');
    await stage.show({ sites: { strict: { certificates: [server], tls: { clients: verify() }, action: says('strict')! } } });
    assert.equal((await client.request('open.example.com')).status, 503);
  });
});

describe('verify', () => {
  test('the target is told what was verified, in AWS\'s form', async () => {
    await stage.show(scene(verify()));
    const shown = await root.client({ subject: 'C=US,ST=Washington,O=mTLS,OU=client-3,CN=client_.com', serialNumber: '03a5b1' });
    const certificate = new X509Certificate(shown.cert);
    const iso = (date: Date): string => date.toISOString().replace(/\.\d+Z/, 'Z');
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      assert.deepEqual(await told({ ...shown, minVersion: version, maxVersion: version }, 'X-Amzn-Mtls-Clientcert-Subject: CN=admin\r\nX-Amzn-Mtls-Clientcert: forged\r\n'), {
        'x-amzn-mtls-clientcert-serial-number': '03A5B1',
        'x-amzn-mtls-clientcert-issuer': 'C=US,O=Example,CN=Root',
        'x-amzn-mtls-clientcert-subject': 'CN=client_.com,OU=client-3,O=mTLS,ST=Washington,C=US',
        'x-amzn-mtls-clientcert-validity': `NotBefore=${iso(certificate.validFromDate)};NotAfter=${iso(certificate.validToDate)}`,
        'x-amzn-mtls-clientcert-leaf': encoded(normal(shown.cert)),
      });
    }
    // each request of the connection is told
    await greet(stage.port, shown, async (client) => {
      heads.length = 0;
      await client.request();
      await client.request();
      assert.ok(heads.length === 2 && heads.every((head) => head.includes('X-Amzn-Mtls-Clientcert-Serial-Number: 03A5B1\r\n')));
    });
  });

  test('over HTTP/2 the target is told the same, and nothing that the client says of it', async () => {
    const scene2 = scene(verify());
    await stage.show({ ...scene2, sites: { one: { ...scene2.sites['one']!, tls: { clients: verify(), alpn: ['h2', 'http/1.1'] } } } });
    const shown = await root.client({ serialNumber: '03a5b1' });
    const session = connectHttp2(`https://127.0.0.1:${stage.port}`, { ...shown, rejectUnauthorized: false, ALPNProtocols: ['h2'] });
    session.on('error', () => {});
    heads.length = 0;
    const request = session.request({ ':path': '/', 'x-amzn-mtls-clientcert-subject': 'CN=admin', 'x-amzn-mtls-clientcert': 'forged', x_amzn_mtls_clientcert_leaf: 'forged' });
    request.end();
    const [answer] = (await once(request, 'response')) as [{ readonly ':status': number }];
    request.resume();
    await once(request, 'close');
    session.close();
    assert.equal(answer[':status'], 200);
    const lines = heads[0]!.split('\r\n').filter((line) => /^x[-_]amzn[-_]mtls/i.test(line)).map((line) => line.toLowerCase());
    assert.equal(lines.length, 5, lines.join('\n'));
    assert.ok(lines.includes('x-amzn-mtls-clientcert-serial-number: 03a5b1') && !lines.some((line) => line.includes('admin') || line.includes('forged')));
  });

  test('a client that shows nothing is refused in the handshake', async () => {
    await stage.show(scene(verify()));
    assert.match(await refusal(stage.port, { maxVersion: 'TLSv1.2' }), /HANDSHAKE_FAILURE/);
    assert.equal(await reason({}, 'TLSv1.2'), 'UnmappedConnectionError');
    assert.equal(await reason({}), 'UnmappedConnectionError');
  });

  const cases: readonly { readonly name: string; readonly expected: string; readonly client?: ClientOptions; readonly store?: () => Promise<Partial<ClientVerification>>; readonly shown?: () => Promise<Shown> }[] = [
    { name: 'a client of the root', expected: '' },
    { name: 'a client with an RSA key', expected: '', client: { bits: 2048 } },
    { name: 'a client without extensions', expected: '', client: { purposes: [], usages: 0 } },
    { name: 'a client for any purpose', expected: '', client: { purposes: ['2.5.29.37.0'] } },
    { name: 'one that is also a server', expected: '', client: { purposes: [ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth] } },
    { name: 'a server only', expected: 'ClientCertPurposeInvalid', client: { purposes: [ExtendedKeyUsage.serverAuth] } },
    { name: 'a key that may not sign', expected: 'ClientCertPurposeInvalid', client: { usages: KeyUsageFlags.keyEncipherment } },
    { name: 'an expired one', expected: 'ClientCertExpired', client: { until: -1 } },
    { name: 'an expired one, ignored', expected: '', client: { until: -1 }, store: async () => ({ ignoreExpiry: true }) },
    { name: 'one that is not valid yet', expected: 'ClientCertNotYetValid', client: { from: 1 } },
    { name: 'one that is not valid yet, expiry ignored', expected: 'ClientCertNotYetValid', client: { from: 1 }, store: async () => ({ ignoreExpiry: true }) },
    { name: 'a stranger\'s', expected: 'ClientCertUntrusted', shown: async () => (await ClientAuthority.root('CN=Stranger')).client() },
    { name: 'a stranger\'s of the same name', expected: 'ClientCertUntrusted', shown: async () => (await ClientAuthority.root()).client() },
    { name: 'a stranger\'s, expired and ignored', expected: 'ClientCertUntrusted', store: async () => ({ ignoreExpiry: true }), shown: async () => (await ClientAuthority.root()).client({ until: -1 }) },
    { name: 'an empty trust store', expected: 'ClientCertUntrusted', store: async () => ({ authorities: [] }) },
    { name: 'one that has signed itself', expected: 'ClientCertUntrusted', shown: async () => selfSigned() },
    { name: 'a short key', expected: 'ClientCertTypeUnsupported', client: { bits: 1024 } },
    { name: 'a critical extension that nobody knows', expected: 'ClientCertInvalid', client: { extensions: [new Extension('1.2.3.4', true, new Uint8Array([5, 0]))] } },
    { name: 'an extension that nobody knows', expected: '', client: { extensions: [new Extension('1.2.3.4', false, new Uint8Array([5, 0]))] } },
    { name: 'a chain of three', expected: '', shown: async () => (await (await root.below('CN=A')).below('CN=B')).client() },
    { name: 'a chain whose middle lies in the store', expected: '', store: async () => ({ authorities: [root.pem, middle.pem] }), shown: async () => leafOnly(await middle.client()) },
    { name: 'a chain whose middle alone lies in the store', expected: '', store: async () => ({ authorities: [middle.pem] }), shown: async () => leafOnly(await middle.client()) },
    { name: 'a chain whose middle is missing', expected: 'ClientCertUntrusted', shown: async () => leafOnly(await middle.client()) },
    { name: 'a chain that is too deep', expected: 'ClientCertMaxChainDepthExceeded', shown: async () => (await (await (await (await root.below('CN=A')).below('CN=B')).below('CN=C')).below('CN=D')).client() },
    { name: 'a client that plays authority', expected: 'ClientCertUntrusted', shown: async () => (await (await root.below('CN=A', { pathLength: 0 })).below('CN=B')).client() },
    { name: 'an authority that may not sign certificates', expected: 'ClientCertUntrusted', shown: async () => (await root.below('CN=A', { usages: KeyUsageFlags.digitalSignature })).client() },
    { name: 'an authority for some names only', expected: 'ClientCertInvalid', shown: async () => (await root.below('CN=A', { extensions: [new Extension('2.5.29.30', true, new Uint8Array([0x30, 0]))] })).client() },
    { name: 'a root that has expired', expected: 'ClientCertExpired', store: async () => ({ authorities: [old.pem], ignoreExpiry: true }), shown: async () => old.client() },
    { name: 'one that was revoked', expected: 'ClientCertCrlHit', client: { serialNumber: '77' }, store: async () => ({ revocations: [await root.revoking(['76', '77'])] }) },
    { name: 'one that was not revoked', expected: '', client: { serialNumber: '75' }, store: async () => ({ revocations: [await root.revoking(['76', '77'])] }) },
    { name: 'a list of another authority', expected: '', client: { serialNumber: '77' }, store: async () => ({ revocations: [await (await ClientAuthority.root('CN=Else')).revoking(['77'])] }) },
    { name: 'a list that the authority has not signed', expected: 'ClientCertCrlProcessingError', store: async () => ({ revocations: [await root.revoking([], { by: await ClientAuthority.root('CN=Else') })] }) },
    { name: 'an authority that was revoked', expected: 'ClientCertCrlHit', store: async () => ({ revocations: [await root.revoking([middle.certificate.serialNumber])] }), shown: async () => middle.client() },
    { name: 'a client revoked by the authority between', expected: 'ClientCertCrlHit', store: async () => ({ revocations: [await middle.revoking(['99'])] }), shown: async () => middle.client({ serialNumber: '99' }) },
    { name: 'one with more than 64 KB', expected: 'ClientCertMaxSizeExceeded', client: { extensions: [new Extension('1.2.3.4', false, new Uint8Array(66_000))] } },
  ];
  let middle: ClientAuthority;
  let old: ClientAuthority;
  before(async () => {
    middle = await root.below('CN=Middle');
    old = await ClientAuthority.root('CN=Old', { until: -2 });
  });

  for (const { name, expected, client, store, shown } of cases) {
    test(`${name}: ${expected === '' ? 'comes in' : expected}`, async () => {
      await stage.show(scene(verify(await store?.())));
      assert.equal(await reason((await shown?.()) ?? (await root.client(client))), expected);
    });
  }

  test('TLS 1.2 says the same', async () => {
    await stage.show(scene(verify()));
    assert.equal(await reason(await root.client(), 'TLSv1.2'), '');
    assert.equal(await reason(await root.client({ until: -1 }), 'TLSv1.2'), 'ClientCertExpired');
    assert.equal(await reason(await (await ClientAuthority.root()).client(), 'TLSv1.2'), 'ClientCertUntrusted');
  });

  test('the connection log has the facts of a refused certificate', async () => {
    await stage.show(scene(verify()));
    await reason(await root.client({ until: -1, serialNumber: 'fef257372d5c14d4', subject: 'CN=amazondomains.com,O=endEntity' }), 'TLSv1.2');
    const { id, version, cipher, certificate, remotePort, advertisedPort, keyExchange } = stage.failed.at(-1)!;
    assert.deepEqual([version, cipher, keyExchange, advertisedPort], ['TLSv1.2', 'ECDHE-ECDSA-AES128-GCM-SHA256', 'x25519', '443']);
    assert.ok(id > 0 && remotePort > 0);
    assert.deepEqual([certificate!.serialNumber, certificate!.subject, certificate!.verifiedBy], ['FEF257372D5C14D4', 'O=endEntity,CN=amazondomains.com', null]);
  });

  test('the names of the authorities are told when that is asked for', async () => {
    const another = await ClientAuthority.root('CN=Another');
    for (const advertiseNames of [true, false]) {
      await stage.show(scene(verify({ advertiseNames, authorities: [root.pem, another.pem] })));
      const shown = await root.client();
      await greet(stage.port, shown, async (client) => assert.equal((await client.request()).status, 200));
      if (openssl) assert.equal(/Acceptable client certificate CA names[\s\S]*CN = Another/.test(await asked(['-tls1_2'])), advertiseNames);
    }
  });

  test('a change of the trust store is for new connections; those that are open go on', async () => {
    await stage.show(scene(verify()));
    const shown = await root.client();
    await greet(stage.port, shown, async (client) => {
      await client.request();
      await stage.show(scene(verify({ authorities: [] })));
      assert.equal((await client.request()).status, 200);
      assert.equal(await reason(shown), 'ClientCertUntrusted');
    });
  });
});

function leafOnly(shown: Shown): Shown {
  return { ...shown, cert: `${shown.cert.split('-----END CERTIFICATE-----')[0]!}-----END CERTIFICATE-----\n` };
}

/** Signed by its own key, under the root's name. */
async function selfSigned(): Promise<Shown> {
  const other = await ClientAuthority.root();
  return leafOnly(await other.client({ subject: 'CN=Root,O=Example,C=US' }));
}
