import type { Certificate, Diagnostic, Listener, Pool } from '../../../snapshot/index.ts';
import { compileCertificate } from '../acm/certificate.ts';
import type { Installation } from '../installation.ts';
import type { Round } from '../units.ts';
import type { World } from '../world.ts';
import { compileLogs, type CompiledLogs } from './access-log.ts';
import { bindListeners } from './binding.ts';
import { compileListener, type ListenerPart } from './listener.ts';
import { compilePool } from './pool.ts';
import type { Rules } from './rule.ts';

export interface CompiledLoadBalancers {
  readonly listeners: readonly Listener[];
  readonly pools: readonly Pool[];
  readonly certificates: readonly Certificate[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Every load balancer's listeners, with the target groups and certificates that they use and no others. */
export function compileLoadBalancers(world: World, installation: Installation, memory: { readonly round: Round; readonly rules: Rules }): CompiledLoadBalancers {
  const { round, rules } = memory;
  const parts = world
    .list('elbv2/listener')
    .map(({ id }) => round.unit(`listener ${id}`, (maker) => compileListener(id, { rules, installation }, maker)))
    .filter((part) => part !== null);
  const claimants = parts.map((part) => ({ part, certificates: (part.node.tls?.certificates ?? []).map((arn) => certificateOf(arn, round)).filter((one) => one !== null) }));
  const bound = bindListeners(claimants, installation);
  return {
    listeners: parts.map(({ node }) => ({ ...node, bindings: bound.bindings.get(node.id) ?? [], ...logsOf(node.owner, round) })),
    pools: poolsOf(parts, round),
    certificates: [...new Set(claimants.flatMap((claimant) => claimant.certificates))],
    diagnostics: bound.diagnostics,
  };
}

/** What the listeners of a balancer have in common is compiled, and complained of, once. */
function logsOf(balancer: string, round: Round): CompiledLogs {
  return round.unit(`balancer ${balancer}`, (maker) => {
    const resource = maker.get('elbv2/load-balancer', balancer);
    if (!resource) return { accessLog: null };
    return compileLogs(resource, maker);
  });
}

function certificateOf(arn: string, round: Round): Certificate | null {
  return round.unit(`certificate ${arn}`, (maker) => compileCertificate(arn, maker));
}

function poolsOf(parts: readonly ListenerPart[], round: Round): readonly Pool[] {
  const zones = new Map<string, Set<string>>();
  for (const part of parts) {
    for (const group of part.targetGroups) {
      const enabled = zones.get(group) ?? new Set();
      zones.set(group, enabled);
      for (const zone of part.zones) enabled.add(zone);
    }
  }
  return [...zones]
    .map(([group, enabled]) => round.unit(`pool ${group} ${[...enabled].sort().join()}`, (maker) => compilePool(group, enabled, maker)))
    .filter((pool) => pool !== null);
}
