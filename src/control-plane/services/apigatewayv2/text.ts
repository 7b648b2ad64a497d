/** Clients send empty text for what their users took away. */
export function given(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}

/** The new value of a text: as it was where nothing was said, none where it was emptied. */
export function changed(text: string | undefined, before: string | null): string | null {
  return text === undefined ? before : given(text);
}

/** A map of texts as an update leaves it: what is given is added or replaced, and removed where it is given empty. */
export function merged(before: Readonly<Record<string, string>> | null, more: Readonly<Record<string, string>> | undefined): Readonly<Record<string, string>> | null {
  if (more === undefined) return before;
  const all = Object.entries({ ...before, ...more }).filter(([, value]) => value !== '');
  return all.length === 0 ? null : Object.fromEntries(all);
}

/** A map, or none where it is absent or empty. */
export function filled<T>(map: Readonly<Record<string, T>> | undefined): Readonly<Record<string, T>> | null {
  return map === undefined || Object.keys(map).length === 0 ? null : map;
}

/** An object without the members that are null: answers leave out what is not set. */
export function present<T extends object>(shape: T): { readonly [K in keyof T]?: Exclude<T[K], null> } {
  return Object.fromEntries(Object.entries(shape).filter(([, value]) => value !== null && value !== undefined)) as { [K in keyof T]?: Exclude<T[K], null> };
}
