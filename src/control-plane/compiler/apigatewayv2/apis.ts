import { PLAIN_FIELD_NAMES, type ApiStage, type Binding, type Certificate, type Diagnostic, type ClientVerification, type HttpSettings, type Identity, type Listener, type Tls, type UsagePlan } from '../../../snapshot/index.ts';
import { socketOf } from '../../../snapshot/index.ts';
import { groupList, servedCiphers, sslPolicy } from '../../resources/elbv2/index.ts';
import { compileUsagePlans, plansByStage } from '../apigateway/usage-plans.ts';
import { compileCertificate } from '../acm/certificate.ts';
import { boundPort, type Installation } from '../installation.ts';
import type { Round } from '../units.ts';
import type { World } from '../world.ts';
import { compileEntrances, type EntrancePart } from './entrances.ts';
import { compileHttpStage } from './http-stage.ts';
import { compileFunctionUrls } from '../lambda/function-urls.ts';
import { compileIdentities } from './identities.ts';
import { compileWebSocketStage } from './web-socket-stage.ts';

export interface CompiledApis {
  readonly stages: readonly ApiStage[];
  readonly listeners: readonly Listener[];
  readonly certificates: readonly Certificate[];
  readonly plans: readonly UsagePlan[];
  readonly identities: readonly Identity[];
  readonly diagnostics: readonly Diagnostic[];
}

const NO_APIS: CompiledApis = { stages: [], listeners: [], certificates: [], plans: [], identities: [], diagnostics: [] };

/** Every API's stages, with the names by which they are reached; the URLs of functions are bound beside them. `balancers`: the listeners that have their sockets already. */
export function compileApis(world: World, { installation, round, balancers }: { readonly installation: Installation; readonly round: Round; readonly balancers: readonly Listener[] }): CompiledApis {
  const parts = [...compileEntrances(world, installation, round), ...compileFunctionUrls(world, installation, round)];
  if (parts.length === 0) return NO_APIS;
  const plans = plansByStage(world);
  // the plans that name a stage are part of what its unit is called: nothing that it reads leads to them
  const stages = world.list('apigatewayv2/stage').map(({ id }) => round.unit(`api stage ${id} ${plans.get(id)?.join(' ') ?? ''}`, (maker): ApiStage | null => {
    const stage = maker.get('apigatewayv2/stage', id);
    const api = stage && maker.get('apigatewayv2/api', stage.parent ?? '');
    if (!stage || !api) return null;
    switch (api.protocolType) {
      case 'HTTP':
        return compileHttpStage(stage, api, { maker, installation, plans: plans.get(id) ?? [] });
      case 'WEBSOCKET':
        return compileWebSocketStage(stage, api, { maker, installation, plans: plans.get(id) ?? [] });
    }
  })).filter((stage) => stage !== null);
  const served = new Set(stages.map(({ id }) => id));
  const certificates = new Map<string, Certificate>();
  const certificateOf = (part: EntrancePart): Certificate | null => {
    const found = part.certificate === null ? (installation.apiCertificates[part.region] ?? null) : round.unit(`certificate ${part.certificate}`, (maker) => compileCertificate(part.certificate!, maker));
    if (found) certificates.set(found.id, found);
    return found;
  };
  const { listeners, diagnostics } = bound(parts.map((part) => ({ ...part, entrance: onlyServed(part.entrance, served) })), { installation, balancers, certificateOf });
  // `@connections` of every WebSocket API asks what its callers may
  const needsIdentities = parts.some(({ entrance }) => entrance.kind === 'function-url' && entrance.auth === 'iam') || stages.some(({ kind, routes }) => kind === 'websocket' || routes.some(({ authorization }) => authorization.kind === 'iam'));
  return { stages, plans: compileUsagePlans(stages.flatMap(({ keys }) => keys?.plans ?? []), { round, installation }), listeners, certificates: [...certificates.values()], identities: needsIdentities ? compileIdentities(world, round) : [], diagnostics };
}

/** A stage without a deployment is not there yet. */
function onlyServed(entrance: EntrancePart['entrance'], served: ReadonlySet<string>): EntrancePart['entrance'] {
  if (entrance.kind === 'function-url') return entrance;
  return { ...entrance, rules: entrance.rules.filter(({ stage }) => served.has(stage)), mappings: entrance.mappings.filter(({ stage }) => served.has(stage)) };
}

/** API Gateway closes what is idle for a minute (seen of the service); the headers it limits to 10 KB in all. */
const HTTP: HttpSettings = {
  idleTimeoutMs: 60_000, keepAliveMs: 3_600_000, dropInvalidHeaders: false, preserveHost: true, forwardedFor: 'append', forwardedForPort: false, desync: 'defensive', tlsHeaders: false,
  serverHeader: false, responseFields: [], fieldNames: PLAIN_FIELD_NAMES,
};

/** TLS_1_2, the one security policy of regional APIs with custom domains. */
const POLICY = 'ELBSecurityPolicy-TLS13-1-2-2021-06';

interface Socket {
  readonly address: string;
  readonly protocol: 'http' | 'https';
  readonly port: number;
  readonly advertisedPort: number;
}

interface Binder {
  readonly installation: Installation;
  readonly balancers: readonly Listener[];
  readonly certificateOf: (part: EntrancePart) => Certificate | null;
}

/** The id of the entrance that answers for names that nobody has. */
const NOBODY = 'arn:aws:apigateway:::/names';

function bound(parts: readonly EntrancePart[], { installation, balancers, certificateOf }: Binder): { readonly listeners: readonly Listener[]; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const taken = new Map<string, { readonly protocol: Listener['protocol']; readonly owner: string; readonly hosts: Map<string, string> }>();
  for (const listener of balancers) {
    for (const binding of listener.bindings) {
      const key = socketOf(binding);
      const socket = taken.get(key) ?? { protocol: listener.protocol, owner: listener.owner, hosts: new Map<string, string>() };
      taken.set(key, socket);
      for (const host of binding.hosts) socket.hosts.set(host, listener.owner);
    }
  }
  const listeners: Listener[] = [];
  const nobody = new Map<Listener['protocol'], { readonly bindings: Binding[]; certificate: Certificate | null }>();
  for (const protocol of ['http', 'https'] as const) {
    const port = protocol === 'http' ? 80 : 443;
    const sockets = installation.addresses.map((address): Socket => ({ address, protocol, port: boundPort(port, installation), advertisedPort: port }));
    for (const part of parts) {
      // without TLS nobody could show a certificate
      if (protocol === 'http' && part.clients !== null) continue;
      const certificate = protocol === 'https' ? certificateOf(part) : null;
      if (protocol === 'https' && certificate === null) {
        if (part.certificate !== null) {
          diagnostics.push({ severity: 'error', resource: part.owner, field: 'DomainNameConfigurations[0].CertificateArn', message: `${part.host} is not served: certificate ${part.certificate} does not exist. Import it again or name another.` });
        }
        continue;
      }
      const bindings: Binding[] = [];
      for (const socket of sockets) {
        const key = socketOf(socket);
        const there = taken.get(key) ?? { protocol, owner: NOBODY, hosts: new Map<string, string>() };
        taken.set(key, there);
        if (there.protocol !== protocol) {
          diagnostics.push({ severity: 'warning', resource: part.owner, field: 'ApiEndpoint', message: `${part.host} is not served on ${key}: it speaks ${there.protocol.toUpperCase()} for ${there.owner}. Give that listener another port.` });
          continue;
        }
        const owner = there.hosts.get(part.host);
        if (owner !== undefined) {
          diagnostics.push({ severity: 'error', resource: part.owner, field: 'DomainName', message: `${part.host} is not served on ${key}: requests for it go to ${owner}, which has the same name.` });
          continue;
        }
        there.hosts.set(part.host, part.owner);
        bindings.push({ address: socket.address, port: socket.port, advertisedPort: socket.advertisedPort, hosts: [part.host] });
        if (!there.hosts.has('*')) {
          there.hosts.set('*', NOBODY);
          const rest = nobody.get(protocol) ?? { bindings: [], certificate };
          nobody.set(protocol, rest);
          rest.bindings.push({ address: socket.address, port: socket.port, advertisedPort: socket.advertisedPort, hosts: ['*'] });
        }
      }
      if (bindings.length > 0) listeners.push(listenerOf(`${part.owner}/${protocol}`, { protocol, owner: part.owner, label: part.label, bindings, entrance: part.entrance, certificate, clients: part.clients }));
    }
  }
  for (const [protocol, { bindings, certificate }] of nobody) {
    listeners.push(listenerOf(`${NOBODY}/${protocol}`, { protocol, owner: NOBODY, label: 'api/', bindings, entrance: { kind: 'apis', entrance: 'domain', domainName: '', trustStore: null, rules: [], mappings: [] }, certificate, clients: null }));
  }
  return { listeners, diagnostics };
}

interface EntranceListener {
  readonly protocol: Listener['protocol'];
  readonly owner: string;
  readonly label: string;
  readonly bindings: readonly Binding[];
  readonly entrance: EntrancePart['entrance'];
  readonly certificate: Certificate | null;
  readonly clients: ClientVerification | null;
}

function listenerOf(id: string, { protocol, owner, label, bindings, entrance, certificate, clients }: EntranceListener): Listener {
  return {
    id, owner, ownerLabel: label, bindings, protocol, tls: certificate === null ? null : tlsOf(certificate, clients), http: HTTP, routes: [],
    fallback: { id, priority: 0, conditions: [], policies: [], action: entrance }, accessLog: null,
  };
}

function tlsOf(certificate: Certificate, clients: ClientVerification | null): Tls {
  const policy = sslPolicy(POLICY)!;
  return {
    policy: 'TLS_1_2', minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3', ciphers: servedCiphers(policy), groups: groupList(policy), certificates: [certificate.id], alpn: ['h2', 'http/1.1'], clients,
  };
}
