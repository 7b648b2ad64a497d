import type { PlainMap } from './source.ts';

/** Whether a file is an OpenAPI 3 document and not a template. */
export function isOpenApi(document: PlainMap): boolean {
  return document['openapi'] !== undefined && document['Resources'] === undefined;
}

/** The template that an OpenAPI document stands for: an HTTP API of it, served at once. */
export function templateOfOpenApi(document: PlainMap): PlainMap {
  return {
    Resources: {
      Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Body: document } },
      Stage: { Type: 'AWS::ApiGatewayV2::Stage', Properties: { ApiId: { Ref: 'Api' }, StageName: '$default', AutoDeploy: true } },
    },
    Outputs: { Url: { Description: 'Where the API is served', Value: { 'Fn::GetAtt': ['Api', 'ApiEndpoint'] } } },
  };
}
