import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { ACMClient, ImportCertificateCommand } from '@aws-sdk/client-acm';
import { CreateListenerCommand, type Action, type CreateListenerCommandInput } from '@aws-sdk/client-elastic-load-balancing-v2';
import { freePort } from '../../../support/free-port.ts';
import { Balancer, clientSettings, fixed, forward } from '../../../support/load/balancer.ts';
import { selfSigned } from '../../../support/self-signed.ts';
import { startTurnpike } from '../../../support/turnpike.ts';
import { listening } from '../../http1/stage.ts';
import { RawHttp2 } from '../raw.ts';
import type { Place } from './judge.ts';

const BODY = 'hello, world';

/** The whole program, as its users have it, with a listener for each way that HTTP/2 is begun and each kind of answer: a target's, and its own. Each serves already. */
export async function wholeProgram(t: TestContext): Promise<readonly Place[]> {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-conformance-'));
  const turnpike = await startTurnpike({ dataFolder: folder, options: ['--workers', '2', '--h2c', 'yes'] });
  const target = createServer((_request, response) => void response.end(BODY));
  t.after(async () => {
    await turnpike.stop();
    target.closeAllConnections();
    target.close();
    rmSync(folder, { recursive: true });
  });
  const balancer = await Balancer.create(turnpike.endpoint, fixed('200', BODY));
  const group = await balancer.group('one', [await listening(target)]);
  const { certificate, privateKey } = await selfSigned('localhost');
  const imported = await new ACMClient(clientSettings(turnpike.endpoint)).send(new ImportCertificateCommand({ Certificate: Buffer.from(certificate), PrivateKey: Buffer.from(privateKey) }));
  const listener = async (action: Action, more: Partial<CreateListenerCommandInput>): Promise<number> => {
    const Port = await freePort();
    await balancer.elb.send(new CreateListenerCommand({ LoadBalancerArn: balancer.arn, Port, DefaultActions: [action], ...more }));
    return Port;
  };
  const secure: Partial<CreateListenerCommandInput> = { Protocol: 'HTTPS', Certificates: [{ CertificateArn: imported.CertificateArn! }] };
  const places: readonly Place[] = [
    { name: 'HTTPS, forward', port: await listener(forward(group), secure), cleartext: false, pauseMs: 0 },
    { name: 'HTTPS, fixed response', port: await listener(fixed('200', BODY), secure), cleartext: false, pauseMs: 0 },
    { name: 'cleartext, forward', port: await listener(forward(group), { Protocol: 'HTTP' }), cleartext: true, pauseMs: 0 },
    { name: 'cleartext, fixed response', port: balancer.port, cleartext: true, pauseMs: 0 },
  ];
  for (const place of places) (await RawHttp2.open(place.port, place)).close();
  return places;
}
