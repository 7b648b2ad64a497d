import { existsSync, readFileSync } from 'node:fs';
import { get } from 'node:http';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../test/support/free-port.ts';
import { answers } from '../load/probe.ts';
import { PROXY_CORE, Running } from '../process.ts';
import { Control } from './control.ts';
import type { Contender, Job } from './contender.ts';
import { TokenIssuer } from './token-issuer.ts';
import { configure, reachable } from './turnpike.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/turnpike.mjs', import.meta.url));
const PACKAGE = fileURLToPath(new URL('../../package.json', import.meta.url));

/**
 * An HTTP API whose private integration is the balancer of the other rows: API Gateway -> VPC link -> balancer -> target, one process and no socket in
 * between. With throttling, CORS and the access logs of both, as users have them.
 */
export function turnpikeApi(serve: readonly string[]): Contender {
  return contender('turnpike, API -> balancer', serve, async (control, job, running) => {
    const { listener, subnets } = await configure(control, { mode: 'http', rules: 10, feature: 'none', serve }, { ...job, port: await freePort() });
    const { vpcLinkId } = await control.rest<{ vpcLinkId: string }>('/v2/vpclinks', { name: 'bench', subnetIds: subnets });
    const api = await makeApi(control, { integrationMethod: 'ANY', integrationUri: listener, connectionType: 'VPC_LINK', connectionId: vpcLinkId });
    await control.rest(`/v2/apis/${api.id}/routes`, { routeKey: 'ANY /{proxy+}', target: api.target });
    await running.ready(() => answers(job.port, false, api.host), 20_000);
    return { running, host: api.host };
  });
}

/** An HTTP API in front of the backend itself: every request has a token (a JWT, the same for all, so that it is looked up and not verified again), is throttled, and is logged; CORS is on. */
export function turnpikePolicies(serve: readonly string[]): Contender {
  return contender('turnpike, API with policies', serve, async (control, job, running) => {
    const issuer = await TokenIssuer.open();
    const api = await makeApi(control, { integrationMethod: 'ANY', integrationUri: `http://127.0.0.1:${job.backendPort}/{proxy}` });
    const { authorizerId } = await control.rest<{ authorizerId: string }>(`/v2/apis/${api.id}/authorizers`, {
      name: 'bench', authorizerType: 'JWT', identitySource: ['$request.header.Authorization'], jwtConfiguration: { issuer: issuer.url, audience: ['bench'] },
    });
    await control.rest(`/v2/apis/${api.id}/routes`, { routeKey: 'ANY /{proxy+}', target: api.target, authorizationType: 'JWT', authorizerId });
    const headers = { Authorization: `Bearer ${await issuer.token('bench')}` };
    await running.ready(() => isOk(job.port, { Host: api.host, ...headers }), 20_000);
    return { running, host: api.host, headers };
  });
}

type Configure = (control: Control, job: Job, running: Running) => ReturnType<Contender['start']>;

function contender(label: string, serve: readonly string[], configured: Configure): Contender {
  return {
    label,
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
        return await configured(new Control(`http://${endpoint}`), job, running);
      } catch (error) {
        await running.stop();
        throw error;
      }
    },
  };
}

async function makeApi(control: Control, integration: object): Promise<{ readonly id: string; readonly host: string; readonly target: string }> {
  const { apiId } = await control.rest<{ apiId: string }>('/v2/apis', { name: 'bench', protocolType: 'HTTP', corsConfiguration: { allowOrigins: ['https://www.example.com'], allowMethods: ['GET'] } });
  const { integrationId } = await control.rest<{ integrationId: string }>(`/v2/apis/${apiId}/integrations`, { integrationType: 'HTTP_PROXY', payloadFormatVersion: '1.0', ...integration });
  await control.rest(`/v2/apis/${apiId}/stages`, {
    stageName: '$default', autoDeploy: true, defaultRouteSettings: { throttlingRateLimit: 1_000_000, throttlingBurstLimit: 100_000 },
    accessLogSettings: { destinationArn: 'arn:aws:logs:us-east-1:000000000000:log-group:/bench', format: '$context.requestId $context.routeKey $context.status $context.responseLatency' },
  });
  return { id: apiId, host: `${apiId}.execute-api.us-east-1.localhost`, target: `integrations/${integrationId}` };
}

function isOk(port: number, headers: Readonly<Record<string, string>>): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path: '/1k', headers, agent: false }, (response) => resolve(response.resume().statusCode === 200));
    request.once('error', () => resolve(false));
  });
}
