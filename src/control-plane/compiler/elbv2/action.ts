import type { Action as RuleAction, FixedResponseAction, ForwardAction, RedirectAction } from '../../resources/elbv2/index.ts';
import type { Action, Policy } from '../../../snapshot/index.ts';
import { compileAuthentication, isAuthentication, type AuthenticationSite } from './authentication.ts';

/** Where an action stands and what it can refer to. */
export interface ActionSite extends AuthenticationSite {
  readonly isHttps: boolean;
  readonly hasTargetGroup: (arn: string) => boolean;
}

/** What a balancer answers when nothing can take the request: "503: the target groups have no registered targets". */
const NO_TARGET = 503;

/** Seven days (API_TargetGroupStickinessConfig). */
const LONGEST_STICKINESS = 604_800;

/** A list of actions ends in exactly one that answers (forward, redirect or fixed response); that one is compiled. */
export function compileActions(actions: readonly RuleAction[], site: ActionSite): { readonly action: Action; readonly policies: readonly Policy[] } {
  const gate = actions.findIndex(isAuthentication);
  if (gate !== -1 && !site.isHttps) {
    // never without the check that was asked for
    return { action: unservable(site, `${site.member}[${gate}].Type`, `${actions[gate]!.Type} needs an HTTPS listener`), policies: [] };
  }
  return { action: compileLast(actions, site), policies: compileAuthentication(actions, site) };
}

function compileLast(actions: readonly RuleAction[], site: ActionSite): Action {
  const last = actions.reduce<{ readonly action: RuleAction; readonly index: number } | null>(
    (found, action, index) => (found && (found.action.Order ?? 0) > (action.Order ?? 0) ? found : { action, index }),
    null,
  );
  if (!last) return unservable(site, site.member, `${site.member} is empty: give it a forward, redirect or fixed-response action`);
  const { action, index } = last;
  const field = `${site.member}[${index}]`;
  switch (action.Type) {
    case 'forward':
      return compileForward(action, field, site);
    case 'redirect':
      return compileRedirect(action);
    case 'fixed-response':
      return compileFixedResponse(action);
    case 'authenticate-oidc':
    case 'authenticate-cognito':
    case 'jwt-validation':
      return unservable(site, field, `${action.Type} is the last action: let a forward, redirect or fixed-response action follow it`);
  }
}

function compileForward(action: ForwardAction, field: string, site: ActionSite): Action {
  const { TargetGroups: groups, TargetGroupStickinessConfig: stickiness } = action.ForwardConfig;
  const present = groups.filter(({ TargetGroupArn: arn }, i) => {
    if (site.hasTargetGroup(arn)) return true;
    const rest = groups.length > 1 ? 'The other target groups of the action share its requests' : `Requests are answered with ${NO_TARGET}`;
    site.tell({
      severity: 'error', resource: site.resource, field: `${field}.ForwardConfig.TargetGroups[${i}].TargetGroupArn`,
      message: `Target group ${arn} does not exist. ${rest}: create the group, or forward to one that exists.`,
    });
    return false;
  });
  if (present.length === 0) return { kind: 'unservable', status: NO_TARGET, why: `no target group of ${field} exists` };
  if (present.every(({ Weight }) => Weight === 0)) {
    return unservable(site, `${field}.ForwardConfig.TargetGroups`, 'every target group has weight 0, so none may take a request: give one a weight');
  }
  const pools = present.map(({ TargetGroupArn, Weight }) => ({ pool: TargetGroupArn, weight: Weight }));
  // with one group there is nothing to be sticky to
  if (!stickiness.Enabled || pools.length === 1) return { kind: 'forward', pools };
  return { kind: 'sticky-forward', pools, durationMs: (stickiness.DurationSeconds ?? LONGEST_STICKINESS) * 1000 };
}

function unservable(site: ActionSite, field: string, why: string): Action {
  site.tell({ severity: 'error', resource: site.resource, field, message: `Requests are answered with ${NO_TARGET}: ${why}.` });
  return { kind: 'unservable', status: NO_TARGET, why };
}

function compileRedirect({ RedirectConfig: to }: RedirectAction): Action {
  return {
    kind: 'redirect',
    redirect: { status: to.StatusCode === 'HTTP_301' ? 301 : 302, protocol: to.Protocol, host: to.Host, port: to.Port, path: to.Path, query: to.Query },
  };
}

function compileFixedResponse({ FixedResponseConfig: answer }: FixedResponseAction): Action {
  return { kind: 'fixed-response', status: Number(answer.StatusCode), contentType: answer.ContentType, body: answer.MessageBody ?? '' };
}
