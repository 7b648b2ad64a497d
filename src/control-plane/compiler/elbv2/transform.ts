import type { Transform } from '../../resources/elbv2/index.ts';
import type { Policy, Rewrite } from '../../../snapshot/index.ts';

/** "Transforms are applied to requests before they are sent to targets" (API_RuleTransform): redirects and fixed responses have none. */
export function compileTransforms(transforms: readonly Transform[]): readonly Policy[] {
  if (transforms.length === 0) return [];
  return [{ kind: 'transform', settings: { host: rewritesOf(transforms, 'host-header-rewrite'), url: rewritesOf(transforms, 'url-rewrite') } }];
}

function rewritesOf(transforms: readonly Transform[], type: Transform['Type']): readonly Rewrite[] {
  return transforms.filter(({ Type }) => Type === type).flatMap(({ Rewrites }) => Rewrites.map(({ Regex, Replace }) => ({ regex: Regex, replace: Replace })));
}
