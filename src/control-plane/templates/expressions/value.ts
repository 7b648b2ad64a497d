import type { Json } from '../../resources/templates/index.ts';

/** Stands for what is known only once a resource exists. */
export const UNKNOWN: unique symbol = Symbol('known after the deployment');
/** `AWS::NoValue`: the member that has it is left out. */
export const NO_VALUE: unique symbol = Symbol('AWS::NoValue');

/** What an expression gives. */
export type Value = null | boolean | number | string | readonly Value[] | ValueMap | typeof UNKNOWN | typeof NO_VALUE;
export interface ValueMap { readonly [name: string]: Value }

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

export function isMap(value: Value): value is ValueMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether nothing in it waits for a resource. */
export function isKnown(value: Value): boolean {
  if (value === UNKNOWN) return false;
  if (isList(value)) return value.every(isKnown);
  return isMap(value) ? Object.values(value).every(isKnown) : true;
}

/** Text of a scalar, as CloudFormation writes it into text; undefined for lists, maps and what is missing. */
export function scalarText(value: Value): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** Data that may be stored. What is unknown cannot be: by the time that something is stored, it is not. */
export function toJson(value: Value): Json {
  if (value === UNKNOWN || value === NO_VALUE) return null;
  if (isList(value)) return value.map(toJson);
  if (isMap(value)) return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, toJson(inner)]));
  return value;
}
