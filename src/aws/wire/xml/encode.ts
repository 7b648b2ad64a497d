import type { Member, Ref, StructureShape } from '../../model/shape.ts';
import { arrayOf, formatScalar, isAbsent, recordOf, type TimeStyle } from '../scalar.ts';
import { namespaceAttributes, type XmlWriter } from './writer.ts';

/** Writes values of shapes as elements, in the order of the model's members. */
export class XmlEncoder {
  readonly #writer: XmlWriter;
  readonly #times: TimeStyle;

  constructor(writer: XmlWriter, times: TimeStyle) {
    this.#writer = writer;
    this.#times = times;
  }

  /** The element `name` (several, for a flattened member). */
  element(name: string, ref: Ref, value: unknown): void {
    const { shape } = ref;
    switch (shape.type) {
      case 'structure': {
        const record = recordOf(value, name);
        this.#writer.open(name, [...namespaceAttributes(ref.xmlNamespace), ...this.attributes(shape, record)]);
        this.members(shape, record);
        this.#writer.close(name);
        return;
      }
      case 'list': {
        const items = arrayOf(value, name);
        if (ref.flattened) {
          // under the member's name: that of the items counts only inside a wrapping element (Smithy, "xmlFlattened trait")
          for (const item of items) if (!isAbsent(item)) this.element(name, shape.member, item);
          return;
        }
        this.#writer.open(name, namespaceAttributes(ref.xmlNamespace));
        for (const item of items) if (!isAbsent(item)) this.element(shape.member.wireName ?? 'member', shape.member, item);
        this.#writer.close(name);
        return;
      }
      case 'map': {
        const entries = Object.entries(recordOf(value, name)).filter(([, entry]) => !isAbsent(entry));
        if (!ref.flattened) this.#writer.open(name, namespaceAttributes(ref.xmlNamespace));
        for (const [key, entry] of entries) {
          const wrapper = ref.flattened ? name : 'entry';
          this.#writer.open(wrapper);
          this.element(shape.key.wireName ?? 'key', shape.key, key);
          this.element(shape.value.wireName ?? 'value', shape.value, entry);
          this.#writer.close(wrapper);
        }
        if (!ref.flattened) this.#writer.close(name);
        return;
      }
      default:
        this.#writer.element(name, formatScalar(ref, value, { times: this.#times, where: name }), namespaceAttributes(ref.xmlNamespace));
    }
  }

  /** The members of a structure, without an element around them. */
  members(shape: StructureShape, record: Readonly<Record<string, unknown>>, skip: (member: Member) => boolean = () => false): void {
    for (const member of shape.members) {
      const value = record[member.name];
      if (isAbsent(value) || member.xmlAttribute || skip(member)) continue;
      this.element(member.wireName ?? member.name, member, value);
    }
  }

  /** The members that are attributes of the structure's element. */
  attributes(shape: StructureShape, record: Readonly<Record<string, unknown>>): readonly (readonly [string, string])[] {
    const attributes: (readonly [string, string])[] = [];
    for (const member of shape.members) {
      const value = record[member.name];
      if (!member.xmlAttribute || isAbsent(value)) continue;
      attributes.push([member.wireName ?? member.name, formatScalar(member, value, { times: this.#times, where: member.name })]);
    }
    return attributes;
  }
}
