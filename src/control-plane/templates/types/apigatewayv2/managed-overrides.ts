import type { CallOperation, Properties, ResourceType } from '../resource-type.ts';
import { flag, mapOf, number, properties, record, text, texts } from '../schema.ts';

const routeSettings = record({ DataTraceEnabled: flag, DetailedMetricsEnabled: flag, LoggingLevel: text, ThrottlingBurstLimit: number, ThrottlingRateLimit: number });

/** Changes of what quick create made: its integration, its route, its stage. Deleting them leaves what they changed, as AWS documents no way back. */
export const managedOverrides: ResourceType = {
  name: 'AWS::ApiGatewayV2::ApiGatewayManagedOverrides',
  nameProperty: null,
  properties: properties({
    replace: { 'ApiId!': text },
    inPlace: {
      Integration: record({ Description: text, IntegrationMethod: text, PayloadFormatVersion: text, TimeoutInMillis: number }),
      Route: record({ AuthorizationScopes: texts, AuthorizationType: text, AuthorizerId: text, OperationName: text, Target: text }),
      Stage: record({
        AccessLogSettings: record({ DestinationArn: text, Format: text }), AutoDeploy: flag, DefaultRouteSettings: routeSettings, Description: text, RouteSettings: mapOf(routeSettings), StageVariables: mapOf(text),
      }),
    },
  }),
  attributes: [],

  async create({ call, properties, made, generatedName }) {
    const id = generatedName(64);
    await made(id);
    await override(call, properties, ['Integration', 'Route', 'Stage']);
    return id;
  },

  async update({ call, properties, changed }) {
    await override(call, properties, changed);
  },

  delete: async () => {},

  read: async ({ physicalId }) => ({ ref: physicalId, attributes: {} }),
};

interface Managed {
  readonly ApiGatewayManaged?: boolean;
  readonly IntegrationId?: string;
  readonly RouteId?: string;
  readonly StageName?: string;
}

async function override(call: CallOperation, properties: Properties, parts: Iterable<string>): Promise<void> {
  const ApiId: string = properties['ApiId'];
  for (const part of parts) {
    if (properties[part] === undefined || part === 'ApiId') continue;
    const { Items } = (await call('apigatewayv2', `Get${part}s`, { ApiId })) as { readonly Items: readonly Managed[] };
    const managed = Items.find(({ ApiGatewayManaged }) => ApiGatewayManaged === true);
    if (!managed) throw new Error(`The API ${ApiId} has no ${part.toLowerCase()} that quick create made: overrides are for APIs with a Target`);
    const where = part === 'Integration' ? { IntegrationId: managed.IntegrationId } : part === 'Route' ? { RouteId: managed.RouteId } : { StageName: managed.StageName };
    await call('apigatewayv2', `Update${part}`, { ApiId, ...where, ...properties[part] });
  }
}
