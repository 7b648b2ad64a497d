/** Which arguments of the provider a configuration uses, and which of them a plan changes: read from `providers schema -json` and `show -json`. */

interface Block {
  readonly attributes?: Readonly<Record<string, { readonly optional?: boolean; readonly required?: boolean }>>;
  readonly block_types?: Readonly<Record<string, { readonly block: Block }>>;
}

type Schemas = Readonly<Record<string, { readonly block: Block }>>;

export interface ProviderSchema {
  readonly provider_schemas: Readonly<Record<string, { readonly resource_schemas: Schemas; readonly data_source_schemas: Schemas }>>;
}

export interface Plan {
  readonly configuration: { readonly root_module: { readonly resources: readonly { readonly mode: 'managed' | 'data'; readonly type: string; readonly expressions: unknown }[] } };
  readonly resource_changes: readonly { readonly mode: 'managed' | 'data'; readonly type: string; readonly address: string; readonly change: { readonly actions: readonly string[]; readonly before: unknown; readonly after: unknown } }[];
}

/** Whatever stands at a path; blocks that are repeated are all looked into. */
function* at(value: unknown, path: readonly string[]): Generator<unknown> {
  const [name, ...rest] = path;
  if (Array.isArray(value) && name !== undefined) for (const item of value) yield* at(item, path);
  else if (name === undefined) yield value;
  else if (typeof value === 'object' && value !== null && name in value) yield* at((value as Readonly<Record<string, unknown>>)[name], rest);
}

function* settable(block: Block, above: readonly string[]): Generator<readonly string[]> {
  for (const [name, { optional, required }] of Object.entries(block.attributes ?? {})) if (optional === true || required === true) yield [...above, name];
  for (const [name, nested] of Object.entries(block.block_types ?? {})) yield* settable(nested.block, [...above, name]);
}

/** By type (`data.` before that of a data source): the paths of what may be set. */
export class Arguments {
  readonly #paths: ReadonlyMap<string, readonly (readonly string[])[]>;

  constructor(schema: ProviderSchema, types: readonly string[]) {
    const { resource_schemas: resources, data_source_schemas: sources } = Object.values(schema.provider_schemas)[0]!;
    this.#paths = new Map(types.map((type) => [type, [...settable((type.startsWith('data.') ? sources[type.slice(5)] : resources[type])!.block, [])]]));
  }

  /** `TYPE.PATH` of all there are. */
  all(): readonly string[] {
    return [...this.#paths].flatMap(([type, paths]) => paths.map((path) => named(type, path)));
  }

  used({ configuration }: Plan): ReadonlySet<string> {
    const found = configuration.root_module.resources.flatMap(({ mode, type, expressions }) => {
      const name = mode === 'data' ? `data.${type}` : type;
      return (this.#paths.get(name) ?? []).filter((path) => !at(expressions, path).next().done).map((path) => named(name, path));
    });
    return new Set(found);
  }

  /** What an update in place gives another value. */
  changed({ resource_changes: changes }: Plan): ReadonlySet<string> {
    const found = changes
      .filter(({ mode, change }) => mode === 'managed' && change.actions.join() === 'update')
      .flatMap(({ type, change }) => {
        const text = (state: unknown, path: readonly string[]): string => JSON.stringify([...at(state, path)]);
        return (this.#paths.get(type) ?? []).filter((path) => text(change.before, path) !== text(change.after, path)).map((path) => named(type, path));
      });
    return new Set(found);
  }
}

function named(type: string, path: readonly string[]): string {
  return [type, ...path].join('.');
}
