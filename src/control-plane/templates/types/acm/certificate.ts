import { pick, tagChanges, type ResourceType } from '../resource-type.ts';
import { listOf, oneOf, properties, record, tags, text, texts } from '../schema.ts';

export const certificate: ResourceType = {
  name: 'AWS::CertificateManager::Certificate',
  nameProperty: null,
  properties: properties({
    replace: {
      CertificateAuthorityArn: text,
      'DomainName!': text,
      // HostedZoneId is how CloudFormation writes validation records into Route 53; the local authority needs none.
      DomainValidationOptions: listOf(record({ 'DomainName!': text, ValidationDomain: text, HostedZoneId: text })),
      KeyAlgorithm: text,
      SubjectAlternativeNames: texts,
      ValidationMethod: oneOf('DNS', 'EMAIL'),
    },
    inPlace: {
      CertificateExport: oneOf('ENABLED', 'DISABLED'),
      CertificateTransparencyLoggingPreference: oneOf('ENABLED', 'DISABLED'),
      Tags: tags,
    },
  }),
  attributes: [],

  async create({ call, properties, made, until }) {
    const options = (properties['DomainValidationOptions'] ?? []) as readonly { readonly DomainName: string; readonly ValidationDomain?: string }[];
    const validation = options.filter((option) => option.ValidationDomain !== undefined).map((option) => pick(option, ['DomainName', 'ValidationDomain']));
    const created = await call('acm', 'RequestCertificate', {
      ...pick(properties, ['CertificateAuthorityArn', 'DomainName', 'KeyAlgorithm', 'SubjectAlternativeNames', 'Tags', 'ValidationMethod']),
      ...(validation.length > 0 ? { DomainValidationOptions: validation } : {}),
      ...certificateOptions(properties),
    });
    const arn: string = created.CertificateArn;
    await made(arn);
    await until(`${arn} to be issued`, async () => {
      const { Status, FailureReason } = (await call('acm', 'DescribeCertificate', { CertificateArn: arn })).Certificate;
      if (Status === 'FAILED' || Status === 'VALIDATION_TIMED_OUT') throw new Error(`${arn} came into the state ${Status}: ${FailureReason ?? 'no reason given'}`);
      return Status === 'ISSUED' ? true : undefined;
    });
    return arn;
  },

  async update({ call, physicalId, properties, previous, changed }) {
    if (changed.has('CertificateTransparencyLoggingPreference') || changed.has('CertificateExport')) {
      await call('acm', 'UpdateCertificateOptions', { CertificateArn: physicalId, ...certificateOptions({ CertificateTransparencyLoggingPreference: 'ENABLED', ...properties }) });
    }
    if (changed.has('Tags')) {
      const { removed, added } = tagChanges(previous['Tags'], properties['Tags']);
      if (removed.length > 0) await call('acm', 'RemoveTagsFromCertificate', { CertificateArn: physicalId, Tags: removed.map((Key) => ({ Key })) });
      if (added.length > 0) await call('acm', 'AddTagsToCertificate', { CertificateArn: physicalId, Tags: added });
    }
  },

  async delete({ call, physicalId }) {
    await call('acm', 'DeleteCertificate', { CertificateArn: physicalId });
  },

  read: async ({ physicalId }) => ({ ref: physicalId, attributes: {} }),
};

function certificateOptions(properties: Readonly<Record<string, unknown>>): object {
  const options = {
    ...(properties['CertificateTransparencyLoggingPreference'] === undefined ? {} : { CertificateTransparencyLoggingPreference: properties['CertificateTransparencyLoggingPreference'] }),
    ...(properties['CertificateExport'] === undefined ? {} : { Export: properties['CertificateExport'] }),
  };
  return Object.keys(options).length > 0 ? { Options: options } : {};
}
