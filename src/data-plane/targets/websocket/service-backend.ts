import type { Clock } from '../../../kernel/index.ts';
import type { WebSocketIntegration } from '../../../snapshot/index.ts';
import type { Outgoing } from '../../exchange/index.ts';
import { signature, type ServiceEndpoint } from '../service-endpoint.ts';
import { HttpBackend } from './http-backend.ts';

/**
 * An AWS service that messages are sent to, at the installation's endpoint for those that are not served here. The role of the integration is not assumed: the installation's own keys sign.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-requests.html
 */
export function serviceBackend(integration: Extract<WebSocketIntegration, { kind: 'aws-service' }>, { outgoing, clock, endpoint }: { readonly outgoing: Outgoing; readonly clock: Clock; readonly endpoint: ServiceEndpoint }): HttpBackend {
  const { service, region, path, headers, parameters, ...settings } = integration;
  const fixed = Object.entries(headers)
    .filter(([name]) => !parameters.some((parameter) => parameter.part === 'header' && parameter.name.toLowerCase() === name))
    .map(([name, text]) => ({ part: 'header', name, value: { kind: 'static', text } }) as const);
  return new HttpBackend({ ...settings, proxy: false, url: endpoint.url + path, parameters: [...fixed, ...parameters] }, outgoing, (request) => signature(endpoint, request, { service, region, now: clock.now() }));
}
