import type { ModelDocument, OperationDocument, ShapeDocument } from './document.ts';
import { compileShape, refTo, type Ref, type Resolve, type Shape, type StructureShape } from './shape.ts';

export type Protocol = 'query' | 'ec2' | 'json' | 'rest-json' | 'rest-xml' | 'rpc-v2-cbor';

/** One operation of a service, compiled. */
export interface OperationModel {
  readonly name: string;
  readonly service: ServiceModel;
  readonly method: string;
  /** Path template, `/2015-03-31/functions/{FunctionName}`, without its query. */
  readonly path: string;
  /** Query parameters that the template fixes: `['WithTags', null]` (present), `['list-type', '2']`. */
  readonly queryConstants: readonly (readonly [string, string | null])[];
  readonly responseCode: number;
  readonly input: StructureShape | null;
  /** The use of the input shape: rest-xml names the root element there. */
  readonly inputRef: Ref | null;
  readonly output: StructureShape | null;
  readonly outputRef: Ref | null;
  readonly resultWrapper: string | null;
  readonly errors: readonly string[];
  readonly deprecated: boolean;
  readonly hostPrefix: string | null;
  readonly unwrappedOutput: boolean;
}

/** An error shape, and what the wires need of it. */
export interface ErrorModel {
  /** `LoadBalancerNotFoundException`. */
  readonly shapeName: string;
  /** `LoadBalancerNotFound`: what query protocols send. */
  readonly code: string;
  readonly status: number;
  readonly senderFault: boolean;
  readonly shape: StructureShape;
}

/** A service: its model, read once, each operation and shape compiled when first used (EC2 has 4,000 shapes). */
export class ServiceModel {
  /** File name under `models/` without extension. */
  readonly name: string;
  readonly apiVersion: string;
  readonly protocols: readonly Protocol[];
  readonly endpointPrefix: string;
  /** Service name in SigV4's credential scope. */
  readonly signingName: string;
  readonly serviceId: string;
  readonly targetPrefix: string | null;
  readonly jsonVersion: string;
  readonly xmlNamespace: string | null;
  readonly queryCompatible: boolean;
  readonly noErrorWrapping: boolean;
  readonly operationNames: readonly string[];
  readonly #document: ModelDocument;
  readonly #shapes = new Map<string, { shape: Shape; document: ShapeDocument }>();
  readonly #operations = new Map<string, OperationModel>();
  #errors: ReadonlyMap<string, ErrorModel> | null = null;

  constructor(name: string, document: ModelDocument) {
    const { metadata } = document;
    this.name = name;
    this.apiVersion = metadata.apiVersion;
    this.protocols = (metadata.protocols ?? [metadata.protocol]).map(protocolOf);
    this.endpointPrefix = metadata.endpointPrefix ?? name;
    this.signingName = metadata.signingName ?? this.endpointPrefix;
    this.serviceId = metadata.serviceId ?? name;
    this.targetPrefix = metadata.targetPrefix ?? null;
    this.jsonVersion = metadata.jsonVersion ?? '1.0';
    this.xmlNamespace = typeof metadata.xmlNamespace === 'object' ? metadata.xmlNamespace.uri : (metadata.xmlNamespace ?? null);
    this.queryCompatible = metadata.awsQueryCompatible !== undefined;
    this.noErrorWrapping = metadata.noErrorWrapping === true;
    this.operationNames = Object.keys(document.operations);
    this.#document = document;
  }

  operation(name: string): OperationModel | null {
    const known = this.#operations.get(name);
    if (known) return known;
    if (!Object.hasOwn(this.#document.operations, name)) return null;
    const compiled = this.#compile(name, this.#document.operations[name]!);
    this.#operations.set(name, compiled);
    return compiled;
  }

  /** Compiled on first use. Throws for a name that the model lacks: a model that refers to nothing is broken. */
  readonly resolve: Resolve = (name) => {
    const known = this.#shapes.get(name);
    if (known) return known;
    const document = this.#documentOf(name);
    const entry = { shape: compileShape(name, document, { resolve: this.resolve, documents: (target) => this.#documentOf(target) }), document };
    this.#shapes.set(name, entry);
    return entry;
  };

  shapeNames(): readonly string[] {
    return Object.keys(this.#document.shapes);
  }

  /** The error of this wire code or shape name. */
  error(codeOrShapeName: string): ErrorModel | null {
    this.#errors ??= this.#compileErrors();
    return this.#errors.get(codeOrShapeName) ?? null;
  }

  #documentOf(name: string): ShapeDocument {
    const document = this.#document.shapes[name];
    if (!document) throw new Error(`model ${this.name} has no shape "${name}"`);
    return document;
  }

  #compile(name: string, document: OperationDocument): OperationModel {
    const [path = '/', query = ''] = (document.http?.requestUri ?? '/').split('?');
    const use = (ref: OperationDocument['input']): Ref | null => (ref ? refTo(ref, this.#documentOf(ref.shape), this.resolve) : null);
    const inputRef = use(document.input);
    const outputRef = use(document.output);
    return {
      name,
      service: this,
      method: document.http?.method ?? 'POST',
      path,
      queryConstants: query === '' ? [] : query.split('&').map((pair) => {
        const at = pair.indexOf('=');
        return at < 0 ? ([pair, null] as const) : ([pair.slice(0, at), pair.slice(at + 1)] as const);
      }),
      responseCode: document.http?.responseCode ?? 200,
      input: structure(inputRef),
      inputRef,
      output: structure(outputRef),
      outputRef,
      resultWrapper: document.output?.resultWrapper ?? null,
      errors: (document.errors ?? []).map((error) => error.shape),
      deprecated: document.deprecated === true,
      hostPrefix: document.endpoint?.hostPrefix ?? null,
      unwrappedOutput: document.unwrappedOutput === true,
    };
  }

  #compileErrors(): ReadonlyMap<string, ErrorModel> {
    const errors = new Map<string, ErrorModel>();
    const byCode = new Map<string, ErrorModel>();
    for (const [shapeName, document] of Object.entries(this.#document.shapes)) {
      if (document.exception !== true) continue;
      const shape = this.resolve(shapeName).shape;
      if (shape.type !== 'structure') continue;
      const fault = document.fault === true || document.error?.fault === true;
      const status = document.error?.httpStatusCode ?? (fault ? 500 : 400);
      const error: ErrorModel = {
        shapeName,
        code: document.error?.code ?? shapeName,
        status,
        senderFault: document.error?.senderFault ?? status < 500,
        shape,
      };
      errors.set(shapeName, error);
      if (!byCode.has(error.code)) byCode.set(error.code, error);
    }
    for (const [code, error] of byCode) if (!errors.has(code)) errors.set(code, error);
    return errors;
  }
}

function structure(ref: Ref | null): StructureShape | null {
  if (!ref) return null;
  if (ref.shape.type !== 'structure') throw new Error(`an operation's input or output is the ${ref.shape.type} ${ref.shape.name}, not a structure`);
  return ref.shape;
}

function protocolOf(name: string): Protocol {
  switch (name) {
    case 'query':
    case 'ec2':
    case 'json':
    case 'rest-json':
    case 'rest-xml':
      return name;
    case 'smithy-rpc-v2-cbor':
      return 'rpc-v2-cbor';
    default:
      throw new Error(`unknown protocol "${name}"`);
  }
}
