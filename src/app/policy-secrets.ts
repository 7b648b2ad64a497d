import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HttpRequest, HttpResponse } from '../aws/index.ts';
import type { PolicySecrets } from '../data-plane/policies/index.ts';

const FILE = 'login-keys.json';
/** Under which the public key is served beside AWS's host name, on the control endpoint. */
const PATH = '/_elb/public-keys/';

/** The keys that seal sessions and sign claims, of one installation: made at the first start, readable by its owner only. */
export function policySecrets(folder: string): PolicySecrets {
  const file = join(folder, FILE);
  const kept = read(file);
  if (kept !== null) return kept;
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const secrets = { sealing: randomBytes(32), signing: { kid: randomUUID(), privateKey: privateKey.export({ format: 'pem', type: 'pkcs8' }) as string } };
  const text = JSON.stringify({ sealing: secrets.sealing.toString('base64'), signing: secrets.signing });
  writeFileSync(`${file}.new`, text, { mode: 0o600, flush: true });
  renameSync(`${file}.new`, file);
  return secrets;
}

function read(file: string): PolicySecrets | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const { sealing, signing } = JSON.parse(text) as { readonly sealing: string; readonly signing: PolicySecrets['signing'] };
  const bytes = Buffer.from(sealing, 'base64');
  if (bytes.length !== 32) throw new Error(`${file} is damaged: delete it, and everybody who is logged in logs in again`);
  createPrivateKey(signing.privateKey);
  return { sealing: bytes, signing };
}

/**
 * Serves the public key that targets check X-Amzn-Oidc-Data with. AWS has it at https://public-keys.auth.elb.REGION.amazonaws.com/KID; here it is at
 * /KID of the control endpoint when that is called public-keys.auth.elb.ANYTHING, and at /_elb/public-keys/KID by any name.
 */
export function publicKeys({ signing }: PolicySecrets): (request: HttpRequest) => Promise<HttpResponse | null> {
  const pem = createPublicKey(createPrivateKey(signing.privateKey)).export({ format: 'pem', type: 'spki' });
  return (request) => {
    const kid = kidOf(request);
    if (kid === null) return Promise.resolve(null);
    const found = kid === signing.kid && (request.method === 'GET' || request.method === 'HEAD');
    return Promise.resolve({ status: found ? 200 : 404, headers: { 'content-type': 'text/plain' }, body: Buffer.from(found ? pem : 'There is no such key.\n') });
  };
}

function kidOf({ url, rawHeaders }: HttpRequest): string | null {
  const path = url.split('?')[0]!;
  if (path.startsWith(PATH)) return path.slice(PATH.length);
  const at = rawHeaders.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === 'host');
  return at !== -1 && /^public-keys\.auth\.elb\./i.test(rawHeaders[at + 1]!) ? path.slice(1) : null;
}
