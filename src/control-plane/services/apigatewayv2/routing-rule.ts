import type {
  CreateRoutingRuleRequest, DeleteRoutingRuleRequest, GetRoutingRuleRequest, ListRoutingRulesRequest, ListRoutingRulesResponse, PutRoutingRuleRequest, RoutingRule as WireRule, RoutingRuleAction as WireAction,
  RoutingRuleCondition as WireCondition,
} from '@aws-sdk/client-apigatewayv2';
import type { Call } from '../../../aws/index.ts';
import { alphanumericId } from '../../../kernel/index.ts';
import { type DomainName, type RoutingRule, routingRuleArn, type RoutingRuleCondition } from '../../resources/apigatewayv2/index.ts';
import type { World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { badRequest, conflict } from './error.ts';
import * as lookup from './lookup.ts';
import { page } from './page.ts';
import { checkQuota } from './quota.ts';

/** Routing rules: apigateway/latest/developerguide/rest-api-routing-rules.html */
export function routingRuleOperations(environment: Environment) {
  const { store, clock, random } = environment;

  const ruleOf = (world: World, domain: DomainName, more: { readonly input: Pick<CreateRoutingRuleRequest, 'Actions' | 'Conditions' | 'Priority'>; readonly routingRuleId: string; readonly createdAt: number }): RoutingRule => {
    const { input, routingRuleId, createdAt } = more;
    const rule: RoutingRule = {
      id: `${domain.id}/${routingRuleId}`, account: domain.account, region: domain.region, parent: domain.id, createdAt, routingRuleId,
      routingRuleArn: routingRuleArn(domain, domain.domainName, routingRuleId),
      priority: input.Priority!,
      conditions: checkedConditions(input.Conditions),
      action: checkedAction(world, domain, input.Actions),
    };
    const isTaken = world.children('apigatewayv2/routing-rule', domain.id).some(({ id, priority }) => priority === rule.priority && id !== rule.id);
    if (isTaken) throw conflict(`A routing rule with priority ${rule.priority} already exists for this domain name`);
    return rule;
  };

  return {
    async CreateRoutingRule(input: CreateRoutingRuleRequest, call: Call): Promise<WireRule> {
      const routingRuleId = alphanumericId(random, 6);
      const rule = await store.transact((transaction) => {
        const domain = lookup.domainName(transaction, input.DomainName, call);
        checkQuota(environment, 'routing-rules-per-custom-domain-name', transaction.children('apigatewayv2/routing-rule', domain.id).length);
        const created = ruleOf(transaction, domain, { input, routingRuleId, createdAt: clock.now() });
        transaction.put('apigatewayv2/routing-rule', created);
        return created;
      });
      return ruleShape(rule);
    },

    GetRoutingRule: (input: GetRoutingRuleRequest, call: Call): WireRule => ruleShape(lookup.routingRule(store.world, lookup.domainName(store.world, input.DomainName, call), input.RoutingRuleId)),

    /** In order of priority. */
    ListRoutingRules(input: ListRoutingRulesRequest, call: Call): ListRoutingRulesResponse {
      const domain = lookup.domainName(store.world, input.DomainName, call);
      const rules = store.world.children('apigatewayv2/routing-rule', domain.id).toSorted((one, other) => one.priority - other.priority);
      const { items, next } = page(rules, input, `rules of ${domain.id}`);
      return { RoutingRules: items.map(ruleShape), ...next };
    },

    async PutRoutingRule(input: PutRoutingRuleRequest, call: Call): Promise<WireRule> {
      const rule = await store.transact((transaction) => {
        const domain = lookup.domainName(transaction, input.DomainName, call);
        const { routingRuleId, createdAt } = lookup.routingRule(transaction, domain, input.RoutingRuleId);
        const updated = ruleOf(transaction, domain, { input, routingRuleId, createdAt });
        transaction.put('apigatewayv2/routing-rule', updated);
        return updated;
      });
      return ruleShape(rule);
    },

    async DeleteRoutingRule(input: DeleteRoutingRuleRequest, call: Call): Promise<object> {
      await store.transact((transaction) => {
        const domain = lookup.domainName(transaction, input.DomainName, call);
        transaction.delete('apigatewayv2/routing-rule', lookup.routingRule(transaction, domain, input.RoutingRuleId).id);
      });
      return {};
    },
  };
}

const MOST_HEADER_CONDITIONS = 2;
const MOST_VALUES = 50;

function checkedConditions(conditions: readonly WireCondition[] | undefined): readonly RoutingRuleCondition[] {
  const read = (conditions ?? []).map(checkedCondition);
  if (read.filter(({ kind }) => kind === 'headers').length > MOST_HEADER_CONDITIONS) throw badRequest(`A routing rule has at most ${MOST_HEADER_CONDITIONS} header conditions`);
  if (read.filter(({ kind }) => kind === 'base-paths').length > 1) throw badRequest('A routing rule has at most one base path condition');
  return read;
}

function checkedCondition({ MatchBasePaths: paths, MatchHeaders: headers }: WireCondition): RoutingRuleCondition {
  if ((paths === undefined) === (headers === undefined)) throw badRequest('A condition must have exactly one of matchBasePaths and matchHeaders');
  const anyOf = paths?.AnyOf ?? headers?.AnyOf ?? [];
  if (anyOf.length === 0 || anyOf.length > MOST_VALUES) throw badRequest(`A condition must have 1 to ${MOST_VALUES} values`);
  if (paths !== undefined) {
    for (const path of paths.AnyOf ?? []) if (path.length > 128 || !/^[A-Za-z0-9$\-_.+!*'(),]+(?:\/[A-Za-z0-9$\-_.+!*'(),]+)*$/.test(path)) throw badRequest(`Invalid base path specified: ${path}`);
    return { kind: 'base-paths', anyOf: paths.AnyOf ?? [] };
  }
  return {
    kind: 'headers',
    anyOf: (headers?.AnyOf ?? []).map(({ Header: header = '', ValueGlob: valueGlob = '' }) => {
      if (!/^[A-Za-z0-9*?\-!#$%&'.^_`|~]{1,39}$/.test(header)) throw badRequest(`Invalid header name specified: ${header}`);
      if (!/^\*?[^*]{0,126}\*?$/.test(valueGlob) || valueGlob === '') throw badRequest(`Invalid header value specified: ${valueGlob}. Wildcards are allowed at its beginning and end`);
      return { header, valueGlob };
    }),
  };
}

function checkedAction(world: World, domain: DomainName, actions: readonly WireAction[] | undefined): RoutingRule['action'] {
  if (actions?.length !== 1 || actions[0]!.InvokeApi === undefined) throw badRequest('A routing rule has exactly one action, which invokes an API');
  const { ApiId: apiId = '', Stage: stage = '', StripBasePath: stripBasePath = false } = actions[0]!.InvokeApi;
  const api = world.get('apigatewayv2/api', apiId);
  if (!api || api.account !== domain.account || api.region !== domain.region) throw badRequest('Invalid API identifier specified');
  if (api.protocolType === 'WEBSOCKET') throw badRequest('Routing rules cannot invoke an API with a protocol type of WEBSOCKET');
  if (!world.get('apigatewayv2/stage', `${apiId}/${stage}`)) throw badRequest('Invalid stage identifier specified');
  return { apiId, stage, stripBasePath };
}

function ruleShape(rule: RoutingRule): WireRule {
  const { apiId, stage, stripBasePath } = rule.action;
  return {
    Actions: [{ InvokeApi: { ApiId: apiId, Stage: stage, StripBasePath: stripBasePath } }],
    Conditions: rule.conditions.map((condition) =>
      condition.kind === 'base-paths'
        ? { MatchBasePaths: { AnyOf: [...condition.anyOf] } }
        : { MatchHeaders: { AnyOf: condition.anyOf.map(({ header, valueGlob }) => ({ Header: header, ValueGlob: valueGlob })) } },
    ),
    Priority: rule.priority,
    RoutingRuleArn: rule.routingRuleArn,
    RoutingRuleId: rule.routingRuleId,
  };
}
