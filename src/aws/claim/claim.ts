import type { Fields } from '../http.ts';
import type { CatalogueEntry, Models } from '../model/library.ts';
import type { OperationModel, Protocol, ServiceModel } from '../model/service-model.ts';
import type { CredentialScope } from '../sigv4/credential-scope.ts';
import type { Pair } from '../wire/wire.ts';
import { PathTree } from './path-tree.ts';

/** What is known of a request before it is claimed. */
export interface Unclaimed {
  readonly method: string;
  /** Undecoded. */
  readonly path: string;
  readonly query: readonly Pair[];
  /** The parameters of a query request, from the body or the URL; empty where neither has an Action. */
  readonly form: readonly Pair[];
  readonly headers: Fields;
  readonly scope: CredentialScope | null;
}

export type Claim =
  | { readonly kind: 'operation'; readonly service: ServiceModel; readonly protocol: Protocol; readonly operation: OperationModel; readonly labels: ReadonlyMap<string, string>; readonly path: string; readonly prefix: string }
  /** The service is known, the operation is not. `asked` is its name, or the method and path. */
  | { readonly kind: 'unknown-operation'; readonly service: ServiceModel; readonly protocol: Protocol; readonly asked: string; readonly path: string }
  /** Nothing tells which service is meant; `protocol` is the one to answer in. */
  | { readonly kind: 'unknown-service'; readonly protocol: Protocol; readonly asked: string };

const NO_LABELS: ReadonlyMap<string, string> = new Map();

/**
 * Finds service, protocol and operation from the request itself. Indexes are built once from the catalogue; a request costs a few map look-ups.
 * Order: what names the operation outright (rpc path, X-Amz-Target, Action), then REST by the signed service, the host, the path.
 */
export class Claimer {
  readonly #models: Models;
  readonly #byTarget: ReadonlyMap<string, CatalogueEntry>;
  readonly #bySigningName: ReadonlyMap<string, readonly CatalogueEntry[]>;
  readonly #byVersion: ReadonlyMap<string, CatalogueEntry>;
  readonly #byRoot: ReadonlyMap<string, CatalogueEntry>;
  readonly #trees = new Map<string, PathTree>();

  constructor(models: Models) {
    this.#models = models;
    const form = models.catalogue.filter(speaksForm);
    const rest = models.catalogue.filter(speaksRest);
    this.#byTarget = new Map(models.catalogue.flatMap((entry) => (entry.targetPrefix === null ? [] : [[entry.targetPrefix, entry] as const])));
    this.#bySigningName = Map.groupBy(models.catalogue, (entry) => entry.signingName);
    this.#byVersion = new Map(form.map((entry) => [entry.apiVersion, entry]));
    this.#byRoot = new Map(rest.flatMap((entry) => entry.roots.map((root) => [root, entry] as const)));
  }

  claim(request: Unclaimed): Claim {
    const { headers } = request;
    if (headers.get('smithy-protocol') === 'rpc-v2-cbor') return this.#claimRpc(request);
    const target = headers.get('x-amz-target');
    if (target !== null) return this.#claimTarget(target, request.path);
    const action = request.form.find(([name]) => name === 'Action')?.[1];
    if (action !== undefined) {
      const claim = this.#claimAction(action, request);
      if (claim) return claim;
    }
    return this.#claimRest(request);
  }

  /** `/service/NAME/operation/OPERATION`, after any prefix (Smithy, "RPC v2 CBOR protocol"). */
  #claimRpc(request: Unclaimed): Claim {
    const segments = request.path.split('/');
    const [service, name, operation, asked] = segments.slice(-4);
    const entry = service === 'service' && operation === 'operation' ? this.#byTarget.get((name ?? '').slice((name ?? '').lastIndexOf('.') + 1)) : undefined;
    if (!entry) return { kind: 'unknown-service', protocol: 'rpc-v2-cbor', asked: request.path };
    return this.#named({ entry, protocol: 'rpc-v2-cbor', asked: asked ?? '', path: request.path });
  }

  /** `Logs_20140328.CreateLogGroup`. */
  #claimTarget(target: string, path: string): Claim {
    const dot = target.lastIndexOf('.');
    const prefix = target.slice(0, Math.max(dot, 0));
    const entry = this.#byTarget.get(prefix) ?? this.#byTarget.get(prefix.slice(prefix.lastIndexOf('.') + 1));
    if (!entry) return { kind: 'unknown-service', protocol: 'json', asked: target };
    return this.#named({ entry, protocol: 'json', asked: target.slice(dot + 1), path });
  }

  /** Action, with the service from the signature or else from the Version, which no two services share. */
  #claimAction(action: string, request: Unclaimed): Claim | null {
    const version = request.form.find(([name]) => name === 'Version')?.[1];
    const signed = (request.scope ? (this.#bySigningName.get(request.scope.service) ?? []) : this.#byHost(request.headers)).filter(speaksForm);
    const entry =
      signed.find((candidate) => candidate.apiVersion === version) ??
      (signed.length === 1 ? signed[0] : undefined) ??
      // elb and elbv2 sign alike; without a Version the one that has the action is meant
      signed.find((candidate) => this.#models.model(candidate.name).operation(action) !== null) ??
      signed[0] ??
      (version === undefined || request.scope ? undefined : this.#byVersion.get(version));
    if (!entry) return request.method === 'POST' && !request.scope ? { kind: 'unknown-service', protocol: 'query', asked: `${action} of version ${version ?? '(none)'}` } : null;
    return this.#named({ entry, protocol: entry.protocols.includes('ec2') ? 'ec2' : 'query', asked: action, path: request.path });
  }

  #claimRest(request: Unclaimed): Claim {
    const root = request.path.split('/')[1] ?? '';
    const candidates = (request.scope ? (this.#bySigningName.get(request.scope.service) ?? []) : this.#byHost(request.headers)).filter(speaksRest);
    // v1 and v2 of API Gateway sign alike; their paths begin differently, as do those of the management API, which some clients sign as apigateway
    const byRoot = this.#byRoot.get(root);
    const management = /\/(?:@|%40)connections\//i.exec(request.path);
    const stageOfManagement = management !== null ? this.#models.catalogue.find((entry) => entry.roots.includes('@connections')) : undefined;
    const entry = stageOfManagement ?? candidates.find((candidate) => candidate === byRoot) ?? candidates[0] ?? (request.scope ? undefined : byRoot);
    const asked = `${request.method} ${request.path}`;
    if (!entry) {
      const named = request.scope ? this.#bySigningName.get(request.scope.service)?.[0] : undefined;
      if (named) return { kind: 'unknown-operation', service: this.#models.model(named.name), protocol: named.protocols[0]!, asked, path: request.path };
      return { kind: 'unknown-service', protocol: 'rest-json', asked: request.scope ? `${request.scope.service}: ${asked}` : asked };
    }
    const service = this.#models.model(entry.name);
    const protocol = service.protocols[0]!;
    const path = stageOfManagement ? `/@connections/${request.path.slice(management!.index + management![0].length)}` : withBucketFromHost(entry, request);
    const match = this.#tree(service).match({ method: request.method, path, query: request.query, headers: request.headers });
    const prefix = management === null ? '' : request.path.slice(0, management.index);
    return match ? { kind: 'operation', service, protocol, ...match, path, prefix } : { kind: 'unknown-operation', service, protocol, asked, path };
  }

  #named(claim: { entry: CatalogueEntry; protocol: Protocol; asked: string; path: string }): Claim {
    const { protocol, asked, path } = claim;
    const service = this.#models.model(claim.entry.name);
    const operation = service.protocols.includes(protocol) ? service.operation(asked) : null;
    return operation ? { kind: 'operation', service, protocol, operation, labels: NO_LABELS, path, prefix: '' } : { kind: 'unknown-operation', service, protocol, asked, path };
  }

  /** `lambda.us-east-1.amazonaws.com`, `bucket.s3.localhost:4566`: a label of the host that is a service's endpoint prefix. */
  #byHost(headers: Fields): readonly CatalogueEntry[] {
    const labels = (headers.get('host') ?? '').split(':')[0]!.toLowerCase().split('.');
    return this.#models.catalogue.filter((entry) => labels.includes(entry.endpointPrefix) && labels.length > 1);
  }

  #tree(service: ServiceModel): PathTree {
    let tree = this.#trees.get(service.name);
    if (!tree) this.#trees.set(service.name, (tree = new PathTree(service)));
    return tree;
  }
}

function speaksForm(entry: CatalogueEntry): boolean {
  return entry.protocols.includes('query') || entry.protocols.includes('ec2');
}

function speaksRest(entry: CatalogueEntry): boolean {
  return entry.protocols.includes('rest-json') || entry.protocols.includes('rest-xml');
}

/** S3's virtual-hosted style: `bucket.s3.localhost`, `my.bucket.s3.us-east-1.amazonaws.com`. */
function withBucketFromHost(entry: CatalogueEntry, request: Unclaimed): string {
  if (entry.name !== 's3') return request.path;
  const host = (request.headers.get('host') ?? '').split(':')[0]!;
  const labels = host.split('.');
  const at = labels.findLastIndex((label) => label === 's3' || label.startsWith('s3-'));
  return at > 0 ? `/${labels.slice(0, at).join('.')}${request.path}` : request.path;
}
