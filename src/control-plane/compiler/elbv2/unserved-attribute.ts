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

function responseHeader(name: string): Unserved {
  return { key: `routing.http.response.${name}.header_value`, idle: [''], instead: 'the header is not added to responses' };
}

const LOAD_BALANCER: readonly Unserved[] = [];

const LISTENER: readonly Unserved[] = [
  { key: 'routing.http.request.x_amzn_tls_version.header_name', idle: ['', 'X-Amzn-Tls-Version'], instead: "the header keeps AWS's name" },
  { key: 'routing.http.request.x_amzn_tls_cipher_suite.header_name', idle: ['', 'X-Amzn-Tls-Cipher-Suite'], instead: "the header keeps AWS's name" },
  ...[
    'strict_transport_security', 'access_control_allow_origin', 'access_control_allow_methods', 'access_control_allow_headers', 'access_control_allow_credentials',
    'access_control_expose_headers', 'access_control_max_age', 'content_security_policy', 'x_content_type_options', 'x_frame_options',
  ].map(responseHeader),
];

const MINIMUM = 'target_group_health.unhealthy_state_routing.minimum_healthy_targets';

const TARGET_GROUP: readonly Unserved[] = [
  { key: 'stickiness.enabled', idle: OFF, instead: 'requests of one client are spread over the targets' },
  { key: 'load_balancing.algorithm.type', idle: ['', 'round_robin'], instead: 'targets are chosen by round robin' },
  { key: 'slow_start.duration_seconds', idle: OFF, instead: 'a new target gets its full share at once' },
  { key: 'load_balancing.cross_zone.enabled', idle: ['', 'true', 'use_load_balancer_configuration'], instead: 'targets of all zones share the requests' },
  { key: `${MINIMUM}.count`, idle: ['', '1', 'off'], instead: 'unhealthy targets are used only when none is healthy' },
  { key: `${MINIMUM}.percentage`, idle: OFF, instead: 'unhealthy targets are used only when none is healthy' },
];

const BY_OWNER = { 'load-balancer': LOAD_BALANCER, listener: LISTENER, 'target-group': TARGET_GROUP } as const;

/** Nothing is ignored in silence: what an attribute asks for and does not get is said. */
export function unservedAttributes(owner: { readonly kind: keyof typeof BY_OWNER; readonly id: string; readonly attributes: Attributes }): readonly Diagnostic[] {
  return BY_OWNER[owner.kind].flatMap(({ key, idle, instead }) => {
    const value = owner.attributes[key];
    if (value === undefined || idle.includes(value)) return [];
    return [{ severity: 'warning' as const, resource: owner.id, field: `Attributes[${key}]`, message: `${key} = ${value} is not served: ${instead}.` }];
  });
}
