import type { Limits } from '../limits.ts';
import { Malformed } from './malformed.ts';
import type { Pair } from './wire.ts';

/** Decodes `%XX` and, in forms and query strings, `+`. Throws Malformed for a broken escape or bytes that are not UTF-8. */
export function percentDecode(text: string, where: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Malformed('syntax', where, 'a percent escape is broken or not UTF-8');
  }
}

/** `a=1&b&c=%20`: pairs in order; a name without `=` has the empty value. */
export function parsePairs(text: string, limits: Limits): readonly Pair[] {
  if (text === '') return [];
  const pairs: Pair[] = [];
  for (const part of text.split('&')) {
    if (part === '') continue;
    if (pairs.length >= limits.items) throw new Malformed('size', '', `there are more than ${limits.items} parameters`);
    const at = part.indexOf('=');
    const decode = (piece: string): string => percentDecode(piece.includes('+') ? piece.replaceAll('+', ' ') : piece, '');
    pairs.push(at < 0 ? [decode(part), ''] : [decode(part.slice(0, at)), decode(part.slice(at + 1))]);
  }
  return pairs;
}

/** A form's dotted names as a tree: `Tags.member.1.Key=a`. */
export interface FormNode {
  value: string | null;
  children: Map<string, FormNode> | null;
}

export function formTree(pairs: readonly Pair[], limits: Limits): FormNode {
  const root: FormNode = { value: null, children: null };
  for (const [name, value] of pairs) {
    let node = root;
    const steps = name.split('.');
    if (steps.length > limits.depth) throw new Malformed('size', name.slice(0, 100), `parameter names nest deeper than ${limits.depth}`);
    for (const step of steps) {
      node.children ??= new Map();
      let next = node.children.get(step);
      if (!next) {
        next = { value: null, children: null };
        node.children.set(step, next);
      }
      node = next;
    }
    node.value = value;
  }
  return root;
}

/** The children that are numbered, by number. Gaps are allowed: AWS reads the order, not the numbers. */
export function numbered(node: FormNode, where: string): readonly FormNode[] {
  if (!node.children) return [];
  const items: [number, FormNode][] = [];
  for (const [key, child] of node.children) {
    if (!/^\d{1,9}$/.test(key)) throw new Malformed('value', where, `Top level element may not be treated as a list: '${key.slice(0, 64)}' is not an index`);
    items.push([Number(key), child]);
  }
  return items.sort(([a], [b]) => a - b).map(([, child]) => child);
}
