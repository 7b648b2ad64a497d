import type { Block } from './address.ts';
import type { TextKey } from './wildcard.ts';

/** Something that a request must have for one value of a condition to hold: what the index looks a route up by. */
export type Anchor =
  | { readonly subject: 'host' | 'path' | 'method' | 'query-value'; readonly key: TextKey }
  | { readonly subject: 'header'; readonly slot: number; readonly key: TextKey }
  /** Value of the parameter called `name`. */
  | { readonly subject: 'query-parameter'; readonly name: string; readonly key: TextKey }
  | { readonly subject: 'source-ip'; readonly block: Block };

export interface Filing {
  /** The same for anchors that are the same, among those of a router. */
  readonly id: number;
  readonly anchor: Anchor;
  /** What is found here satisfies the condition; otherwise the condition is still to be tested. */
  readonly proves: boolean;
}

const NONE: readonly Filing[] = [];

/** Numbers the anchors of a router, so that ten thousand routes are compared by number. */
export class AnchorIds {
  readonly #ids = new Map<string, number>();

  of(anchor: Anchor): number {
    const name = nameOf(anchor);
    let id = this.#ids.get(name);
    if (id === undefined) this.#ids.set(name, (id = this.#ids.size));
    return id;
  }
}

/** `anchors` has one for each value of a condition, null where a value has nothing to be looked up by. */
export function filingsOf(anchors: readonly (Anchor | null)[], ids: AnchorIds): readonly Filing[] {
  const filings: Filing[] = [];
  for (const anchor of anchors) {
    if (anchor === null) return NONE;
    const id = ids.of(anchor);
    const proves = proving(anchor);
    const same = filings.findIndex((filing) => filing.id === id);
    if (same < 0) filings.push({ id, anchor, proves });
    else if (proves) filings[same] = { id, anchor, proves };
  }
  return filings;
}

/** IPv6 blocks are looked up by a hash, so they do not prove. */
function proving(anchor: Anchor): boolean {
  return anchor.subject === 'source-ip' ? anchor.block.family === 4 : anchor.key.proves;
}

function nameOf(anchor: Anchor): string {
  switch (anchor.subject) {
    case 'host':
    case 'path':
    case 'method':
    case 'query-value':
      return `${anchor.subject} ${anchor.key.shape} ${anchor.key.text}`;
    case 'query-parameter':
      return `${anchor.subject} ${anchor.name.length} ${anchor.name} ${anchor.key.shape} ${anchor.key.text}`;
    case 'header':
      return `${anchor.subject} ${anchor.slot} ${anchor.key.shape} ${anchor.key.text}`;
    case 'source-ip':
      return `${anchor.subject} ${anchor.block.family} ${anchor.block.length} ${anchor.block.key}`;
  }
}
