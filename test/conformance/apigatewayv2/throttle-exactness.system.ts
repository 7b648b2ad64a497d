/**
 * Under thirty seconds of more requests than the throttle lets through, two workers admit what the bucket holds and what flows into it, within a
 * hundredth, at each level at once: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULT_ACCOUNT } from '../../../src/aws/index.ts';
import { describeLoad, startLoad } from '../../support/load/load.ts';
import { ApiInstallation } from './http-api.ts';

const SECONDS = 30;
const CONNECTIONS = 16;
/** Each burst is what flows in within two seconds: a machine that stands still for less loses nothing. */
const ACCOUNT = { rate: 125, burst: 250 };

interface Level {
  readonly name: string;
  /** The account's bucket is one a region. */
  readonly region: string;
  readonly rate: number;
  readonly burst: number;
  readonly stage: object;
}

const LEVELS: readonly Level[] = [
  { name: 'stage default', region: 'us-east-1', rate: 75, burst: 150, stage: { DefaultRouteSettings: { ThrottlingRateLimit: 75, ThrottlingBurstLimit: 150 } } },
  {
    name: 'route', region: 'eu-west-1', rate: 48.75, burst: 97,
    stage: { DefaultRouteSettings: { ThrottlingRateLimit: 1, ThrottlingBurstLimit: 1 }, RouteSettings: { 'GET /': { ThrottlingRateLimit: 48.75, ThrottlingBurstLimit: 97 } } },
  },
  { name: 'account', region: 'eu-central-1', ...ACCOUNT, stage: {} },
];

test('what two workers admit in half a minute is the rate and the burst', { timeout: 300_000 }, async (t) => {
  await using apis = await ApiInstallation.open({ workers: '2', limits: `api-requests-per-second=${ACCOUNT.rate},api-request-burst=${ACCOUNT.burst}` });
  const { system } = apis.inside;
  const url = `http://127.0.0.1:${(await apis.inside.target()).port}/`;
  const hosts = await Promise.all(LEVELS.map(async ({ name, region, stage }) => {
    const v2 = (operation: string, input: object) =>
      system.frontDoor.call('apigatewayv2', operation, { input: input as Record<string, unknown>, account: DEFAULT_ACCOUNT, region, host: '127.0.0.1' }) as Promise<Record<string, string>>;
    const { ApiId } = await v2('CreateApi', { Name: name, ProtocolType: 'HTTP' });
    const { IntegrationId } = await v2('CreateIntegration', { ApiId, IntegrationType: 'HTTP_PROXY', IntegrationMethod: 'ANY', IntegrationUri: url, PayloadFormatVersion: '1.0' });
    await v2('CreateRoute', { ApiId, RouteKey: 'GET /', Target: `integrations/${IntegrationId}` });
    await v2('CreateStage', { ApiId, StageName: '$default', AutoDeploy: true, ...stage });
    return `${ApiId}.execute-api.${region}.localhost`;
  }));
  assert.ok(await system.reports.served(system.store.world.revision, 20_000));

  const loads = await Promise.all(LEVELS.map(({ name, rate }, i) => startLoad({
    name, port: apis.port, hostHeader: hosts[i]!, connections: CONNECTIONS, shots: [{ method: 'GET', path: '/', expect: [200, 429] }],
    // twice what is let through
    windowMs: 5, pauseMs: (CONNECTIONS * 1000) / (rate * 2),
  })));
  await sleep(SECONDS * 1000);
  const results = await Promise.all(loads.map((load) => load.end()));
  for (const [i, { name, rate, burst }] of LEVELS.entries()) {
    const result = results[i]!;
    const { 200: admitted = 0, 429: refused = 0 } = result.byStatus;
    // from the first answer to the last
    const expected = burst + (rate * (result.windows.at(-1)!.atMs - result.windows[0]!.atMs)) / 1000;
    const told = `${name}: ${admitted} admitted and ${refused} refused where ${expected.toFixed(0)} were to be admitted; ${describeLoad(result)}`;
    t.diagnostic(told);
    assert.equal(result.failed, 0, told);
    assert.ok(Math.abs(admitted - expected) <= expected / 100, told);
  }
});
