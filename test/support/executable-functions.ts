import { compile, localInstallation } from '../../src/control-plane/compiler/index.ts';
import type { World } from '../../src/control-plane/store/index.ts';
import type { LambdaFunction } from '../../src/snapshot/index.ts';

/** The functions of a world as whoever runs them is told of them. */
export function executableFunctions(world: World): readonly LambdaFunction[] {
  const { snapshot } = compile(world, localInstallation(0));
  return Object.values(snapshot.functions);
}
