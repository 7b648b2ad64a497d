import type { RequestView } from './request-view.ts';
import type { Searchable } from './search.ts';

/**
 * A radix tree over the beginnings (or, read backwards, the ends) of a text: one walk along the text meets every key that it begins with. The
 * cost is the length of the text, whatever the number of keys.
 */
export class LiteralTree {
  readonly #root = new Node('');
  readonly #backwards: boolean;

  constructor(backwards: boolean) {
    this.#backwards = backwards;
  }

  set(key: string, found: Searchable): void {
    const text = this.#backwards ? reversed(key) : key;
    let node = this.#root;
    let at = 0;
    while (at < text.length) {
      const child = node.children?.get(text.charCodeAt(at));
      if (!child) {
        const leaf = new Node(text.slice(at));
        leaf.found = found;
        (node.children ??= new Map()).set(text.charCodeAt(at), leaf);
        return;
      }
      const shared = sharedLength(child.label, text, at);
      if (shared < child.label.length) {
        const fork = new Node(child.label.slice(0, shared));
        const rest = new Node(child.label.slice(shared));
        rest.children = child.children;
        rest.found = child.found;
        fork.children = new Map([[rest.label.charCodeAt(0), rest]]);
        node.children!.set(text.charCodeAt(at), fork);
        node = fork;
      } else {
        node = child;
      }
      at += shared;
    }
    node.found = found;
  }

  search(text: string, view: RequestView, best: number): number {
    const length = text.length;
    const backwards = this.#backwards;
    let node: Node | undefined = this.#root;
    let at = 0;
    for (;;) {
      if (node.found !== null) best = node.found.search(view, best);
      if (at === length || node.children === null) return best;
      node = node.children.get(text.charCodeAt(backwards ? length - 1 - at : at));
      if (node === undefined) return best;
      const label = node.label;
      if (label.length > length - at) return best;
      for (let i = 1; i < label.length; i++) {
        const here = at + i;
        if (label.charCodeAt(i) !== text.charCodeAt(backwards ? length - 1 - here : here)) return best;
      }
      at += label.length;
    }
  }
}

class Node {
  readonly label: string;
  /** By first character of their label. */
  children: Map<number, Node> | null = null;
  found: Searchable | null = null;

  constructor(label: string) {
    this.label = label;
  }
}

/** By bytes, which is what the characters of these texts are. */
function reversed(text: string): string {
  return Buffer.from(text, 'latin1').reverse().toString('latin1');
}

function sharedLength(label: string, text: string, from: number): number {
  const most = Math.min(label.length, text.length - from);
  let i = 0;
  while (i < most && label.charCodeAt(i) === text.charCodeAt(from + i)) i++;
  return i;
}
