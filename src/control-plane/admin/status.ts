import type { ApiStage, Diagnostic, Listener } from '../../snapshot/index.ts';
import type { Kind } from '../resources/index.ts';
import type { AdminSources, WorkerStatus } from './sources.ts';

export interface Status {
  readonly version: string;
  readonly endpoint: string;
  /** Of the world; `snapshot` is compiled from it, `served` is what every worker serves. */
  readonly revision: number;
  readonly snapshotRevision: number;
  readonly servedRevision: number;
  readonly workers: readonly WorkerStatus[];
  readonly listeners: readonly ListenerStatus[];
  readonly counts: Readonly<Partial<Record<Kind, number>>>;
  readonly diagnostics: readonly Diagnostic[];
}

export interface ListenerStatus {
  readonly arn: string;
  /** `app/web/50dc6c495c0c9188` */
  readonly owner: string;
  readonly protocol: 'http' | 'https';
  readonly routes: number;
  /** What to type: by name where the listener has one. */
  readonly urls: readonly string[];
  /** Addresses that are bound; empty until a worker has said so. */
  readonly serving: readonly string[];
  readonly failures: readonly string[];
  readonly portNote: string | null;
}

/** The kinds that people count. */
const COUNTED: readonly Kind[] = [
  'elbv2/load-balancer', 'elbv2/listener', 'elbv2/rule', 'elbv2/target-group', 'lambda/function', 'acm/certificate', 'ec2/vpc', 'ec2/subnet', 'ec2/security-group', 'ec2/instance',
  'iam/role', 'templates/stack',
];

export function statusOf(sources: AdminSources): Status {
  const world = sources.world();
  const snapshot = sources.snapshot();
  return {
    version: sources.version,
    endpoint: sources.endpoint(),
    revision: world.revision,
    snapshotRevision: snapshot.revision,
    servedRevision: sources.reports.servedRevision,
    workers: sources.workers(),
    listeners: Object.values(snapshot.listeners).map((listener) => listenerStatus(listener, sources)),
    counts: Object.fromEntries(COUNTED.map((kind) => [kind, world.list(kind).length])),
    diagnostics: [...sources.diagnostics(), ...Object.values(snapshot.stages).flatMap((stage) => stageFailures(stage, sources))],
  };
}

/** What a worker says of a stage that it cannot serve. */
function stageFailures({ id }: ApiStage, { reports }: AdminSources): readonly Diagnostic[] {
  return (reports.part(id)?.failures ?? []).map((message) => ({ severity: 'error', resource: id, field: 'Stage', message }));
}

function listenerStatus(listener: Listener, sources: AdminSources): ListenerStatus {
  const report = sources.reports.part(listener.id);
  const urls = new Set<string>();
  const dnsName = sources.world().get('elbv2/load-balancer', listener.owner)?.dnsName;
  for (const { address, port, hosts } of listener.bindings) {
    const name = dnsName ?? hosts.find((host) => host !== '*') ?? (address.includes(':') ? `[${address}]` : address);
    const usual = listener.protocol === 'https' ? 443 : 80;
    urls.add(`${listener.protocol}://${name}${port === usual ? '' : `:${port}`}/`);
  }
  const moved = listener.bindings.find(({ port, advertisedPort }) => port !== advertisedPort);
  return {
    arn: listener.id,
    owner: listener.ownerLabel,
    protocol: listener.protocol,
    routes: listener.routes.length,
    urls: [...urls],
    serving: report?.serving ?? [],
    failures: report?.failures ?? [],
    portNote: moved === undefined ? null : `port ${moved.advertisedPort} is served on ${moved.port}: this process may not bind low ports`,
  };
}
