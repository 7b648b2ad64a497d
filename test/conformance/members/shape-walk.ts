import type { OperationModel } from '../../../src/aws/index.ts';

type Structure = NonNullable<OperationModel['input']>;
type Shape = Structure['members'][number]['shape'];

/** How deep members are looked at: deeper ones are those of filters of filters. */
const DEEPEST = 5;

/** Every member that an operation's input can have, by path. A shape within itself is followed once. */
export function memberPaths(input: Structure | null): readonly string[] {
  const paths: string[] = [];
  const walk = (shape: Shape, path: string, above: readonly string[]): void => {
    switch (shape.type) {
      case 'structure':
        if (shape.document || above.includes(shape.name) || above.length >= DEEPEST) return;
        for (const member of shape.members) {
          const at = path === '' ? member.name : `${path}.${member.name}`;
          paths.push(at);
          walk(member.shape, at, [...above, shape.name]);
        }
        return;
      case 'list':
        walk(shape.member.shape, `${path}[]`, above);
        return;
      case 'map':
        // the keys are the caller's own
        return;
      default:
        return;
    }
  };
  if (input) walk(input, '', []);
  return paths;
}

export interface Generating {
  /** Values by the name of the member that holds them, or the list that holds it. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Which of an enumeration's values; different variants lead down different branches. */
  readonly variant: number;
  /** `all` members of structures, or those that are `required` and structures, lists being of one item. */
  readonly extent: 'all' | 'required';
}

/** A value of a shape. */
export function generated(shape: Shape, name: string, how: Generating, above: readonly string[] = []): unknown {
  if (Object.hasOwn(how.values, name)) return pick(how.values[name], how.variant);
  switch (shape.type) {
    case 'structure': {
      if (above.includes(shape.name) || above.length >= DEEPEST) return {};
      const members = shape.members.filter((member) => how.extent === 'all' || member.required || member.shape.type === 'structure' || isDiscriminator(member));
      return Object.fromEntries(members.map((member) => [member.name, generated(member.shape, member.name, how, [...above, shape.name])]));
    }
    case 'list':
      return [generated(shape.member.shape, singular(name), how, above)];
    case 'map':
      return { key: generated(shape.value.shape, '', how, above) };
    case 'string':
      return shape.enum ? shape.enum[how.variant % shape.enum.length] : 'x'.repeat(Math.max(shape.min ?? 1, 1));
    case 'blob':
      return Buffer.from('x');
    case 'boolean':
      return how.variant % 2 === 0;
    case 'timestamp':
      return new Date(0);
    default:
      return Math.max(shape.min ?? 1, 1);
  }
}

function isDiscriminator(member: Structure['members'][number]): boolean {
  return ['Type', 'Field', 'Mode'].includes(member.name) || (member.shape.type === 'string' && member.shape.enum !== null);
}

/** Of a list of choices, the variant's. */
function pick(value: unknown, variant: number): unknown {
  return value instanceof Choices ? value.all[variant % value.all.length] : value;
}

export class Choices {
  readonly all: readonly unknown[];
  constructor(...all: readonly unknown[]) {
    this.all = all;
  }
}

function singular(name: string): string {
  return name.endsWith('s') ? name.slice(0, -1) : name;
}
