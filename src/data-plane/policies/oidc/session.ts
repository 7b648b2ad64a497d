import { isRecord, type Claims } from './claims.ts';

/** What a login has found out, carried by the browser in a sealed cookie. Times in seconds since the epoch. */
export interface Session {
  /** Name of the login that it belongs to: another provider or client is another login. */
  readonly login: string;
  readonly subject: string;
  readonly claims: Claims;
  readonly accessToken: string;
  /** '' for none. */
  readonly refreshToken: string;
  /** When the access token expires; 0: the provider does not say. */
  readonly accessUntil: number;
  /** When the user logged in: the session ends a fixed time later, however it is used. */
  readonly since: number;
}

export function writeSession(session: Session): string {
  return JSON.stringify([1, session.login, session.subject, session.claims, session.accessToken, session.refreshToken, session.accessUntil, session.since]);
}

/** Null for what is no session, or one that another version of the program has written. */
export function readSession(text: string): Session | null {
  let parts: unknown;
  try {
    parts = JSON.parse(text);
  } catch {
    return null;
  }
  if (!Array.isArray(parts) || parts[0] !== 1) return null;
  const [, login, subject, claims, accessToken, refreshToken, accessUntil, since] = parts as readonly unknown[];
  if (typeof login !== 'string' || typeof subject !== 'string' || !isRecord(claims) || typeof accessToken !== 'string' || typeof refreshToken !== 'string') return null;
  if (typeof accessUntil !== 'number' || typeof since !== 'number') return null;
  return { login, subject, claims, accessToken, refreshToken, accessUntil, since };
}
