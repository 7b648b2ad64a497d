import { CodeError, localCode } from '../../code/local-code.ts';
import { pick, type ResourceType } from '../resource-type.ts';
import { either, properties, record, text, texts } from '../schema.ts';

/** A version of a layer: each change publishes another. `Content` may also be a path, as in templates for `aws cloudformation package`. The physical id is its ARN. */
export const layerVersion: ResourceType = {
  name: 'AWS::Lambda::LayerVersion',
  nameProperty: null,
  properties: properties({
    replace: {
      CompatibleArchitectures: texts, CompatibleRuntimes: texts, 'Content!': either(text, record({ 'S3Bucket!': text, 'S3Key!': text, S3ObjectVersion: text })), Description: text, LayerName: text,
      LicenseInfo: text,
    },
    inPlace: {},
  }),
  attributes: ['LayerVersionArn'],

  async prepare(properties, task) {
    const content: unknown = properties['Content'];
    if (typeof content !== 'string') return properties;
    try {
      return { ...properties, Content: { Sha256: await task.blobs.put(await localCode(content, task.baseFolder)) } };
    } catch (error) {
      if (!(error instanceof CodeError)) throw error;
      task.wrong(`${task.path}.Content`, content, error.message);
      return properties;
    }
  },

  async create({ call, properties, generatedName, blobs, made }) {
    const sha256 = properties['Content'].Sha256 as string | undefined;
    const bytes = sha256 === undefined ? undefined : await blobs.get(sha256);
    if (sha256 !== undefined && bytes === undefined) throw new Error(`The content ${sha256} is not stored any more: deploy the template again`);
    const published = await call('lambda', 'PublishLayerVersion', {
      LayerName: properties['LayerName'] ?? generatedName(140),
      Content: bytes === undefined ? properties['Content'] : { ZipFile: bytes },
      ...pick(properties, ['CompatibleArchitectures', 'CompatibleRuntimes', 'Description', 'LicenseInfo']),
    });
    const arn: string = published.LayerVersionArn;
    await made(arn);
    return arn;
  },

  // Every property needs a new version: there is nothing to change in place.
  update: async () => {},

  async delete({ call, physicalId }) {
    await call('lambda', 'DeleteLayerVersion', nameOf(physicalId));
  },

  read: async ({ physicalId }) => ({ ref: physicalId, attributes: { LayerVersionArn: physicalId } }),
};

/** `arn:...:layer:NAME:VERSION`. */
export function nameOf(arn: string): { readonly LayerName: string; readonly VersionNumber: number } {
  const parts = arn.split(':');
  return { LayerName: parts[6] ?? '', VersionNumber: Number(parts[7]) };
}
