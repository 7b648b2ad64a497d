import type { JwtAlgorithm } from '../../snapshot/index.ts';
import type { Installation } from './installation.ts';

const ALL: readonly JwtAlgorithm[] = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512'];

/**
 * What each service verifies at AWS: a load balancer "only RS256"; an HTTP API "only RSA-based algorithms".
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-verify-jwt.html
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
 */
const AWS: Readonly<Record<'alb' | 'http-api', readonly JwtAlgorithm[]>> = { alb: ['RS256'], 'http-api': ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] };

export function jwtAlgorithms(service: 'alb' | 'http-api', { jwtAlgorithms: which }: Pick<Installation, 'jwtAlgorithms'>): readonly JwtAlgorithm[] {
  return which === 'all' ? ALL : AWS[service];
}
