import { isGone, pick, type ResourceType } from '../resource-type.ts';
import { flag, mapOf, number, properties, record, text } from '../schema.ts';
import { retag } from './tags.ts';

const routeSettings = record({ DataTraceEnabled: flag, DetailedMetricsEnabled: flag, LoggingLevel: text, ThrottlingBurstLimit: number, ThrottlingRateLimit: number });
const SETTINGS = ['AccessLogSettings', 'AutoDeploy', 'DefaultRouteSettings', 'DeploymentId', 'Description', 'RouteSettings', 'StageVariables'];

/** A stage; its physical id is its name. */
export const stage: ResourceType = {
  name: 'AWS::ApiGatewayV2::Stage',
  nameProperty: 'StageName',
  properties: properties({
    replace: { 'ApiId!': text, 'StageName!': text },
    inPlace: {
      AccessLogSettings: record({ DestinationArn: text, Format: text }), AutoDeploy: flag, DefaultRouteSettings: routeSettings, DeploymentId: text, Description: text, RouteSettings: mapOf(routeSettings),
      StageVariables: mapOf(text), Tags: mapOf(text),
    },
  }),
  attributes: [],

  async create({ call, properties, made }) {
    const { StageName } = await call('apigatewayv2', 'CreateStage', pick(properties, ['ApiId', 'StageName', 'Tags', ...SETTINGS]));
    await made(StageName);
    return StageName as string;
  },

  async update({ call, physicalId, properties, previous, changed, region, partition }) {
    const where = { ApiId: properties['ApiId'], StageName: physicalId };
    const gone = Object.keys(previous['RouteSettings'] ?? {}).filter((key) => !Object.hasOwn(properties['RouteSettings'] ?? {}, key));
    for (const RouteKey of gone) {
      await call('apigatewayv2', 'DeleteRouteSettings', { ...where, RouteKey }).catch((error: unknown) => {
        // A reimport of the API has forgotten them with their route.
        if (!isGone(error)) throw error;
      });
    }
    if (changed.has('AccessLogSettings') && properties['AccessLogSettings'] === undefined) await call('apigatewayv2', 'DeleteAccessLogSettings', where);
    const settings = pick(properties, SETTINGS.filter((name) => changed.has(name)));
    // A variable is taken away by giving it empty.
    const cleared = Object.keys(previous['StageVariables'] ?? {}).filter((name) => !Object.hasOwn(properties['StageVariables'] ?? {}, name));
    const variables = cleared.length === 0 ? {} : { StageVariables: { ...properties['StageVariables'], ...Object.fromEntries(cleared.map((name) => [name, ''])) } };
    const resets = { ...(changed.has('Description') && properties['Description'] === undefined ? { Description: '' } : {}), ...(changed.has('AutoDeploy') && properties['AutoDeploy'] === undefined ? { AutoDeploy: false } : {}) };
    const input = { ...settings, ...variables, ...resets };
    if (Object.keys(input).length > 0) await call('apigatewayv2', 'UpdateStage', { ...where, ...input });
    if (changed.has('Tags')) await retag(call, `arn:${partition}:apigateway:${region}::/apis/${where.ApiId}/stages/${physicalId}`, { previous: previous['Tags'], next: properties['Tags'] });
  },

  async delete({ call, physicalId, properties }) {
    await call('apigatewayv2', 'DeleteStage', { ApiId: properties['ApiId'], StageName: physicalId });
  },

  read: async ({ physicalId }) => ({ ref: physicalId, attributes: {} }),
};
