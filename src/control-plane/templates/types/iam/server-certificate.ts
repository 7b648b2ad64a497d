import { pick, tagChanges, type ResourceType } from '../resource-type.ts';
import { properties, tags, text } from '../schema.ts';

export const serverCertificate: ResourceType = {
  name: 'AWS::IAM::ServerCertificate',
  nameProperty: 'ServerCertificateName',
  properties: properties({
    replace: { CertificateBody: text, CertificateChain: text, PrivateKey: text, ServerCertificateName: text },
    inPlace: { Path: text, Tags: tags },
  }),
  attributes: ['Arn'],

  async create({ call, properties, generatedName, made }) {
    const ServerCertificateName: string = properties['ServerCertificateName'] ?? generatedName(128);
    await call('iam', 'UploadServerCertificate', { ServerCertificateName, ...pick(properties, ['CertificateBody', 'CertificateChain', 'Path', 'PrivateKey', 'Tags']) });
    await made(ServerCertificateName);
    return ServerCertificateName;
  },

  async update({ call, physicalId, properties, previous, changed }) {
    const ServerCertificateName = physicalId;
    if (changed.has('Path')) await call('iam', 'UpdateServerCertificate', { ServerCertificateName, NewPath: properties['Path'] ?? '/' });
    if (changed.has('Tags')) {
      const { removed, added } = tagChanges(previous['Tags'], properties['Tags']);
      if (removed.length > 0) await call('iam', 'UntagServerCertificate', { ServerCertificateName, TagKeys: removed });
      if (added.length > 0) await call('iam', 'TagServerCertificate', { ServerCertificateName, Tags: added });
    }
  },

  async delete({ call, physicalId }) {
    await call('iam', 'DeleteServerCertificate', { ServerCertificateName: physicalId });
  },

  async read({ call, physicalId }) {
    const { ServerCertificate } = await call('iam', 'GetServerCertificate', { ServerCertificateName: physicalId });
    return { ref: physicalId, attributes: { Arn: ServerCertificate.ServerCertificateMetadata.Arn } };
  },
};
