import type { Member, Ref, StructureShape } from '../../model/shape.ts';
import { Malformed } from '../malformed.ts';
import { parseScalar, put } from '../scalar.ts';
import type { XmlElement } from './reader.ts';

/** Reads an element as a value of the shape. Depth and size were bounded when the document was read. */
export function decodeXml(ref: Ref, element: XmlElement, where: string): unknown {
  const { shape } = ref;
  switch (shape.type) {
    case 'structure':
      return decodeStructure(shape, element, where);
    case 'list':
      return element.children.map((child, i) => decodeXml(shape.member, child, `${where}[${i}]`));
    case 'map': {
      const entries: Record<string, unknown> = {};
      for (const entry of element.children) decodeEntry({ key: shape.key, value: shape.value }, entry, { into: entries, where });
      return entries;
    }
    default:
      if (element.children.length > 0) throw new Malformed('value', where, `text was expected in ${element.name}, an element was found`);
      return parseScalar(ref, element.text, where);
  }
}

/** The members of a structure that stand in the body. `skip` says which stand elsewhere. */
export function decodeStructure(shape: StructureShape, element: XmlElement, where: string, skip: (member: Member) => boolean = () => false): Record<string, unknown> {
  const byName = new Map<string, XmlElement[]>();
  for (const child of element.children) {
    const same = byName.get(child.name);
    if (same) same.push(child);
    else byName.set(child.name, [child]);
  }
  const value: Record<string, unknown> = {};
  for (const member of shape.members) {
    if (skip(member)) continue;
    const name = member.wireName ?? member.name;
    const path = where === '' ? name : `${where}.${name}`;
    if (member.xmlAttribute) {
      const attribute = element.attributes[name];
      if (attribute !== undefined) put(value, member.name, parseScalar(member, attribute, path));
      continue;
    }
    const found = byName.get(name) ?? flattenedUnderItemName(member, byName);
    if (!found) continue;
    put(value, member.name, member.flattened ? decodeFlattened(member, found, path) : decodeXml(member, found[0]!, path));
  }
  return value;
}

/** Clients write a flattened list under the member's name; botocore's readers, and some clients, know it by the name of its items. */
function flattenedUnderItemName(member: Member, byName: ReadonlyMap<string, readonly XmlElement[]>): readonly XmlElement[] | undefined {
  if (!member.flattened || member.shape.type !== 'list' || member.shape.member.wireName === null) return undefined;
  return byName.get(member.shape.member.wireName);
}

function decodeFlattened(member: Member, elements: readonly XmlElement[], where: string): unknown {
  const { shape } = member;
  if (shape.type === 'list') return elements.map((element, i) => decodeXml(shape.member, element, `${where}[${i}]`));
  if (shape.type === 'map') {
    const entries: Record<string, unknown> = {};
    for (const element of elements) decodeEntry({ key: shape.key, value: shape.value }, element, { into: entries, where });
    return entries;
  }
  return decodeXml(member, elements[0]!, where);
}

function decodeEntry(refs: { readonly key: Ref; readonly value: Ref }, entry: XmlElement, more: { into: Record<string, unknown>; where: string }): void {
  const keyName = refs.key.wireName ?? 'key';
  const valueName = refs.value.wireName ?? 'value';
  const key = entry.children.find((child) => child.name === keyName);
  const value = entry.children.find((child) => child.name === valueName);
  if (!key) throw new Malformed('value', more.where, `an entry lacks its ${keyName}`);
  if (value) put(more.into, key.text, decodeXml(refs.value, value, `${more.where}.${key.text}`));
}
