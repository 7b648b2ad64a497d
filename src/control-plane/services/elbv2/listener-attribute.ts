import type {
  DescribeListenerAttributesInput, DescribeListenerAttributesOutput, ModifyListenerAttributesInput, ModifyListenerAttributesOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Call } from '../../../aws/index.ts';
import type { Listener } from '../../resources/elbv2/index.ts';
import type { Environment } from '../environment.ts';
import { BOOLEAN, defaults, EXECUTED, listed, modified, type Attribute } from './attribute.ts';
import * as lookup from './lookup.ts';

const TEXT = { kind: 'field-value', longest: 1024 } as const;

/** API_ListenerAttribute.html says what each may hold. */
function responseHeader(name: string, values: Attribute['values'] = TEXT): Attribute {
  return { key: `routing.http.response.${name}.header_value`, default: '', values, effect: EXECUTED };
}

function requestHeader(name: string, header: string): Attribute {
  return { key: `routing.http.request.${name}.header_name`, default: header, values: { kind: 'field-name', longest: 40 }, effect: EXECUTED };
}

/** Both protocols (API_ListenerAttribute.html). */
const RESPONSE: readonly Attribute[] = [
  { key: 'routing.http.response.server.enabled', default: 'true', values: BOOLEAN, effect: EXECUTED },
  responseHeader('strict_transport_security'),
  responseHeader('access_control_allow_origin'),
  responseHeader('access_control_allow_methods'),
  responseHeader('access_control_allow_headers'),
  responseHeader('access_control_allow_credentials', { kind: 'one-of', values: ['true', ''] }),
  responseHeader('access_control_expose_headers'),
  responseHeader('access_control_max_age', { kind: 'integer-or', word: '', from: -1, to: 86_400 }),
  responseHeader('content_security_policy'),
  responseHeader('x_content_type_options', { kind: 'one-of', values: ['nosniff', ''] }),
  responseHeader('x_frame_options', { kind: 'one-of', values: ['DENY', 'SAMEORIGIN', ''] }),
];

/** HTTPS listeners only. */
const REQUEST: readonly Attribute[] = [
  requestHeader('x_amzn_mtls_clientcert_serial_number', 'X-Amzn-Mtls-Clientcert-Serial-Number'),
  requestHeader('x_amzn_mtls_clientcert_issuer', 'X-Amzn-Mtls-Clientcert-Issuer'),
  requestHeader('x_amzn_mtls_clientcert_subject', 'X-Amzn-Mtls-Clientcert-Subject'),
  requestHeader('x_amzn_mtls_clientcert_validity', 'X-Amzn-Mtls-Clientcert-Validity'),
  requestHeader('x_amzn_mtls_clientcert_leaf', 'X-Amzn-Mtls-Clientcert-Leaf'),
  requestHeader('x_amzn_mtls_clientcert', 'X-Amzn-Mtls-Clientcert'),
  requestHeader('x_amzn_tls_version', 'X-Amzn-Tls-Version'),
  requestHeader('x_amzn_tls_cipher_suite', 'X-Amzn-Tls-Cipher-Suite'),
];

export const LISTENER_ATTRIBUTES: readonly Attribute[] = [...RESPONSE, ...REQUEST];

/** Keys of listeners of Network and Gateway Load Balancers. */
const OF_OTHER_TYPES: readonly string[] = ['tcp.idle_timeout.seconds', 'send_tcp_reset.on_idle_timeout.enabled'];

function tableOf(protocol: Listener['protocol']): readonly Attribute[] {
  return protocol === 'HTTPS' ? LISTENER_ATTRIBUTES : RESPONSE;
}

function elsewhere(protocol: Listener['protocol']): (key: string) => string | null {
  return (key) => {
    if (REQUEST.some((attribute) => attribute.key === key)) return `Listener attribute key '${key}' is not supported on listeners with protocol '${protocol}'`;
    // observed
    return OF_OTHER_TYPES.includes(key) ? 'The provided listener attribute is not supported' : null;
  };
}

export function newListenerAttributes(protocol: Listener['protocol']): Readonly<Record<string, string>> {
  return defaults(tableOf(protocol));
}

/** The attributes of a listener whose protocol has changed: those of the new protocol, with what was set before where it still applies. */
export function carriedOver(old: Readonly<Record<string, string>>, protocol: Listener['protocol']): Readonly<Record<string, string>> {
  return Object.fromEntries(tableOf(protocol).map(({ key, default: otherwise }) => [key, old[key] ?? otherwise]));
}

export function listenerAttributeOperations(environment: Environment) {
  return {
    DescribeListenerAttributes(input: DescribeListenerAttributesInput, call: Call): DescribeListenerAttributesOutput {
      const listener = lookup.listener(environment.store.world, input.ListenerArn ?? '', call);
      return { Attributes: listed(listener.attributes, tableOf(listener.protocol)) };
    },

    ModifyListenerAttributes(input: ModifyListenerAttributesInput, call: Call): Promise<ModifyListenerAttributesOutput> {
      return environment.store.transact((transaction) => {
        const old = lookup.listener(transaction, input.ListenerArn ?? '', call);
        const table = { noun: 'Listener', attributes: tableOf(old.protocol), twice: (key: string) => `Attribute key '${key}' has been specified more than once`, elsewhere: elsewhere(old.protocol) };
        const attributes = { ...modified(table, old.attributes, input.Attributes) };
        for (const { key, default: otherwise } of REQUEST) if (attributes[key] === '') attributes[key] = otherwise;
        transaction.put('elbv2/listener', { ...old, attributes });
        return { Attributes: listed(attributes, table.attributes) };
      });
    },
  };
}
