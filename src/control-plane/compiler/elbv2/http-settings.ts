import type { Listener, LoadBalancer } from '../../resources/elbv2/index.ts';
import type { HttpSettings } from '../../../snapshot/index.ts';
import { isOn, numberOf, oneOf } from './attribute.ts';

const SECOND = 1000;

/** Attributes of the balancer and the listener: API_LoadBalancerAttribute and API_ListenerAttribute, whose defaults stand here too. */
export function compileHttpSettings({ attributes: balancer }: Pick<LoadBalancer, 'attributes'>, { attributes: listener }: Pick<Listener, 'attributes'>): HttpSettings {
  return {
    idleTimeoutMs: numberOf(balancer, 'idle_timeout.timeout_seconds', 60) * SECOND,
    keepAliveMs: numberOf(balancer, 'client_keep_alive.seconds', 3600) * SECOND,
    dropInvalidHeaders: isOn(balancer, 'routing.http.drop_invalid_header_fields.enabled', false),
    preserveHost: isOn(balancer, 'routing.http.preserve_host_header.enabled', false),
    forwardedFor: oneOf(balancer, 'routing.http.xff_header_processing.mode', ['append', 'preserve', 'remove']),
    forwardedForPort: isOn(balancer, 'routing.http.xff_client_port.enabled', false),
    desync: oneOf(balancer, 'routing.http.desync_mitigation_mode', ['defensive', 'monitor', 'strictest']),
    tlsHeaders: isOn(balancer, 'routing.http.x_amzn_tls_version_and_cipher_suite.enabled', false),
    serverHeader: isOn(listener, 'routing.http.response.server.enabled', true),
  };
}
