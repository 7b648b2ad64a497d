import type { XmlNamespace } from '../../model/shape.ts';

const SPECIAL = /[&<>"\r\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g;
const SPECIAL_IN_ATTRIBUTES = /[&<>"\r\n\t\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g;

const NAMED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\r': '&#xD;', '\n': '&#xA;', '\t': '&#x9;' };

/** Characters that XML 1.0 cannot hold even escaped (section 2.2) become U+FFFD: an answer must stay well-formed. */
function escapeCharacter(character: string): string {
  return NAMED[character] ?? '\uFFFD';
}

/** Writes a document in order. Names come from the model and are trusted; values are escaped. */
export class XmlWriter {
  #text = '<?xml version="1.0" encoding="UTF-8"?>\n';

  open(name: string, attributes: readonly (readonly [string, string])[] = []): void {
    this.#text += `<${name}`;
    for (const [key, value] of attributes) this.#text += ` ${key}="${value.replaceAll(SPECIAL_IN_ATTRIBUTES, escapeCharacter)}"`;
    this.#text += '>';
  }

  close(name: string): void {
    this.#text += `</${name}>`;
  }

  text(value: string): void {
    this.#text += value.replaceAll(SPECIAL, escapeCharacter);
  }

  element(name: string, value: string, attributes: readonly (readonly [string, string])[] = []): void {
    this.open(name, attributes);
    this.text(value);
    this.close(name);
  }

  bytes(): Buffer {
    return Buffer.from(this.#text, 'utf8');
  }
}

export function namespaceAttributes(namespace: XmlNamespace | null): readonly (readonly [string, string])[] {
  if (!namespace) return [];
  return [[namespace.prefix ? `xmlns:${namespace.prefix}` : 'xmlns', namespace.uri]];
}
