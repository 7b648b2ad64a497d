/** The cases of conformance.test.ts against the whole program, as its users have it: an HTTPS listener in front of a target, and one in cleartext that answers by itself. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ACMClient, ImportCertificateCommand } from '@aws-sdk/client-acm';
import { CreateListenerCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { Balancer, clientSettings, fixed, forward } from '../../../support/load/balancer.ts';
import { freePort } from '../../../support/load/port.ts';
import { selfSigned } from '../../../support/self-signed.ts';
import { startTurnpike } from '../../../support/turnpike.ts';
import { listening } from '../../http1/stage.ts';
import { RawHttp2 } from '../raw.ts';
import { CASES } from './cases.ts';
import { failures, type Place } from './judge.ts';

test('a listener of HTTP/2 conforms', { timeout: 300_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-conformance-'));
  const turnpike = await startTurnpike({ dataFolder: folder, options: ['--workers', '2', '--h2c', 'yes'] });
  const target = createServer((_request, response) => void response.end('hello, world'));
  t.after(async () => {
    await turnpike.stop();
    target.closeAllConnections();
    target.close();
    rmSync(folder, { recursive: true });
  });
  const balancer = await Balancer.create(turnpike.endpoint, fixed('200', 'hello, world'));
  const group = await balancer.group('one', [await listening(target)]);
  const { certificate, privateKey } = await selfSigned('localhost');
  const imported = await new ACMClient(clientSettings(turnpike.endpoint)).send(new ImportCertificateCommand({ Certificate: Buffer.from(certificate), PrivateKey: Buffer.from(privateKey) }));
  const secure = await freePort();
  await balancer.elb.send(new CreateListenerCommand({
    LoadBalancerArn: balancer.arn, Protocol: 'HTTPS', Port: secure, Certificates: [{ CertificateArn: imported.CertificateArn! }], DefaultActions: [forward(group)],
  }));
  const places: readonly Place[] = [
    { name: 'HTTPS, forward', port: secure, cleartext: false, pauseMs: 0 }, { name: 'cleartext, fixed response', port: balancer.port, cleartext: true, pauseMs: 0 },
  ];
  for (const place of places) (await RawHttp2.open(place.port, place)).close();
  const failed: string[] = [];
  for (const each of CASES) for (const place of places) for (const failure of await failures(each, place)) failed.push(`${each.section} ${each.what}: ${failure}`);
  t.diagnostic(`${CASES.length} cases in ${places.length} places`);
  assert.deepEqual(failed, []);
});
