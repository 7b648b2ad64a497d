import type { Certificate as WireCertificate } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError, parseArn, type Call } from '../../../aws/index.ts';
import { isServerCertificateArn } from '../../resources/iam/index.ts';
import type { World } from '../../store/index.ts';
import { validationError } from './error.ts';
import { isOwn } from './lookup.ts';

/** ARN of a certificate that exists: ACM's in the caller's account and region, IAM's in the account. AWS finds no other. */
export function certificateArn(world: World, given: WireCertificate | undefined, call: Call): string {
  const arn = given?.CertificateArn ?? '';
  // observed
  const { service, region } = parseArn(arn) ?? {};
  if (service === 'acm' && region !== call.region) throw validationError(`Certificate ARN '${arn}' is not valid`);
  if (!exists(world, arn, call)) throw new AwsError('CertificateNotFound', `Certificate '${arn}' not found`);
  return arn;
}

function exists(world: World, arn: string, call: Call): boolean {
  if (isServerCertificateArn(arn)) return world.get('iam/server-certificate', arn)?.account === call.account;
  const certificate = world.get('acm/certificate', arn);
  return certificate !== undefined && isOwn(certificate, call);
}
