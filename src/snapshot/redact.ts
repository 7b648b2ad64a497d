import type { Identity } from './api.ts';
import type { LambdaFunction } from './function.ts';
import type { Certificate, Listener } from './listener.ts';
import type { Policy } from './policy.ts';
import type { Route } from './route.ts';
import type { Snapshot } from './snapshot.ts';
import type { UsagePlan } from './usage-plan.ts';

export const REDACTED = '[redacted]';

/** The snapshot as it may be shown: private keys, client secrets, digests of API keys and the values of environment variables say `[redacted]`. Everything else is the same. */
export function redact(snapshot: Snapshot): Snapshot {
  return { ...snapshot, listeners: each(snapshot.listeners, redactListener), certificates: each(snapshot.certificates, redactCertificate), functions: each(snapshot.functions, redactFunction), identities: each(snapshot.identities, redactIdentity), plans: each(snapshot.plans, redactPlan) };
}

function redactListener(listener: Listener): Listener {
  return { ...listener, routes: listener.routes.map(redactRoute), fallback: redactRoute(listener.fallback) };
}

function redactRoute(route: Route): Route {
  return route.policies.length === 0 ? route : { ...route, policies: route.policies.map(redactPolicy) };
}

function redactCertificate(certificate: Certificate): Certificate {
  return { ...certificate, privateKey: REDACTED };
}

function redactIdentity(identity: Identity): Identity {
  return { ...identity, secret: REDACTED, sessionToken: identity.sessionToken === null ? null : REDACTED };
}

function redactPlan(plan: UsagePlan): UsagePlan {
  return { ...plan, keys: plan.keys.map((key) => ({ ...key, digest: REDACTED })) };
}

function redactFunction(lambda: LambdaFunction): LambdaFunction {
  return { ...lambda, environment: each(lambda.environment, () => REDACTED) };
}

function each<T>(nodes: Readonly<Record<string, T>>, change: (node: T) => T): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(nodes).map(([id, node]) => [id, change(node)]));
}

/** A policy as it may be shown: what is secret in it says `[redacted]`. */
export function redactPolicy(policy: Policy): Policy {
  switch (policy.kind) {
    case 'oidc':
      return { kind: 'oidc', settings: { ...policy.settings, clientSecret: policy.settings.clientSecret === '' ? '' : REDACTED } };
    case 'jwt':
    case 'transform':
      return policy;
  }
}
