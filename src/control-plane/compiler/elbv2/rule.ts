import { targetGroupsOf, type Rule } from '../../resources/elbv2/index.ts';
import { freeze, type Diagnostic, type Route } from '../../../snapshot/index.ts';
import { inOrder } from '../step-order.ts';
import { compileActions, type ActionSite } from './action.ts';
import { compileCondition, hostsOf } from './condition.ts';
import { compileTransforms } from './transform.ts';

export interface CompiledRule {
  readonly route: Route;
  readonly exactHosts: readonly string[];
  readonly wildHosts: readonly string[];
  readonly targetGroups: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/** What a rule's route depends on beside the rule; the installation's settings are the same for as long as there is a compiler. */
export type RuleSite = Pick<ActionSite, 'isHttps' | 'balancer' | 'installation' | 'hasTargetGroup'>;

interface Remembered {
  /** The target groups that were missing and how the listener speaks, as one text: the only things outside the rule that its route depends on. */
  readonly around: string;
  readonly compiled: CompiledRule;
}

/** Rules by the thousand on one listener: each is compiled once as long as it and the existence of its target groups stay as they are. */
export class Rules {
  readonly #remembered = new WeakMap<Rule, Remembered>();

  compile(rule: Rule, site: RuleSite): CompiledRule {
    const known = this.#remembered.get(rule);
    const targetGroups = known?.compiled.targetGroups ?? targetGroupsOf(rule.actions);
    const around = `${site.isHttps} ${targetGroups.filter((arn) => !site.hasTargetGroup(arn)).join(' ')}`;
    if (known?.around === around) return known.compiled;
    const compiled = freeze(compileRule(rule, targetGroups, site));
    this.#remembered.set(rule, { around, compiled });
    return compiled;
  }
}

function compileRule(rule: Rule, targetGroups: readonly string[], site: RuleSite): CompiledRule {
  const diagnostics: Diagnostic[] = [];
  const tell = (diagnostic: Diagnostic): void => void diagnostics.push(diagnostic);
  const conditions = rule.conditions.map(compileCondition);
  const hosts = hostsOf(conditions);
  const { action, policies } = compileActions(rule.actions, { ...site, resource: rule.id, member: 'Actions', tell });
  const transforms = action.kind === 'forward' || action.kind === 'sticky-forward' ? compileTransforms(rule.transforms) : [];
  return {
    route: { id: rule.id, priority: rule.priority, conditions, policies: inOrder([...policies, ...transforms]), action },
    exactHosts: hosts.exact,
    wildHosts: hosts.wild,
    targetGroups,
    diagnostics,
  };
}
