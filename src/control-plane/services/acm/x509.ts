import type * as X509 from '@peculiar/x509';
import { latePackage } from '../../../kernel/index.ts';

/** Reads and makes certificates. It takes a tenth of a start to load; it asks for the metadata API when it does. */
export const x509 = latePackage<typeof X509>('@peculiar/x509', import.meta.url, ['reflect-metadata']);
