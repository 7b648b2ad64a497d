/** Attributes as the services keep them: texts by AWS key, defaults included. A missing or unreadable one counts as AWS's default. */
export type Attributes = Readonly<Record<string, string>>;

export function isOn(attributes: Attributes, key: string, otherwise: boolean): boolean {
  const value = attributes[key];
  return value === undefined ? otherwise : value === 'true';
}

export function numberOf(attributes: Attributes, key: string, otherwise: number): number {
  const value = attributes[key];
  return value !== undefined && /^\d+$/.test(value) ? Number(value) : otherwise;
}

export function oneOf<T extends string>(attributes: Attributes, key: string, allowed: readonly [T, ...T[]]): T {
  return allowed.find((value) => value === attributes[key]) ?? allowed[0];
}
