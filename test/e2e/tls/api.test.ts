/** TLS from the APIs to the socket: ACM's certificates, a listener's list of them, policies, and what is told of all that. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { after, before, test } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { Installation, says, type Balancer, type Door, type Target } from '../../conformance/elbv2/installation.ts';
import { TestAuthority } from './authority.ts';
import { greet, refusal, TlsClient } from './client.ts';

let installation: Installation;
let authority: TestAuthority;
let balancer: Balancer;
let door: Door;
let target: Target;
let issued: string;
let imported: string;
let root: string;

async function importLeaf(names: readonly string[], more: { readonly key?: 'rsa' | 'ecdsa'; readonly arn?: string } = {}): Promise<string> {
  const leaf = await authority.leaf(names[0]!, names, { key: more.key ?? 'rsa' });
  const { CertificateArn } = await installation.aws<{ CertificateArn: string }>('acm', 'ImportCertificate', {
    Certificate: Buffer.from(leaf.chain), PrivateKey: Buffer.from(leaf.privateKey), CertificateChain: Buffer.from(authority.pem), ...(more.arn ? { CertificateArn: more.arn } : {}),
  });
  return CertificateArn;
}

before(async () => {
  // two workers, so that tickets and changes have to reach both
  installation = await Installation.open({ workers: '2' });
  authority = await TestAuthority.make();
  target = await installation.target();
  balancer = await installation.balancer({ 'access_logs.s3.enabled': 'true', 'access_logs.s3.bucket': 'logs', 'routing.http.x_amzn_tls_version_and_cipher_suite.enabled': 'true' });
  const made = await installation.aws<{ CertificateArn: string }>('acm', 'RequestCertificate', { DomainName: 'shop.example.com', SubjectAlternativeNames: ['*.shop.example.com'], ValidationMethod: 'DNS' });
  issued = made.CertificateArn;
  imported = await importLeaf(['www.example.org', '*.example.org']);
  door = await installation.door(balancer, { Type: 'forward', TargetGroupArn: await installation.group([target.port]) }, {
    Protocol: 'HTTPS', Certificates: [{ CertificateArn: issued }], SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
  });
  await installation.aws('elbv2', 'AddListenerCertificates', { ListenerArn: door.arn, Certificates: [{ CertificateArn: imported }] });
  root = await (await fetch(`${installation.system.endpointUrl}/_admin/ca.pem`)).text();
});
after(() => installation[Symbol.asyncDispose]());

const serial = ({ socket }: TlsClient): string => new X509Certificate(socket.getPeerCertificate().raw).serialNumber;

test('what ACM issues is trusted by its root, what is imported by its own, each by its name', async () => {
  for (const [servername, ca] of [['shop.example.com', root], ['a.shop.example.com', root], ['www.example.org', authority.pem], ['b.example.org', authority.pem]] as const) {
    assert.equal(await greet(door.port, { servername, ca }, async (client) => (await client.request(servername)).status), 200, servername);
  }
  assert.equal(await refusal(door.port, { servername: 'www.example.org', ca: root }), 'SELF_SIGNED_CERT_IN_CHAIN');
});

test('targets and log are told of the handshake', async () => {
  const path = '/told';
  const cipher = await greet(door.port, { servername: 'B.Example.org', ALPNProtocols: ['h3', 'http/1.1'] }, async (client) => {
    assert.equal((await client.request('b.example.org', path)).status, 200);
    return client.socket.getCipher().name;
  });
  const { headers } = target.seen.find(({ url }) => url === path)!;
  assert.deepEqual([headers['x-amzn-tls-version'], headers['x-amzn-tls-cipher-suite'], headers['x-forwarded-proto'], headers['x-forwarded-port']], ['TLSv1.3', cipher, 'https', String(door.port)]);
  let line: string | undefined;
  await eventually('its line is written', async () => (line = (await installation.logLines(1)).find((each) => each.includes(path))) !== undefined);
  assert.ok(line !== undefined);
  assert.match(line, /^https /);
  assert.ok(line.includes(` "GET https://b.example.org:${door.port}${path} HTTP/1.1" "-" ${cipher} TLSv1.3 arn:`), line);
  assert.ok(line.includes(` "b.example.org" "${imported}" 0 `), line);
});

test('imported again under its ARN, it is served at once, and open connections go on', async () => {
  const open = await TlsClient.open(door.port, { servername: 'www.example.org', ca: authority.pem });
  const before = serial(open);
  assert.equal((await open.request()).status, 200);
  assert.equal(await importLeaf(['www.example.org', '*.example.org'], { arn: imported, key: 'rsa' }), imported);
  for (let i = 0; i < 6; i++) assert.notEqual(await greet(door.port, { servername: 'www.example.org', ca: authority.pem }, serial), before);
  assert.equal((await open.request()).status, 200);
  open.close();
});

test('a name with certificates for RSA and ECDSA: who knows ECDSA gets that', async () => {
  const both = await importLeaf(['www.example.org'], { key: 'ecdsa' });
  await installation.aws('elbv2', 'AddListenerCertificates', { ListenerArn: door.arn, Certificates: [{ CertificateArn: both }] });
  const cipher = (ciphers: string): Promise<string> => greet(door.port, { servername: 'www.example.org', ca: authority.pem, maxVersion: 'TLSv1.2', ciphers }, ({ socket }) => socket.getCipher().name);
  assert.equal(await cipher('ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256'), 'ECDHE-ECDSA-AES128-GCM-SHA256');
  assert.equal(await cipher('ECDHE-RSA-AES128-GCM-SHA256'), 'ECDHE-RSA-AES128-GCM-SHA256');
  await installation.aws('elbv2', 'RemoveListenerCertificates', { ListenerArn: door.arn, Certificates: [{ CertificateArn: both }] });
  assert.match(await refusal(door.port, { servername: 'www.example.org', maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' }), /HANDSHAKE_FAILURE/);
});

test('ModifyListener changes the default certificate and the policy', async () => {
  const other = await importLeaf(['other.example.net']);
  await installation.aws('elbv2', 'ModifyListener', { ListenerArn: door.arn, Certificates: [{ CertificateArn: other }], SslPolicy: 'ELBSecurityPolicy-TLS13-1-3-2021-06' });
  assert.equal(await greet(door.port, { servername: 'unknown.example' }, (client) => client.certificate), 'other.example.net');
  assert.match(await refusal(door.port, { servername: 'unknown.example', maxVersion: 'TLSv1.2' }), /PROTOCOL_VERSION/);
  assert.equal(await greet(door.port, { servername: 'www.example.org', ca: authority.pem }, ({ socket }) => socket.getProtocol()), 'TLSv1.3');
  await installation.aws('elbv2', 'ModifyListener', { ListenerArn: door.arn, SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06' });
});

test('two balancers on one address and port: each with its certificate, its policy and its rules', async () => {
  const second = await installation.balancer();
  const certificate = await importLeaf([second.dnsName, 'second.example']);
  const made = await installation.aws<{ Listeners: [{ ListenerArn: string }] }>('elbv2', 'CreateListener', {
    LoadBalancerArn: second.arn, Protocol: 'HTTPS', Port: door.port, Certificates: [{ CertificateArn: certificate }], SslPolicy: 'ELBSecurityPolicy-TLS-1-2-2017-01', DefaultActions: [says('second')],
  });
  for (const servername of [second.dnsName, 'second.example']) {
    await greet(door.port, { servername, ca: authority.pem }, async (client) => {
      assert.equal(client.socket.getProtocol(), 'TLSv1.2', 'its policy has no 1.3, though the address does');
      assert.equal((await client.request(servername)).body, 'second');
      assert.equal((await client.request('www.example.org')).body, 'second');
    });
  }
  await greet(door.port, { servername: 'www.example.org', ca: authority.pem }, async (client) => {
    assert.equal(client.socket.getProtocol(), 'TLSv1.3');
    assert.equal((await client.request('www.example.org')).body, 'target');
  });
  await installation.aws('elbv2', 'DeleteListener', { ListenerArn: made.Listeners[0].ListenerArn });
  assert.equal(await greet(door.port, { servername: 'second.example' }, async (client) => (await client.request('second.example')).body), 'target');
});

test('sessions go on at either worker', async () => {
  const options = { servername: 'www.example.org', ca: authority.pem };
  const first = await TlsClient.open(door.port, options);
  await first.request();
  await first.until(() => first.tickets.length > 0);
  const session = first.tickets.at(-1)!;
  first.close();
  // the kernel spreads connections: sixteen at one worker alone would be one chance in 32,768
  for (let i = 0; i < 16; i++) assert.equal(await greet(door.port, { ...options, session }, async (client) => [(await client.request()).status, client.socket.isSessionReused()].join()), '200,true');
});

test('failed handshakes are counted', async () => {
  const count = async (): Promise<number> => {
    const text = await (await fetch(`${installation.system.endpointUrl}/_admin/metrics`)).text();
    const lines = text.split('\n').filter((line) => /tls/.test(line) && !line.startsWith('#') && line.includes(`"${balancer.label}"`));
    assert.equal(lines.length, 1, lines.join('\n'));
    return Number(lines[0]!.split(' ').at(-1));
  };
  const before = await count();
  assert.match(await refusal(door.port, { ALPNProtocols: ['h3'] }), /NO_APPLICATION_PROTOCOL/);
  await eventually('it is counted', async () => (await count()) > before);
  assert.equal(await count(), before + 1);
});
