import type { Resource, Tag } from '../resource.ts';

export type TargetType = 'instance' | 'ip' | 'lambda' | 'alb';

/** A target group. `id` is its ARN; `parent` is null. */
export interface TargetGroup extends Resource {
  /** Unique within account and region. */
  readonly name: string;
  readonly targetType: TargetType;
  /** Null for functions, as are version, port and VPC. TCP, which has no version, is that of load balancers as targets. */
  readonly protocol: 'HTTP' | 'HTTPS' | 'TCP' | null;
  readonly protocolVersion: 'HTTP1' | 'HTTP2' | 'GRPC' | null;
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
  /** As given: `200`, `200,202`, `200-299`; codes of gRPC where that is the version. */
  readonly matcher: string;
}

export interface CodeRange {
  readonly from: number;
  readonly to: number;
}

/** A matcher as inclusive ranges from 200 to the last code that the type of the group allows; null where it is malformed or outside. */
export function matcherRanges(matcher: string, to: 499 | 599 = 499): readonly CodeRange[] | null {
  return ranges(matcher, { code: /^(\d{3})(?:-(\d{3}))?$/, from: 200, to });
}

/** A matcher of gRPC codes as inclusive ranges within 0-99; null where it is malformed or outside. */
export function grpcMatcherRanges(matcher: string): readonly CodeRange[] | null {
  return ranges(matcher, { code: /^(\d{1,2})(?:-(\d{1,2}))?$/, from: 0, to: 99 });
}

function ranges(matcher: string, allowed: { readonly code: RegExp; readonly from: number; readonly to: number }): readonly CodeRange[] | null {
  const result: CodeRange[] = [];
  for (const part of matcher.split(',')) {
    const match = allowed.code.exec(part);
    if (!match) return null;
    const from = Number(match[1]);
    const to = match[2] === undefined ? from : Number(match[2]);
    if (from < allowed.from || to > allowed.to || from > to) return null;
    result.push({ from, to });
  }
  return result;
}
