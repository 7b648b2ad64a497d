/**
 * Comparing plain data. A snapshot is a tree of JSON values in which unchanged parts keep their identity, so both functions look at identity
 * first and cost what has changed, not what there is.
 */

/** Whether two JSON values are the same in content. A member that is undefined counts as absent, as JSON has it. */
export function sameData(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (!sameData(a[i], b[i])) return false;
    return true;
  }
  if (Array.isArray(b)) return false;
  const left = a as Readonly<Record<string, unknown>>;
  const right = b as Readonly<Record<string, unknown>>;
  for (const key in left) if (!sameData(left[key], Object.hasOwn(right, key) ? right[key] : undefined)) return false;
  for (const key in right) if (right[key] !== undefined && !Object.hasOwn(left, key)) return false;
  return true;
}

/**
 * `next`, with every part that equals the same part of `previous` replaced by that very part: what did not change keeps its identity (`===`)
 * even where it was made anew. Array items are compared place by place. What is frozen in `next` comes back as it is or as what it equals, never
 * as a copy. Neither argument is changed.
 */
export function shared<T>(previous: unknown, next: T): T {
  return share(previous, next) as T;
}

function share(previous: unknown, next: unknown): unknown {
  if (previous === next || typeof next !== 'object' || next === null || typeof previous !== 'object' || previous === null) return next;
  if (Object.isFrozen(next)) return sameData(previous, next) ? previous : next;
  if (Array.isArray(next)) return Array.isArray(previous) ? shareItems(previous, next) : next;
  return Array.isArray(previous) ? next : shareMembers(previous as Readonly<Record<string, unknown>>, next as Readonly<Record<string, unknown>>);
}

function shareItems(previous: readonly unknown[], next: readonly unknown[]): readonly unknown[] {
  let same = previous.length === next.length;
  let out: unknown[] | null = null;
  for (let i = 0; i < next.length; i++) {
    const item = share(previous[i], next[i]);
    if (item !== next[i]) (out ??= next.slice())[i] = item;
    if (item !== previous[i]) same = false;
  }
  return same ? previous : (out ?? next);
}

function shareMembers(previous: Readonly<Record<string, unknown>>, next: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const keys = Object.keys(next);
  const members: [string, unknown][] = [];
  let same = keys.length === Object.keys(previous).length;
  let replaced = false;
  for (const key of keys) {
    const before = Object.hasOwn(previous, key) ? previous[key] : undefined;
    const member = share(before, next[key]);
    if (member !== next[key]) replaced = true;
    if (member !== before || !Object.hasOwn(previous, key)) same = false;
    members.push([key, member]);
  }
  if (same) return previous;
  // Object.fromEntries and not assignment: `__proto__` may be the name of a member like any other
  return replaced ? Object.fromEntries(members) : next;
}
