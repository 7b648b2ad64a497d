/** HTTPS targets: not verified, as ALB does not; verified where the installation asks for it. elasticloadbalancing/latest/application/create-target-group.html */
import assert from 'node:assert/strict';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { TargetTrust } from '../../../src/data-plane/upstreams/index.ts';
import { freePort } from '../../support/free-port.ts';
import { TestAuthority } from './authority.ts';
import { greet } from './client.ts';
import { FORWARD, TlsStage } from './stage.ts';

const authority = await TestAuthority.make();
const stranger = await TestAuthority.make();
const front = await authority.leaf('front', ['localhost']);

async function status(trust: TargetTrust | undefined, certificate: { readonly chain: string; readonly privateKey: string }, versions: object = {}): Promise<readonly [number, string | null]> {
  const target = createServer({ cert: certificate.chain, key: certificate.privateKey, ...versions }, (_request, response) => response.end('ok'));
  await new Promise<void>((resolve) => void target.listen(0, '127.0.0.1', resolve));
  const stage = await TlsStage.open(
    { sites: { one: { certificates: [front], action: FORWARD } }, targets: [(target.address() as AddressInfo).port], targetProtocol: 'https' },
    { port: await freePort(), ...(trust === undefined ? {} : { trust }) },
  );
  try {
    const { status: answered } = await greet(stage.port, {}, (client) => client.request());
    return [answered, stage.ended.at(-1)!.fault];
  } finally {
    await stage.close();
    target.close();
    target.closeAllConnections();
  }
}

test('a certificate that nobody vouches for, one that has expired, another name: all are taken', async () => {
  assert.deepEqual(await status(undefined, await stranger.leaf('target', ['elsewhere.example.com'])), [200, null]);
  assert.deepEqual(await status(undefined, await authority.leaf('target', ['x'], { expired: true })), [200, null]);
});

test('old versions of TLS too', async () => {
  const old = await authority.leaf('target', ['x']);
  for (const version of ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']) {
    assert.deepEqual(await status(undefined, old, { minVersion: version, maxVersion: version, ciphers: 'DEFAULT:@SECLEVEL=0' }), [200, null], version);
  }
});

test('where targets are verified, an authority that is trusted must have signed, and the time must be right', async () => {
  const trust: TargetTrust = { verify: true, authorities: [authority.pem] };
  assert.deepEqual(await status(trust, await authority.leaf('target', ['x'])), [200, null]);
  assert.deepEqual(await status(trust, await stranger.leaf('target', ['x'])), [502, 'connect-tls']);
  assert.deepEqual(await status(trust, await authority.leaf('target', ['x'], { expired: true })), [502, 'connect-tls']);
  assert.deepEqual(await status({ verify: true, authorities: null }, await authority.leaf('target', ['x'])), [502, 'connect-tls']);
});
