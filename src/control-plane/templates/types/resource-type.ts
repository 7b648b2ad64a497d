import type { Json } from '../../resources/templates/index.ts';
import type { Environment } from '../../services/index.ts';
import type { Property } from './schema.ts';

/** Calls an operation of a service (by its model's name) as the owner of the stack: `('elbv2', 'CreateRule', {...})`. Throws what the API would answer. */
// Outputs have the shapes of dozens of models; each type reads the members that its operations document.
// oxlint-disable-next-line typescript/no-explicit-any
export type CallOperation = (service: string, operation: string, input: object) => Promise<any>;

/** Properties as they are applied: evaluated, checked, converted to what the type's rules say. */
// oxlint-disable-next-line typescript/no-explicit-any -- the rules of each type, not the compiler, say what is in them
export type Properties = Readonly<Record<string, any>>;

/** How CloudFormation's view of one kind of resource becomes calls of the API. */
export interface ResourceType {
  /** `AWS::EC2::VPC` */
  readonly name: string;
  readonly properties: Readonly<Record<string, Property>>;
  /** What `Fn::GetAtt` may ask for. */
  readonly attributes: readonly string[];
  /** The property that names the physical resource, which two resources cannot share: such a resource is not replaced under the same name. */
  readonly nameProperty: string | null;
  /** The resource whose attributes change with this one: it is read again after each change. */
  affects?(properties: Properties): { readonly type: string; readonly physicalId: string };
  /** Turns what only this machine has (a folder of code) into what can be compared and stored. */
  prepare?(properties: Properties, task: PreparationTask): Promise<Properties>;
  /** Makes it and returns the physical id; calls `task.made` as soon as there is one, so that a failure after that can be undone. */
  create(task: CreationTask): Promise<string>;
  /** Changes what `task.changed` names. Only called when none of that needs replacement. */
  update(task: UpdateTask): Promise<void>;
  delete(task: ExistingTask): Promise<void>;
  /** What Ref and Fn::GetAtt give, read back from the service. */
  read(task: ExistingTask): Promise<Reading>;
}

export interface Reading {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, Json>>;
}

export interface Task {
  readonly call: CallOperation;
  readonly properties: Properties;
  readonly blobs: Environment['blobs'];
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  /** Asks until `probe` gives something; throws after a minute, naming `what`. */
  until<T>(what: string, probe: () => Promise<T | undefined>): Promise<T>;
}

export interface PreparationTask {
  /** Path of the properties, for errors. */
  readonly path: string;
  readonly baseFolder: string | null;
  readonly blobs: Environment['blobs'];
  wrong(path: string, got: unknown, allowed: string): void;
}

export interface CreationTask extends Task {
  /** `STACK-LOGICALID-RANDOM` cut to a length, as CloudFormation names what the template does not name. */
  generatedName(longest: number): string;
  made(physicalId: string): Promise<void>;
}

export interface ExistingTask extends Task {
  readonly physicalId: string;
  /** As last read. */
  readonly attributes: Readonly<Record<string, Json>>;
}

export interface UpdateTask extends ExistingTask {
  /** For the few changes in place that give the resource another physical id. */
  made(physicalId: string): Promise<void>;
  readonly previous: Properties;
  readonly changed: ReadonlySet<string>;
}

/** The members of `names` that are there. */
export function pick(properties: Properties, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.filter((name) => properties[name] !== undefined).map((name) => [name, properties[name]]));
}

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** What has to be removed and added to come from one list of tags to another. */
export function tagChanges(previous: readonly Tag[] = [], next: readonly Tag[] = []): { readonly removed: readonly string[]; readonly added: readonly Tag[] } {
  return {
    removed: previous.filter(({ Key }) => !next.some((tag) => tag.Key === Key)).map(({ Key }) => Key),
    added: next.filter((tag) => !previous.some(({ Key, Value }) => Key === tag.Key && Value === tag.Value)),
  };
}

/** Members of one list that the other does not have, compared as JSON. */
export function without<T>(list: readonly T[] = [], other: readonly T[] = []): readonly T[] {
  const there = new Set(other.map((item) => JSON.stringify(item)));
  return list.filter((item) => !there.has(JSON.stringify(item)));
}

export function documentText(document: unknown): string {
  return typeof document === 'string' ? document : JSON.stringify(document);
}

/** Whether an error says that what was asked for does not exist (any more). */
export function isGone(error: unknown): boolean {
  const code = errorCode(error);
  return /NotFound(Exception|Fault)?$|\.NotFound$|^NoSuchEntity|NotAttached$/.test(code);
}

export function errorCode(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
