import { signHeaders } from '../../../aws/sigv4/index.ts';
import type { Clock } from '../../../kernel/index.ts';
import type { WebSocketIntegration } from '../../../snapshot/index.ts';
import type { Outgoing } from '../../exchange/index.ts';
import type { ServiceEndpoint } from '../http-api/service-integration.ts';
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
  const url = `${endpoint.url.replace(/\/$/, '')}${path}`;
  return new HttpBackend({ ...settings, proxy: false, url, parameters: [...fixed, ...parameters] }, outgoing, (request) => {
    const { host, pathname, search } = new URL(request.url);
    const signed = signHeaders(
      { method: request.method, url: `${pathname}${search}`, headers: [['host', host], ...Object.entries(request.headers)], body: request.body },
      { accessKeyId: endpoint.accessKeyId, secret: endpoint.secret, region, service, now: clock.now() },
    );
    return Object.fromEntries(signed.headers);
  });
}
