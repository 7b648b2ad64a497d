import type { CertificateDetail, CertificateSummary, DomainValidation, ExtendedKeyUsageName, KeyUsageName } from '@aws-sdk/client-acm';
import type { Certificate } from '../../resources/acm/index.ts';

/** Certificates as ACM answers them. No shape here holds a private key. */

export function statusOf(certificate: Certificate, now: number): 'ISSUED' | 'EXPIRED' {
  return certificate.notAfter < now ? 'EXPIRED' : 'ISSUED';
}

interface Seen {
  readonly now: number;
  /** ARNs of what uses it. */
  readonly users: readonly string[];
}

export function detail(certificate: Certificate, { now, users }: Seen): CertificateDetail {
  const delivered = new Date(certificate.deliveredAt);
  return {
    CertificateArn: certificate.id,
    ...(certificate.domainName === '' ? {} : { DomainName: certificate.domainName }),
    SubjectAlternativeNames: [...certificate.subjectAlternativeNames],
    ...(certificate.validation === null ? {} : { DomainValidationOptions: validations(certificate.validation) }),
    Serial: certificate.serial,
    Subject: certificate.subject,
    Issuer: certificate.issuer,
    CreatedAt: new Date(certificate.createdAt),
    ...(certificate.type === 'IMPORTED' ? { ImportedAt: delivered } : { IssuedAt: delivered }),
    Status: statusOf(certificate, now),
    NotBefore: new Date(certificate.notBefore),
    NotAfter: new Date(certificate.notAfter),
    KeyAlgorithm: certificate.keyAlgorithm,
    SignatureAlgorithm: certificate.signatureAlgorithm,
    InUseBy: [...users],
    Type: certificate.type,
    CertificateKeyPairOrigin: keyPairOrigin(certificate),
    ...(certificate.renewedAt === null || certificate.validation === null
      ? {}
      : {
          RenewalSummary: {
            RenewalStatus: 'SUCCESS',
            DomainValidationOptions: validations(certificate.validation),
            UpdatedAt: new Date(certificate.renewedAt),
          },
        }),
    KeyUsages: certificate.keyUsages.map((Name) => ({ Name: Name as KeyUsageName })),
    ExtendedKeyUsages: certificate.extendedKeyUsages.map(({ name, oid }) => ({ Name: name as ExtendedKeyUsageName, OID: oid })),
    RenewalEligibility: eligibility(certificate, users),
    Options: { CertificateTransparencyLoggingPreference: certificate.transparencyLogging, Export: exportOption(certificate) },
  };
}

export function summary(certificate: Certificate, { now, users }: Seen): CertificateSummary {
  const delivered = new Date(certificate.deliveredAt);
  return {
    CertificateArn: certificate.id,
    ...(certificate.domainName === '' ? {} : { DomainName: certificate.domainName }),
    SubjectAlternativeNameSummaries: certificate.subjectAlternativeNames.slice(0, 100),
    HasAdditionalSubjectAlternativeNames: certificate.subjectAlternativeNames.length > 100,
    Status: statusOf(certificate, now),
    Type: certificate.type,
    CertificateKeyPairOrigin: keyPairOrigin(certificate),
    KeyAlgorithm: certificate.keyAlgorithm,
    KeyUsages: certificate.keyUsages.map((name) => name as KeyUsageName),
    ExtendedKeyUsages: certificate.extendedKeyUsages.map(({ name }) => name as ExtendedKeyUsageName),
    ExportOption: exportOption(certificate),
    InUse: users.length > 0,
    ...(certificate.exportedAt === null ? {} : { Exported: true }),
    RenewalEligibility: eligibility(certificate, users),
    NotBefore: new Date(certificate.notBefore),
    NotAfter: new Date(certificate.notAfter),
    CreatedAt: new Date(certificate.createdAt),
    ...(certificate.type === 'IMPORTED' ? { ImportedAt: delivered } : { IssuedAt: delivered }),
  };
}

/** ACM renews what it issued and what is in use or was exported. */
function eligibility(certificate: Certificate, users: readonly string[]): 'ELIGIBLE' | 'INELIGIBLE' {
  return certificate.type === 'AMAZON_ISSUED' && (users.length > 0 || certificate.exportedAt !== null) ? 'ELIGIBLE' : 'INELIGIBLE';
}

/** Who made the key pair. */
export function keyPairOrigin(certificate: Certificate): 'AWS_MANAGED' | 'CUSTOMER_PROVIDED' {
  return certificate.type === 'IMPORTED' ? 'CUSTOMER_PROVIDED' : 'AWS_MANAGED';
}

function exportOption(certificate: Certificate): 'ENABLED' | 'DISABLED' {
  return certificate.exportable ? 'ENABLED' : 'DISABLED';
}

const MAILBOXES = ['administrator', 'hostmaster', 'postmaster', 'webmaster', 'admin'];

function validations(validation: NonNullable<Certificate['validation']>): DomainValidation[] {
  return validation.domains.map((domain) => ({
    DomainName: domain.domainName,
    ValidationDomain: domain.validationDomain,
    ValidationStatus: 'SUCCESS',
    ValidationMethod: validation.method,
    ...(domain.record === null
      ? { ValidationEmails: MAILBOXES.map((box) => `${box}@${domain.validationDomain}`) }
      : { ResourceRecord: { Name: domain.record.name, Type: 'CNAME', Value: domain.record.value } }),
  }));
}
