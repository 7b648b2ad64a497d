import { CodeError } from '../../code/local-code.ts';
import { localDocument } from '../../code/local-document.ts';
import { documentText, pick, type CallOperation, type Properties, type ResourceType } from '../resource-type.ts';
import { document, flag, mapOf, number, oneOf, properties, record, text, texts } from '../schema.ts';
import { retag } from './tags.ts';

const SETTINGS = ['ApiKeySelectionExpression', 'CorsConfiguration', 'Description', 'DisableExecuteApiEndpoint', 'DisableSchemaValidation', 'IpAddressType', 'Name', 'RouteSelectionExpression', 'Version'];
const QUICK = ['CredentialsArn', 'RouteKey', 'Target'];
const RESETS: Properties = { Description: '', DisableExecuteApiEndpoint: false, DisableSchemaValidation: false, IpAddressType: 'ipv4', Version: '', ApiKeySelectionExpression: '$request.header.x-api-key' };

/** `BodyS3Location` is a path, relative to the template, as in templates for `aws cloudformation package`. */
export const api: ResourceType = {
  name: 'AWS::ApiGatewayV2::Api',
  nameProperty: null,
  properties: properties({
    replace: { ProtocolType: oneOf('HTTP', 'WEBSOCKET') },
    inPlace: {
      ApiKeySelectionExpression: text,
      BasePath: oneOf('ignore', 'prepend', 'split'),
      Body: document,
      BodyS3Location: text,
      CorsConfiguration: record({ AllowCredentials: flag, AllowHeaders: texts, AllowMethods: texts, AllowOrigins: texts, ExposeHeaders: texts, MaxAge: number }),
      CredentialsArn: text,
      Description: text,
      DisableExecuteApiEndpoint: flag,
      DisableSchemaValidation: flag,
      FailOnWarnings: flag,
      IpAddressType: oneOf('ipv4', 'dualstack'),
      Name: text,
      RouteKey: text,
      RouteSelectionExpression: text,
      Tags: mapOf(text),
      Target: text,
      Version: text,
    },
  }),
  attributes: ['ApiEndpoint', 'ApiId'],

  async prepare({ BodyS3Location: path, ...properties }, task) {
    if (path === undefined) return properties;
    try {
      return { ...properties, Body: await localDocument(path, task.baseFolder) };
    } catch (error) {
      if (!(error instanceof CodeError)) throw error;
      task.wrong(`${task.path}.BodyS3Location`, path, error.message);
      return properties;
    }
  },

  async create({ call, properties, made, region, partition }) {
    if (properties['Body'] === undefined) {
      const { ApiId } = await call('apigatewayv2', 'CreateApi', pick(properties, ['ProtocolType', 'Tags', ...SETTINGS, ...QUICK]));
      await made(ApiId);
      return ApiId as string;
    }
    const { ApiId } = await call('apigatewayv2', 'ImportApi', body(properties));
    await made(ApiId);
    // What the template says beside the document wins.
    const settings = pick(properties, SETTINGS);
    if (Object.keys(settings).length > 0) await call('apigatewayv2', 'UpdateApi', { ApiId, ...settings });
    await retag(call, arnOf(ApiId, { region, partition }), { previous: {}, next: properties['Tags'] });
    return ApiId as string;
  },

  async update({ call, physicalId, properties, previous, changed, region, partition }) {
    const ApiId = physicalId;
    const isImported = properties['Body'] !== undefined && ['BasePath', 'Body', 'FailOnWarnings'].some((name) => changed.has(name));
    if (isImported) await call('apigatewayv2', 'ReimportApi', { ApiId, ...body(properties) });
    // A reimport starts from the document: all that the template says beside it is said again.
    const names = isImported ? SETTINGS : [...SETTINGS, ...QUICK].filter((name) => changed.has(name));
    const settings = { ...pick(properties, names), ...Object.fromEntries(names.filter((name) => changed.has(name) && properties[name] === undefined && Object.hasOwn(RESETS, name)).map((name) => [name, RESETS[name]])) };
    if (Object.keys(settings).length > 0) await call('apigatewayv2', 'UpdateApi', { ApiId, ...settings });
    if (changed.has('CorsConfiguration') && properties['CorsConfiguration'] === undefined && !isImported) await call('apigatewayv2', 'DeleteCorsConfiguration', { ApiId });
    if (changed.has('Tags')) await retag(call, arnOf(ApiId, { region, partition }), { previous: previous['Tags'], next: properties['Tags'] });
  },

  async delete({ call, physicalId }) {
    await call('apigatewayv2', 'DeleteApi', { ApiId: physicalId });
  },

  read: async ({ call, physicalId }) => ({ ref: physicalId, attributes: { ApiId: physicalId, ApiEndpoint: await endpointOf(call, physicalId) } }),
};

function body(properties: Properties): object {
  return { Body: documentText(properties['Body']), ...(properties['BasePath'] === undefined ? {} : { Basepath: properties['BasePath'] }), ...pick(properties, ['FailOnWarnings']) };
}

async function endpointOf(call: CallOperation, ApiId: string): Promise<string> {
  return String((await call('apigatewayv2', 'GetApi', { ApiId })).ApiEndpoint);
}

function arnOf(apiId: string, { region, partition }: { readonly region: string; readonly partition: string }): string {
  return `arn:${partition}:apigateway:${region}::/apis/${apiId}`;
}
