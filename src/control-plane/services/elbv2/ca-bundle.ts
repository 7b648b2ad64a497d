import { X509Certificate } from 'node:crypto';
import { pemBlocks, RevocationList } from '../../../kernel/index.ts';
import { AwsError } from '../../../aws/index.ts';
import type { ObjectLocation } from '../../resources/elbv2/index.ts';
import type { Environment } from '../environment.ts';
import { quota } from './account-limit.ts';

/** ALB's quotas for what a trust store is made of. */
const CERTIFICATE_BYTES = 16 * 1024;
const LIST_BYTES = 50 * 1024 * 1024;

export function invalidBundle(why: string): AwsError {
  return new AwsError('InvalidCaCertificatesBundle', `The specified CA certificates bundle is invalid: ${why}`);
}

/** The certificates of a bundle, PEM, one each. "Comments must be preceded by a # and must not contain any - characters. There cannot be any blank lines." */
export async function readBundle(environment: Environment, at: ObjectLocation): Promise<readonly string[]> {
  const most = quota(environment, 'ca-certificates-per-trust-store');
  const bytes = await environment.objects.get(at, Math.min(most * CERTIFICATE_BYTES * 2, LIST_BYTES));
  if (bytes === undefined) throw new AwsError('CaCertificatesBundleNotFound', `The specified CA certificates bundle s3://${at.bucket}/${at.key} does not exist`);
  if (bytes === 'too-large') throw invalidBundle('it is too large');
  const text = bytes.toString('utf8');
  const rest = text.replace(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]*-----END CERTIFICATE-----/g, '');
  // blank lines and text between certificates are taken, as OpenSSL takes them; what is left must not be another kind of PEM
  if (rest.includes('-----')) throw invalidBundle('it holds something else than certificates in PEM');
  const certificates = pemBlocks(text, 'CERTIFICATE').map((der, i) => checked(der, i));
  if (certificates.length === 0) throw invalidBundle('it holds no certificate in PEM');
  if (certificates.length > most) throw invalidBundle(`it holds ${certificates.length} certificates; ${most} is the most`);
  return certificates;
}

function checked(der: Buffer, index: number): string {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(der);
  } catch {
    throw invalidBundle(`certificate ${index + 1} cannot be read`);
  }
  if (!certificate.raw.equals(der)) throw invalidBundle(`certificate ${index + 1} is followed by something else`);
  if (der.length > CERTIFICATE_BYTES) throw invalidBundle(`certificate ${index + 1} exceeds 16 KB`);
  if (!certificate.ca) throw invalidBundle(`certificate ${index + 1} is not that of a certificate authority`);
  return certificate.toString();
}

export interface ReadList {
  /** PEM, as it was given. */
  readonly list: string;
  readonly entries: number;
}

/** A revocation file: one list in PEM, or several. */
export async function readRevocationList(environment: Environment, at: ObjectLocation): Promise<ReadList> {
  const bytes = await environment.objects.get(at, LIST_BYTES);
  if (bytes === undefined) throw new AwsError('RevocationContentNotFound', `The specified revocation content s3://${at.bucket}/${at.key} does not exist`);
  const invalid = (why: string): AwsError => new AwsError('InvalidRevocationContent', `The specified revocation content s3://${at.bucket}/${at.key} is invalid: ${why}`);
  if (bytes === 'too-large') throw invalid('it exceeds 50 MB');
  const list = bytes.toString('latin1');
  const blocks = pemBlocks(list, 'X509 CRL');
  if (blocks.length === 0) throw invalid('it holds no certificate revocation list in PEM');
  let entries = 0;
  for (const der of blocks) {
    try {
      entries += new RevocationList(der).entries;
    } catch (error) {
      throw invalid((error as Error).message);
    }
  }
  return { list, entries };
}
