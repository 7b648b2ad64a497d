import { fullChain, type Certificate as AcmCertificate } from '../../resources/acm/index.ts';
import { isServerCertificateArn, type ServerCertificate } from '../../resources/iam/index.ts';
import type { Certificate } from '../../../snapshot/index.ts';
import type { Maker } from '../units.ts';

/** A certificate of ACM, or of IAM's for load balancers. */
export function findCertificate(arn: string, maker: Maker): AcmCertificate | ServerCertificate | undefined {
  return isServerCertificateArn(arn) ? maker.get('iam/server-certificate', arn) : maker.get('acm/certificate', arn);
}

/** Null where there is none: whoever names it has said so already. */
export function compileCertificate(arn: string, maker: Maker): Certificate | null {
  const certificate = findCertificate(arn, maker);
  if (!certificate) return null;
  return {
    id: certificate.id,
    chain: fullChain(certificate),
    privateKey: certificate.privateKey,
    names: certificate.subjectAlternativeNames.map((name) => name.toLowerCase()),
  };
}
