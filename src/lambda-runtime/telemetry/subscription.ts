/** What an extension may subscribe to. https://docs.aws.amazon.com/lambda/latest/dg/telemetry-api-reference.html */
export const TELEMETRY_TYPES = ['platform', 'function', 'extension'] as const;
export type TelemetryType = (typeof TELEMETRY_TYPES)[number];

/** Of which interface: the older one, which AWS keeps for extensions that were written for it, is read alike. */
export type TelemetryInterface = 'telemetry' | 'logs';

/** Where in its environment an extension listens. */
export type Destination = { readonly protocol: 'HTTP'; readonly port: number; readonly path: string } | { readonly protocol: 'TCP'; readonly port: number };

/** What an extension has asked for with PUT /2022-07-01/telemetry, or /2020-08-15/logs. */
export interface Subscription {
  readonly of: TelemetryInterface;
  readonly schema: string;
  readonly types: readonly TelemetryType[];
  readonly destination: Destination;
  /** Events, bytes and milliseconds after which a batch leaves. */
  readonly maxItems: number;
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

/** The first of the older ones is meant where none is named. */
const SCHEMAS: Readonly<Record<TelemetryInterface, readonly string[]>> = { telemetry: ['2022-07-01', '2022-12-13', '2025-01-29'], logs: ['2020-08-15', '2021-03-18'] };
/** The names that an environment has for itself on AWS, and those that it has everywhere. */
const SELF = new Set(['sandbox', 'sandbox.localdomain', 'sandbox.local', 'localhost', '127.0.0.1']);
const BUFFERING = {
  maxItems: { fallback: 10_000, min: 1000, max: 10_000 },
  maxBytes: { fallback: 262_144, min: 262_144, max: 1_048_576 },
  timeoutMs: { fallback: 1000, min: 25, max: 30_000 },
} as const;

/** Reads the body of a subscription; text: what is wrong with it, all at once, as AWS tells it. */
export function readSubscription(of: TelemetryInterface, body: Buffer): Subscription | string {
  let given: unknown;
  try {
    given = JSON.parse(body.toString('utf8'));
  } catch {
    return 'the body is not JSON';
  }
  if (!isMap(given)) return 'the body is no JSON object';
  const problems: string[] = [];
  const { types, buffering = {}, destination: wanted } = given;
  const schema = given['schemaVersion'] ?? (of === 'logs' ? SCHEMAS.logs[0]! : undefined);
  if (!SCHEMAS[of].includes(schema as string)) problems.push(`schemaVersion should be one of ${SCHEMAS[of].join(', ')}`);
  if (!Array.isArray(types) || types.length === 0) problems.push('types should not be empty');
  else if (types.some((type) => !TELEMETRY_TYPES.includes(type as TelemetryType))) problems.push(`types should be among ${TELEMETRY_TYPES.join(', ')}`);
  const destination = destinationOf(wanted, problems);
  const limit = (name: keyof typeof BUFFERING): number => {
    const { fallback, min, max } = BUFFERING[name];
    const value = isMap(buffering) ? (buffering[name] ?? fallback) : NaN;
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
    problems.push(`buffering.${name} should be between ${min} and ${max}`);
    return fallback;
  };
  const limits = { maxItems: limit('maxItems'), maxBytes: limit('maxBytes'), timeoutMs: limit('timeoutMs') };
  return problems.length > 0 || destination === null ? problems.join('; ') : { of, schema: schema as string, types: types as readonly TelemetryType[], destination, ...limits };
}

/** Null, and a problem: there is none to send to. */
function destinationOf(wanted: unknown, problems: string[]): Destination | null {
  if (!isMap(wanted)) problems.push('destination is not provided');
  else if (wanted['protocol'] === 'TCP') {
    const { port } = wanted;
    if (typeof port === 'number' && Number.isInteger(port) && port > 0 && port < 65_536) return { protocol: 'TCP', port };
    problems.push('destination.port should be between 1 and 65535');
  } else if (wanted['protocol'] !== 'HTTP') problems.push('destination.protocol should be one of HTTP, TCP');
  else {
    const url = URL.parse(String(wanted['URI']));
    if (url?.protocol !== 'http:' || !SELF.has(url.hostname)) problems.push('destination.URI should be http://sandbox.localdomain:PORT');
    else if (url.port === '') problems.push('URI port is not provided');
    else return { protocol: 'HTTP', port: Number(url.port), path: `${url.pathname}${url.search}` };
  }
  return null;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
