import type { RouteSettings as WireRouteSettings } from '@aws-sdk/client-apigatewayv2';
import type { Api, ProtocolType, RouteSettings } from '../../resources/apigatewayv2/index.ts';
import type { World } from '../../store/index.ts';
import { badRequest, unsupported } from './error.ts';
import { present } from './text.ts';

export const DEFAULT_ROUTE_SETTINGS: RouteSettings = { dataTraceEnabled: null, detailedMetricsEnabled: null, loggingLevel: null, throttlingBurstLimit: null, throttlingRateLimit: null };

const OF_ITSELF: Readonly<Record<ProtocolType, readonly string[]>> = { HTTP: ['$default'], WEBSOCKET: ['$connect', '$disconnect', '$default'] };

/**
 * Keys that settings of routes may name: those of the API's routes, and those that it has of itself, which AWS takes before there is such a route
 * (observed: the acceptance tests of the Terraform provider pass there with stages of APIs without routes).
 */
export function settableRouteKeys(world: World, api: Api): ReadonlySet<string> {
  return new Set([...OF_ITSELF[api.protocolType], ...world.children('apigatewayv2/route', api.id).map(({ routeKey }) => routeKey)]);
}

/** Settings as an update leaves them: what is not said stays. */
export function checkedRouteSettings(protocol: ProtocolType, input: WireRouteSettings, before: RouteSettings = DEFAULT_ROUTE_SETTINGS): RouteSettings {
  if (protocol === 'HTTP') {
    if (input.DataTraceEnabled === true) throw unsupported(protocol, 'data trace');
    if (input.LoggingLevel !== undefined && input.LoggingLevel !== 'OFF') throw badRequest('Execution logs are not supported on protocol type HTTP');
  }
  const { ThrottlingBurstLimit: burst, ThrottlingRateLimit: rate } = input;
  if (burst !== undefined && burst < 0) throw badRequest('ThrottlingBurstLimit must not be negative');
  if (rate !== undefined && rate < 0) throw badRequest('ThrottlingRateLimit must not be negative');
  return {
    dataTraceEnabled: input.DataTraceEnabled ?? before.dataTraceEnabled,
    detailedMetricsEnabled: input.DetailedMetricsEnabled ?? before.detailedMetricsEnabled,
    loggingLevel: input.LoggingLevel ?? before.loggingLevel,
    throttlingBurstLimit: burst ?? before.throttlingBurstLimit,
    throttlingRateLimit: rate ?? before.throttlingRateLimit,
  };
}

export function routeSettingsShape(settings: RouteSettings): WireRouteSettings {
  return present({
    DataTraceEnabled: settings.dataTraceEnabled,
    DetailedMetricsEnabled: settings.detailedMetricsEnabled ?? false,
    LoggingLevel: settings.loggingLevel,
    ThrottlingBurstLimit: settings.throttlingBurstLimit,
    ThrottlingRateLimit: settings.throttlingRateLimit,
  });
}
