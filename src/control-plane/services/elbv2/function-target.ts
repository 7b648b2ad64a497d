import type { TargetGroup } from '../../resources/elbv2/index.ts';
import type { World } from '../../store/index.ts';
import { invalidConfiguration } from './error.ts';

interface Asked {
  readonly world: World;
  readonly group: TargetGroup;
  /** Functions that the group has already. */
  readonly registered: readonly string[];
}

/** A group holds one function, and Elastic Load Balancing must be allowed to invoke it. */
export function checkFunction(_ids: readonly string[], _asked: Asked): void {
  throw invalidConfiguration('Functions cannot be registered yet.');
}
