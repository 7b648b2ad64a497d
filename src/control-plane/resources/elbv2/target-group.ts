import type { Resource, Tag } from '../resource.ts';

export type TargetType = 'instance' | 'ip' | 'lambda';

/** A target group. `id` is its ARN; `parent` is null. */
export interface TargetGroup extends Resource {
  /** Unique within account and region. */
  readonly name: string;
  readonly targetType: TargetType;
  /** Null for functions, as are version, port and VPC. */
  readonly protocol: 'HTTP' | 'HTTPS' | null;
  readonly protocolVersion: 'HTTP1' | null;
  readonly port: number | null;
  readonly vpcId: string | null;
  readonly ipAddressType: 'ipv4' | 'ipv6';
  readonly healthCheck: HealthCheckSettings;
  /** Every attribute that the type has by its AWS key, defaults included. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: readonly Tag[];
}

export interface HealthCheckSettings {
  readonly enabled: boolean;
  /** Null for functions. */
  readonly protocol: 'HTTP' | 'HTTPS' | null;
  /** `traffic-port` or a number; null for functions. */
  readonly port: string | null;
  readonly path: string;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly healthyThresholdCount: number;
  readonly unhealthyThresholdCount: number;
  /** As given: `200`, `200,202`, `200-299`. */
  readonly matcher: string;
}

export interface CodeRange {
  readonly from: number;
  readonly to: number;
}

/** A matcher as inclusive ranges within 200-499; null where it is malformed or outside. */
export function matcherRanges(matcher: string): readonly CodeRange[] | null {
  const ranges: CodeRange[] = [];
  for (const part of matcher.split(',')) {
    const match = /^(\d{3})(?:-(\d{3}))?$/.exec(part);
    if (!match) return null;
    const from = Number(match[1]);
    const to = match[2] === undefined ? from : Number(match[2]);
    if (from < 200 || to > 499 || from > to) return null;
    ranges.push({ from, to });
  }
  return ranges;
}
