import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import type { Installation } from '../control-plane/compiler/index.ts';
import { BEYOND_AWS, LIMIT_NAMES, type BeyondAws } from '../control-plane/resources/index.ts';
import type { Limits } from '../control-plane/services/index.ts';
import type { LogStore } from './log-delivery.ts';

/** What an installation is told: addresses, folders, workers. Everything else is configured through AWS's own APIs. */
export interface Settings {
  /** Everything that is kept lies here. */
  readonly dataFolder: string;
  /** Control endpoint. */
  readonly host: string;
  /** 0: any free one (tests). */
  readonly port: number;
  /** Data-plane threads. */
  readonly workers: number;
  /** Where internet-facing load balancers are served together. */
  readonly addresses: readonly string[];
  readonly internalAddresses: readonly string[];
  /** Each balancer gets an address of its own in 127.0.1.0/24 too (Linux). */
  readonly addressPool: boolean;
  /** Added to ports below 1024; null: 0 where the process may bind those, else 8000. */
  readonly portOffset: number | null;
  readonly dnsSuffix: string;
  /** Another process may serve the same ports beside this one: a restart that loses nothing (docs/operations.md). */
  readonly sharePorts: boolean;
  /** Client connections at a time, a worker and address. */
  readonly connectionLimit: number;
  /** How long (ms) connections may go on after their listener is gone, or on stop. */
  readonly drainMs: number;
  /** Clients may speak HTTP/2 without TLS, with prior knowledge; ALB does not let them. */
  readonly h2c: boolean;
  readonly allowReset: boolean;
  /** Demand valid AWS signatures on the control endpoint. */
  readonly verify: boolean;
  /** AWS's quotas, lifted where the installation says so. */
  readonly limits: Limits;
  /** What APIs may have that AWS refuses. */
  readonly beyondAws: ReadonlySet<BeyondAws>;
  /** Signatures that bearer tokens may have: those that AWS verifies, or all that we can. */
  readonly jwtAlgorithms: Installation['jwtAlgorithms'];
  readonly cognitoDomains: Installation['cognitoDomains'];
  readonly cognitoSecrets: Installation['cognitoSecrets'];
  /** File of authorities (PEM) that are trusted, beside the usual ones, where we are the client: key sets, identity providers. Null: none. */
  readonly trust: string | null;
  /** Where log files are sent when their five minutes are over; null: they stay in the data folder. */
  readonly logStore: LogStore | null;
  /** OpenTelemetry collector that spans of exchanges are sent to (OTLP/HTTP, JSON), and which share of them; null: none. */
  readonly traces: { readonly endpoint: string; readonly ratio: number } | null;
  /** Certificates of HTTPS targets must come from an authority that is trusted; AWS checks none. */
  readonly verifyTargets: boolean;
  /** Where AWS services are that integrations of APIs call and that are not served here, with the keys that sign; null: nowhere. */
  readonly services: { readonly url: string; readonly accessKeyId: string; readonly secret: string } | null;
  /** Folders below which functions may be run where their code lies (`hot-reload`). */
  readonly functionFolders: readonly string[];
  /** User and group id that functions run as, where the program is root; null: its own. */
  readonly functionUser: number | null;
  /** How many runtimes are started ahead, for the next cold start. */
  readonly functionSpares: number;
  /** Value of PATH: where the interpreters of functions are looked for. */
  readonly interpreterPath: string;
}

const KEYS = [
  'h2c',
  'data', 'endpoint', 'workers', 'addresses', 'internal-addresses', 'address-pool', 'port-offset', 'dns-suffix', 'share-ports', 'connection-limit', 'drain-seconds',
  'allow-reset', 'verify-signatures', 'limits', 'jwt-algorithms', 'cognito-domains', 'cognito-secrets', 'trust', 'verify-targets', 'log-store', 'log-store-credentials', 'otlp-endpoint', 'trace-ratio',
  'service-endpoint', 'service-credentials', 'beyond-aws', 'function-folders', 'function-user', 'function-spares',
] as const;
export type SettingKey = (typeof KEYS)[number];

export const settingKeys: readonly SettingKey[] = KEYS;

/** A setting that cannot be used. `message` says which, what was given, what is allowed. */
export class SettingError extends Error {
  override readonly name = 'SettingError';
}

/**
 * Settings from `--key value` options, then from variables (`TURNPIKE_DATA`, ...), then defaults.
 */
export function readSettings(options: Readonly<Partial<Record<SettingKey, string>>>, variables: Readonly<Record<string, string | undefined>>): Settings {
  const given = (key: SettingKey): string | undefined => options[key] ?? variables[`TURNPIKE_${key.toUpperCase().replaceAll('-', '_')}`];
  const endpoint = given('endpoint') ?? '127.0.0.1:4566';
  const at = /^(?:https?:\/\/)?(\[[0-9a-f:.]+\]|[^:]+):(\d{1,5})\/?$/i.exec(endpoint);
  if (!at || Number(at[2]) > 65535) throw new SettingError(`endpoint is "${endpoint}"; give HOST:PORT, like 127.0.0.1:4566`);
  const addresses = list(given('addresses') ?? '127.0.0.1');
  const offset = given('port-offset');
  return {
    dataFolder: resolve(given('data') ?? '.turnpike'),
    host: at[1]!.replace(/^\[|\]$/g, ''),
    port: Number(at[2]),
    workers: whole('workers', given('workers'), { fallback: availableParallelism(), min: 1, max: 256 }),
    addresses,
    internalAddresses: list(given('internal-addresses') ?? '127.0.0.1'),
    addressPool: yes('address-pool', given('address-pool') ?? (process.platform === 'linux' ? 'yes' : 'no')),
    portOffset: offset === undefined || offset === 'auto' ? null : whole('port-offset', offset, { fallback: 0, min: 0, max: 64512 }),
    dnsSuffix: given('dns-suffix') ?? 'localhost',
    sharePorts: yes('share-ports', given('share-ports') ?? 'no'),
    connectionLimit: whole('connection-limit', given('connection-limit'), { fallback: 50_000, min: 1, max: 1_000_000 }),
    drainMs: 1000 * whole('drain-seconds', given('drain-seconds'), { fallback: 30, min: 0, max: 3600 }),
    h2c: yes('h2c', given('h2c') ?? 'no'),
    allowReset: yes('allow-reset', given('allow-reset') ?? 'yes'),
    verify: yes('verify-signatures', given('verify-signatures') ?? 'no'),
    limits: readLimits(given('limits') ?? 'aws'),
    beyondAws: new Set(list(given('beyond-aws') ?? '').map(beyond)),
    jwtAlgorithms: algorithms(given('jwt-algorithms') ?? 'aws'),
    cognitoDomains: cognitoDomains(given('cognito-domains') ?? ''),
    cognitoSecrets: named('cognito-secrets', given('cognito-secrets') ?? '', 'CLIENT_ID=SECRET'),
    trust: given('trust') ?? null,
    traces: traces(given('otlp-endpoint'), given('trace-ratio')),
    logStore: logStore(given('log-store'), given('log-store-credentials')),
    verifyTargets: yes('verify-targets', given('verify-targets') ?? 'no'),
    services: services(given('service-endpoint'), given('service-credentials')),
    functionFolders: list(given('function-folders') ?? '').map((folder) => resolve(folder)),
    functionUser: given('function-user') === undefined ? null : whole('function-user', given('function-user'), { fallback: 0, min: 1, max: 2 ** 31 - 1 }),
    functionSpares: whole('function-spares', given('function-spares'), { fallback: 2, min: 0, max: 64 }),
    interpreterPath: variables['PATH'] ?? '',
  };
}

/** `aws`; `none`: every quota lifted; or `name=number,...` with the names of AWS's quota lists, the rest as AWS has them. */
function readLimits(text: string): Limits {
  if (text === 'none') return { value: () => Number.MAX_SAFE_INTEGER };
  const values = new Map<string, number>();
  for (const part of text === 'aws' ? [] : list(text)) {
    const [name, number, ...rest] = part.split('=');
    if (!name || rest.length > 0 || !/^\d{1,15}$/.test(number ?? '')) throw new SettingError(`limits has "${part}"; give aws, none, or NAME=NUMBER,... like rules-per-application-load-balancer=10000`);
    if (!LIMIT_NAMES.some((known) => known === name)) throw new SettingError(`limits has "${name}", which nothing is limited by; give names of ${LIMIT_NAMES.join(', ')}`);
    values.set(name, Number(number));
  }
  return { value: (name, otherwise) => values.get(name) ?? otherwise };
}

function logStore(url: string | undefined, credentials: string | undefined): LogStore | null {
  if (url === undefined) return without('log-store', 'log-store-credentials', credentials);
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) throw new SettingError(`log-store is "${url}"; give the URL of an S3-compatible store, like https://s3.test:9000`);
  const [accessKeyId = '', secret = ''] = (credentials ?? '').split(':');
  if (accessKeyId === '' || secret === '') throw new SettingError('log-store needs log-store-credentials: give ACCESS_KEY_ID:SECRET, best in the variable TURNPIKE_LOG_STORE_CREDENTIALS');
  return { url: url.replace(/\/+$/, ''), accessKeyId, secret };
}

function traces(endpoint: string | undefined, share: string | undefined): Settings['traces'] {
  if (endpoint === undefined) return without('otlp-endpoint', 'trace-ratio', share);
  if (!/^https?:$/.test(URL.parse(endpoint)?.protocol ?? '')) throw new SettingError(`otlp-endpoint is "${endpoint}"; give the URL of an OTLP/HTTP collector, like http://127.0.0.1:4318`);
  const ratio = Number(share ?? 1);
  if (share === '' || !(ratio >= 0 && ratio <= 1)) throw new SettingError(`trace-ratio is "${share}"; give a number from 0 to 1`);
  return { endpoint: endpoint.replace(/\/+$/, ''), ratio };
}

function services(url: string | undefined, given: string | undefined): Settings['services'] {
  if (url === undefined) return without('service-endpoint', 'service-credentials', given);
  const credentials = given ?? 'test:test';
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) throw new SettingError(`service-endpoint is "${url}"; give a URL like http://127.0.0.1:9324`);
  const colon = credentials.indexOf(':');
  if (colon < 1) throw new SettingError('service-credentials are not of the form ACCESS-KEY-ID:SECRET');
  return { url: url.replace(/\/+$/, ''), accessKeyId: credentials.slice(0, colon), secret: credentials.slice(colon + 1) };
}

/** What is not set has nothing that goes with it either: that would be ignored. */
function without(key: SettingKey, companion: SettingKey, given: string | undefined): null {
  if (given !== undefined) throw new SettingError(`${companion} is given, and ${key} is not, which it belongs to; give both, or neither`);
  return null;
}

function beyond(name: string): BeyondAws {
  const known = BEYOND_AWS.find((one) => one === name);
  if (known === undefined) throw new SettingError(`beyond-aws has "${name}"; give names of ${BEYOND_AWS.join(', ')}`);
  return known;
}

function algorithms(text: string): Installation['jwtAlgorithms'] {
  if (text === 'aws' || text === 'all') return text;
  throw new SettingError(`jwt-algorithms is "${text}"; give aws or all`);
}

/** `DOMAIN=URL`, or `DOMAIN=URL;ISSUER` where its issuer is not that of the user pool at AWS. */
function cognitoDomains(text: string): Installation['cognitoDomains'] {
  return Object.fromEntries(Object.entries(named('cognito-domains', text, 'DOMAIN=URL or DOMAIN=URL;ISSUER')).map(([domain, value]) => {
    const [url = '', issuer] = value.split(';');
    if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) throw new SettingError(`cognito-domains has "${url}" for ${domain}; give a URL like https://login.test:9000`);
    return [domain, { url: url.replace(/\/+$/, ''), issuer: issuer ?? null }];
  }));
}

function named(key: SettingKey, text: string, form: string): Readonly<Record<string, string>> {
  return Object.fromEntries(list(text).map((part) => {
    const at = part.indexOf('=');
    if (at <= 0 || at === part.length - 1) throw new SettingError(`${key} has a part that is not ${form}`);
    return [part.slice(0, at), part.slice(at + 1)];
  }));
}

function list(text: string): readonly string[] {
  return text.split(',').map((part) => part.trim()).filter((part) => part !== '');
}

function whole(key: SettingKey, text: string | undefined, range: { readonly fallback: number; readonly min: number; readonly max: number }): number {
  if (text === undefined) return range.fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < range.min || value > range.max) throw new SettingError(`${key} is "${text}"; give a whole number from ${range.min} to ${range.max}`);
  return value;
}

function yes(key: SettingKey, text: string): boolean {
  if (text === 'yes' || text === 'true' || text === '1') return true;
  if (text === 'no' || text === 'false' || text === '0') return false;
  throw new SettingError(`${key} is "${text}"; give yes or no`);
}

/** True for addresses that only this machine can reach. */
export function isLoopback(address: string): boolean {
  return address === '::1' || address === 'localhost' || address.startsWith('127.') || address.startsWith('::ffff:127.');
}
