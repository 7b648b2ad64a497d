import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import type { Certificate } from './contenders/contender.ts';

/** A self-signed P-256 certificate for a day, made by openssl. */
export async function makeCertificate(folder: string): Promise<Certificate> {
  const [certificate, key, bundle] = [`${folder}/certificate.pem`, `${folder}/key.pem`, `${folder}/bundle.pem`];
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,DNS:*.localhost', '-keyout', key, '-out', certificate],
    { stdio: 'pipe' },
  );
  await writeFile(bundle, (await readFile(certificate, 'utf8')) + (await readFile(key, 'utf8')), { mode: 0o600 });
  return { certificate, key, bundle };
}
