import type { Plain } from '../document/source.ts';
import type { Place } from './scope.ts';
import { isKnown, isList, isMap, scalarText, UNKNOWN, type Value } from './value.ts';

/** A condition as an argument: a nested condition function, or what evaluates to a truth value. */
function truth(node: Plain, step: number, place: Place): boolean | undefined {
  const value = place.evaluate(node, step);
  if (value === UNKNOWN) return undefined;
  const text = scalarText(value);
  if (text === 'true') return true;
  if (text === 'false') return false;
  place.wrong(value, 'allowed: a condition (Condition, Fn::Equals, Fn::And, Fn::Or, Fn::Not)');
  return undefined;
}

function truths(argument: Plain, place: Place, allowed: { readonly from: number; readonly to: number }): readonly boolean[] | undefined {
  if (!Array.isArray(argument) || argument.length < allowed.from || argument.length > allowed.to) {
    place.wrong(argument, allowed.from === allowed.to ? 'allowed: a list of one condition' : `allowed: a list of ${allowed.from} to ${allowed.to} conditions`);
    return undefined;
  }
  const values = argument.map((node: Plain, index) => truth(node, index, place));
  return values.includes(undefined) ? undefined : (values as readonly boolean[]);
}

export function and(argument: Plain, place: Place): Value {
  return truths(argument, place, { from: 2, to: 10 })?.every(Boolean) ?? UNKNOWN;
}

export function or(argument: Plain, place: Place): Value {
  return truths(argument, place, { from: 2, to: 10 })?.some(Boolean) ?? UNKNOWN;
}

export function not(argument: Plain, place: Place): Value {
  const values = truths(argument, place, { from: 1, to: 1 });
  return values === undefined ? UNKNOWN : !values[0];
}

export function equals(argument: Plain, place: Place): Value {
  if (!Array.isArray(argument) || argument.length !== 2) return place.wrong(argument, 'allowed: [value, value]');
  const [left, right] = argument.map((node: Plain, index) => place.evaluate(node, index)) as [Value, Value];
  return isKnown(left) && isKnown(right) ? comparable(left) === comparable(right) : UNKNOWN;
}

/** CloudFormation compares scalars by their text: `true` and `'true'` are equal. */
function comparable(value: Value): string {
  if (isList(value)) return `[${value.map(comparable).join()}]`;
  if (isMap(value)) {
    return `{${Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, inner]) => `${JSON.stringify(name)}:${comparable(inner)}`).join()}}`;
  }
  return JSON.stringify(scalarText(value) ?? null);
}

export function condition(argument: Plain, place: Place): Value {
  if (typeof argument !== 'string') return place.wrong(argument, 'allowed: the name of a condition');
  const { conditions } = place.scope;
  if (!conditions.names.includes(argument)) return place.wrong(argument, `allowed conditions: ${conditions.names.join(', ') || 'none is declared'}`);
  return conditions.holds(argument, place.path) ?? UNKNOWN;
}

/** `Fn::If`: only the branch that is taken is evaluated. */
export function choose(argument: Plain, place: Place): Value {
  if (!Array.isArray(argument) || argument.length !== 3) return place.wrong(argument, 'allowed: [condition, value if true, value if false]');
  const holds = condition(argument[0] as Plain, place);
  if (holds === UNKNOWN) return UNKNOWN;
  const index = holds === true ? 1 : 2;
  return place.evaluate(argument[index] as Plain, index);
}
