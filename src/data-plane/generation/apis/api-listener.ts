import { PLAIN_FIELD_NAMES, type HttpSettings, type HttpStage, type Listener } from '../../../snapshot/index.ts';

/** Integrations have 30 seconds at most, and are watched by deadlines of their own. */
const UPSTREAM: HttpSettings = {
  idleTimeoutMs: 60_000, keepAliveMs: 3_600_000, dropInvalidHeaders: false, preserveHost: true, forwardedFor: 'append', forwardedForPort: false, desync: 'defensive', tlsHeaders: false,
  serverHeader: true, responseFields: [], fieldNames: PLAIN_FIELD_NAMES,
};

/** What a stage is to those who ask an exchange for its listener: how HTTP is spoken with integrations. */
export function listenerOfStage(stage: HttpStage): Listener {
  return {
    id: stage.id, owner: stage.id, ownerLabel: stage.label, bindings: [], protocol: 'https', tls: null, http: UPSTREAM, routes: [],
    fallback: { id: stage.id, priority: 0, conditions: [], policies: [], action: { kind: 'unservable', status: 500, why: 'a stage is reached by its entrances' } }, accessLog: null,
  };
}
