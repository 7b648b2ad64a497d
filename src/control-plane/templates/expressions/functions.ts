import type { Plain } from '../document/source.ts';
import { isPlainMap } from '../document/source.ts';
import { cidr } from './cidr.ts';
import { and, condition, equals, choose, not, or } from './logic.ts';
import { getAtt, ref, sub } from './references.ts';
import type { Place } from './scope.ts';
import { isKnown, isList, isMap, scalarText, toJson, UNKNOWN, type Value } from './value.ts';

export type IntrinsicFunction = (argument: Plain, place: Place) => Value;

function pair(argument: Plain): readonly [Plain, Plain] | null {
  return Array.isArray(argument) && argument.length === 2 ? [argument[0] as Plain, argument[1] as Plain] : null;
}

const base64: IntrinsicFunction = (argument, place) => {
  const value = place.evaluate(argument);
  if (value === UNKNOWN) return UNKNOWN;
  const text = scalarText(value);
  return text === undefined ? place.wrong(value, 'allowed: text to encode') : Buffer.from(text).toString('base64');
};

const join: IntrinsicFunction = (argument, place) => {
  const two = pair(argument);
  if (two === null) return place.wrong(argument, 'allowed: [delimiter, [value, ...]]');
  const [delimiter, list] = two;
  if (typeof delimiter !== 'string') return place.wrong(delimiter, 'allowed: text as the delimiter');
  const values = place.evaluate(list, 1);
  if (!isKnown(values)) return UNKNOWN;
  if (!isList(values)) return place.wrong(values, 'allowed: a list of values to join');
  const texts = values.map(scalarText);
  if (texts.includes(undefined)) return place.wrong(values, 'allowed: a list of texts; lists and maps cannot be joined');
  return texts.join(delimiter);
};

const split: IntrinsicFunction = (argument, place) => {
  const two = pair(argument);
  if (two === null) return place.wrong(argument, 'allowed: [delimiter, text]');
  const [delimiter, source] = two;
  if (typeof delimiter !== 'string' || delimiter === '') return place.wrong(delimiter, 'allowed: text of at least one character as the delimiter');
  const value = place.evaluate(source, 1);
  if (value === UNKNOWN) return UNKNOWN;
  const text = scalarText(value);
  return text === undefined ? place.wrong(value, 'allowed: text to split') : text.split(delimiter);
};

const select: IntrinsicFunction = (argument, place) => {
  if (!Array.isArray(argument) || argument.length !== 2) return place.wrong(argument, 'allowed: [index, [value, ...]]');
  const index = place.evaluate(argument[0] as Plain, 0);
  const list = place.evaluate(argument[1] as Plain, 1);
  if (index === UNKNOWN || list === UNKNOWN) return UNKNOWN;
  if (!isList(list)) return place.wrong(list, 'allowed: a list to select from');
  const number = Number(scalarText(index));
  if (!Number.isInteger(number) || number < 0 || number >= list.length) return place.wrong(index, `allowed: an index from 0 to ${list.length - 1}`);
  return list[number]!;
};

const findInMap: IntrinsicFunction = (argument, place) => {
  const withDefault = place.scope.languageExtensions && Array.isArray(argument) && argument.length === 4 && isPlainMap(argument[3]) && 'DefaultValue' in argument[3];
  if (!Array.isArray(argument) || (argument.length !== 3 && !withDefault)) return place.wrong(argument, 'allowed: [map, first key, second key]');
  const keys: string[] = [];
  for (const [index, node] of argument.slice(0, 3).entries()) {
    const value = place.evaluate(node as Plain, index);
    if (value === UNKNOWN) return UNKNOWN;
    const text = scalarText(value);
    if (text === undefined) return place.wrong(value, 'allowed: text as a key of a mapping');
    keys.push(text);
  }
  let at: Plain | undefined = place.scope.mappings;
  for (const key of keys) {
    const inner: Plain | undefined = isPlainMap(at) && Object.hasOwn(at, key) ? at[key] : undefined;
    if (inner === undefined) {
      if (withDefault) return place.evaluate((argument[3] as { readonly DefaultValue: Plain }).DefaultValue, 3);
      return place.wrong(key, `allowed here: ${Object.keys(isPlainMap(at) ? at : {}).join(', ') || 'nothing'}`);
    }
    at = inner;
  }
  return at as Value;
};

const getZones: IntrinsicFunction = (argument, place) => {
  const value = place.evaluate(argument ?? '');
  if (value === UNKNOWN) return UNKNOWN;
  const region = scalarText(value ?? '');
  if (region === undefined) return place.wrong(value, 'allowed: a region, or empty text for the region of the stack');
  const zones = place.scope.zones(region);
  return zones.length > 0 ? [...zones] : place.wrong(region, 'allowed: the region of the stack (or empty text)');
};

const importValue: IntrinsicFunction = (argument, place) => {
  const value = place.evaluate(argument);
  if (value === UNKNOWN) return UNKNOWN;
  const name = scalarText(value);
  if (name === undefined) return place.wrong(value, 'allowed: the name of an export');
  const exported = place.scope.exported(name);
  return exported ?? place.wrong(name, 'no stack of this account and region exports that name: deploy the stack that does first');
};

const length: IntrinsicFunction = (argument, place) => {
  if (!place.scope.languageExtensions) return place.wrong('Fn::Length', 'allowed only with `Transform: AWS::LanguageExtensions`');
  const value = place.evaluate(argument);
  if (value === UNKNOWN) return UNKNOWN;
  return isList(value) ? value.length : place.wrong(value, 'allowed: a list');
};

const toJsonString: IntrinsicFunction = (argument, place) => {
  if (!place.scope.languageExtensions) return place.wrong('Fn::ToJsonString', 'allowed only with `Transform: AWS::LanguageExtensions`');
  const value = place.evaluate(argument);
  if (!isKnown(value)) return UNKNOWN;
  return isList(value) || isMap(value) ? JSON.stringify(toJson(value)) : place.wrong(value, 'allowed: a list or a map');
};

/** Macros are programs of an AWS account: there are none here. */
const transform: IntrinsicFunction = (argument, place) =>
  place.wrong(isPlainMap(argument) ? (argument['Name'] ?? argument) : argument, 'macros are not served: write what it would expand to');

/** Every intrinsic function, by the key that calls it. */
export const functions = {
  Ref: ref,
  Condition: condition,
  'Fn::And': and,
  'Fn::Base64': base64,
  'Fn::Cidr': cidr,
  'Fn::Equals': equals,
  'Fn::FindInMap': findInMap,
  'Fn::GetAtt': getAtt,
  'Fn::GetAZs': getZones,
  'Fn::If': choose,
  'Fn::ImportValue': importValue,
  'Fn::Join': join,
  'Fn::Length': length,
  'Fn::Not': not,
  'Fn::Or': or,
  'Fn::Select': select,
  'Fn::Split': split,
  'Fn::Sub': sub,
  'Fn::ToJsonString': toJsonString,
  'Fn::Transform': transform,
} as const satisfies Readonly<Record<string, IntrinsicFunction>>;
