/** Sessions go on by tickets (RFC 5077, RFC 8446 section 2.2) wherever the next connection lands. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConnectionOptions } from 'node:tls';
import { freePort } from '../../support/free-port.ts';
import { TestAuthority } from './authority.ts';
import { greet, TlsClient } from './client.ts';
import { TlsStage, type TlsScene } from './stage.ts';

const authority = await TestAuthority.make();
const first = await authority.leaf('one', ['one.example.com']);
const scene: TlsScene = {
  sites: {
    one: { certificates: [first, await authority.leaf('two', ['two.example.com'])] },
    strict: { certificates: [await authority.leaf('strict', ['strict.example.com'])], hosts: ['strict.example.com'], tls: { minVersion: 'TLSv1.3' } },
  },
};

/** A session, once it is there: with TLS 1.3 tickets come after the handshake. */
async function session(port: number, options: ConnectionOptions): Promise<Buffer> {
  const client = await TlsClient.open(port, options);
  await client.request();
  await client.until(() => client.tickets.length > 0);
  client.close();
  return client.tickets.at(-1)!;
}

const reused = (port: number, options: ConnectionOptions): Promise<boolean> =>
  greet(port, options, async (client) => {
    assert.equal((await client.request()).status, 200);
    return client.socket.isSessionReused();
  });

for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  test(`${version}: a ticket of one worker is good at another, and not at a stranger`, async () => {
    const ticketKeys = Buffer.alloc(48, 9);
    const workers = await Promise.all([
      TlsStage.open(scene, { port: await freePort(), ticketKeys }),
      TlsStage.open(scene, { port: await freePort(), ticketKeys }),
      TlsStage.open(scene, { port: await freePort(), ticketKeys: Buffer.alloc(48, 8) }),
    ]);
    try {
      const [here, there, stranger] = workers as [TlsStage, TlsStage, TlsStage];
      const options: ConnectionOptions = { servername: 'one.example.com', minVersion: version, maxVersion: version };
      const ticket = await session(here.port, options);
      assert.equal(await reused(here.port, { ...options, session: ticket }), true);
      assert.equal(await reused(there.port, { ...options, session: ticket }), true);
      assert.equal(await reused(stranger.port, { ...options, session: ticket }), false);
      assert.equal(await reused(here.port, options), false);
      assert.equal(here.ended.at(-1)!.certificate, 'one');
      // another certificate, or another listener's policy: a handshake of its own
      assert.equal(await reused(here.port, { ...options, servername: 'two.example.com', session: ticket }), false);
      if (version === 'TLSv1.3') assert.equal(await reused(here.port, { ...options, servername: 'strict.example.com', session: ticket }), false);
    } finally {
      await Promise.all(workers.map((worker) => worker.close()));
    }
  });
}

for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  test(`${version}: new ticket keys make old tickets worthless at every worker, and open connections go on`, async () => {
    const workers = await Promise.all([TlsStage.open(scene, { port: await freePort() }), TlsStage.open(scene, { port: await freePort() })]);
    try {
      const [here, there] = workers as [TlsStage, TlsStage];
      const options: ConnectionOptions = { servername: 'one.example.com', minVersion: version, maxVersion: version };
      const ticket = await session(here.port, options);
      const open = await TlsClient.open(here.port, options);
      for (const worker of workers) worker.rotateTicketKeys(Buffer.alloc(48, 3));
      assert.equal((await open.request()).status, 200);
      open.close();
      assert.equal(await reused(here.port, { ...options, session: ticket }), false);
      const fresh = await session(here.port, options);
      assert.equal(await reused(there.port, { ...options, session: fresh }), true);
      // a certificate that comes later is sealed with the new keys too
      await there.show({ sites: { one: { certificates: [await authority.leaf('three', ['three.example.com'])] } } });
      await here.show({ sites: { one: { certificates: [first] } } });
      assert.equal(await reused(here.port, { ...options, session: fresh }), true);
    } finally {
      await Promise.all(workers.map((worker) => worker.close()));
    }
  });
}

test('a session outlives a change of the configuration, and the renewal of its certificate', async () => {
  const stage = await TlsStage.open(scene, { port: await freePort() });
  try {
    const options: ConnectionOptions = { servername: 'one.example.com' };
    const ticket = await session(stage.port, options);
    const renewed = await authority.leaf('one', ['one.example.com']);
    await stage.show({ sites: { ...scene.sites, one: { ...scene.sites['one']!, certificates: [renewed] } } });
    assert.equal(await reused(stage.port, { ...options, session: ticket }), true);
  } finally {
    await stage.close();
  }
});
