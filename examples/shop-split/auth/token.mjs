// A token is `NAME.UNTIL.SIGNATURE`; whoever knows the secret can check it.
import { createHmac, timingSafeEqual } from 'node:crypto';

const GOOD_FOR_MS = 3_600_000;

const signature = (text, secret) => createHmac('sha256', secret).update(text).digest('base64url');

export function issued(name, secret) {
  const text = `${Buffer.from(name).toString('base64url')}.${Date.now() + GOOD_FOR_MS}`;
  return `${text}.${signature(text, secret)}`;
}

/** Whose it is, out of `Bearer TOKEN`; null where it is nobody's. */
export function bearer(authorization, secret) {
  const [, name, until, given] = /^Bearer ([\w-]+)\.(\d+)\.([\w-]+)$/.exec(authorization ?? '') ?? [];
  if (given === undefined || Number(until) < Date.now()) return null;
  const wanted = Buffer.from(signature(`${name}.${until}`, secret));
  const shown = Buffer.from(given);
  return shown.length === wanted.length && timingSafeEqual(shown, wanted) ? Buffer.from(name, 'base64url').toString() : null;
}
