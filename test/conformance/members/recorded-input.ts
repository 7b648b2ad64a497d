/**
 * An input that remembers which of its members are read, present or not. Paths are spelled `Actions[].RedirectConfig.Host`; the entries of maps
 * and lists count as one.
 */
export function recordedInput(input: unknown, read: Set<string>): unknown {
  return recorded(input, '', read);
}

function recorded(value: unknown, path: string, read: Set<string>): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => recorded(item, `${path}[]`, read));
  if (!isPlain(value)) return value;
  const at = (key: string): string => (path === '' ? key : `${path}.${key}`);
  // Children are wrapped beforehand, so that what is handed out twice is the same, as frozen objects must.
  const copy = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, recorded(inner, at(key), read)]));
  return new Proxy(copy, {
    get(target, key) {
      if (typeof key === 'string') read.add(at(key));
      return Reflect.get(target, key) as unknown;
    },
    has(target, key) {
      if (typeof key === 'string') read.add(at(key));
      return Reflect.has(target, key);
    },
  });
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
