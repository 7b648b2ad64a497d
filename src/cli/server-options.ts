import type { Option, Input, ServerOptions } from './command.ts';

/** How a server is told where to lie and listen; the names are the settings of app. Each also has a variable: TURNPIKE_DATA, ... */
export const SERVER_OPTIONS: readonly Option[] = [
  { name: 'data', value: 'FOLDER', description: 'where everything is kept; .turnpike' },
  { name: 'endpoint', value: 'HOST:PORT', description: 'control endpoint for AWS clients; 127.0.0.1:4566' },
  { name: 'workers', value: 'NUMBER', description: 'threads that carry traffic; one a processor' },
  { name: 'addresses', value: 'LIST', description: 'where internet-facing balancers listen; 127.0.0.1' },
  { name: 'internal-addresses', value: 'LIST', description: 'where internal balancers listen; 127.0.0.1' },
  { name: 'address-pool', value: 'YES|NO', description: 'an address of its own in 127.0.1.0/24 for every balancer; yes on Linux' },
  { name: 'port-offset', value: 'NUMBER', description: 'added to ports below 1024; 8000 where the process may not bind those, else 0' },
  { name: 'dns-suffix', value: 'NAME', description: 'what the names of balancers end in; localhost' },
  { name: 'share-ports', value: 'YES|NO', description: 'whether another process may serve the same ports beside this one, for a rolling restart; no' },
  { name: 'connection-limit', value: 'NUMBER', description: 'client connections at a time, a worker and address; 50000' },
  { name: 'drain-seconds', value: 'NUMBER', description: 'how long connections may go on at a stop; 30' },
  { name: 'h2c', value: 'YES|NO', description: 'HTTP/2 without TLS for clients that begin with it; no, as AWS has it' },
  { name: 'allow-reset', value: 'YES|NO', description: 'whether `turnpike reset` may empty everything; yes' },
  { name: 'limits', value: 'LIST', description: 'quotas: aws, none, or NAME=NUMBER,...; aws' },
  { name: 'verify-targets', value: 'YES|NO', description: 'demand certificates of a trusted authority from HTTPS targets; no, as AWS' },
  { name: 'service-endpoint', value: 'URL', description: 'AWS services that integrations of APIs call, but that are not served here; none' },
  { name: 'service-credentials', value: 'KEY:SECRET', description: 'what those calls are signed with; test:test' },
  { name: 'beyond-aws', value: 'LIST', description: 'what APIs may have that AWS refuses: request-validation, response-cache, api-keys; none' },
  { name: 'verify-signatures', value: 'YES|NO', description: 'demand valid AWS signatures; no' },
  { name: 'jwt-algorithms', value: 'aws|all', description: 'signatures that bearer tokens may have: those that AWS verifies (RSA), or ECDSA too; aws' },
  { name: 'cognito-domains', value: 'LIST', description: 'DOMAIN=URL or DOMAIN=URL;ISSUER: Cognito domains that are not at AWS; none' },
  { name: 'cognito-secrets', value: 'LIST', description: 'CLIENT_ID=SECRET of Cognito clients; none' },
  { name: 'trust', value: 'FILE', description: 'authorities (PEM) to trust beside the usual ones, for key sets and identity providers; none' },
  { name: 'log-store', value: 'URL', description: 'S3-compatible store that log files are sent to; none, they stay in the data folder' },
  { name: 'log-store-credentials', value: 'ID:SECRET', description: 'access key of that store' },
  { name: 'otlp-endpoint', value: 'URL', description: 'OpenTelemetry collector (OTLP/HTTP) that traces are sent to; none' },
  { name: 'trace-ratio', value: 'NUMBER', description: 'share of the traces that are recorded, 0 to 1; 1' },
  { name: 'function-folders', value: 'LIST', description: 'folders below which functions may be run where their code lies (hot-reload); none' },
  { name: 'function-user', value: 'NUMBER', description: 'user and group id that functions run as, where Turnpike is root; its own' },
  { name: 'function-spares', value: 'NUMBER', description: 'runtimes that are started ahead, for the next cold start; 0: none; 2' },
];

/** Those that were given. */
export function serverOptions(input: Input): ServerOptions {
  return Object.fromEntries(SERVER_OPTIONS.flatMap(({ name }) => (input.texts[name] === undefined ? [] : [[name, input.texts[name]]])));
}

/** Where to ask, for commands that do not serve. */
export const ENDPOINT_OPTION: Option = { name: 'endpoint', value: 'URL', description: 'where Turnpike is; TURNPIKE_ENDPOINT, else http://127.0.0.1:4566' };
