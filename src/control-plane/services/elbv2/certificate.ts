import type { Certificate as WireCertificate } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError, type Call } from '../../../aws/index.ts';
import type { World } from '../../store/index.ts';
import { GLOBAL } from '../../resources/iam/index.ts';
import { isOwn } from './lookup.ts';

/** ARN of a certificate that exists in the caller's account and region, or in the account's IAM, which is one for all regions: AWS finds no other. */
export function certificateArn(world: World, given: WireCertificate | undefined, call: Call): string {
  const arn = given?.CertificateArn ?? '';
  const certificate = world.get('acm/certificate', arn) ?? world.get('iam/server-certificate', arn);
  if (!certificate || !isOwn(certificate, { ...call, region: certificate.region === GLOBAL ? GLOBAL : call.region })) throw new AwsError('CertificateNotFound', `Certificate '${arn}' not found`);
  return arn;
}
