import type { CertificateStatus, ListCertificatesRequest, ListCertificatesResponse } from '@aws-sdk/client-acm';
import type { Call } from '../../../aws/index.ts';
import type { Certificate } from '../../resources/acm/index.ts';
import type { Environment } from '../environment.ts';
import { validationException } from './error.ts';
import * as lookup from './lookup.ts';
import { keyPairOrigin, statusOf, summary } from './shape.ts';

const LARGEST = 1000;

/** AWS: "Default filtering returns only RSA_1024 and RSA_2048 certificates that have at least one domain." */
const DEFAULT_KEY_TYPES: readonly string[] = ['RSA_1024', 'RSA_2048'];

export function listingOperations(environment: Environment) {
  return {
    ListCertificates(input: ListCertificatesRequest, call: Call): ListCertificatesResponse {
      if ((input.SortBy === undefined) !== (input.SortOrder === undefined)) throw validationException('SortBy and SortOrder must be specified together');
      const world = environment.store.world;
      const now = environment.clock.now();
      const found = world.list('acm/certificate', call).filter((certificate) => fits(certificate, input, now));
      const sorted = input.SortOrder === 'DESCENDING' ? found.toReversed() : found;
      const start = input.NextToken === undefined ? 0 : after(sorted, input.NextToken);
      const items = sorted.slice(start, start + (input.MaxItems ?? LARGEST));
      const last = items.at(-1);
      const more = last !== undefined && start + items.length < sorted.length;
      return {
        CertificateSummaryList: items.map((certificate) => summary(certificate, { now, users: lookup.usersOf(world, certificate.id) })),
        ...(more ? { NextToken: Buffer.from(last.id).toString('base64url') } : {}),
      };
    },
  };
}

function after(certificates: readonly Certificate[], token: string): number {
  const id = Buffer.from(token, 'base64url').toString();
  const index = certificates.findIndex((certificate) => certificate.id === id);
  if (index === -1) throw validationException('The NextToken is not valid');
  return index + 1;
}

function fits(certificate: Certificate, input: ListCertificatesRequest, now: number): boolean {
  const { Includes: includes = {}, CertificateStatuses: statuses = [], CertificateKeyPairOrigins: origins = [] } = input;
  const { keyTypes, keyUsage = [], extendedKeyUsage = [], exportOption, managedBy } = includes;
  if (statuses.length > 0 && !(statuses as CertificateStatus[]).includes(statusOf(certificate, now))) return false;
  if (origins.length > 0 && !(origins as string[]).includes(keyPairOrigin(certificate))) return false;
  const types: readonly string[] = keyTypes && keyTypes.length > 0 ? keyTypes : DEFAULT_KEY_TYPES;
  if (!types.includes(certificate.keyAlgorithm)) return false;
  if (certificate.domainName === '' && certificate.subjectAlternativeNames.length === 0) return false;
  if (keyUsage.some((name) => !certificate.keyUsages.includes(name))) return false;
  if (extendedKeyUsage.some((name) => !certificate.extendedKeyUsages.some((usage) => usage.name === name))) return false;
  if (exportOption !== undefined && (exportOption === 'ENABLED') !== certificate.exportable) return false;
  return managedBy === undefined;
}
