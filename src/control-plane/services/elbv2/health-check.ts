import type { CreateTargetGroupInput } from '@aws-sdk/client-elastic-load-balancing-v2';
import { grpcMatcherRanges, matcherRanges, type HealthCheckSettings, type TargetGroup, type TargetType } from '../../resources/elbv2/index.ts';
import { validationError } from './error.ts';

/** Health check settings of a target group, as given at creation and in ModifyTargetGroup. */
export type AskedHealthCheck = Pick<
  CreateTargetGroupInput,
  | 'HealthCheckEnabled' | 'HealthCheckProtocol' | 'HealthCheckPort' | 'HealthCheckPath' | 'HealthCheckIntervalSeconds' | 'HealthCheckTimeoutSeconds'
  | 'HealthyThresholdCount' | 'UnhealthyThresholdCount' | 'Matcher'
>;

/** AWS's defaults by target type (elasticloadbalancing/latest/application/target-group-health-checks.html). */
export function newHealthCheck(type: TargetType, version: TargetGroup['protocolVersion'], protocol: string | undefined): HealthCheckSettings {
  const counts = { healthyThresholdCount: 5, unhealthyThresholdCount: 2 };
  if (type === 'lambda') return { enabled: false, protocol: null, port: null, path: '/', intervalSeconds: 35, timeoutSeconds: 30, ...counts, matcher: '200' };
  const usual = { enabled: true, protocol: 'HTTP', port: 'traffic-port', path: '/', intervalSeconds: 30, ...counts } as const;
  // elasticloadbalancing/latest/network/target-group-health-checks.html: 6 seconds for HTTP, 10 for HTTPS
  if (type === 'alb') return { ...usual, timeoutSeconds: protocol === 'HTTPS' ? 10 : 6, matcher: '200-399' };
  return version === 'GRPC' ? { ...usual, path: '/AWS.ALB/healthcheck', timeoutSeconds: 5, matcher: '12' } : { ...usual, timeoutSeconds: 5, matcher: '200' };
}

/** The settings with what is given replaced; throws on what AWS refuses. */
export function healthCheck(asked: AskedHealthCheck, old: HealthCheckSettings, { targetType: type, protocolVersion: version }: Pick<TargetGroup, 'targetType' | 'protocolVersion'>): HealthCheckSettings {
  if (asked.HealthCheckEnabled === false && type !== 'lambda') {
    throw validationError(`Health check enabled must be true for target groups with target type '${type}'`);
  }
  const result: HealthCheckSettings = {
    enabled: asked.HealthCheckEnabled ?? old.enabled,
    protocol: type === 'lambda' ? null : (protocol(asked.HealthCheckProtocol) ?? old.protocol),
    port: type === 'lambda' ? null : (port(asked.HealthCheckPort) ?? old.port),
    path: path(asked.HealthCheckPath) ?? old.path,
    intervalSeconds: within(asked.HealthCheckIntervalSeconds, { name: 'interval', from: 5, to: 300 }) ?? old.intervalSeconds,
    timeoutSeconds: within(asked.HealthCheckTimeoutSeconds, { name: 'timeout', from: 2, to: 120 }) ?? old.timeoutSeconds,
    healthyThresholdCount: within(asked.HealthyThresholdCount, { name: 'healthy threshold count', from: 2, to: 10 }) ?? old.healthyThresholdCount,
    unhealthyThresholdCount: within(asked.UnhealthyThresholdCount, { name: 'unhealthy threshold count', from: 2, to: 10 }) ?? old.unhealthyThresholdCount,
    matcher: (version === 'GRPC' ? grpcMatcher(asked.Matcher) : matcher(asked.Matcher, type === 'alb' ? 599 : 499)) ?? old.matcher,
  };
  if (type === 'lambda') {
    if (asked.HealthCheckProtocol !== undefined) throw validationError("Health check protocol cannot be specified for target groups with target type 'lambda'");
    if (asked.HealthCheckPort !== undefined) throw validationError("Health check port cannot be specified for target groups with target type 'lambda'");
  }
  // observed: two texts
  if (type === 'lambda' && result.timeoutSeconds === result.intervalSeconds) {
    throw validationError(`Health check timeout '${result.timeoutSeconds}' must be smaller than the interval '${result.intervalSeconds}'`);
  }
  if (result.timeoutSeconds >= result.intervalSeconds) throw validationError('Health check interval must be greater than the timeout.');
  return result;
}

function protocol(given: string | undefined): 'HTTP' | 'HTTPS' | undefined {
  if (given !== undefined && given !== 'HTTP' && given !== 'HTTPS') throw validationError(`Health check protocol '${given}' must be one of 'HTTP, HTTPS'`);
  return given;
}

function port(given: string | undefined): string | undefined {
  if (given === undefined || given === 'traffic-port') return given;
  if (!/^\d{1,5}$/.test(given) || Number(given) < 1 || Number(given) > 65535) {
    throw validationError(`Health check port '${given}' must be within '1-65535' or 'traffic-port'`);
  }
  return String(Number(given));
}

function path(given: string | undefined): string | undefined {
  if (given === undefined) return undefined;
  if (!given.startsWith('/')) throw validationError(`Health check path '${given}' must begin with a '/' character`);
  if (given.length > 1024) throw validationError("Health check path cannot be longer than '1024' characters");
  // It becomes part of a request line: RFC 9112 section 3.2 allows no space or control character there.
  if (!/^[\x21-\x7e]+$/.test(given)) throw validationError(`Health check path '${given}' contains a character that is not valid`);
  return given;
}

function within(given: number | undefined, { name, from, to }: { readonly name: string; readonly from: number; readonly to: number }): number | undefined {
  if (given !== undefined && !(Number.isInteger(given) && given >= from && given <= to)) {
    throw validationError(`Health check ${name} '${given}' must be between '${from}-${to}' inclusive`);
  }
  return given;
}

function matcher(given: AskedHealthCheck['Matcher'], to: 499 | 599): string | undefined {
  if (given === undefined) return undefined;
  // observed: what is asked for a gRPC code lacks an HTTP code
  if (given.GrpcCode !== undefined) throw validationError('Health check matcher HTTP code cannot be empty');
  if (given.HttpCode === undefined) return undefined;
  if (matcherRanges(given.HttpCode, to) === null) {
    throw validationError(`Health check matcher HTTP code '${given.HttpCode}' must be within '200-${to}' inclusive`);
  }
  return given.HttpCode;
}

function grpcMatcher(given: AskedHealthCheck['Matcher']): string | undefined {
  if (given === undefined) return undefined;
  if (given.HttpCode !== undefined) throw validationError("An HTTP code cannot be specified for target groups with protocol version 'GRPC'");
  if (given.GrpcCode === undefined) return undefined;
  if (grpcMatcherRanges(given.GrpcCode) === null) {
    throw validationError(`Health check matcher GRPC code '${given.GrpcCode}' must be within '0-99' inclusive`);
  }
  return given.GrpcCode;
}
