import type { RequestFieldNames } from '../../../snapshot/index.ts';
import type { ClientCertificate } from '../../exchange/index.ts';

/**
 * What a target is told of the client's certificate: all of it where it was passed through unseen, else what was verified.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/mutual-authentication.html#mtls-http-headers
 */
export function clientCertificateLines(client: ClientCertificate, names: RequestFieldNames): string {
  if (client.verifiedBy === null) return `${names.chain}: ${client.chain}\r\n`;
  return (
    `${names.serialNumber}: ${client.serialNumber}\r\n${names.issuer}: ${client.issuer}\r\n` +
    `${names.subject}: ${client.subject}\r\n${names.validity}: ${client.validity}\r\n${names.leaf}: ${client.leaf}\r\n`
  );
}
