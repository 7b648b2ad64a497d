/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-connection-logs.html */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect } from 'node:tls';
import { selfSigned } from '../../support/self-signed.ts';
import { httpsGet } from './https-client.ts';
import { get, Installation, says } from './installation.ts';

test('every connection is logged, and named as the access log names it', async () => {
  await using installation = await Installation.open();
  const balancer = await installation.balancer({
    'access_logs.s3.enabled': 'true', 'access_logs.s3.bucket': 'logs', 'connection_logs.s3.enabled': 'true', 'connection_logs.s3.bucket': 'logs', 'connection_logs.s3.prefix': 'connections',
  });
  const { certificate, privateKey } = await selfSigned('localhost', '127.0.0.1');
  const { CertificateArn } = await installation.aws<{ CertificateArn: string }>('acm', 'ImportCertificate', { Certificate: Buffer.from(certificate), PrivateKey: Buffer.from(privateKey) });
  const plain = await installation.door(balancer, says('plain'));
  const secure = await installation.door(balancer, says('secure'), { Protocol: 'HTTPS', Certificates: [{ CertificateArn }], SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06' });
  await get(plain.port);
  await httpsGet(`https://127.0.0.1:${secure.port}/`);
  // a client that cannot agree on a version
  await assert.rejects(new Promise((resolve, reject) => void connect({ port: secure.port, host: '127.0.0.1', rejectUnauthorized: false, maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' }, resolve as () => void).on('error', reject)));
  const lines = await installation.logLines(5);
  const failed = lines.find((line) => line.includes(' Failed:'));
  assert.match(failed ?? '', new RegExp(`^\\S+ 127\\.0\\.0\\.1 \\d+ ${secure.port} \\S+ \\S+ - "-" - - Failed:UnmappedConnectionError TID_[0-9a-f]{32} \\S+$`));
  const of = (port: number): RegExpExecArray => lines.map((line) => /^(\d{4}-\S+Z) 127\.0\.0\.1 (\d+) (\d+) (\S+) (\S+) (\S+) ("[^"]*") (\S+) (\S+) (\S+) (TID_[0-9a-f]{32}) (\S+)$/.exec(line)).find((match) => match?.[3] === String(port) && !match[10]!.startsWith('Failed'))!;
  assert.deepEqual(of(plain.port).slice(4, 11), ['-', '-', '-', '"-"', '-', '-', '-']);
  const [, , , , version, cipher, latency, ...rest] = of(secure.port);
  assert.deepEqual([version, cipher], ['TLSv1.3', 'TLS_AES_128_GCM_SHA256']);
  assert.match(latency!, /^(?:\d+\.\d{3}|-)$/);
  assert.deepEqual(rest.slice(0, 4), ['"-"', '-', '-', 'Success']);
  for (const port of [plain.port, secure.port]) {
    const trace = of(port)[11]!;
    assert.equal(lines.filter((line) => line.includes(trace)).length, 2, 'a connection and its request');
  }
  const files = readdirSync(join(installation.folder, 'logs'), { recursive: true }) as string[];
  assert.ok(files.some((file) => /^logs\/connections\/AWSLogs\/000000000000\/elasticloadbalancing\/us-east-1\/\d{4}\/\d\d\/\d\d\/conn_log\.000000000000_elasticloadbalancing_us-east-1_app\.lb-1\.[0-9a-f]{16}_\d{8}T\d{4}Z_worker-0_\w{8}\.log$/.test(file)), files.join());
});
