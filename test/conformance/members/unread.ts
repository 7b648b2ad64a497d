import type { OperationModel, Service } from '../../../src/aws/index.ts';
import type { MemberNote } from '../../../src/control-plane/services/index.ts';
import { testCall } from '../../support/environment.ts';
import { recordedInput } from './recorded-input.ts';
import type { SeededWorld } from './seeded-world.ts';
import { generated, memberPaths, type Generating } from './shape-walk.ts';

const VARIANTS = [0, 1, 2, 3, 4, 5] as const;

/** The members that an operation was seen to read, over many inputs: the required ones alone, and each of the others beside them, in several variants. */
export async function membersRead(service: Service, operation: OperationModel, world: SeededWorld, refused: readonly string[]): Promise<ReadonlySet<string>> {
  const read = new Set<string>();
  const input = operation.input;
  if (!input) return read;
  const name = `${service.name}:${operation.name}`;
  const particular = { ...world.particular[`${service.name}:*`], ...world.particular[name] };
  const values = { ...world.values, ...particular };
  const how = (extent: Generating['extent'], variant: number): Generating => ({ values, variant, extent });
  const baseline = (variant: number): Record<string, unknown> =>
    Object.fromEntries(
      input.members
        .filter((member) => member.required || Object.hasOwn(world.particular[name] ?? {}, member.name))
        .map((member) => [member.name, generated(member.shape, member.name, how('required', variant))]),
    );
  const run = async (given: Readonly<Record<string, unknown>>): Promise<void> => {
    try {
      await service.operations[operation.name]!(recordedInput(given, read), testCall({ service: service.name, operation: operation.name }));
    } catch {
      // a refusal has read what it refuses
    }
  };
  for (const variant of VARIANTS) await run(baseline(variant));
  for (const example of world.examples[name] ?? []) await run({ ...baseline(0), ...example });
  const scalars = input.members.filter((member) => !isStructured(member.shape));
  for (const member of scalars) await run({ ...baseline(0), [member.name]: generated(member.shape, member.name, how('all', 0)) });
  for (const member of input.members) {
    if (!isStructured(member.shape)) continue;
    for (const variant of VARIANTS) {
      for (const extent of ['required', 'all'] as const) {
        // not what the world says: what the shape allows
        const value = generated(member.shape, '', how(extent, variant));
        await run({ ...baseline(variant), [member.name]: value });
        // a refused member beside others would hide them
        await run({ ...baseline(variant), [member.name]: without(value, refused.filter((path) => path.startsWith(`${member.name}.`) || path.startsWith(`${member.name}[]`)).map((path) => path.split('.').slice(1))) });
      }
    }
  }
  return read;
}

function without(value: unknown, paths: readonly (readonly string[])[]): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => without(item, paths));
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array || value instanceof Date) return value;
  const named = (key: string): readonly (readonly string[])[] => paths.filter(([first]) => first?.replaceAll('[]', '') === key).map((path) => path.slice(1));
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]): [string, unknown][] => (named(key).some((rest) => rest.length === 0) ? [] : [[key, without(inner, named(key))]])),
  );
}

function isStructured(shape: NonNullable<OperationModel['input']>['members'][number]['shape']): boolean {
  return shape.type === 'structure' || (shape.type === 'list' && isStructured(shape.member.shape)) || (shape.type === 'map' && isStructured(shape.value.shape));
}

/** The members that an operation's model has and that it neither reads nor notes, but for those within a member that is itself not read. */
export async function unread(service: Service, operation: OperationModel, { world, notes }: { readonly world: SeededWorld; readonly notes: readonly MemberNote[] }): Promise<readonly string[]> {
  const own = notes.filter((note) => note.operations.includes(operation.name));
  const noted = own.flatMap((note) => note.members);
  const read = await membersRead(service, operation, world, own.filter((note) => note.state === 'refused').flatMap((note) => note.members));
  return memberPaths(operation.input).filter(
    (path) => !read.has(path) && ancestors(path).every((above) => read.has(above)) && !noted.some((member) => path === member || path.startsWith(`${member}.`) || path.startsWith(`${member}[]`)),
  );
}

function ancestors(path: string): readonly string[] {
  const parts = path.split('.');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('.').replace(/(\[\])+$/, ''));
}
