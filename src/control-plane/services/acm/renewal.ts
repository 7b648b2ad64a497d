import type { RenewCertificateRequest } from '@aws-sdk/client-acm';
import type { Call } from '../../../aws/index.ts';
import type { Certificate } from '../../resources/acm/index.ts';
import type { Environment } from '../environment.ts';
import { issue } from './authority.ts';
import { validationException } from './error.ts';
import * as lookup from './lookup.ts';
import { parse } from './parsed.ts';

const DAY = 24 * 60 * 60 * 1000;
/** ACM begins to renew this long before a certificate ends. */
const BEFORE = 45 * DAY;
const EVERY = DAY / 2;
const AFTER_START = 1000;

/** A new key and certificate under the same ARN: listeners that name it serve the new one with their next handshake. */
async function renew(environment: Environment, old: Certificate): Promise<void> {
  const names = [...new Set([old.domainName, ...old.subjectAlternativeNames])];
  const issued = await issue(environment, names, old.keyAlgorithm);
  const { serial, subject, issuer, notBefore, notAfter, signatureAlgorithm } = parse(issued.certificate);
  await environment.store.transact((transaction) => {
    const now = transaction.get('acm/certificate', old.id);
    // Gone, or renewed by another meanwhile.
    if (!now || now.serial !== old.serial) return;
    const at = environment.clock.now();
    transaction.put('acm/certificate', { ...now, ...issued, serial, subject, issuer, notBefore, notAfter, signatureAlgorithm, renewedAt: at, deliveredAt: at });
  });
}

/** Renews in the background what the local authority has issued, used or not: there is no cost to keep it valid. */
export function keepRenewed(environment: Environment): void {
  const round = (): void => {
    // What fails now is tried again at the next round, 45 days long.
    void renewDue(environment).catch(() => undefined);
  };
  // Soon after a start too: the installation may have stood still for months.
  environment.clock.after(AFTER_START, round);
  environment.clock.every(EVERY, round);
}

export async function renewDue(environment: Environment): Promise<void> {
  const soon = environment.clock.now() + BEFORE;
  for (const certificate of environment.store.world.list('acm/certificate')) {
    if (certificate.type === 'AMAZON_ISSUED' && certificate.notAfter < soon) await renew(environment, certificate);
  }
}

export function renewalOperations(environment: Environment) {
  return {
    async RenewCertificate(input: RenewCertificateRequest, call: Call): Promise<object> {
      const certificate = lookup.certificate(environment.store.world, input.CertificateArn, call);
      if (certificate.type === 'IMPORTED') throw validationException(`Certificate ${certificate.id} is not eligible for renewal: import its successor instead.`);
      await renew(environment, certificate);
      return {};
    },
  };
}
