import type { ParityNote } from '../elbv2/index.ts';
import { memberParity } from '../members.ts';
import { ACM_MEMBERS } from './members.ts';
import { REQUEST_REFUSALS } from './request.ts';

/** What differs from AWS, as data: `turnpike parity` prints it. */
export const acmParity: readonly ParityNote[] = [
  ...memberParity(ACM_MEMBERS),
  { setting: 'RequestCertificate', state: 'different', why: 'The local authority of the installation issues at once; names are not validated. Trust its root to use the certificates.' },
  { setting: 'RequestCertificate CertificateAuthorityArn', state: 'refused', why: REQUEST_REFUSALS.authority },
  { setting: 'RequestCertificate ManagedBy, ValidationMethod HTTP', state: 'refused', why: REQUEST_REFUSALS.http },
  { setting: 'Options CertificateTransparencyLoggingPreference', state: 'kept', why: 'Certificates of a local authority are not logged publicly.' },
  { setting: 'PutAccountConfiguration ExpiryEvents', state: 'kept', why: 'No events are sent before a certificate expires.' },
  { setting: 'RenewCertificate', state: 'different', why: 'Every certificate of the local authority can be renewed, exported or not; all are renewed by themselves 45 days before they end.' },
];

const ACME = 'ACME endpoints of ACM are not served: request certificates with RequestCertificate.';

/** Operations of the model that are not served, each with the sentence that the client gets. */
export const OPERATION_REFUSALS: Readonly<Record<string, string>> = {
  CreateAcmeDomainValidation: ACME,
  CreateAcmeEndpoint: ACME,
  CreateAcmeExternalAccountBinding: ACME,
  DeleteAcmeDomainValidation: ACME,
  DeleteAcmeEndpoint: ACME,
  DeleteAcmeExternalAccountBinding: ACME,
  DescribeAcmeAccount: ACME,
  DescribeAcmeDomainValidation: ACME,
  DescribeAcmeEndpoint: ACME,
  DescribeAcmeExternalAccountBinding: ACME,
  GetAcmeExternalAccountBindingCredentials: ACME,
  ListAcmeAccounts: ACME,
  ListAcmeDomainValidations: ACME,
  ListAcmeEndpoints: ACME,
  ListAcmeExternalAccountBindings: ACME,
  ListCertificateDomainValidations: 'The validations of a certificate are listed by DescribeCertificate.',
  RevokeAcmeAccount: ACME,
  RevokeAcmeExternalAccountBinding: ACME,
  RevokeCertificate: 'The local authority publishes no revocation lists, so nobody would learn of a revocation: delete the certificate instead.',
  SearchCertificates: 'Certificates are found by ListCertificates.',
  UpdateAcmeDomainValidation: ACME,
  UpdateAcmeEndpoint: ACME,
};
