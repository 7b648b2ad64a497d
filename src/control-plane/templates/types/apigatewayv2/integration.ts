import { either, listOf, mapOf, number, oneOf, properties, record, text } from '../schema.ts';
import { gatewayType } from './gateway-type.ts';

export const integration = gatewayType({
  name: 'AWS::ApiGatewayV2::Integration',
  noun: 'Integration',
  id: 'IntegrationId',
  parents: ['ApiId'],
  properties: properties({
    replace: { 'ApiId!': text },
    inPlace: {
      ConnectionId: text, ConnectionType: oneOf('INTERNET', 'VPC_LINK'), ContentHandlingStrategy: oneOf('CONVERT_TO_BINARY', 'CONVERT_TO_TEXT'), CredentialsArn: text, Description: text, IntegrationMethod: text,
      IntegrationSubtype: text, 'IntegrationType!': oneOf('AWS', 'AWS_PROXY', 'HTTP', 'HTTP_PROXY', 'MOCK'), IntegrationUri: text, PassthroughBehavior: oneOf('WHEN_NO_MATCH', 'WHEN_NO_TEMPLATES', 'NEVER'),
      PayloadFormatVersion: text, RequestParameters: mapOf(text), RequestTemplates: mapOf(text),
      // CloudFormation writes the mappings of a status as a list of destinations and sources.
      ResponseParameters: mapOf(either(record({ 'ResponseParameters!': listOf(record({ 'Destination!': text, 'Source!': text })) }), mapOf(text))),
      TemplateSelectionExpression: text, TimeoutInMillis: number, TlsConfig: record({ ServerNameToVerify: text }),
    },
  }),
  resets: { ConnectionId: '', ConnectionType: 'INTERNET', CredentialsArn: '', Description: '', IntegrationMethod: '', IntegrationSubtype: '', IntegrationUri: '', RequestTemplates: {}, TemplateSelectionExpression: '', TlsConfig: {} },
  input: (name, value) => (name === 'ResponseParameters' ? Object.fromEntries(Object.entries(value as Readonly<Record<string, Mapping>>).map(([status, mapping]) => [status, mapped(mapping)])) : value),
});

type Mapping = Readonly<Record<string, string>> | { readonly ResponseParameters: readonly { readonly Destination: string; readonly Source: string }[] };

function mapped(mapping: Mapping): Readonly<Record<string, string>> {
  const list = mapping.ResponseParameters;
  if (!Array.isArray(list)) return mapping as Readonly<Record<string, string>>;
  return Object.fromEntries((list as readonly { readonly Destination: string; readonly Source: string }[]).map(({ Destination, Source }) => [Destination, Source]));
}
