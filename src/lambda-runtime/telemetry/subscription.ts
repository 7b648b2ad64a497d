/** What an extension may subscribe to. https://docs.aws.amazon.com/lambda/latest/dg/telemetry-api-reference.html */
export const TELEMETRY_TYPES = ['platform', 'function', 'extension'] as const;
export type TelemetryType = (typeof TELEMETRY_TYPES)[number];

/** What an extension has asked for with PUT /2022-07-01/telemetry. */
export interface Subscription {
  readonly types: readonly TelemetryType[];
  readonly port: number;
  readonly path: string;
  /** Events, bytes and milliseconds after which a batch leaves. */
  readonly maxItems: number;
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

const SCHEMAS = ['2022-07-01', '2022-12-13', '2025-01-29'];
/** The names that an environment has for itself on AWS, and those that it has everywhere. */
const SELF = new Set(['sandbox', 'sandbox.localdomain', 'sandbox.local', 'localhost', '127.0.0.1']);
const BUFFERING = {
  maxItems: { fallback: 1000, min: 1000, max: 10_000 },
  maxBytes: { fallback: 262_144, min: 262_144, max: 1_048_576 },
  timeoutMs: { fallback: 1000, min: 25, max: 30_000 },
} as const;

/** Reads the body of a subscription; text: what is wrong with it, all at once, as AWS tells it. */
export function readSubscription(body: Buffer): Subscription | string {
  let given: unknown;
  try {
    given = JSON.parse(body.toString('utf8'));
  } catch {
    return 'the body is not JSON';
  }
  if (!isMap(given)) return 'the body is no JSON object';
  const problems: string[] = [];
  const { schemaVersion, types, buffering = {}, destination } = given;
  if (!SCHEMAS.includes(schemaVersion as string)) problems.push(`schemaVersion should be one of ${SCHEMAS.join(', ')}`);
  if (!Array.isArray(types) || types.length === 0) problems.push('types should not be empty');
  else if (types.some((type) => !TELEMETRY_TYPES.includes(type as TelemetryType))) problems.push(`types should be among ${TELEMETRY_TYPES.join(', ')}`);
  const at = placeOf(destination, problems);
  const limit = (name: keyof typeof BUFFERING): number => {
    const { fallback, min, max } = BUFFERING[name];
    const value = isMap(buffering) ? (buffering[name] ?? fallback) : NaN;
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
    problems.push(`buffering.${name} should be between ${min} and ${max}`);
    return fallback;
  };
  const limits = { maxItems: limit('maxItems'), maxBytes: limit('maxBytes'), timeoutMs: limit('timeoutMs') };
  return problems.length > 0 ? problems.join('; ') : { types: types as readonly TelemetryType[], ...at, ...limits };
}

function placeOf(destination: unknown, problems: string[]): { readonly port: number; readonly path: string } {
  const nowhere = { port: 0, path: '' };
  if (!isMap(destination)) problems.push('destination is not provided');
  else if (destination['protocol'] !== 'HTTP') problems.push(`destination.protocol ${JSON.stringify(destination['protocol'] ?? null)} is not served here: use HTTP`);
  else {
    const url = URL.parse(String(destination['URI']));
    if (url?.protocol !== 'http:' || !SELF.has(url.hostname)) problems.push('destination.URI should be http://sandbox.localdomain:PORT');
    else if (url.port === '') problems.push('URI port is not provided');
    else return { port: Number(url.port), path: `${url.pathname}${url.search}` };
  }
  return nowhere;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
