/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-health-check-logs.html */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Installation } from './installation.ts';

test('every check of a target is logged, with what came of it', async () => {
  await using installation = await Installation.open();
  const balancer = await installation.balancer({ 'health_check_logs.s3.enabled': 'true', 'health_check_logs.s3.bucket': 'logs', 'health_check_logs.s3.prefix': 'checks' });
  const good = await installation.target();
  const bad = await installation.target((_request, response) => response.writeHead(503).end());
  const group = await installation.group([good.port, bad.port, 1]);
  await installation.door(balancer, { Type: 'forward', TargetGroupArn: group });
  const lines = await installation.logLines(3);
  const name = group.split('/')[1]!;
  const of = (port: number): string[] => lines.filter((line) => line.includes(`127.0.0.1:${port} `))[0]!.split(' ');
  assert.match(of(good.port).join(' '), new RegExp(`^http \\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z \\d+\\.\\d{9} 127\\.0\\.0\\.1:${good.port} ${name} PASS 200 -$`));
  assert.deepEqual(of(bad.port).slice(5), ['FAIL', '503', 'TargetError']);
  assert.deepEqual(of(1).slice(5), ['FAIL', '-', 'ConnectionReset']);
  const files = readdirSync(join(installation.folder, 'logs'), { recursive: true }) as string[];
  assert.ok(files.some((file) => /^logs\/checks\/AWSLogs\/000000000000\/elasticloadbalancing\/us-east-1\/\d{4}\/\d\d\/\d\d\/health_check_log_000000000000_elasticloadbalancing_us-east-1_app\.lb-1\.[0-9a-f]{16}_\d{8}T\d{4}Z_health_\w{8}\.log$/.test(file)), files.join());
});
