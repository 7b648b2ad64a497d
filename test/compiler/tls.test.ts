/** The TLS of a compiled listener, held against real handshakes: what a policy allows connects, and what it does not is refused. */
import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type SecureVersion } from 'node:tls';
import { after, before, test } from 'node:test';
import { compile, localInstallation } from '../../src/control-plane/compiler/index.ts';
import { SSL_POLICIES } from '../../src/control-plane/resources/elbv2/index.ts';
import type { Snapshot, Tls } from '../../src/snapshot/index.ts';
import { elbStage, NOT_FOUND, type Stage } from '../support/elb-stage.ts';

let stage: Stage;
let listener: string;
before(async () => {
  stage = await elbStage();
  const { CertificateArn } = await stage.acm<{ CertificateArn: string }>('RequestCertificate', { DomainName: 'shop.example.com', SubjectAlternativeNames: ['*.shop.example.com'] });
  const out = await stage.elb<{ Listeners: [{ ListenerArn: string }] }>('CreateListener', {
    LoadBalancerArn: await stage.balancer(), Protocol: 'HTTPS', Port: 443, Certificates: [{ CertificateArn }], DefaultActions: [NOT_FOUND],
  });
  listener = out.Listeners[0].ListenerArn;
});
after(() => stage.environment.store.close());

async function compiledWith(policy: string): Promise<{ readonly snapshot: Snapshot; readonly tls: Tls }> {
  await stage.elb('ModifyListener', { ListenerArn: listener, SslPolicy: policy });
  const { snapshot, diagnostics } = compile(stage.environment.store.world, localInstallation(stage.clock.now()));
  assert.deepEqual(diagnostics, []);
  return { snapshot, tls: snapshot.listeners[listener]!.tls! };
}

/** The version that a client gets who offers this one alone; null where it is refused. */
async function handshake(snapshot: Snapshot, tls: Tls, version: SecureVersion): Promise<string | null> {
  const { chain, privateKey } = snapshot.certificates[tls.certificates[0]!]!;
  const server = createServer({ cert: chain, key: privateKey, minVersion: tls.minVersion, maxVersion: tls.maxVersion, ciphers: tls.ciphers.join(':') });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  try {
    return await new Promise((resolve) => {
      const socket = connect({
        port: (server.address() as AddressInfo).port, host: '127.0.0.1', servername: 'shop.example.com', rejectUnauthorized: false, minVersion: version, maxVersion: version,
        ciphers: 'DEFAULT:@SECLEVEL=0',
      });
      socket.on('secureConnect', () => {
        resolve(socket.getProtocol());
        socket.destroy();
      });
      socket.on('error', () => resolve(null));
    });
  } finally {
    server.close();
  }
}

test('a certificate is compiled with its chain and the names it is valid for', async () => {
  const { snapshot, tls } = await compiledWith('ELBSecurityPolicy-2016-08');
  const certificate = snapshot.certificates[tls.certificates[0]!]!;
  assert.deepEqual(certificate.names, ['shop.example.com', '*.shop.example.com']);
  assert.match(certificate.chain, /^-----BEGIN CERTIFICATE-----/);
});

for (const { name, protocols } of SSL_POLICIES) {
  test(`${name} serves ${protocols.join(', ')} and nothing else`, async () => {
    const { snapshot, tls } = await compiledWith(name);
    assert.equal(tls.policy, name);
    const served: string[] = [];
    for (const version of ['TLSv1.3', 'TLSv1.2', 'TLSv1.1', 'TLSv1'] as const) {
      const got = await handshake(snapshot, tls, version);
      if (got !== null) served.push(got);
    }
    assert.deepEqual(served, protocols);
  });
}
