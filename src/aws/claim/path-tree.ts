import type { Fields } from '../http.ts';
import type { OperationModel, ServiceModel } from '../model/service-model.ts';
import type { Pair } from '../wire/wire.ts';

/** An operation at the end of a path, with what tells it from others there. */
interface Candidate {
  readonly operation: OperationModel;
  readonly constants: readonly (readonly [string, string | null])[];
  /** Names of query parameters and headers that its input requires: S3 tells GetObject from ListParts by them. */
  readonly requiredQuery: readonly string[];
  readonly requiredHeaders: readonly string[];
}

interface Node {
  readonly literals: Map<string, Node>;
  label: Node | null;
  /** Ends at `{Name+}`, which takes the rest of the path. */
  greedy: Candidates | null;
  here: Candidates | null;
}

/** By method; each list in the order in which it is tried. */
type Candidates = Map<string, Candidate[]>;

export interface PathMatch {
  readonly operation: OperationModel;
  /** Undecoded: a broken escape is for the operation's protocol to answer. */
  readonly labels: ReadonlyMap<string, string>;
}

/** A REST service's operations by path: literals before labels before greedy labels. Built once a service. */
export class PathTree {
  readonly #root: Node = newNode();

  constructor(model: ServiceModel) {
    for (const name of model.operationNames) this.#insert(model.operation(name)!);
  }

  match(request: { readonly method: string; readonly path: string; readonly query: readonly Pair[]; readonly headers: Fields }): PathMatch | null {
    const segments = request.path.split('/').slice(1);
    // as it is first, for a key may end in a slash; then without one, for `/bucket/` is `/bucket`
    return this.#matchSegments(segments, request) ?? (segments.at(-1) === '' ? this.#matchSegments(segments.slice(0, -1), request) : null);
  }

  #matchSegments(segments: readonly string[], request: { readonly method: string; readonly query: readonly Pair[]; readonly headers: Fields }): PathMatch | null {
    const candidates = find(this.#root, segments, { at: 0, method: request.method });
    const chosen = candidates && choose(candidates, request);
    return chosen ? { operation: chosen.operation, labels: labelsOf(chosen.operation.path, segments) } : null;
  }

  #insert(operation: OperationModel): void {
    let node = this.#root;
    for (const segment of segmentsOf(operation.path)) {
      if (segment.startsWith('{') && segment.endsWith('+}')) {
        add((node.greedy ??= new Map()), candidateOf(operation));
        return;
      }
      if (segment.startsWith('{')) node = node.label ??= newNode();
      else {
        let next = node.literals.get(segment);
        if (!next) node.literals.set(segment, (next = newNode()));
        node = next;
      }
    }
    add((node.here ??= new Map()), candidateOf(operation));
  }
}

function newNode(): Node {
  return { literals: new Map(), label: null, greedy: null, here: null };
}

/** A template's segments; a slash at its end is no segment. */
function segmentsOf(template: string): readonly string[] {
  const segments = template.split('/').slice(1);
  return segments.at(-1) === '' ? segments.slice(0, -1) : segments;
}

function candidateOf(operation: OperationModel): Candidate {
  const required = (operation.input?.members ?? []).filter((member) => member.required);
  return {
    operation,
    constants: operation.queryConstants,
    requiredQuery: required.filter((member) => member.location === 'querystring').map((member) => member.wireName ?? member.name),
    requiredHeaders: required.filter((member) => member.location === 'header').map((member) => (member.wireName ?? member.name).toLowerCase()),
  };
}

function add(candidates: Candidates, candidate: Candidate): void {
  const list = candidates.get(candidate.operation.method);
  if (list) list.push(candidate);
  else candidates.set(candidate.operation.method, [candidate]);
  // the most particular first; among equals the one that AWS has not retired
  candidates.get(candidate.operation.method)!.sort((a, b) => weight(b) - weight(a) || Number(a.operation.deprecated) - Number(b.operation.deprecated) || preference(b) - preference(a));
}

function weight(candidate: Candidate): number {
  return candidate.constants.length * 100 + candidate.requiredQuery.length + candidate.requiredHeaders.length;
}

/** Pairs of one path in S3 without a mark of their own: the `...Configuration` form replaced the other (S3 API Reference), buckets are the general ones. */
function preference(candidate: Candidate): number {
  const { name } = candidate.operation;
  return (name.endsWith('Configuration') ? 1 : 0) - (name.includes('Directory') ? 1 : 0);
}

// returns at the first end that has the method; a path that exists for other methods only is no match, and the next branch is tried
function find(node: Node, segments: readonly string[], more: { at: number; method: string }): readonly Candidate[] | null {
  const { at, method } = more;
  if (at === segments.length) return node.here?.get(method) ?? null;
  const segment = segments[at]!;
  const literal = node.literals.get(segment);
  const deeper = { at: at + 1, method };
  const viaLiteral = literal ? find(literal, segments, deeper) : null;
  if (viaLiteral) return viaLiteral;
  const viaLabel = node.label && segment !== '' ? find(node.label, segments, deeper) : null;
  if (viaLabel) return viaLabel;
  const rest = segments.length - at;
  return rest > 1 || segment !== '' ? (node.greedy?.get(method) ?? null) : null;
}

function choose(candidates: readonly Candidate[], request: { readonly query: readonly Pair[]; readonly headers: Fields }): Candidate | null {
  const query = new Map(request.query);
  // the SDKs for S3 name the operation that they mean
  const named = query.get('x-id');
  if (named !== undefined) {
    const meant = candidates.find((candidate) => candidate.operation.name === named);
    if (meant && constantsHold(meant, query)) return meant;
  }
  const possible = candidates.filter((candidate) => constantsHold(candidate, query));
  const complete = possible.find((candidate) => candidate.requiredQuery.every((name) => query.has(name)) && candidate.requiredHeaders.every((name) => request.headers.get(name) !== null));
  // none complete: the least demanding one, whose validation then says what is missing
  return complete ?? possible.findLast((candidate) => candidate.constants.length === possible[0]!.constants.length) ?? null;
}

function constantsHold(candidate: Candidate, query: ReadonlyMap<string, string>): boolean {
  return candidate.constants.every(([name, value]) => (value === null ? query.has(name) : query.get(name) === value));
}

function labelsOf(template: string, segments: readonly string[]): ReadonlyMap<string, string> {
  const labels = new Map<string, string>();
  segmentsOf(template).forEach((part, i) => {
    if (!part.startsWith('{')) return;
    const greedy = part.endsWith('+}');
    const name = part.slice(1, greedy ? -2 : -1);
    labels.set(name, greedy ? segments.slice(i).join('/') : segments[i]!);
  });
  return labels;
}
