import type { CallOperation, ResourceType } from '../resource-type.ts';
import { listOf, oneOf, properties, record, text } from '../schema.ts';

/** The store's ARN and the numbers of the lists, which CloudFormation treats as one resource: `ARN|1,2`. */
function parts(physicalId: string): { readonly TrustStoreArn: string; readonly RevocationIds: readonly number[] } {
  const [arn = '', ids = ''] = physicalId.split('|');
  return { TrustStoreArn: arn, RevocationIds: ids === '' ? [] : ids.split(',').map(Number) };
}

async function add(call: CallOperation, arn: string, contents: unknown): Promise<string> {
  if (!Array.isArray(contents) || contents.length === 0) return `${arn}|`;
  const added = await call('elbv2', 'AddTrustStoreRevocations', { TrustStoreArn: arn, RevocationContents: contents });
  return `${arn}|${added.TrustStoreRevocations.map(({ RevocationId }: { readonly RevocationId: number }) => RevocationId).join()}`;
}

export const trustStoreRevocation: ResourceType = {
  name: 'AWS::ElasticLoadBalancingV2::TrustStoreRevocation',
  nameProperty: null,
  properties: properties({
    // AWS documents replacement for both
    replace: { TrustStoreArn: text, RevocationContents: listOf(record({ RevocationType: oneOf('CRL'), S3Bucket: text, S3Key: text, S3ObjectVersion: text })) },
    inPlace: {},
  }),
  attributes: ['RevocationId', 'TrustStoreRevocations'],

  async create({ call, properties, made }) {
    const id = await add(call, properties['TrustStoreArn'], properties['RevocationContents']);
    await made(id);
    return id;
  },

  async update() {
    // nothing changes in place
  },

  async delete({ call, physicalId }) {
    const { TrustStoreArn, RevocationIds } = parts(physicalId);
    if (RevocationIds.length > 0) await call('elbv2', 'RemoveTrustStoreRevocations', { TrustStoreArn, RevocationIds });
  },

  async read({ call, physicalId }) {
    const { TrustStoreArn, RevocationIds } = parts(physicalId);
    const found = RevocationIds.length === 0 ? [] : (await call('elbv2', 'DescribeTrustStoreRevocations', { TrustStoreArn, RevocationIds })).TrustStoreRevocations;
    return {
      ref: physicalId,
      attributes: {
        RevocationId: RevocationIds[0] ?? null,
        TrustStoreRevocations: found.map((each: Readonly<Record<string, unknown>>) => ({
          TrustStoreArn: each['TrustStoreArn'], RevocationId: String(each['RevocationId']), RevocationType: each['RevocationType'], NumberOfRevokedEntries: each['NumberOfRevokedEntries'],
        })),
      },
    };
  },
};
