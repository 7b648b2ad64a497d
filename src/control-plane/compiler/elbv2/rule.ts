import { targetGroupsOf, type Rule } from '../../resources/elbv2/index.ts';
import { freeze, type Diagnostic, type Route } from '../../../snapshot/index.ts';
import { inOrder } from '../step-order.ts';
import { compileActions } from './action.ts';
import { compileCondition, hostsOf } from './condition.ts';
import { compileTransforms } from './transform.ts';

export interface CompiledRule {
  readonly route: Route;
  readonly exactHosts: readonly string[];
  readonly wildHosts: readonly string[];
  readonly targetGroups: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

interface Remembered {
  /** The target groups that were missing, as one text: the only thing outside the rule that its route depends on. */
  readonly missing: string;
  readonly compiled: CompiledRule;
}

/** Rules by the thousand on one listener: each is compiled once as long as it and the existence of its target groups stay as they are. */
export class Rules {
  readonly #remembered = new WeakMap<Rule, Remembered>();

  compile(rule: Rule, hasTargetGroup: (arn: string) => boolean): CompiledRule {
    const known = this.#remembered.get(rule);
    const targetGroups = known?.compiled.targetGroups ?? targetGroupsOf(rule.actions);
    const missing = targetGroups.filter((arn) => !hasTargetGroup(arn)).join(' ');
    if (known?.missing === missing) return known.compiled;
    const compiled = freeze(compileRule(rule, targetGroups, hasTargetGroup));
    this.#remembered.set(rule, { missing, compiled });
    return compiled;
  }
}

function compileRule(rule: Rule, targetGroups: readonly string[], hasTargetGroup: (arn: string) => boolean): CompiledRule {
  const diagnostics: Diagnostic[] = [];
  const tell = (diagnostic: Diagnostic): void => void diagnostics.push(diagnostic);
  const conditions = rule.conditions.map(compileCondition);
  const hosts = hostsOf(conditions);
  const action = compileActions(rule.actions, { resource: rule.id, member: 'Actions', hasTargetGroup, tell });
  return {
    route: { id: rule.id, priority: rule.priority, conditions, policies: inOrder(action.kind === 'forward' ? compileTransforms(rule.transforms) : []), action },
    exactHosts: hosts.exact,
    wildHosts: hosts.wild,
    targetGroups,
    diagnostics,
  };
}
