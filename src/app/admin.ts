import type { AdminApi, AdminSources } from '../control-plane/admin/index.ts';
import { localAuthority, serviceParity } from '../control-plane/services/index.ts';
import { exposition } from '../observe/index.ts';
import type { Handler } from './control-endpoint.ts';
import { parityOf } from './parity.ts';
import { isLoopback } from './settings.ts';
import type { System } from './system.ts';
import { VERSION } from './version.ts';

/** What the admin API reads of a system. */
export function adminSources(system: System): AdminSources {
  return {
    version: VERSION,
    endpoint: () => system.endpointUrl,
    hosts: [system.settings.host],
    refuse: ({ remoteAddress }) =>
      isLoopback(remoteAddress) ? null : 'The admin API answers on this machine only: call it over loopback, or through a tunnel (ssh -L).',
    world: () => system.store.world,
    snapshot: () => system.configuration.snapshot,
    previousSnapshot: () => (system.configuration.previous.revision < 0 ? null : system.configuration.previous),
    diagnostics: () => system.configuration.diagnostics,
    reports: system.reports,
    workers: () => system.workers.states(),
    metrics: () => exposition(system.workers.metrics, { ...system.configuration.owners, mishaps: system.workers.mishaps }),
    rootCertificate: () => localAuthority(system.environment),
    parity: () => parityOf(system.models, system.services, serviceParity),
    explain: (request) => system.workers.explain(request),
    reset: system.settings.allowReset ? () => system.reset() : null,
    stacks: {
      list: () => system.stacks.list(),
      apply: async (template, request) => {
        const run = await system.stacks.apply(template, request);
        await system.reports.served(system.store.world.revision, 1000);
        return run;
      },
      delete: (name) => system.stacks.delete(name),
    },
  };
}

/** Everything under /_admin. */
export function adminHandler(api: AdminApi): Handler {
  return async (request) => {
    const url = URL.parse(request.url, 'http://localhost');
    if (url === null || (url.pathname !== '/_admin' && !url.pathname.startsWith('/_admin/'))) return null;
    const headers: Record<string, string> = {};
    for (let i = 0; i + 1 < request.rawHeaders.length; i += 2) headers[request.rawHeaders[i]!.toLowerCase()] = request.rawHeaders[i + 1]!;
    const answer = await api.handle({ method: request.method, path: url.pathname, query: url.searchParams, headers, body: request.body, remoteAddress: request.remoteAddress });
    if (answer.kind === 'text') return { status: answer.status, headers: { 'content-type': answer.contentType }, body: Buffer.from(answer.body) };
    return { status: answer.status, headers: { 'content-type': 'application/json' }, body: Buffer.from(`${JSON.stringify(answer.body)}\n`) };
  };
}
