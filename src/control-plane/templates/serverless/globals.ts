import { isPlainMap, type Plain, type PlainMap } from '../document/source.ts';
import type { Problems } from '../problem.ts';
import { isIntrinsic } from './expansion.ts';

export type Globals = Readonly<Record<'Function' | 'HttpApi', PlainMap>>;

/** Sections for resources that are refused by name themselves: what they say is for nobody else. */
const OF_OTHERS = ['Api', 'CapacityProvider', 'SimpleTable', 'StateMachine', 'WebSocketApi'];

/** `Globals` of a SAM template: serverless-application-model, "Globals section". */
export function readGlobals(value: Plain | undefined, problems: Problems): Globals {
  const globals = { Function: {} as PlainMap, HttpApi: {} as PlainMap };
  if (value === undefined) return globals;
  if (!isPlainMap(value)) {
    problems.add('Globals', value, 'allowed: a map with Function, HttpApi');
    return globals;
  }
  for (const [name, section] of Object.entries(value)) {
    if ((name === 'Function' || name === 'HttpApi') && isPlainMap(section)) globals[name] = section;
    else if (!OF_OTHERS.includes(name) || !isPlainMap(section)) problems.add(`Globals.${name}`, section, 'allowed: maps named Function and HttpApi');
  }
  return globals;
}

/** A resource's properties over the global ones: maps are merged, lists are put one after the other, and of the rest the resource's own win. */
export function overGlobals(globals: PlainMap, own: PlainMap): PlainMap {
  const merged: Record<string, Plain> = { ...globals };
  for (const [name, value] of Object.entries(own)) {
    const global = Object.hasOwn(globals, name) ? globals[name] : undefined;
    if (isPlainMap(global) && isPlainMap(value) && !isIntrinsic(global) && !isIntrinsic(value)) merged[name] = overGlobals(global, value);
    else if (Array.isArray(global) && Array.isArray(value)) merged[name] = [...(global as readonly Plain[]), ...(value as readonly Plain[])];
    else merged[name] = value;
  }
  return merged;
}
