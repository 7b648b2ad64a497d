import type { ApiStage } from './api.ts';
import type { Binding, Listener } from './listener.ts';
import type { Pool } from './pool.ts';
import type { Action, Route } from './route.ts';
import type { Snapshot } from './snapshot.ts';

/** Something that makes a snapshot unfit to be served. */
export interface Flaw {
  /** Id of the node. */
  readonly node: string;
  /** Where in the node: `routes[3].action.pools[0]`. */
  readonly path: string;
  readonly message: string;
}

/**
 * Everything that no snapshot may have: references that lead nowhere, listeners that could not be bound together, nodes filed under another's id.
 * Empty for whatever the compiler made; read before a last-known-good snapshot is served.
 */
export function validate(snapshot: Snapshot): readonly Flaw[] {
  const flaws: Flaw[] = [];
  for (const section of ['listeners', 'pools', 'certificates', 'functions', 'stages', 'plans', 'identities'] as const) {
    for (const [id, node] of Object.entries<{ readonly id: string }>(snapshot[section])) {
      if (node.id !== id) flaws.push({ node: id, path: 'id', message: `is filed as ${id} but says that it is ${node.id}` });
    }
  }
  for (const listener of Object.values(snapshot.listeners)) checkListener(snapshot, listener, flaws);
  for (const pool of Object.values(snapshot.pools)) checkPool(snapshot, pool, flaws);
  for (const stage of Object.values(snapshot.stages)) checkStage(snapshot, stage, flaws);
  checkSockets(snapshot, flaws);
  return flaws;
}

function checkListener(snapshot: Snapshot, listener: Listener, flaws: Flaw[]): void {
  const flaw = (path: string, message: string): void => void flaws.push({ node: listener.id, path, message });
  if ((listener.protocol === 'https') !== (listener.tls !== null)) flaw('tls', `is ${listener.tls ? 'present' : 'missing'} although the protocol is ${listener.protocol}`);
  if (listener.tls && listener.tls.certificates.length === 0 && listener.bindings.length > 0) flaw('tls.certificates', 'is empty although the listener is bound');
  listener.tls?.certificates.forEach((id, i) => {
    if (!snapshot.certificates[id]) flaw(`tls.certificates[${i}]`, `names certificate ${id}, which the snapshot does not have`);
  });
  let priority = 0;
  listener.routes.forEach((route, i) => {
    if (route.priority <= priority) flaw(`routes[${i}].priority`, `is ${route.priority} after ${priority}: routes stand in order of precedence`);
    priority = route.priority;
    checkAction(snapshot, route, (path, message) => flaw(`routes[${i}].${path}`, message));
  });
  checkAction(snapshot, listener.fallback, (path, message) => flaw(`fallback.${path}`, message));
}

function checkAction(snapshot: Snapshot, route: Route, flaw: (path: string, message: string) => void): void {
  const action: Action = route.action;
  switch (action.kind) {
    case 'forward':
    case 'sticky-forward':
      if (action.pools.length === 0) flaw('action.pools', 'is empty');
      action.pools.forEach(({ pool }, i) => {
        if (!snapshot.pools[pool]) flaw(`action.pools[${i}].pool`, `names pool ${pool}, which the snapshot does not have`);
      });
      return;
    case 'function-url':
      if (!hasFunction(snapshot, action.functionArn)) flaw('action.functionArn', `names function ${action.functionArn}, which the snapshot does not have`);
      return;
    case 'apis':
      for (const [i, { stage }] of [...action.rules, ...action.mappings].entries()) {
        if (!snapshot.stages[stage]) flaw(`action.mappings[${i}].stage`, `names stage ${stage}, which the snapshot does not have`);
      }
      return;
    case 'redirect':
    case 'fixed-response':
    case 'unservable':
      return;
  }
}

function checkPool(snapshot: Snapshot, pool: Pool, flaws: Flaw[]): void {
  const flaw = (path: string, message: string): void => void flaws.push({ node: pool.id, path, message });
  switch (pool.kind) {
    case 'http':
      pool.endpoints.forEach((endpoint, i) => {
        if (endpoint.address === null && endpoint.unusable === null) flaw(`endpoints[${i}].address`, 'is missing although nothing says why the endpoint cannot be used');
        if (!isPort(endpoint.port)) flaw(`endpoints[${i}].port`, `is ${endpoint.port}, not a port`);
      });
      return;
    case 'function':
      if (pool.functionArn !== null && pool.refused === null && !hasFunction(snapshot, pool.functionArn)) {
        flaw('functionArn', `names function ${pool.functionArn}, which the snapshot does not have`);
      }
      return;
  }
}

function checkStage(snapshot: Snapshot, stage: ApiStage, flaws: Flaw[]): void {
  const flaw = (path: string, message: string): void => void flaws.push({ node: stage.id, path, message });
  const checkFunction = (path: string, { functionArn, refused }: { readonly functionArn: string; readonly refused: string | null }): void => {
    if (refused === null && !hasFunction(snapshot, functionArn)) flaw(path, `names function ${functionArn}, which the snapshot does not have`);
  };
  for (const [id, integration] of Object.entries(stage.integrations)) if (integration.kind === 'lambda') checkFunction(`integrations.${id}.function`, integration.function);
  for (const [id, authorizer] of Object.entries(stage.authorizers)) if (authorizer.kind === 'lambda') checkFunction(`authorizers.${id}.function`, authorizer.function);
  stage.keys?.plans.forEach((plan, i) => {
    if (!snapshot.plans[plan]) flaw(`keys.plans[${i}]`, `names usage plan ${plan}, which the snapshot does not have`);
  });
  stage.routes.forEach((route, i) => {
    const { authorization, integration } = route;
    if (route.keyed && stage.keys === null) flaw(`routes[${i}].keyed`, 'asks for an API key, which the stage does not say how to know');
    if (integration !== null && !stage.integrations[integration]) flaw(`routes[${i}].integration`, `names integration ${integration}, which the stage does not have`);
    // a route whose authorizer is not there must never be served as if it had none
    if ('authorizer' in authorization && !stage.authorizers[authorization.authorizer]) flaw(`routes[${i}].authorization`, `names authorizer ${authorization.authorizer}, which the stage does not have`);
  });
}

/** Listeners that share a socket must speak alike on it and claim different hosts. */
function checkSockets(snapshot: Snapshot, flaws: Flaw[]): void {
  const sockets = new Map<string, { readonly protocol: Listener['protocol']; readonly first: string; readonly claims: Map<string, string> }>();
  for (const listener of Object.values(snapshot.listeners)) {
    listener.bindings.forEach((binding, i) => {
      const flaw = (path: string, message: string): void => void flaws.push({ node: listener.id, path: `bindings[${i}].${path}`, message });
      if (!isPort(binding.port)) flaw('port', `is ${binding.port}, not a port`);
      if (binding.hosts.length === 0) flaw('hosts', 'is empty: no request could reach the listener here');
      const key = socketOf(binding);
      const socket = sockets.get(key) ?? { protocol: listener.protocol, first: listener.id, claims: new Map<string, string>() };
      sockets.set(key, socket);
      if (socket.protocol !== listener.protocol) flaw('port', `is ${key}, where ${socket.first} speaks ${socket.protocol} and not ${listener.protocol}`);
      for (const host of binding.hosts) {
        const owner = socket.claims.get(host);
        if (owner === undefined) socket.claims.set(host, listener.id);
        else flaw('hosts', `claims ${host} on ${key}, which ${owner} claims already`);
      }
    });
  }
}

/** `address:port`, with brackets around an IPv6 address. */
export function socketOf(binding: Pick<Binding, 'address' | 'port'>): string {
  return binding.address.includes(':') ? `[${binding.address}]:${binding.port}` : `${binding.address}:${binding.port}`;
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65535;
}

/** A function, a version, or an alias that leads to one. */
function hasFunction(snapshot: Snapshot, arn: string): boolean {
  if (snapshot.functions[arn]) return true;
  const prefix = arn.slice(0, arn.lastIndexOf(':'));
  return Object.values(snapshot.functions).some((one) => one.id.startsWith(prefix) && arn in one.aliases);
}
