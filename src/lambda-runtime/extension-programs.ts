import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The programs in the `extensions` folder of the layers, seen from there: each is started with its environment, before the runtime. */
export function extensionPrograms(layers: string | null): readonly string[] {
  if (layers === null) return [];
  const folder = join(layers, 'extensions');
  try {
    return readdirSync(folder)
      .filter((name) => isProgram(join(folder, name)))
      .map((name) => join('extensions', name))
      .sort();
  } catch {
    return [];
  }
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
