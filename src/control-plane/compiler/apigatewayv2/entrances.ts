import { apiArn, apiHost, domainNameArn, stageArn, type Api } from '../../resources/apigatewayv2/index.ts';
import type { ApiEntrance, ClientVerification, EntranceMapping, EntranceRule, FunctionUrlEntrance } from '../../../snapshot/index.ts';
import type { Installation } from '../installation.ts';
import type { Round } from '../units.ts';
import type { World } from '../world.ts';

/** A name by which APIs are reached, before it is known where it is bound. */
export interface EntrancePart {
  /** ARN of the API or the domain name. */
  readonly owner: string;
  readonly label: string;
  /** Lower-case host, or `*.example.com`. */
  readonly host: string;
  readonly entrance: ApiEntrance | FunctionUrlEntrance;
  /** ARN of the certificate; null: that of the installation for APIs' own names. */
  readonly certificate: string | null;
  /** Mutual TLS; null: none. */
  readonly clients: ClientVerification | null;
  readonly region: string;
}

export function compileEntrances(world: World, installation: Installation, round: Round): readonly EntrancePart[] {
  return [
    ...world.list('apigatewayv2/api').map(({ id }) => round.unit(`api entrance ${id}`, (maker): EntrancePart | null => {
      const api = maker.get('apigatewayv2/api', id);
      return api ? apiEntrance(api, installation, maker.children('apigatewayv2/stage', id).map(({ stageName }) => stageName)) : null;
    })),
    ...world.list('apigatewayv2/domain-name').map(({ id }) => round.unit(`domain entrance ${id}`, (maker): EntrancePart | null => {
      const domain = maker.get('apigatewayv2/domain-name', id);
      if (!domain) return null;
      const { region, domainName, routingMode, mutualTls = null } = domain;
      const arn = domainNameArn(region, domainName);
      const stageOf = (apiId: string, stage: string): string | null => (maker.get('apigatewayv2/stage', `${apiId}/${stage}`)?.deploymentId ? stageArn(region, apiId, stage) : null);
      const mappings = maker.children('apigatewayv2/api-mapping', id).flatMap(({ apiMappingKey, apiId, stage }): readonly EntranceMapping[] => {
        const target = stageOf(apiId, stage);
        return target === null ? [] : [{ basePath: apiMappingKey, stage: target }];
      });
      const rules = maker.children('apigatewayv2/routing-rule', id).toSorted((a, b) => a.priority - b.priority).flatMap(({ routingRuleArn, priority, conditions, action }): readonly EntranceRule[] => {
        const target = stageOf(action.apiId, action.stage);
        if (target === null) return [];
        return [{
          id: routingRuleArn, priority, stage: target, stripBasePath: action.stripBasePath,
          basePaths: conditions.flatMap((condition) => (condition.kind === 'base-paths' ? condition.anyOf : [])),
          headers: conditions.flatMap((condition) => (condition.kind === 'headers' ? [condition.anyOf.map(({ header, valueGlob }) => ({ name: header.toLowerCase(), glob: valueGlob }))] : [])),
        }];
      });
      return {
        owner: arn, label: `domain/${domainName}`, host: domainName, certificate: domain.configurations[0].certificateArn, region,
        clients: mutualTls === null ? null : { kind: 'verify', trustStore: arn, refuses: 'requests', authorities: mutualTls.certificates, revocations: [], ignoreExpiry: false, advertiseNames: false },
        entrance: {
          kind: 'apis', entrance: 'domain', domainName, trustStore: mutualTls === null ? null : arn, rules: routingMode === 'API_MAPPING_ONLY' ? [] : rules, mappings: routingMode === 'ROUTING_RULE_ONLY' ? [] : mappings,
        },
      };
    })),
  ].filter((part) => part !== null);
}

/** Where the endpoint is disabled, the name is still there and leads nowhere. */
function apiEntrance(api: Api, { dnsSuffix }: Installation, stages: readonly string[]): EntrancePart {
  const host = apiHost(api.id, api.region, dnsSuffix);
  const mappings = api.disableExecuteApiEndpoint ? [] : stages.map((stage): EntranceMapping => ({ basePath: stage === '$default' ? '' : stage, stage: stageArn(api.region, api.id, stage) }));
  return { owner: apiArn(api.region, api.id), label: `api/${api.id}`, host, certificate: null, clients: null, region: api.region, entrance: { kind: 'apis', entrance: 'api', domainName: host, trustStore: null, rules: [], mappings } };
}
