import type { Endpoint, HealthCheck, HttpPool } from '../../snapshot/index.ts';

/**
 * The identity that an endpoint's health is kept under: the pool, the target and its address, and what is asked of it. Two checks of one address
 * that differ in protocol, version, port, path or accepted statuses share nothing. How often it is asked, and how many answers make a verdict, do not change
 * what the verdict means, so changing them keeps it.
 */
export function endpointKey(pool: HttpPool, endpoint: Endpoint): string {
  return JSON.stringify([pool.id, endpoint.target, endpoint.address, endpoint.port, ...meaningOf(pool.health)]);
}

function meaningOf(check: HealthCheck): readonly unknown[] {
  if (check.protocol === 'tcp') return [check.protocol, check.port];
  return [check.protocol, check.version, check.port, check.path, check.matcher.map(({ from, to }) => [from, to])];
}
