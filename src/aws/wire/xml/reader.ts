import { SaxesParser } from 'saxes';
import type { Limits } from '../../limits.ts';
import { Malformed } from '../malformed.ts';

export interface XmlElement {
  /** Without its prefix. */
  readonly name: string;
  /** By name as written, with prefix. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** The text directly inside, joined. */
  readonly text: string;
}

interface Growing {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Growing[];
  text: string;
}

/**
 * Reads a document into elements. No document types: AWS's requests have none, and with them go entity expansion and external entities.
 * Throws Malformed.
 */
export function readXml(bytes: Uint8Array, limits: Limits): XmlElement {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Malformed('syntax', '', 'the document is not UTF-8');
  }
  let root: Growing | null = null;
  let elements = 0;
  const open: Growing[] = [];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw new Malformed('syntax', '', error.message.slice(0, 200));
  });
  parser.on('xmldecl', (declaration) => {
    const encoding = declaration.encoding?.toLowerCase() ?? 'utf-8';
    if (encoding !== 'utf-8' && encoding !== 'us-ascii') throw new Malformed('syntax', '', `the encoding is "${encoding.slice(0, 32)}"; only UTF-8 is read`);
  });
  parser.on('doctype', () => {
    throw new Malformed('syntax', '', 'a document type declaration is not allowed');
  });
  parser.on('opentag', (tag) => {
    if (++elements > limits.items) throw new Malformed('size', '', `the document has more than ${limits.items} elements`);
    if (open.length >= limits.depth) throw new Malformed('size', '', `elements nest deeper than ${limits.depth}`);
    const element: Growing = { name: localName(tag.name), attributes: tag.attributes as Record<string, string>, children: [], text: '' };
    open.at(-1)?.children.push(element);
    root ??= element;
    open.push(element);
  });
  const append = (chunk: string): void => {
    const current = open.at(-1);
    if (current) current.text += chunk;
  };
  parser.on('text', append);
  parser.on('cdata', append);
  parser.on('closetag', () => void open.pop());
  parser.write(text).close();
  if (!root) throw new Malformed('syntax', '', 'the document is empty');
  return root;
}

function localName(name: string): string {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
}
