import type { ListShape, MapShape, Member, Ref, StructureShape } from '../../model/shape.ts';
import { numbered, type FormNode } from '../form.ts';
import { Malformed } from '../malformed.ts';
import { parseScalar, put } from '../scalar.ts';

/** Where the query and the ec2 protocol differ in reading a form. */
export interface FormDialect {
  /** Name of a member in the form. */
  readonly memberName: (member: Member) => string;
  /** The nodes of a list's items. `siblings` is the node that holds the member, for lists that are flattened under another name. */
  readonly items: (ref: Ref, shape: ListShape, more: { node: FormNode; where: string }) => readonly FormNode[];
  /** Another name that a member may stand under, or null. */
  readonly otherName: (member: Member) => string | null;
}

export function decodeForm(shape: StructureShape, node: FormNode, more: { dialect: FormDialect; where: string }): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  if (!node.children) return value;
  for (const member of shape.members) {
    const name = more.dialect.memberName(member);
    const other = more.dialect.otherName(member);
    const child = node.children.get(name) ?? (other === null ? undefined : node.children.get(other));
    if (child) put(value, member.name, decodeNode(member, child, { dialect: more.dialect, where: more.where === '' ? name : `${more.where}.${name}` }));
  }
  return value;
}

function decodeNode(ref: Ref, node: FormNode, more: { dialect: FormDialect; where: string }): unknown {
  const { shape } = ref;
  switch (shape.type) {
    case 'structure':
      return decodeForm(shape, node, more);
    case 'list':
      return more.dialect.items(ref, shape, { node, where: more.where }).map((item, i) => decodeNode(shape.member, item, { dialect: more.dialect, where: `${more.where}.${i + 1}` }));
    case 'map':
      return decodeMap(ref, shape, { node, ...more });
    default:
      if (node.value === null) throw new Malformed('value', more.where, 'a value was expected, further parameters were found below the name');
      return parseScalar(ref, node.value, more.where);
  }
}

function decodeMap(ref: Ref, shape: MapShape, more: { node: FormNode; dialect: FormDialect; where: string }): Record<string, unknown> {
  const entries: Record<string, unknown> = {};
  const holder = ref.flattened ? more.node : (more.node.children?.get('entry') ?? { value: null, children: null });
  for (const entry of numbered(holder, more.where)) {
    const key = entry.children?.get(shape.key.wireName ?? 'key');
    const value = entry.children?.get(shape.value.wireName ?? 'value');
    if (key?.value === undefined || key.value === null) throw new Malformed('value', more.where, 'an entry lacks its key');
    if (value) put(entries, key.value, decodeNode(shape.value, value, { dialect: more.dialect, where: `${more.where}.${key.value}` }));
  }
  return entries;
}

/** `Name=` with nothing below it is how clients send an empty list; any other value there is not a list. */
export function checkEmptyList(node: FormNode, where: string): void {
  if (node.value !== null && node.value !== '') throw new Malformed('value', where, 'a list was expected, a value was found');
}
