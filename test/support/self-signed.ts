// oxlint-disable-next-line import/no-unassigned-import -- @peculiar/x509 asks for it
import 'reflect-metadata';
import { generateKeyPairSync, webcrypto } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import { BasicConstraintsExtension, PublicKey, SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509';

const DAY = 24 * 60 * 60 * 1000;

/** A certificate that is its own authority, with its key, both PEM. */
export async function selfSigned(...names: readonly [string, ...string[]]): Promise<{ readonly certificate: string; readonly privateKey: string }> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const made = await X509CertificateGenerator.create({
    serialNumber: '0a01', subject: `CN=${names[0]}`, issuer: `CN=${names[0]}`, notBefore: new Date(Date.UTC(2020, 0, 1)), notAfter: new Date(Date.UTC(2040, 0, 1) + DAY),
    publicKey: new PublicKey(publicKey.export({ type: 'spki', format: 'der' })),
    signingKey: await webcrypto.subtle.importKey('pkcs8', privateKey.export({ type: 'pkcs8', format: 'der' }), { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']),
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    extensions: [
      new BasicConstraintsExtension(true),
      new SubjectAlternativeNameExtension(names.map((value) => (/^[\d.]+$/.test(value) ? { type: 'ip', value } : { type: 'dns', value }))),
    ],
  });
  return { certificate: made.toString('pem'), privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string };
}

/** What a server with such a certificate speaks TLS by. */
export async function selfSignedContext(name: string): Promise<SecureContext> {
  const { certificate, privateKey } = await selfSigned(name);
  return createSecureContext({ cert: certificate, key: privateKey });
}
