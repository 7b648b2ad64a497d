import { matcherRanges, type TargetGroup } from '../../resources/elbv2/index.ts';
import type { HealthCheck } from '../../../snapshot/index.ts';
import type { Maker } from '../units.ts';

const SECOND = 1000;
/** AWS's default matcher. */
const SUCCESS = [{ from: 200, to: 200 }] as const;

/** The check as it is carried out; the services have resolved AWS's defaults by target type and protocol already. */
export function compileHealthCheck(group: TargetGroup, maker: Maker): HealthCheck {
  const settings = group.healthCheck;
  const matcher = matcherRanges(settings.matcher);
  if (!matcher) {
    maker.tell({
      severity: 'error', resource: group.id, field: 'Matcher.HttpCode',
      message: `Health check matcher "${settings.matcher}" cannot be read, so 200 counts as healthy. Allowed: codes from 200 to 499 as 200, 200,202 or 200-299.`,
    });
  }
  return {
    protocol: (settings.protocol ?? group.protocol) === 'HTTPS' ? 'https' : 'http',
    port: settings.port !== null && /^\d+$/.test(settings.port) ? Number(settings.port) : null,
    path: settings.path,
    matcher: matcher ?? SUCCESS,
    intervalMs: settings.intervalSeconds * SECOND,
    timeoutMs: settings.timeoutSeconds * SECOND,
    healthyThreshold: settings.healthyThresholdCount,
    unhealthyThreshold: settings.unhealthyThresholdCount,
  };
}
