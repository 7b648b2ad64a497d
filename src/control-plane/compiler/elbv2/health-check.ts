import { grpcMatcherRanges, matcherRanges, type TargetGroup } from '../../resources/elbv2/index.ts';
import type { HealthCheck, HttpPool } from '../../../snapshot/index.ts';
import type { Maker } from '../units.ts';

const SECOND = 1000;
/** AWS's default matcher. */
const SUCCESS = [{ from: 200, to: 200 }] as const;
const UNIMPLEMENTED = [{ from: 12, to: 12 }] as const;

/** What is spoken to the targets of a group, its health checks included. */
export function compileVersion({ protocolVersion }: TargetGroup): HttpPool['version'] {
  switch (protocolVersion) {
    case 'HTTP2':
      return 'http2';
    case 'GRPC':
      return 'grpc';
    case 'HTTP1':
    case null:
      return 'http1';
  }
}

/** The check as it is carried out; the services have resolved AWS's defaults by target type and protocol already. */
export function compileHealthCheck(group: TargetGroup, maker: Maker): HealthCheck {
  const settings = group.healthCheck;
  const version = compileVersion(group);
  const matcher = version === 'grpc' ? grpcMatcherRanges(settings.matcher) : matcherRanges(settings.matcher);
  if (!matcher) {
    maker.tell({
      severity: 'error', resource: group.id, field: version === 'grpc' ? 'Matcher.GrpcCode' : 'Matcher.HttpCode',
      message: version === 'grpc'
        ? `Health check matcher "${settings.matcher}" cannot be read, so 12 counts as healthy. Allowed: codes from 0 to 99 as 12, 0,12 or 0-5.`
        : `Health check matcher "${settings.matcher}" cannot be read, so 200 counts as healthy. Allowed: codes from 200 to 499 as 200, 200,202 or 200-299.`,
    });
  }
  return {
    protocol: (settings.protocol ?? group.protocol) === 'HTTPS' ? 'https' : 'http',
    version,
    port: settings.port !== null && /^\d+$/.test(settings.port) ? Number(settings.port) : null,
    path: settings.path,
    matcher: matcher ?? (version === 'grpc' ? UNIMPLEMENTED : SUCCESS),
    intervalMs: settings.intervalSeconds * SECOND,
    timeoutMs: settings.timeoutSeconds * SECOND,
    healthyThreshold: settings.healthyThresholdCount,
    unhealthyThreshold: settings.unhealthyThresholdCount,
  };
}
