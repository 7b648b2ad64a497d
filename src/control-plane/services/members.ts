import type { AwsError, Operation } from '../../aws/index.ts';

/** Input members that an operation does not execute, as data: refused at the door, listed by `turnpike parity`, and held against the models by a test. */
export interface MemberNote {
  readonly operations: readonly string[];
  /** Paths below the input, `Placement.HostId`, `Filters[].Name`; what lies below a path is meant too. */
  readonly members: readonly string[];
  /**
   * `refused`: an error, unless the member asks for nothing. `kept`: accepted without effect. `covered`: nothing to say, since the operation
   * itself refuses what the member belongs to, or AWS gives it no effect either; not listed.
   */
  readonly state: 'refused' | 'kept' | 'covered';
  readonly why: string;
  /** Values of a refused member that say what is done anyhow. */
  readonly allowed?: readonly (string | number)[];
}

export interface MemberParity {
  readonly setting: string;
  readonly state: 'kept' | 'refused';
  readonly why: string;
}

/** The notes as `turnpike parity` lists them. */
export function memberParity(notes: readonly MemberNote[]): readonly MemberParity[] {
  return notes.flatMap(({ operations, members, state, why }) => (state === 'covered' ? [] : [{ setting: `${operations.join(', ')}: ${members.join(', ')}`, state, why }]));
}

/** The operations, each refusing what its notes say before it does anything. */
export function refusing(
  operations: Readonly<Record<string, Operation>>,
  notes: readonly MemberNote[],
  refusal: (member: string, why: string) => AwsError,
): Readonly<Record<string, Operation>> {
  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]): [string, Operation] => {
      const refused = notes
        .filter((note) => note.state === 'refused' && note.operations.includes(name))
        .flatMap(({ members, why, allowed = [] }) => members.map((member) => ({ member, path: segments(member), why, allowed })));
      if (refused.length === 0) return [name, operation];
      return [
        name,
        (input, call) => {
          for (const { member, path, why, allowed } of refused) if (asks(input, path, allowed)) throw refusal(member, why);
          return operation(input, call);
        },
      ];
    }),
  );
}

function segments(member: string): readonly string[] {
  return member.split('.').map((segment) => segment.replaceAll('[]', ''));
}

/** Whether anything is asked for at a path: lists are looked through. */
function asks(value: unknown, path: readonly string[], allowed: readonly unknown[]): boolean {
  if (Array.isArray(value) && path.length > 0) return value.some((item) => asks(item, path, allowed));
  const [segment, ...rest] = path;
  if (segment === undefined) return asksAnything(value, allowed);
  if (typeof value !== 'object' || value === null) return false;
  return asks((value as Readonly<Record<string, unknown>>)[segment], rest, allowed);
}

/** Clients send empty text, zero, false and empty lists for what their users left open. */
function asksAnything(value: unknown, allowed: readonly unknown[]): boolean {
  if (value === undefined || value === null || value === '' || value === 0 || value === false || allowed.includes(value)) return false;
  if (value instanceof Date || value instanceof Uint8Array) return true;
  // a structure in a list is one thing asked for, whatever it leaves open
  if (Array.isArray(value)) return value.some((item) => (typeof item === 'object' && item !== null) || asksAnything(item, allowed));
  if (typeof value === 'object') return Object.values(value).some((item) => asksAnything(item, allowed));
  return true;
}
