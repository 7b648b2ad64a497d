import { isPlainMap, type Plain } from '../document/source.ts';
import { choices } from '../problem.ts';
import type { Place } from './scope.ts';
import { isMap, scalarText, UNKNOWN, type Value } from './value.ts';

export function ref(argument: Plain, place: Place): Value {
  if (typeof argument !== 'string') return place.wrong(argument, 'allowed: the name of a parameter or resource');
  return named(argument, place);
}

function named(name: string, place: Place): Value {
  const { parameters, resources } = place.scope;
  const parameter = parameters.get(name);
  if (parameter !== undefined) return parameter;
  if (resources === null) return place.wrong(name, `allowed here: parameters (${choices(parameters.keys(), name)}); resources do not exist yet`);
  if (!resources.names.includes(name)) {
    return place.wrong(name, `no parameter or resource has that name; there are ${choices([...parameters.keys(), ...resources.names], name)}`);
  }
  return resources.find(name, place.path)?.ref ?? UNKNOWN;
}

export function getAtt(argument: Plain, place: Place): Value {
  const parts = typeof argument === 'string' ? splitOnce(argument) : argument;
  if (!Array.isArray(parts) || parts.length !== 2 || typeof parts[0] !== 'string') return place.wrong(argument, 'allowed: [resource, attribute]');
  const attribute = place.evaluate(parts[1] as Plain, 1);
  if (attribute === UNKNOWN) return UNKNOWN;
  const name = scalarText(attribute);
  return name === undefined ? place.wrong(attribute, 'allowed: text as the attribute') : attributeOf(parts[0], name, place);
}

function splitOnce(text: string): readonly string[] {
  const dot = text.indexOf('.');
  return dot < 0 ? [text] : [text.slice(0, dot), text.slice(dot + 1)];
}

function attributeOf(resource: string, attribute: string, place: Place): Value {
  const { resources } = place.scope;
  if (resources === null) return place.wrong(`${resource}.${attribute}`, 'allowed here: parameters; resources do not exist yet');
  if (!resources.names.includes(resource)) return place.wrong(resource, `no resource has that name; there are ${choices(resources.names, resource)}`);
  const found = resources.find(resource, place.path);
  if (found === undefined) return UNKNOWN;
  const value = Object.hasOwn(found.attributes, attribute) ? found.attributes[attribute] : undefined;
  return value ?? place.wrong(attribute, `allowed attributes of ${resource}: ${Object.keys(found.attributes).join(', ') || 'none'}`);
}

/** `${Name}`, `${Name.Attribute}`, `${!Literal}` */
const VARIABLE = /\$\{(!?)([^}]*)\}/g;
const NAME = /^[A-Za-z0-9_:]+(\.[A-Za-z0-9_.:]+)?$/;

export function sub(argument: Plain, place: Place): Value {
  const [template, given] = Array.isArray(argument) ? (argument as readonly Plain[]) : [argument, {}];
  if (typeof template !== 'string' || !isPlainMap(given) || (Array.isArray(argument) && argument.length !== 2)) {
    return place.wrong(argument, 'allowed: text, or [text, map of variables]');
  }
  const variables = Array.isArray(argument) ? place.evaluate(given, 1) : {};
  if (!isMap(variables)) return UNKNOWN;
  let unknown = false;
  const text = template.replace(VARIABLE, (_whole, literal: string, name: string) => {
    if (literal === '!') return `\${${name}}`;
    const value = variable(name, variables, place);
    if (value === UNKNOWN) {
      unknown = true;
      return '';
    }
    const written = scalarText(value);
    if (written === undefined) {
      place.wrong(name, 'allowed: variables that are text; use Fn::Join for lists');
      unknown = true;
    }
    return written ?? '';
  });
  return unknown ? UNKNOWN : text;
}

function variable(name: string, variables: { readonly [name: string]: Value }, place: Place): Value {
  if (Object.hasOwn(variables, name)) return variables[name]!;
  if (!NAME.test(name)) return place.wrong(`\${${name}}`, 'allowed: ${Name}, ${Resource.Attribute}, or ${!Text} for the text ${Text}');
  const dot = name.indexOf('.');
  return dot < 0 ? named(name, place) : attributeOf(name.slice(0, dot), name.slice(dot + 1), place);
}
