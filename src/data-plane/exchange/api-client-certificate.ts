import type { ClientCertificate } from './client-certificate.ts';
import type { Exchange } from './exchange.ts';

/** A client's certificate as API Gateway tells of it: apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
export interface ApiClientCertificate {
  readonly clientCertPem: string;
  readonly subjectDN: string;
  readonly issuerDN: string;
  /** `a1:b2:...` */
  readonly serialNumber: string;
  readonly validity: { readonly notBefore: string; readonly notAfter: string };
}

/** Null where none was asked for. What was shown and could not be verified is told to nobody. */
export function apiClientCertificate({ downstream: { tls } }: Exchange): ApiClientCertificate | null {
  const client = tls?.client ?? null;
  return client === null || client.verifiedBy === null ? null : told(client);
}

function told({ pem, subject, issuer, serialNumber, notBefore, notAfter }: ClientCertificate): ApiClientCertificate {
  return { clientCertPem: pem, subjectDN: subject, issuerDN: issuer, serialNumber: serialNumber.toLowerCase().replace(/..(?!$)/g, '$&:'), validity: { notBefore, notAfter } };
}
