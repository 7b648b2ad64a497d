/** Certificates and policies are replaced under load: nobody notices but by the certificate. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { freePort } from '../../support/free-port.ts';
import { TestAuthority } from './authority.ts';
import { greet, TlsClient } from './client.ts';
import { TlsStage, type TlsScene } from './stage.ts';

const authority = await TestAuthority.make();

test('replaced 40 times under load, no request and no connection fails, and each is served with what was set', async () => {
  const leaves = await Promise.all([0, 1, 2, 3].map(() => authority.leaf('arn', ['www.example.com'])));
  const other = await authority.leaf('other', ['www.example.com', 'x.example.com']);
  const scene = (turn: number): TlsScene => ({
    sites: { shop: { certificates: turn % 5 === 4 ? [other] : [leaves[turn % 4]!], tls: turn % 3 === 0 ? { minVersion: 'TLSv1.3' } : {} } },
  });
  const stage = await TlsStage.open(scene(0), { port: await freePort() });
  try {
    const stop = new AbortController();
    let requests = 0;
    let handshakes = 0;
    const kept = async (): Promise<void> => {
      const client = await TlsClient.open(stage.port, { servername: 'www.example.com', ca: authority.pem });
      while (!stop.signal.aborted) {
        assert.equal((await client.request()).body, 'shop');
        requests++;
      }
      assert.equal(client.closed, false);
      client.close();
    };
    const fresh = async (): Promise<void> => {
      while (!stop.signal.aborted) {
        await greet(stage.port, { servername: 'www.example.com', ca: authority.pem }, async (client) => assert.equal((await client.request()).status, 200));
        handshakes++;
      }
    };
    const load = Promise.all([kept(), kept(), kept(), kept(), fresh(), fresh()]);
    for (let turn = 1; turn <= 40; turn++) {
      await stage.show(scene(turn));
      const shown = await greet(stage.port, { servername: 'www.example.com' }, async (client) => {
        // hanging up before the server has seen the end of the handshake would count as one that failed
        await client.request();
        return new X509Certificate(client.socket.getPeerCertificate().raw).serialNumber;
      });
      const wanted = turn % 5 === 4 ? other : leaves[turn % 4]!;
      assert.equal(shown, new X509Certificate(wanted.chain).serialNumber, `after change ${turn}`);
    }
    stop.abort();
    await load;
    assert.ok(requests > 40 && handshakes > 10, `${requests} requests, ${handshakes} handshakes`);
    assert.deepEqual(stage.refused, []);
    assert.deepEqual(stage.ended.filter(({ status, fault }) => status !== 200 || fault !== null), []);
  } finally {
    await stage.close();
  }
});

test('a certificate that OpenSSL refuses leaves what served before, and is told', async () => {
  const good = await authority.leaf('arn', ['www.example.com']);
  const stage = await TlsStage.open({ sites: { shop: { certificates: [good] } } }, { port: await freePort() });
  try {
    const stranger = await authority.leaf('arn', ['www.example.com']);
    await assert.rejects(stage.show({ sites: { shop: { certificates: [{ ...good, privateKey: stranger.privateKey }] } } }), /OpenSSL refuses a certificate/);
    assert.equal(await greet(stage.port, { servername: 'www.example.com', ca: authority.pem }, async (client) => (await client.request()).status), 200);
  } finally {
    await stage.close();
  }
});
