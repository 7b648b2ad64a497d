import { AwsError, type Call } from '../../../aws/index.ts';
import type { Certificate } from '../../resources/acm/index.ts';
import { domainNameArn } from '../../resources/apigatewayv2/index.ts';
import type { World } from '../../store/index.ts';
import { certificateNotFound } from './error.ts';

const FORM = /^arn:aws[\w-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/;

/** The certificate of that ARN in the caller's account and region. */
export function certificate(world: World, arn: string | undefined, call: Call): Certificate {
  if (arn === undefined || !FORM.test(arn)) throw new AwsError('InvalidArnException', `Provided arn ${arn ?? ''} is invalid`);
  const found = world.get('acm/certificate', arn);
  if (!found || found.account !== call.account || found.region !== call.region) throw certificateNotFound(arn, call.account);
  return found;
}

/** ARNs of the load balancers whose listeners use the certificate, and of the custom domains of APIs. */
export function usersOf(world: World, arn: string): readonly string[] {
  const users = new Set<string>();
  for (const listener of world.list('elbv2/listener')) {
    const uses = listener.defaultCertificate === arn || listener.additionalCertificates.includes(arn);
    if (uses && listener.parent !== null) users.add(listener.parent);
  }
  for (const { region, domainName, configurations: [{ certificateArn, ownershipVerificationCertificateArn: proof }] } of world.list('apigatewayv2/domain-name')) {
    if (certificateArn === arn || proof === arn) users.add(domainNameArn(region, domainName));
  }
  return [...users];
}
