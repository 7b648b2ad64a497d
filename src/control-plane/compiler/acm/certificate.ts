import { fullChain, type Certificate as AcmCertificate } from '../../resources/acm/index.ts';
import type { ServerCertificate } from '../../resources/iam/index.ts';
import type { Certificate } from '../../../snapshot/index.ts';
import type { Maker } from '../units.ts';

/** ACM's, or one that was uploaded to IAM: listeners name either. */
export function storedCertificate(arn: string, maker: Maker): AcmCertificate | ServerCertificate | undefined {
  return maker.get('acm/certificate', arn) ?? maker.get('iam/server-certificate', arn);
}

/** Null where there is none: whoever names it has said so already. */
export function compileCertificate(arn: string, maker: Maker): Certificate | null {
  const certificate = storedCertificate(arn, maker);
  if (!certificate) return null;
  return {
    id: certificate.id,
    chain: fullChain(certificate),
    privateKey: certificate.privateKey,
    names: certificate.subjectAlternativeNames.map((name) => name.toLowerCase()),
  };
}
