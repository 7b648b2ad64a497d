import { allowsNothing, functionUrlHost, isUrlPublic, policyDocument } from '../../resources/lambda/index.ts';
import type { EntrancePart } from '../apigatewayv2/entrances.ts';
import type { Installation } from '../installation.ts';
import type { Round } from '../units.ts';
import type { World } from '../world.ts';

/** The URLs of functions, before it is known where they are bound. */
export function compileFunctionUrls(world: World, { dnsSuffix }: Installation, round: Round): readonly EntrancePart[] {
  return world
    .list('lambda/function-url')
    .map(({ id }) =>
      round.unit(`function url ${id}`, (maker): EntrancePart | null => {
        const url = maker.get('lambda/function-url', id);
        if (!url) return null;
        const { functionArn, urlId, account, region, cors } = url;
        const alias = functionArn === url.parent ? null : maker.get('lambda/alias', functionArn);
        const version = alias && alias.functionVersion !== '$LATEST' ? maker.get('lambda/version', `${url.parent}:${alias.functionVersion}`) : maker.get('lambda/function', url.parent);
        if (!version || alias === undefined) return null;
        const host = functionUrlHost(url, dnsSuffix);
        const policy = maker.get('lambda/policy', functionArn);
        const allowsAll = isUrlPublic(maker, functionArn);
        if (url.authType === 'NONE' && !allowsAll) {
          maker.tell({
            severity: 'warning', resource: functionArn, field: 'FunctionUrlConfig.AuthType',
            message: `Requests to ${host} are answered with 403: the function's policy does not let everybody in. Allow lambda:InvokeFunctionUrl for the principal * with AddPermission.`,
          });
        }
        return {
          owner: functionArn, label: `function-url/${urlId}`, host, certificate: null, clients: null, region,
          entrance: {
            kind: 'function-url', urlId, account, region, domainName: host, functionArn, auth: url.authType === 'NONE' ? 'none' : 'iam', allowsAll,
            policy: policy ? policyDocument(policy) : null, streaming: url.invokeMode === 'RESPONSE_STREAM',
            cors: cors === null || allowsNothing(cors) ? null : {
              allowOrigins: cors.allowOrigins, allowMethods: cors.allowMethods, allowHeaders: cors.allowHeaders, exposeHeaders: cors.exposeHeaders, allowCredentials: cors.allowCredentials, maxAge: cors.maxAge,
            },
          },
        };
      }),
    )
    .filter((part) => part !== null);
}
