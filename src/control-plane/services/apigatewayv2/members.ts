import type { AwsError } from '../../../aws/index.ts';
import type { MemberNote } from '../members.ts';
import { badRequest } from './error.ts';

/** What the input of API Gateway v2's operations may hold and is not executed. */
export const API_GATEWAY_V2_MEMBERS: readonly MemberNote[] = [
  { operations: ['CreateDomainName', 'UpdateDomainName'], members: ['MutualTlsAuthentication.TruststoreVersion'], state: 'refused', why: 'The truststore is a file of the data folder, which has no versions: leave TruststoreVersion out, and update the domain name when the file has changed.' },
  { operations: ['CreateRoutingRule', 'GetRoutingRule', 'ListRoutingRules', 'PutRoutingRule', 'DeleteRoutingRule'], members: ['DomainNameId'], state: 'refused', why: 'It names private custom domains, which are not served.' },
  { operations: ['CreateStage', 'UpdateStage'], members: ['ClientCertificateId'], state: 'refused', why: 'Client certificates that API Gateway generates for backends are not served for HTTP and WebSocket APIs.' },
];

export function refusedMember(member: string, why: string): AwsError {
  return badRequest(`${member} cannot be specified. ${why}`);
}
