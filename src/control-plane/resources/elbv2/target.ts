import type { Resource } from '../resource.ts';

/** One registration of a target with a group. `parent` is the target group's ARN; the same target may be registered on several ports. */
export interface Target extends Resource {
  /** Instance id, IP address, or the ARN of a function or of a load balancer, as registered. */
  readonly targetId: string;
  /** Null for functions. */
  readonly port: number | null;
  /** Zone name or `all`, as given; null where none was. */
  readonly availabilityZone: string | null;
  /** Milliseconds since the epoch. */
  readonly registeredAt: number;
  /** Set while the target is being deregistered: when draining ends. The row goes away after that. */
  readonly drainingUntil: number | null;
}

export function targetRowId(group: string, targetId: string, port: number | null): string {
  return `${group}#${targetId}#${port ?? ''}`;
}

/** Whether the registration is over: draining has ended, so it is as if it were not there. */
export function isGone(target: Target, now: number): boolean {
  return target.drainingUntil !== null && target.drainingUntil <= now;
}
