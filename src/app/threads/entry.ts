/** Where a thread's code lies: beside this file, as TypeScript in a checkout and as JavaScript in a package. */
export function threadEntry(name: string): URL {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return new URL(`./${name}.${extension}`, import.meta.url);
}
