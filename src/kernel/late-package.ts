import { createRequire } from 'node:module';

/**
 * A package of npm that is loaded when it is first needed, not at every start: for what is large and seldom used. `from` is the asking module's `import.meta.url`; those
 * of `before` have to be loaded first.
 */
export function latePackage<T>(name: string, from: string, before: readonly string[] = []): () => T {
  let loaded: T | null = null;
  return () => {
    if (loaded !== null) return loaded;
    const require = createRequire(from);
    for (const other of before) require(other);
    loaded = require(name) as T;
    return loaded;
  };
}
