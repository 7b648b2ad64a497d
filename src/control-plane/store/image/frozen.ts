/**
 * Freezes plain JSON data through and through and returns it. Members whose value is undefined are left out (in a copy), because they would not
 * come back from the disk; what JSON cannot hold at all (dates, classes, functions, NaN) is a mistake of the caller and throws a TypeError
 * that names the place.
 */
export function frozen<T>(value: T, path: string): T {
  return freeze(value, path) as T;
}

function freeze(value: unknown, path: string): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`${path} is ${value}, which JSON cannot hold`);
      return value;
    case 'object':
      if (value === null) return value;
      return Array.isArray(value) ? freezeArray(value, path) : freezeObject(value, path);
    default:
      throw new TypeError(`${path} is of type ${typeof value}, which JSON cannot hold`);
  }
}

function freezeArray(array: readonly unknown[], path: string): readonly unknown[] {
  let out: unknown[] | null = null;
  for (let i = 0; i < array.length; i++) {
    const item = freeze(array[i], `${path}[${i}]`);
    if (item !== array[i]) (out ??= array.slice())[i] = item;
  }
  return Object.freeze(out ?? array);
}

function freezeObject(object: object, path: string): object {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype !== Object.prototype && prototype !== null) throw new TypeError(`${path} is an instance of a class, not plain data`);
  let out: Record<string, unknown> | null = null;
  for (const [key, value] of Object.entries(object)) {
    if (value === undefined) {
      out ??= { ...object };
      delete out[key];
      continue;
    }
    const item = freeze(value, `${path}.${key}`);
    if (item !== value) (out ??= { ...object })[key] = item;
  }
  return Object.freeze(out ?? object);
}
