import { createHash } from 'node:crypto';
import type { World } from '../../store/index.ts';

/** Where the composition root serves what trust stores hold: `GET PREFIX + sha256`. AWS answers an S3 address that is signed for ten minutes. */
export const TRUST_STORE_PATH = '/_elbv2/trust-store/';

function hashOf(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** An address from which the content can be fetched, on the host that the client has reached. The hash is what nobody can guess. */
export function contentLocation(host: string, content: string): string {
  return `http://${host}${TRUST_STORE_PATH}${hashOf(content)}`;
}

/** The content of that address; undefined once no trust store holds it. */
export function trustStoreContent(world: World, hash: string): string | undefined {
  for (const { certificates } of world.list('elbv2/trust-store')) {
    const bundle = certificates.join('');
    if (hashOf(bundle) === hash) return bundle;
  }
  return world.list('elbv2/trust-store-revocation').find(({ list }) => hashOf(list) === hash)?.list;
}
