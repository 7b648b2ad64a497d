import type { FunctionLayer } from '../../resources/lambda/index.ts';
import { mayUseLayer, parseLayerArn } from '../../resources/lambda/index.ts';
import { AwsError } from '../../../aws/index.ts';
import type { Limits } from '../limits.ts';
import type { World } from '../../store/index.ts';
import { invalid } from './error.ts';

const MOST_LAYERS = 5;
const UNZIPPED = 262_144_000;

/** The layers that a function asks for, as it will use them. `unzipped`: what its own files take. */
export function checkedLayers(world: World, arns: readonly string[], owner: { readonly account: string; readonly region: string; readonly unzipped: number; readonly limits: Limits }): readonly FunctionLayer[] {
  if (arns.length > MOST_LAYERS) throw invalid(`Cannot reference more than ${MOST_LAYERS} layers.`);
  const given = new Map<string, string>();
  const layers = arns.map((arn): FunctionLayer => {
    const parsed = parseLayerArn(arn);
    if (!parsed || parsed.version === null) throw invalid(`Layer version ARN ${arn} is not valid: it ends in the number of a version.`);
    const version = world.get('lambda/layer-version', arn);
    // Of another account's layers nothing is told to those who may not use them, not even whether they are there (observed).
    if (version ? !mayUseLayer(version, owner.account) : parsed.account !== owner.account) {
      throw new AwsError('AccessDeniedException', `User: arn:aws:iam::${owner.account}:root is not authorized to perform: lambda:GetLayerVersion on resource: ${arn} because no resource-based policy allows the lambda:GetLayerVersion action`, { status: 403 });
    }
    if (parsed.region !== owner.region) throw invalid(`Layers are not in the same region as the function. Layers are expected to be in region ${owner.region}.`);
    const other = given.get(parsed.layer);
    if (other !== undefined) throw invalid(`Two different versions of the same layer are not allowed to be referenced in the same function. ${other} and ${arn} are versions of the same layer.`);
    given.set(parsed.layer, arn);
    if (!version) throw invalid(`Layer version ${arn} does not exist.`);
    return { arn, code: version.code, codeSize: version.codeSize, unzippedSize: version.unzippedSize };
  });
  const limit = owner.limits.value('deployment-package-unzipped', UNZIPPED);
  const total = layers.reduce((sum, { unzippedSize }) => sum + unzippedSize, owner.unzipped);
  if (total > limit) throw invalid(`Function code combined with layers exceeds the maximum allowed size of ${limit} bytes. The actual size is ${total} bytes.`);
  return layers;
}
