import { X509Certificate } from 'node:crypto';
import type { MutualTlsAuthenticationInput } from '@aws-sdk/client-apigatewayv2';
import { pemBlocks } from '../../../kernel/index.ts';
import type { MutualTls } from '../../resources/apigatewayv2/index.ts';
import type { Environment } from '../environment.ts';
import { badRequest } from './error.ts';
import { given } from './text.ts';

/** apigateway/latest/developerguide/limits.html: certificates in a truststore, and its size. */
const MOST_CERTIFICATES = 1000;
const MOST_BYTES = 1024 * 1024;

/**
 * What an operation makes of the mutual TLS of a domain. The truststore is read anew whenever mutual TLS is spoken of, and only then: "upload a new certificate
 * bundle to Amazon S3, and then update your custom domain name". Empty text as URI turns it off.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-mutual-tls.html
 */
export async function changedMutualTls(environment: Environment, input: MutualTlsAuthenticationInput | undefined, before: MutualTls | null): Promise<MutualTls | null> {
  if (input === undefined) return before;
  const uri = input.TruststoreUri === undefined ? (before?.truststoreUri ?? null) : given(input.TruststoreUri);
  return uri === null ? null : readTruststore(environment, uri);
}

async function readTruststore({ objects, clock }: Environment, uri: string): Promise<MutualTls> {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri) ?? [];
  if (bucket === undefined || key === undefined) throw badRequest(`Invalid truststore URI: ${uri}. The URI must be of the form s3://bucket-name/key-name`);
  const bytes = await objects.get({ bucket, key }, MOST_BYTES);
  if (bytes === undefined) throw badRequest(`The truststore ${uri} does not exist, or cannot be read`);
  if (bytes === 'too-large') throw badRequest(`The truststore ${uri} exceeds ${MOST_BYTES} bytes`);
  const blocks = pemBlocks(bytes.toString('latin1'), 'CERTIFICATE');
  if (blocks.length === 0) throw badRequest(`The truststore ${uri} has no certificates`);
  if (blocks.length > MOST_CERTIFICATES) throw badRequest(`The truststore ${uri} has ${blocks.length} certificates; ${MOST_CERTIFICATES} is the most`);
  const certificates: string[] = [];
  const warnings: string[] = [];
  for (const [i, der] of blocks.entries()) {
    const read = readCertificate(der);
    if (read === null) {
      warnings.push(`Certificate ${i + 1} of the truststore cannot be read`);
      continue;
    }
    certificates.push(read.toString());
    const flaw = flawOf(read, clock.now());
    if (flaw !== null) warnings.push(`Certificate ${read.subject.replaceAll('\n', ', ')} ${flaw}`);
  }
  if (certificates.length === 0) throw badRequest(`The truststore ${uri} has no certificate that can be read`);
  return { truststoreUri: uri, certificates, warnings };
}

function readCertificate(der: Buffer): X509Certificate | null {
  try {
    const certificate = new X509Certificate(der);
    return certificate.raw.equals(der) ? certificate : null;
  } catch {
    return null;
  }
}

/** "SHA-256 or stronger, RSA-2048 or stronger, ECDSA-256 or stronger"; null where nothing is wrong. */
function flawOf({ validFromDate, validToDate, publicKey }: X509Certificate, now: number): string | null {
  if (now > validToDate.getTime()) return 'has expired';
  if (now < validFromDate.getTime()) return 'is not valid yet';
  const { modulusLength = 0, namedCurve = '' } = publicKey.asymmetricKeyDetails ?? {};
  const isStrong = publicKey.asymmetricKeyType === 'rsa' ? modulusLength >= 2048 : ['prime256v1', 'secp384r1', 'secp521r1'].includes(namedCurve);
  return isStrong ? null : 'has a key that is not supported';
}
