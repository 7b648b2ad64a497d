import type { ClientCertificate } from '../../exchange/index.ts';

/**
 * What a target is told of the client's certificate: all of it where it was passed through unseen, else what was verified.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/mutual-authentication.html#mtls-http-headers
 */
export function clientCertificateLines(client: ClientCertificate): string {
  if (!client.verified) return `X-Amzn-Mtls-Clientcert: ${client.chain}\r\n`;
  return (
    `X-Amzn-Mtls-Clientcert-Serial-Number: ${client.serialNumber}\r\nX-Amzn-Mtls-Clientcert-Issuer: ${client.issuer}\r\n` +
    `X-Amzn-Mtls-Clientcert-Subject: ${client.subject}\r\nX-Amzn-Mtls-Clientcert-Validity: ${client.validity}\r\nX-Amzn-Mtls-Clientcert-Leaf: ${client.leaf}\r\n`
  );
}
