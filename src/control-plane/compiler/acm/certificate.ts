import { fullChain } from '../../resources/acm/index.ts';
import type { Certificate } from '../../../snapshot/index.ts';
import type { Maker } from '../units.ts';

/** Null where there is none: whoever names it has said so already. */
export function compileCertificate(arn: string, maker: Maker): Certificate | null {
  const certificate = maker.get('acm/certificate', arn);
  if (!certificate) return null;
  return {
    id: certificate.id,
    chain: fullChain(certificate),
    privateKey: certificate.privateKey,
    names: certificate.subjectAlternativeNames.map((name) => name.toLowerCase()),
  };
}
