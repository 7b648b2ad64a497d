import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { answers } from '../load/probe.ts';
import { PROXY_CORE, Running, freePort } from '../process.ts';
import { Control } from './control.ts';
import type { Contender } from './contender.ts';
import { configure, reachable } from './turnpike.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/turnpike.mjs', import.meta.url));
const PACKAGE = fileURLToPath(new URL('../../package.json', import.meta.url));

/**
 * An HTTP API whose private integration is the balancer of the other rows: API Gateway -> VPC link -> balancer -> target, one process and no socket in
 * between. With throttling, CORS and the access logs of both, as users have them.
 */
export function turnpikeApi(serve: readonly string[]): Contender {
  return {
    label: 'turnpike, API -> balancer',
    program: 'turnpike API',
    version: existsSync(PROGRAM) ? (JSON.parse(readFileSync(PACKAGE, 'utf8')) as { version: string }).version : null,
    async start(job) {
      const endpoint = `127.0.0.1:${await freePort()}`;
      const running = new Running({
        // all APIs are on port 80: moved to the port of the job
        command: [process.execPath, PROGRAM, 'serve', '--data', `${job.folder}/data`, '--endpoint', endpoint, '--workers', '1', '--port-offset', String(job.port - 80), '--limits', 'none', ...serve],
        core: PROXY_CORE,
      });
      try {
        await running.ready(() => reachable(`http://${endpoint}/`), 20_000);
        const control = new Control(`http://${endpoint}`);
        const { listener, subnets } = await configure(control, { mode: 'http', rules: 10, feature: 'none', serve }, { ...job, port: await freePort() });
        const host = await api(control, { listener, subnets });
        await running.ready(() => answers(job.port, false, host), 20_000);
        return { running, host };
      } catch (error) {
        await running.stop();
        throw error;
      }
    },
  };
}

async function api(control: Control, { listener, subnets }: { readonly listener: string; readonly subnets: readonly string[] }): Promise<string> {
  const { apiId } = await control.rest<{ apiId: string }>('/v2/apis', { name: 'bench', protocolType: 'HTTP', corsConfiguration: { allowOrigins: ['https://www.example.com'], allowMethods: ['GET'] } });
  const { vpcLinkId } = await control.rest<{ vpcLinkId: string }>('/v2/vpclinks', { name: 'bench', subnetIds: subnets });
  const { integrationId } = await control.rest<{ integrationId: string }>(`/v2/apis/${apiId}/integrations`, {
    integrationType: 'HTTP_PROXY', integrationMethod: 'ANY', integrationUri: listener, connectionType: 'VPC_LINK', connectionId: vpcLinkId, payloadFormatVersion: '1.0',
  });
  await control.rest(`/v2/apis/${apiId}/routes`, { routeKey: 'ANY /{proxy+}', target: `integrations/${integrationId}` });
  await control.rest(`/v2/apis/${apiId}/stages`, {
    stageName: '$default', autoDeploy: true, defaultRouteSettings: { throttlingRateLimit: 1_000_000, throttlingBurstLimit: 100_000 },
    accessLogSettings: { destinationArn: 'arn:aws:logs:us-east-1:000000000000:log-group:/bench', format: '$context.requestId $context.routeKey $context.status $context.responseLatency' },
  });
  return `${apiId}.execute-api.us-east-1.localhost`;
}
