import { uuid, type Clock, type Random } from '../kernel/index.ts';
import { decompress } from './body.ts';
import { Claimer, type Claim } from './claim/claim.ts';
import { AwsError } from './error.ts';
import { authenticationError } from './errors/authentication.ts';
import { internalFailure, malformed, notImplemented, refused, statusOfCode, tooLarge, unknownOperation, unknownService } from './errors/generic.ts';
import { Fields, type HttpRequest, type HttpResponse } from './http.ts';
import { defaultLimits, type Limits } from './limits.ts';
import type { Models } from './model/library.ts';
import { ServiceModel, type OperationModel, type Protocol } from './model/service-model.ts';
import type { Call, Service } from './operation.ts';
import { isChunked, unchunk } from './sigv4/chunked.ts';
import { credentialScopeOf, type CredentialScope } from './sigv4/credential-scope.ts';
import { accountOf, DEFAULT_ACCOUNT, DEFAULT_REGION, type Credentials } from './sigv4/credentials.ts';
import { Verifier, type Seed } from './sigv4/verifier.ts';
import { validationError } from './validation/sentence.ts';
import { Validator } from './validation/validator.ts';
import { parsePairs } from './wire/form.ts';
import { Malformed } from './wire/malformed.ts';
import type { Answering, Pair, WireError } from './wire/wire.ts';
import { wires } from './wire/wires.ts';

/** One call, answered: for logs and metrics. */
export interface CallRecord {
  readonly requestId: string;
  /** Null where the request could not be claimed. */
  readonly service: string | null;
  readonly operation: string | null;
  readonly protocol: Protocol;
  readonly account: string;
  readonly region: string;
  readonly status: number;
  /** The error's code, null for a success. */
  readonly code: string | null;
  readonly message: string | null;
  readonly durationMs: number;
  /** What went wrong in us, where the answer is an internal failure: never shown to the caller. */
  readonly cause: unknown;
}

export interface FrontDoorOptions {
  readonly services: readonly Service[];
  readonly models: Models;
  readonly clock: Clock;
  readonly random: Random;
  readonly credentials: Credentials;
  /** `never` takes every caller at its word (the default installation, on loopback); `always` demands a valid signature. */
  readonly verify: 'always' | 'never';
  readonly onCall?: (record: CallRecord) => void;
  readonly limits?: Partial<Limits>;
  /** Account of callers whose access key id is not one. */
  readonly defaultAccount?: string;
  readonly defaultRegion?: string;
}

/** What is known of a request so far; an error is answered with as much as there is. */
interface Progress {
  readonly requestId: string;
  readonly method: string;
  path: string;
  protocol: Protocol;
  service: ServiceModel | null;
  operation: OperationModel | null;
  account: string;
  region: string;
}

/** Stands in as the service of a request that names none. */
const NOBODY = new ServiceModel('unknown', { metadata: { apiVersion: '', protocol: 'rest-json', serviceId: 'unknown' }, operations: {}, shapes: {} });

/**
 * The way of every AWS API request, in order: claim, verify, read, parse, validate, invoke, serialise. It owns no socket; whatever it is given,
 * it answers, in the caller's own protocol.
 */
export class FrontDoor {
  readonly #options: FrontDoorOptions;
  readonly #limits: Limits;
  readonly #claimer: Claimer;
  readonly #verifier: Verifier;
  readonly #validator = new Validator();
  readonly #services: ReadonlyMap<string, Service>;

  constructor(options: FrontDoorOptions) {
    this.#options = options;
    this.#limits = { ...defaultLimits, ...options.limits };
    this.#claimer = new Claimer(options.models);
    this.#verifier = new Verifier({ credentials: options.credentials, clock: options.clock });
    const names = new Set(options.models.catalogue.map((entry) => entry.name));
    for (const service of options.services) if (!names.has(service.name)) throw new Error(`there is no model for the service "${service.name}": one of ${[...names].join(', ')}`);
    this.#services = new Map(options.services.map((service) => [service.name, service]));
    if (this.#services.size !== options.services.length) throw new Error('two services have the same name');
  }

  /** Never rejects. */
  async handle(request: HttpRequest): Promise<HttpResponse> {
    const { clock, random, onCall } = this.#options;
    const started = clock.monotonic();
    const progress: Progress = {
      requestId: uuid(random),
      method: request.method,
      path: pathOf(request.url),
      protocol: 'rest-json',
      service: null,
      operation: null,
      account: this.#options.defaultAccount ?? DEFAULT_ACCOUNT,
      region: this.#options.defaultRegion ?? DEFAULT_REGION,
    };
    let response: HttpResponse;
    let failure: AwsError | null = null;
    let cause: unknown = null;
    try {
      response = await this.#answer(request, progress);
    } catch (error) {
      failure = this.#errorOf(error, progress);
      if (!(error instanceof AwsError) && !(error instanceof Malformed)) cause = error;
      response = this.#refusal(failure, progress);
    }
    onCall?.({
      requestId: progress.requestId,
      service: progress.service?.name ?? null,
      operation: progress.operation?.name ?? null,
      protocol: progress.protocol,
      account: progress.account,
      region: progress.region,
      status: response.status,
      code: failure?.code ?? null,
      message: failure?.message ?? null,
      durationMs: clock.monotonic() - started,
      cause,
    });
    return response;
  }

  async #answer(request: HttpRequest, progress: Progress): Promise<HttpResponse> {
    const headers = new Fields(request.rawHeaders);
    guessProtocol(headers, progress);
    if (request.url.length > this.#limits.urlBytes) throw new Malformed('size', '', `the request target is longer than ${this.#limits.urlBytes} bytes`);
    if (request.body.length > this.#limits.bodyBytes) throw new Malformed('size', '', `the body is larger than ${this.#limits.bodyBytes} bytes`);
    const query = parsePairs(queryOf(request.url), this.#limits);
    const scope = credentialScopeOf(headers.get('authorization'), query);
    if (scope && isRegion(scope.region)) progress.region = scope.region;
    const form = this.#formOf(request, headers, query);

    const claim = this.#claimer.claim({ method: request.method, path: progress.path, query, form, headers, scope });
    progress.protocol = claim.protocol;
    if (claim.kind === 'unknown-service') throw unknownService(claim.asked);
    progress.service = claim.service;
    if (claim.kind === 'operation') progress.operation = claim.operation;
    const prefix = claim.kind === 'operation' ? claim.prefix : '';
    progress.path = claim.path;

    const caller = this.#identify(request, { headers, scope, claim });
    progress.account = caller.account;
    if (claim.kind === 'unknown-operation') throw unknownOperation(claim.service, claim.protocol, claim.asked.slice(0, 200));
    const { operation } = claim;
    const invoke = this.#operationOf(operation, claim.protocol);

    const body = this.#bodyOf(request, { headers, operation, seed: caller.seed });
    const wire = wires[claim.protocol];
    const input = wire.parse(operation, { method: request.method, path: claim.path, query, form, labels: claim.labels, headers, body }, this.#limits);
    const violations = this.#validator.violations(operation, input);
    if (violations.length > 0) throw validationError(operation, violations);

    const call: Call = {
      service: claim.service.name,
      operation: operation.name,
      requestId: progress.requestId,
      account: caller.account,
      region: progress.region,
      accessKeyId: scope?.accessKeyId ?? null,
      principal: caller.principal,
      host: headers.get('host') ?? headers.get(':authority') ?? '',
      prefix,
      remoteAddress: request.remoteAddress,
      userAgent: headers.get('user-agent'),
    };
    const output = await invoke(input, call);
    return wire.serialise(operation, output, answering(progress, claim.service));
  }

  /**
   * Calls an operation from inside the program (templates do): input and output have the shapes of the model, and are held to it like any
   * other. Throws `AwsError`.
   */
  async call(service: string, operation: string, more: { readonly input: Readonly<Record<string, unknown>>; readonly account: string; readonly region: string; readonly host: string }): Promise<unknown> {
    const model = this.#options.models.model(service);
    const known = model.operation(operation);
    if (!known) throw new AwsError('InvalidAction', `There is no operation ${operation} of ${service}.`);
    const invoke = this.#operationOf(known, model.protocols[0] ?? 'json');
    const violations = this.#validator.violations(known, more.input);
    if (violations.length > 0) throw validationError(known, violations);
    const { account, region, host } = more;
    return invoke(more.input, {
      service, operation, requestId: uuid(this.#options.random), account, region, accessKeyId: null, principal: `arn:aws:iam::${account}:root`, host, remoteAddress: '127.0.0.1',
    });
  }

  /** The parameters of a query request. A form in the body wins over the URL, where presigned requests carry them. */
  #formOf(request: HttpRequest, headers: Fields, query: readonly Pair[]): readonly Pair[] {
    const isForm = (headers.get('content-type') ?? '').toLowerCase().startsWith('application/x-www-form-urlencoded');
    if (isForm && request.method === 'POST' && request.body.length > 0) {
      const body = decompress(request.body, headers.get('content-encoding'), this.#limits);
      if (body.length > this.#limits.formBytes) throw new Malformed('size', '', `the form is larger than ${this.#limits.formBytes} bytes`);
      const pairs = parsePairs(body.toString('utf8'), this.#limits);
      return query.some(([name]) => name === 'Action') ? [...query, ...pairs] : pairs;
    }
    return query.some(([name]) => name === 'Action') ? query : [];
  }

  /** Who calls: proven, or taken at its word. */
  #identify(
    request: HttpRequest,
    more: { readonly headers: Fields; readonly scope: CredentialScope | null; readonly claim: Exclude<Claim, { kind: 'unknown-service' }> },
  ): { readonly account: string; readonly principal: string; readonly seed: Seed | null } {
    const { claim, headers, scope } = more;
    if (this.#options.verify === 'always') {
      const verdict = this.#verifier.verify({ method: request.method, url: request.url, headers, body: request.body }, claim.service.signingName);
      if (!verdict.ok) throw authenticationError(verdict.refusal, claim.service, claim.protocol);
      return { account: verdict.credential.account, principal: verdict.credential.principal, seed: verdict.seed };
    }
    const known = scope && this.#options.credentials.find(scope.accessKeyId);
    if (known) return { account: known.account, principal: known.principal, seed: null };
    const account = accountOf(scope?.accessKeyId ?? null, this.#options.defaultAccount);
    return { account, principal: `arn:aws:iam::${account}:root`, seed: null };
  }

  #operationOf(operation: OperationModel, protocol: Protocol): Service['operations'][string] {
    const service = this.#services.get(operation.service.name);
    // own members only: an operation is never named "constructor", but what is asked for is the caller's text
    if (service && Object.hasOwn(service.operations, operation.name)) return service.operations[operation.name]!;
    if (service && Object.hasOwn(service.refusals, operation.name)) throw refused(operation, protocol, service.refusals[operation.name]!);
    throw notImplemented(operation, protocol);
  }

  /** The body without chunk signatures and, but for bodies that are data of the caller's own, without its coding. */
  #bodyOf(request: HttpRequest, more: { readonly headers: Fields; readonly operation: OperationModel; readonly seed: Seed | null }): Buffer {
    const { headers, operation } = more;
    let { body } = request;
    const contentSha256 = headers.get('x-amz-content-sha256');
    if (contentSha256 !== null && isChunked(contentSha256)) {
      const result = unchunk(body, { contentSha256, decodedLength: headers.get('x-amz-decoded-content-length'), seed: more.seed });
      if (!result.ok) {
        if (result.fault === 'mismatch') throw new AwsError('SignatureDoesNotMatch', result.message, { status: 403 });
        throw new AwsError(result.fault === 'length' ? 'IncompleteBody' : 'InvalidRequest', result.message, { status: 400 });
      }
      body = result.value.body;
    }
    const payload = operation.input?.payload ? operation.input.byName.get(operation.input.payload) : undefined;
    // an object's content coding belongs to the object (S3 API Reference, PutObject, Content-Encoding)
    return payload?.shape.type === 'blob' ? body : decompress(body, headers.get('content-encoding'), this.#limits);
  }

  #errorOf(error: unknown, progress: Progress): AwsError {
    if (error instanceof AwsError) return error;
    if (error instanceof Malformed) return error.kind === 'size' ? tooLarge(progress.protocol, error.message) : malformed(error, progress.service ?? NOBODY, progress.protocol);
    return internalFailure(progress.protocol);
  }

  #refusal(error: AwsError, progress: Progress): HttpResponse {
    const service = progress.service ?? NOBODY;
    const model = service.error(error.code);
    const status = error.status ?? model?.status ?? statusOfCode(error.code);
    const failure: WireError = { error, model, status, sender: status < 500 };
    try {
      return wires[progress.protocol].serialiseError(failure, answering(progress, service));
    } catch {
      // members that do not fit the error's shape must not hide the error
      return wires[progress.protocol].serialiseError({ ...failure, error: new AwsError(error.code, error.message) }, answering(progress, service));
    }
  }
}

function answering(progress: Progress, service: ServiceModel): Answering {
  return { service, requestId: progress.requestId, operation: progress.operation, method: progress.method, path: progress.path };
}

/** The protocol to answer in should the request fail before it is claimed. */
function guessProtocol(headers: Fields, progress: Progress): void {
  if (headers.get('smithy-protocol') === 'rpc-v2-cbor') progress.protocol = 'rpc-v2-cbor';
  else if (headers.get('x-amz-target') !== null) progress.protocol = 'json';
  else if ((headers.get('content-type') ?? '').toLowerCase().startsWith('application/x-www-form-urlencoded')) progress.protocol = 'query';
}

function pathOf(url: string): string {
  const at = url.indexOf('?');
  const path = at < 0 ? url : url.slice(0, at);
  if (path.startsWith('/')) return path;
  // absolute form (RFC 9112 section 3.2.2)
  const rest = /^[a-z]+:\/\/[^/?]*(\/.*)?$/i.exec(path)?.[1];
  return rest ?? '/';
}

function queryOf(url: string): string {
  const at = url.indexOf('?');
  return at < 0 ? '' : url.slice(at + 1);
}

function isRegion(region: string): boolean {
  return /^[a-z]{2,}(?:-[a-z]+)+-\d+$/.test(region);
}
