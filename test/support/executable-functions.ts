import { compile } from '../../src/control-plane/compiler/index.ts';
import type { World } from '../../src/control-plane/store/index.ts';
import type { LambdaFunction } from '../../src/snapshot/index.ts';

/** The functions of a world as whoever runs them is told of them. */
export function executableFunctions(world: World): readonly LambdaFunction[] {
  const { snapshot } = compile(world, { addresses: ['127.0.0.1'], internalAddresses: ['127.0.0.1'], addressPool: false, portOffset: 0, now: 0 });
  return Object.values(snapshot.functions);
}
