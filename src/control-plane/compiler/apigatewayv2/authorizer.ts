import { executeApiArn, type Authorizer as AuthorizerResource, type Stage } from '../../resources/apigatewayv2/index.ts';
import type { Authorizer } from '../../../snapshot/index.ts';
import type { Maker } from '../units.ts';
import { compileFunctionLink } from './function-link.ts';
import { withStageVariables } from './stage-variables.ts';

/** An authorizer as one stage has it. What cannot be executed refuses everything. */
export function compileAuthorizer(resource: AuthorizerResource, stage: Stage, maker: Maker): Authorizer {
  const { authorizerId: id, name } = resource;
  const unservable = (why: string): Authorizer => {
    maker.tell({ severity: 'error', resource: `${stage.id} authorizer ${name}`, field: 'AuthorizerUri', message: `Requests to routes with this authorizer are answered with 500: ${why}.` });
    return { kind: 'unservable', id, name, why };
  };
  if (resource.authorizerType === 'JWT') {
    return { kind: 'jwt', id, name, issuer: resource.jwtConfiguration.issuer, audience: resource.jwtConfiguration.audience, identitySources: resource.identitySource };
  }
  let absent = '';
  const uri = withStageVariables(resource.authorizerUri, stage.stageVariables, (variable) => (absent = variable));
  if (uri === null) return unservable(`stage variable ${absent} is not set`);
  const link = compileFunctionLink(uri, { sourceArns: [executeApiArn(resource, resource.parent ?? '', `authorizers/${id}`)], account: resource.account, role: resource.authorizerCredentialsArn }, maker);
  if (link.refused !== null) {
    maker.tell({
      severity: 'error', resource: `${stage.id} authorizer ${name}`, field: 'AuthorizerUri',
      message: `Requests to routes with this authorizer are answered with 500: ${link.refused}. Create the function, or add the permission with lambda AddPermission.`,
    });
  }
  return {
    kind: 'lambda', id, name, function: link,
    payload: resource.authorizerPayloadFormatVersion ?? '1.0',
    simpleResponses: resource.enableSimpleResponses ?? false,
    identitySources: resource.identitySource,
    ttlMs: (resource.authorizerResultTtlInSeconds ?? 0) * 1000,
    // another function, form or epoch gives other answers
    cacheKey: JSON.stringify([stage.id, id, stage.authorizersCacheEpoch, link.functionArn, resource.authorizerPayloadFormatVersion, resource.enableSimpleResponses, resource.identitySource]),
  };
}
