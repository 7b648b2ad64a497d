import type { Cors } from '../../snapshot/index.ts';

/** What a preflight request asks for, as its fields have it. */
export interface AskedOfCors {
  readonly origin: string;
  readonly method: string;
  /** Names with commas between them; null: none. */
  readonly headers: string | null;
}

/** What Access-Control-Allow-Origin says to a request of that origin; null: nothing. Origins are compared without regard to case, and may have one `*`. */
export function allowedOrigin(cors: Cors, origin: string): string | null {
  for (const pattern of cors.allowOrigins) {
    if (pattern === '*') return cors.allowCredentials ? origin : '*';
    const star = pattern.indexOf('*');
    const given = origin.toLowerCase();
    const wanted = pattern.toLowerCase();
    if (star < 0 ? given === wanted : given.length >= wanted.length - 1 && given.startsWith(wanted.slice(0, star)) && given.endsWith(wanted.slice(star + 1))) return origin;
  }
  return null;
}

/**
 * The field lines that only preflight requests get; null where origin, method or one of the headers is not allowed: such a request gets none at all.
 * A configuration that names no methods, or no headers where some are asked for, allows none (observed at API Gateway, as is the empty list of headers).
 */
export function preflightFields(cors: Cors, asked: AskedOfCors): string | null {
  if (allowedOrigin(cors, asked.origin) === null || !includes(cors.allowMethods, asked.method)) return null;
  for (const name of asked.headers?.split(',') ?? []) if (name.trim() !== '' && !includes(cors.allowHeaders, name.trim())) return null;
  const maxAge = cors.maxAge === null ? '' : `Access-Control-Max-Age: ${cors.maxAge}\r\n`;
  return `Access-Control-Allow-Methods: ${cors.allowMethods.join(',')}\r\nAccess-Control-Allow-Headers: ${cors.allowHeaders.join(',')}\r\n${maxAge}`;
}

function includes(allowed: readonly string[], asked: string): boolean {
  return allowed.some((one) => one === '*' || one.toLowerCase() === asked.toLowerCase());
}
