/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html#automatic-target-weights */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { get, Installation } from './installation.ts';

test('a target that passes its checks and fails its requests is found, and gets fewer', async () => {
  await using installation = await Installation.open();
  const targets = await Promise.all([500, 200, 200].map((status) => installation.target((request, response) => void response.writeHead(request.headers['user-agent'] === 'ELB-HealthChecker/2.0' ? 200 : status).end())));
  const group = await installation.group(targets.map(({ port }) => port), { attributes: { 'load_balancing.algorithm.type': 'weighted_random' } });
  await installation.aws('elbv2', 'ModifyTargetGroupAttributes', { TargetGroupArn: group, Attributes: [{ Key: 'load_balancing.algorithm.anomaly_mitigation', Value: 'on' }] });
  const door = await installation.door(await installation.balancer(), { Type: 'forward', TargetGroupArn: group });
  const anomalies = async (): Promise<Readonly<Record<number, string>>> => {
    const { TargetHealthDescriptions } = await installation.aws<{ TargetHealthDescriptions: { Target: { Port: number }; AnomalyDetection?: { Result: string; MitigationInEffect: string } }[] }>(
      'elbv2', 'DescribeTargetHealth', { TargetGroupArn: group, Include: ['AnomalyDetection'] },
    );
    return Object.fromEntries(TargetHealthDescriptions.map(({ Target, AnomalyDetection }) => [Target.Port, `${AnomalyDetection?.Result} ${AnomalyDetection?.MitigationInEffect}`]));
  };
  assert.deepEqual(Object.values(await anomalies()), ['normal no', 'normal no', 'normal no']);
  const deadline = performance.now() + 30_000;
  while ((await anomalies())[targets[0]!.port] !== 'anomalous yes') {
    assert.ok(performance.now() < deadline, JSON.stringify(await anomalies()));
    await Promise.all(Array.from({ length: 20 }, () => get(door.port)));
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  const others = await anomalies();
  assert.deepEqual([others[targets[1]!.port], others[targets[2]!.port]], ['normal no', 'normal no']);
  let failed = 0;
  for (let i = 0; i < 200; i++) if ((await get(door.port)).status === 500) failed++;
  // a third without mitigation, a fifth or less with half the weight
  assert.ok(failed < 60, `${failed} of 200`);
});
