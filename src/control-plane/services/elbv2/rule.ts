import type {
  CreateRuleInput, CreateRuleOutput, DeleteRuleInput, DeleteRuleOutput, DescribeRulesInput, DescribeRulesOutput, ModifyRuleInput, ModifyRuleOutput,
  Rule as WireRule, SetRulePrioritiesInput, SetRulePrioritiesOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { hexId } from '../../../kernel/index.ts';
import { AwsError, type Call } from '../../../aws/index.ts';
import { ruleArn, type Listener, type Rule } from '../../resources/elbv2/index.ts';
import type { World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { quota } from './account-limit.ts';
import { actions, actionShape, type ActionContext } from './action.ts';
import { conditions, conditionShape } from './condition.ts';
import { operationNotPermitted, validationError } from './error.ts';
import * as lookup from './lookup.ts';
import { page } from './page.ts';
import { newTags } from './tag.ts';
import { transforms, transformShape } from './transform.ts';

export function ruleShape(rule: Rule): WireRule {
  return {
    RuleArn: rule.id,
    Priority: String(rule.priority),
    Conditions: rule.conditions.map(conditionShape),
    Actions: rule.actions.map(actionShape),
    IsDefault: false,
    ...(rule.transforms.length === 0 ? {} : { Transforms: rule.transforms.map(transformShape) }),
  };
}

export function defaultRuleShape(listener: Listener): WireRule {
  return {
    RuleArn: listener.defaultRuleArn,
    Priority: 'default',
    Conditions: [],
    Actions: listener.defaultActions.map(actionShape),
    IsDefault: true,
  };
}

function priorityInUse(priority: number): AwsError {
  return new AwsError('PriorityInUse', `Priority '${priority}' is currently in use`);
}

function checkPriority(priority: number | undefined): number {
  if (priority === undefined) throw validationError('A rule priority must be specified');
  if (priority < 1 || priority > 50000) throw validationError(`Rule priority '${priority}' must be between '1-50000' inclusive`);
  return priority;
}

function contextOf(world: World, listener: Listener, { environment, call, existing }: Pick<ActionContext, 'environment' | 'call' | 'existing'>) {
  return { world, environment, call, listener, existing, balancer: lookup.loadBalancer(world, listener.parent ?? '', call) };
}

export function ruleOperations(environment: Environment) {
  return {
    async CreateRule(input: CreateRuleInput, call: Call): Promise<CreateRuleOutput> {
      const tags = newTags(input.Tags, environment);
      const priority = checkPriority(input.Priority);
      const rewrites = transforms(input.Transforms);
      const hex = hexId(environment.random, 16);
      const rule = await environment.store.transact((transaction) => {
        const listener = lookup.listener(transaction, input.ListenerArn ?? '', call);
        const context = contextOf(transaction, listener, { environment, call, existing: [] });
        const created: Rule = {
          id: ruleArn(listener.id, hex),
          account: call.account,
          region: call.region,
          parent: listener.id,
          createdAt: environment.clock.now(),
          priority,
          conditions: conditions(input.Conditions, environment),
          actions: actions(input.Actions, context),
          transforms: rewrites,
          tags,
        };
        if (transaction.children('elbv2/rule', listener.id).some((other) => other.priority === priority)) throw priorityInUse(priority);
        // AWS: "Rules per load balancer, not counting default rules".
        const count = transaction
          .children('elbv2/listener', context.balancer.id)
          .reduce((total, each) => total + transaction.children('elbv2/rule', each.id).length, 0);
        if (count >= quota(environment, 'rules-per-application-load-balancer')) {
          throw new AwsError('TooManyRules', `The maximum number of rules has been reached on load balancer '${context.balancer.id}'`);
        }
        transaction.put('elbv2/rule', created);
        return created;
      });
      return { Rules: [ruleShape(rule)] };
    },

    async ModifyRule(input: ModifyRuleInput, call: Call): Promise<ModifyRuleOutput> {
      if (input.Conditions === undefined && input.Actions === undefined && input.Transforms === undefined && input.ResetTransforms === undefined) {
        throw validationError('Either conditions or actions must be specified');
      }
      if (input.ResetTransforms === true && (input.Transforms?.length ?? 0) > 0) throw validationError('You cannot specify both Transforms and ResetTransforms');
      const rewrites = input.ResetTransforms === true ? [] : input.Transforms === undefined ? undefined : transforms(input.Transforms);
      const rule = await environment.store.transact((transaction) => {
        const found = lookup.rule(transaction, input.RuleArn ?? '', call);
        if (found.kind === 'default') throw operationNotPermitted(`Default rule '${input.RuleArn}' cannot be modified`);
        const old = found.rule;
        const listener = lookup.listener(transaction, old.parent ?? '', call);
        const changed: Rule = {
          ...old,
          conditions: input.Conditions === undefined ? old.conditions : conditions(input.Conditions, environment),
          actions: input.Actions === undefined ? old.actions : actions(input.Actions, contextOf(transaction, listener, { environment, call, existing: old.actions })),
          transforms: rewrites ?? old.transforms,
        };
        transaction.put('elbv2/rule', changed);
        return changed;
      });
      return { Rules: [ruleShape(rule)] };
    },

    async DeleteRule(input: DeleteRuleInput, call: Call): Promise<DeleteRuleOutput> {
      await environment.store.transact((transaction) => {
        const found = lookup.rule(transaction, input.RuleArn ?? '', call);
        if (found.kind === 'default') throw operationNotPermitted(`Default rule '${input.RuleArn}' cannot be deleted`);
        transaction.delete('elbv2/rule', found.rule.id);
      });
      return {};
    },

    /** All at once: rules may trade priorities, and one conflict leaves everything as it was. */
    async SetRulePriorities(input: SetRulePrioritiesInput, call: Call): Promise<SetRulePrioritiesOutput> {
      const asked = input.RulePriorities ?? [];
      if (asked.length === 0) throw validationError('At least one rule priority must be specified');
      const rules = await environment.store.transact((transaction) => {
        const moved = new Map<string, Rule>();
        for (const { RuleArn: arn = '', Priority } of asked) {
          const priority = checkPriority(Priority);
          const found = lookup.rule(transaction, arn, call);
          if (found.kind === 'default') throw operationNotPermitted(`Default rule '${arn}' has no priority that could be modified`);
          if (moved.has(arn)) throw validationError(`Rule '${arn}' was provided multiple times`);
          for (const other of moved.values()) {
            if (other.parent === found.rule.parent && other.priority === priority) throw validationError(`Priority '${priority}' was provided multiple times`);
          }
          moved.set(arn, { ...found.rule, priority });
        }
        for (const rule of moved.values()) {
          const holder = transaction.children('elbv2/rule', rule.parent ?? '').find((other) => other.priority === rule.priority);
          if (holder && !moved.has(holder.id)) throw priorityInUse(rule.priority);
        }
        for (const rule of moved.values()) transaction.put('elbv2/rule', rule);
        return [...moved.values()];
      });
      return { Rules: rules.map(ruleShape) };
    },

    DescribeRules(input: DescribeRulesInput, call: Call): DescribeRulesOutput {
      const { items, next } = page(described(environment.store.world, input, call), input, (rule) => rule.RuleArn ?? '');
      return { Rules: [...items], ...next };
    },
  };
}

function described(world: World, input: DescribeRulesInput, call: Call): readonly WireRule[] {
  const arns = input.RuleArns ?? [];
  if (arns.length === 0 && input.ListenerArn === undefined) throw validationError('You must specify either listener rule ARNs or a listener ARN');
  if (arns.length > 0 && input.ListenerArn !== undefined) throw validationError('Listener rule ARNs and a listener ARN cannot be specified at the same time');
  if (arns.length > 0) {
    return arns.map((arn) => {
      const found = lookup.rule(world, arn, call);
      return found.kind === 'rule' ? ruleShape(found.rule) : defaultRuleShape(found.listener);
    });
  }
  const listener = lookup.listener(world, input.ListenerArn ?? '', call);
  const rules = world.children('elbv2/rule', listener.id).toSorted((a, b) => a.priority - b.priority);
  return [...rules.map(ruleShape), defaultRuleShape(listener)];
}
