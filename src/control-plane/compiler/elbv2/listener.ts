import { loadBalancerLabel, targetGroupsOf, type Listener as ListenerResource, type LoadBalancer } from '../../resources/elbv2/index.ts';
import type { Listener } from '../../../snapshot/index.ts';
import { inOrder } from '../step-order.ts';
import type { Maker } from '../units.ts';
import { compileActions } from './action.ts';
import type { AuthenticationSettings } from './authentication.ts';
import { compileHttpSettings } from './http-settings.ts';
import type { Rules, RuleSite } from './rule.ts';
import { compileTls } from './tls.ts';

/** A listener but for its bindings, which depend on the other listeners, and for the access log, which is its balancer's. */
export interface ListenerPart {
  readonly node: Omit<Listener, 'bindings' | 'accessLog' | 'connectionLog' | 'healthLog'>;
  readonly port: number;
  readonly balancer: Pick<LoadBalancer, 'name' | 'scheme' | 'ipAddressType' | 'dnsName' | 'address'>;
  /** Zones that the balancer has enabled. */
  readonly zones: readonly string[];
  /** Names in the rules' host conditions, each once. */
  readonly exactHosts: readonly string[];
  readonly wildHosts: readonly string[];
  /** Target groups that rules and default actions name, each once, whether or not they exist. */
  readonly targetGroups: readonly string[];
}

/** Null for a listener whose balancer is gone: there is no address to serve it on. */
export function compileListener(arn: string, { rules, installation }: { readonly rules: Rules; readonly installation: AuthenticationSettings }, maker: Maker): ListenerPart | null {
  const listener = maker.get('elbv2/listener', arn);
  if (!listener) return null;
  const balancer = listener.parent === null ? undefined : maker.get('elbv2/load-balancer', listener.parent);
  if (!balancer) {
    maker.tell({
      severity: 'error', resource: arn, field: 'LoadBalancerArn',
      message: `Load balancer ${listener.parent ?? '(none)'} does not exist, so the listener is not served: delete it.`,
    });
    return null;
  }
  const site: RuleSite = {
    isHttps: listener.protocol === 'HTTPS', balancer: balancer.id, installation, hasTargetGroup: (group) => maker.get('elbv2/target-group', group) !== undefined,
  };
  const compiled = maker
    .children('elbv2/rule', arn)
    .toSorted((a, b) => a.priority - b.priority)
    .map((rule) => rules.compile(rule, site));
  for (const rule of compiled) for (const diagnostic of rule.diagnostics) maker.tell(diagnostic);
  return {
    node: {
      id: arn,
      owner: balancer.id,
      ownerLabel: loadBalancerLabel(balancer.id),
      protocol: listener.protocol === 'HTTPS' ? 'https' : 'http',
      tls: compileTls(listener, balancer, maker),
      http: compileHttpSettings(balancer, listener),
      routes: compiled.map((rule) => rule.route),
      fallback: fallbackOf(listener, site, maker),
    },
    port: listener.port,
    balancer: { name: balancer.name, scheme: balancer.scheme, ipAddressType: balancer.ipAddressType, dnsName: balancer.dnsName, address: balancer.address },
    zones: balancer.zones.map((zone) => zone.zoneName),
    exactHosts: unique(compiled.flatMap((rule) => rule.exactHosts)),
    wildHosts: unique(compiled.flatMap((rule) => rule.wildHosts)),
    targetGroups: unique([...targetGroupsOf(listener.defaultActions), ...compiled.flatMap((rule) => rule.targetGroups)]),
  };
}

function fallbackOf(listener: ListenerResource, site: RuleSite, maker: Maker): Listener['fallback'] {
  const { action, policies } = compileActions(listener.defaultActions, { ...site, resource: listener.id, member: 'DefaultActions', tell: (diagnostic) => maker.tell(diagnostic) });
  return { id: listener.id, priority: 0, conditions: [], policies: inOrder(policies), action };
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
