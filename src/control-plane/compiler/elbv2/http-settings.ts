import type { Listener, LoadBalancer } from '../../resources/elbv2/index.ts';
import { PLAIN_FIELD_NAMES, type HttpSettings } from '../../../snapshot/index.ts';
import { isOn, numberOf, oneOf, type Attributes } from './attribute.ts';

const SECOND = 1000;

/** Attributes that set a field of every answer, in the order in which AWS documents them. */
const RESPONSE_FIELDS: readonly (readonly [key: string, name: string])[] = [
  ['strict_transport_security', 'Strict-Transport-Security'],
  ['access_control_allow_origin', 'Access-Control-Allow-Origin'],
  ['access_control_allow_methods', 'Access-Control-Allow-Methods'],
  ['access_control_allow_headers', 'Access-Control-Allow-Headers'],
  ['access_control_allow_credentials', 'Access-Control-Allow-Credentials'],
  ['access_control_expose_headers', 'Access-Control-Expose-Headers'],
  ['access_control_max_age', 'Access-Control-Max-Age'],
  ['content_security_policy', 'Content-Security-Policy'],
  ['x_content_type_options', 'X-Content-Type-Options'],
  ['x_frame_options', 'X-Frame-Options'],
];

function nameOf(attributes: Attributes, key: string, otherwise: string): string {
  return attributes[`routing.http.request.${key}.header_name`] || otherwise;
}

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
    responseFields: RESPONSE_FIELDS.flatMap(([key, name]) => {
      const value = listener[`routing.http.response.${key}.header_value`] ?? '';
      return value === '' ? [] : [{ name, value }];
    }),
    fieldNames: {
      tlsVersion: nameOf(listener, 'x_amzn_tls_version', PLAIN_FIELD_NAMES.tlsVersion),
      tlsCipherSuite: nameOf(listener, 'x_amzn_tls_cipher_suite', PLAIN_FIELD_NAMES.tlsCipherSuite),
      serialNumber: nameOf(listener, 'x_amzn_mtls_clientcert_serial_number', PLAIN_FIELD_NAMES.serialNumber),
      issuer: nameOf(listener, 'x_amzn_mtls_clientcert_issuer', PLAIN_FIELD_NAMES.issuer),
      subject: nameOf(listener, 'x_amzn_mtls_clientcert_subject', PLAIN_FIELD_NAMES.subject),
      validity: nameOf(listener, 'x_amzn_mtls_clientcert_validity', PLAIN_FIELD_NAMES.validity),
      leaf: nameOf(listener, 'x_amzn_mtls_clientcert_leaf', PLAIN_FIELD_NAMES.leaf),
      chain: nameOf(listener, 'x_amzn_mtls_clientcert', PLAIN_FIELD_NAMES.chain),
    },
  };
}
