import type { Identity } from './api.ts';
import type { LambdaFunction } from './function.ts';
import type { Certificate } from './listener.ts';
import type { Snapshot } from './snapshot.ts';

export const REDACTED = '[redacted]';

/** The snapshot as it may be shown: private keys and the values of environment variables say `[redacted]`. Everything else is the same. */
export function redact(snapshot: Snapshot): Snapshot {
  return { ...snapshot, certificates: each(snapshot.certificates, redactCertificate), functions: each(snapshot.functions, redactFunction), identities: each(snapshot.identities, redactIdentity) };
}

function redactCertificate(certificate: Certificate): Certificate {
  return { ...certificate, privateKey: REDACTED };
}

function redactIdentity(identity: Identity): Identity {
  return { ...identity, secret: REDACTED, sessionToken: identity.sessionToken === null ? null : REDACTED };
}

function redactFunction(lambda: LambdaFunction): LambdaFunction {
  return { ...lambda, environment: each(lambda.environment, () => REDACTED) };
}

function each<T>(nodes: Readonly<Record<string, T>>, change: (node: T) => T): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(nodes).map(([id, node]) => [id, change(node)]));
}
