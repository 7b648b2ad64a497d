import type { Diagnostic } from '../../../snapshot/index.ts';
import type { Attributes } from './attribute.ts';

/** An attribute that is stored and shown but not carried out when it has another value than `idle`. */
interface Unserved {
  readonly key: string;
  /** Values with which there is nothing to carry out. */
  readonly idle: readonly string[];
  readonly instead: string;
}

const OFF = ['', 'false', 'off', '0'];

const LOAD_BALANCER: readonly Unserved[] = [
  { key: 'connection_logs.s3.enabled', idle: OFF, instead: 'no connection log is written' },
  { key: 'health_check_logs.s3.enabled', idle: OFF, instead: 'no health check log is written' },
];

const BY_OWNER = { 'load-balancer': LOAD_BALANCER } as const;

/** Nothing is ignored in silence: what an attribute asks for and does not get is said. */
export function unservedAttributes(owner: { readonly kind: keyof typeof BY_OWNER; readonly id: string; readonly attributes: Attributes }): readonly Diagnostic[] {
  return BY_OWNER[owner.kind].flatMap(({ key, idle, instead }) => {
    const value = owner.attributes[key];
    if (value === undefined || idle.includes(value)) return [];
    return [{ severity: 'warning' as const, resource: owner.id, field: `Attributes[${key}]`, message: `${key} = ${value} is not served: ${instead}.` }];
  });
}
