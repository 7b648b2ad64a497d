import { generateKeyPairSync } from 'node:crypto';
import type { PolicySecrets } from '../../src/data-plane/policies/index.ts';

/** Keys for tests: new in each process. */
export const testSecrets: PolicySecrets = {
  sealing: Buffer.alloc(32, 7),
  signing: { kid: '12345678-1234-1234-1234-123456789012', privateKey: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'pem', type: 'pkcs8' }) as string },
};
