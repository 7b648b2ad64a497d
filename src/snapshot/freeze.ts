/**
 * Freezes plain data through and through, in place, and returns it. What is frozen already is taken to be frozen to its leaves and is not
 * entered, so that freezing a snapshot costs what is new in it.
 */
export function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (Array.isArray(value)) for (const item of value as readonly unknown[]) freeze(item);
  else for (const key of Object.keys(value)) freeze((value as Readonly<Record<string, unknown>>)[key]);
  return Object.freeze(value);
}
