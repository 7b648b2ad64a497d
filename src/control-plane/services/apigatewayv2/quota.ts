import type { Environment } from '../environment.ts';
import { tooMany } from './error.ts';

/** API Gateway's quotas for HTTP and WebSocket APIs with AWS's values: apigateway/latest/developerguide/http-api-quotas.html, apigateway-execution-service-websocket-limits-table.html */
const QUOTAS = {
  'regional-apis': 600,
  'routes-per-http-api': 300,
  'routes-per-websocket-api': 300,
  'integrations-per-http-api': 300,
  'integrations-per-websocket-api': 300,
  'stages-per-api': 10,
  'authorizers-per-api': 10,
  'custom-domain-names': 120,
  'api-mappings-per-custom-domain-name': 200,
  'routing-rules-per-custom-domain-name': 50,
  'vpc-links': 10,
  'models-per-api': 500,
  'stage-variables-per-stage': 100,
  'tags-per-resource': 50,
  'openapi-body-bytes': 6_291_456,
  /** Ours: automatic deployments that are kept beside those which stages serve. */
  'automatic-deployments-per-api': 10,
} as const;

export type Quota = keyof typeof QUOTAS;

/** The installation's value of a quota: AWS's own unless lifted. */
export function quota({ limits }: Pick<Environment, 'limits'>, name: Quota): number {
  return limits.value(name, QUOTAS[name]);
}

/** Refuses one more where there are as many as there may be. AWS answers so with status 429. */
export function checkQuota(environment: Environment, name: Quota, present: number): void {
  const most = quota(environment, name);
  if (present >= most) throw tooMany(`Maximum number of ${name.replaceAll('-', ' ')} has been reached: ${most}. The limits of the installation say how many there may be.`);
}
