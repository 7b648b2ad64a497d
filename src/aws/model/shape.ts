import type { RefDocument, ShapeDocument, TraitsDocument } from './document.ts';

export type TimestampFormat = 'iso8601' | 'rfc822' | 'unixTimestamp';
export type Location = 'uri' | 'querystring' | 'header' | 'headers' | 'statusCode';

export interface XmlNamespace {
  readonly uri: string;
  readonly prefix: string | null;
}

export interface StructureShape {
  readonly type: 'structure';
  readonly name: string;
  readonly members: readonly Member[];
  readonly byName: ReadonlyMap<string, Member>;
  /** Name of the member that is the whole body. */
  readonly payload: string | null;
  readonly union: boolean;
  /** A document type: any JSON. */
  readonly document: boolean;
  readonly eventStream: boolean;
}

export interface ListShape {
  readonly type: 'list';
  readonly name: string;
  readonly member: Ref;
  readonly min: number | null;
  readonly max: number | null;
}

export interface MapShape {
  readonly type: 'map';
  readonly name: string;
  readonly key: Ref;
  readonly value: Ref;
  readonly min: number | null;
  readonly max: number | null;
}

export interface StringShape {
  readonly type: 'string';
  readonly name: string;
  readonly enum: readonly string[] | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly pattern: string | null;
}

export interface BlobShape {
  readonly type: 'blob';
  readonly name: string;
  readonly min: number | null;
  readonly max: number | null;
}

export interface NumberShape {
  readonly type: 'byte' | 'short' | 'integer' | 'long' | 'float' | 'double';
  readonly name: string;
  readonly min: number | null;
  readonly max: number | null;
}

export interface PlainShape {
  readonly type: 'boolean' | 'timestamp';
  readonly name: string;
}

export type Shape = StructureShape | ListShape | MapShape | StringShape | BlobShape | NumberShape | PlainShape;

/** A use of a shape. Traits on the use override those of the shape. */
export interface Ref {
  readonly shape: Shape;
  /** `locationName` of the use itself. */
  readonly wireName: string | null;
  /** Name as the root of an XML document: the shape's own `locationName` counts there, and only there. */
  readonly rootName: string | null;
  readonly queryName: string | null;
  readonly location: Location | null;
  readonly flattened: boolean;
  readonly streaming: boolean;
  readonly xmlAttribute: boolean;
  readonly xmlNamespace: XmlNamespace | null;
  readonly timestampFormat: TimestampFormat | null;
  readonly jsonValue: boolean;
  readonly eventPayload: boolean;
  readonly eventHeader: boolean;
  readonly sensitive: boolean;
  readonly mediaType: string | null;
}

export interface Member extends Ref {
  readonly name: string;
  readonly required: boolean;
  readonly idempotencyToken: boolean;
}

/** Resolves shapes by name; shapes refer to each other in circles, so a reference resolves when it is first followed. */
export type Resolve = (name: string) => { readonly shape: Shape; readonly document: ShapeDocument };

class Use implements Member {
  readonly name: string;
  readonly required: boolean;
  readonly idempotencyToken: boolean;
  readonly wireName: string | null;
  readonly rootName: string | null;
  readonly queryName: string | null;
  readonly location: Location | null;
  readonly flattened: boolean;
  readonly streaming: boolean;
  readonly xmlAttribute: boolean;
  readonly xmlNamespace: XmlNamespace | null;
  readonly timestampFormat: TimestampFormat | null;
  readonly jsonValue: boolean;
  readonly eventPayload: boolean;
  readonly eventHeader: boolean;
  readonly sensitive: boolean;
  readonly mediaType: string | null;
  readonly #target: string;
  readonly #resolve: Resolve;
  #shape: Shape | null = null;

  constructor(ref: RefDocument, target: ShapeDocument, more: { resolve: Resolve; name: string; required: boolean }) {
    const traits: TraitsDocument = { ...target, ...ref };
    this.name = more.name;
    this.required = more.required;
    this.idempotencyToken = ref.idempotencyToken === true;
    this.wireName = ref.locationName ?? null;
    this.rootName = traits.locationName ?? null;
    this.queryName = ref.queryName ?? null;
    this.location = (ref.location as Location | undefined) ?? null;
    this.flattened = traits.flattened === true;
    this.streaming = traits.streaming === true;
    this.xmlAttribute = ref.xmlAttribute === true;
    this.xmlNamespace = namespaceOf(traits.xmlNamespace);
    this.timestampFormat = formatOf(traits.timestampFormat);
    this.jsonValue = traits.jsonvalue === true;
    this.eventPayload = ref.eventpayload === true;
    this.eventHeader = ref.eventheader === true;
    this.sensitive = traits.sensitive === true;
    this.mediaType = traits.mediaType ?? null;
    this.#target = ref.shape;
    this.#resolve = more.resolve;
  }

  get shape(): Shape {
    return (this.#shape ??= this.#resolve(this.#target).shape);
  }
}

/** A reference from outside the shapes: an operation's input or output. */
export function refTo(ref: RefDocument, target: ShapeDocument, resolve: Resolve): Ref {
  return new Use(ref, target, { resolve, name: '', required: false });
}

/** `documents` finds the raw target of a reference, without compiling it. */
export function compileShape(name: string, document: ShapeDocument, more: { resolve: Resolve; documents: (name: string) => ShapeDocument }): Shape {
  const use = (ref: RefDocument, memberName = '', required = false): Use =>
    new Use(ref, more.documents(ref.shape), { resolve: more.resolve, name: memberName, required });
  const min = document.min ?? null;
  const max = document.max ?? null;
  switch (document.type) {
    case 'structure': {
      const required = new Set(document.required ?? []);
      const members = Object.entries(document.members ?? {}).map(([member, ref]) => use(ref, member, required.has(member)));
      return {
        type: 'structure',
        name,
        members,
        byName: new Map(members.map((member) => [member.name, member])),
        payload: document.payload ?? null,
        union: document.union === true,
        document: document.document === true,
        eventStream: document.eventstream === true,
      };
    }
    case 'list':
      return { type: 'list', name, member: use(demand(document.member, name, 'member')), min, max };
    case 'map':
      return { type: 'map', name, key: use(demand(document.key, name, 'key')), value: use(demand(document.value, name, 'value')), min, max };
    case 'string':
    case 'character':
      return { type: 'string', name, enum: document.enum ?? null, min, max, pattern: document.pattern ?? null };
    case 'blob':
      return { type: 'blob', name, min, max };
    case 'byte':
    case 'short':
    case 'integer':
    case 'long':
    case 'float':
    case 'double':
      return { type: document.type, name, min, max };
    case 'boolean':
    case 'timestamp':
      return { type: document.type, name };
    default:
      throw new Error(`shape ${name} has the unknown type "${document.type}"`);
  }
}

function demand(ref: RefDocument | undefined, name: string, what: string): RefDocument {
  if (!ref) throw new Error(`shape ${name} lacks its ${what}`);
  return ref;
}

function namespaceOf(trait: TraitsDocument['xmlNamespace']): XmlNamespace | null {
  if (trait === undefined) return null;
  return typeof trait === 'string' ? { uri: trait, prefix: null } : { uri: trait.uri, prefix: trait.prefix ?? null };
}

function formatOf(trait: string | undefined): TimestampFormat | null {
  if (trait === undefined) return null;
  const format = trait.toLowerCase();
  if (format === 'iso8601' || format === 'rfc822') return format;
  if (format === 'unixtimestamp') return 'unixTimestamp';
  throw new Error(`unknown timestamp format "${trait}"`);
}
