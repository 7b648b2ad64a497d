import { textTable } from './text-table.ts';

/** As GET /_admin/status answers. */
export interface StatusAnswer {
  readonly version: string;
  readonly endpoint: string;
  readonly revision: number;
  readonly snapshotRevision: number;
  readonly servedRevision: number;
  readonly workers: readonly { readonly id: number; readonly state: string; readonly revision: number }[];
  readonly listeners: readonly {
    readonly arn: string;
    readonly owner: string;
    readonly protocol: string;
    readonly routes: number;
    readonly urls: readonly string[];
    readonly serving: readonly string[];
    readonly failures: readonly string[];
    readonly portNote: string | null;
  }[];
  readonly counts: Readonly<Record<string, number>>;
  readonly diagnostics: readonly { readonly severity: string; readonly resource: string; readonly field: string; readonly message: string }[];
}

export function statusText(status: StatusAnswer): string {
  const counts = Object.entries(status.counts).filter(([, count]) => count > 0).map(([kind, count]) => `${count} ${kind}`);
  const parts = [
    textTable([
      ['turnpike', `${status.version} at ${status.endpoint}`],
      ['revision', status.servedRevision >= status.snapshotRevision ? `${status.revision}, served` : `${status.revision}; workers serve ${status.servedRevision}`],
      ['workers', status.workers.map(({ id, state }) => `${id} ${state}`).join(', ') || 'none'],
      ['resources', counts.join(', ') || 'none'],
    ]),
  ];
  if (status.listeners.length > 0) parts.push(`Listeners\n${listenersText(status)}`);
  const problems = diagnosticsText(status);
  if (problems !== '') parts.push(problems);
  return parts.join('\n\n');
}

/** A line a listener, its first URL first; what could not be bound below it. */
export function listenersText({ listeners }: StatusAnswer): string {
  const rows = listeners.map(({ urls, owner, routes, portNote }) => [urls[0] ?? '-', owner, `${routes} rule${routes === 1 ? '' : 's'}`, portNote ?? '']);
  const failures = listeners.flatMap(({ owner, failures }) => failures.map((failure) => `  ${owner} does not listen: ${failure}`));
  return [textTable(rows, '  '), ...failures].join('\n');
}

export function diagnosticsText({ diagnostics }: StatusAnswer): string {
  return diagnostics.map(({ severity, resource, field, message }) => `${severity}: ${resource}\n  ${field}: ${message}`).join('\n');
}
