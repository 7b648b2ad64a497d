import { createHash } from 'node:crypto';
import type { RequestCertificateRequest, RequestCertificateResponse } from '@aws-sdk/client-acm';
import { AwsError, type Call } from '../../../aws/index.ts';
import type { Certificate, DomainValidation } from '../../resources/acm/index.ts';
import type { World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { issue } from './authority.ts';
import { newArn } from './certificate.ts';
import { invalidParameter, validationException } from './error.ts';
import { parse } from './parsed.ts';
import { checkNames, checkQuota } from './quota.ts';
import { mergedTags } from './tag.ts';

export const REQUEST_REFUSALS = {
  authority: 'Private certificate authorities (AWS Private CA) are not served: leave CertificateAuthorityArn out, and the local authority of this installation issues the certificate.',
  http: 'HTTP validation is for certificates that CloudFront manages, which is not served: use DNS or EMAIL.',
} as const;

/** AWS: "Idempotency tokens time out after one hour." */
const TOKEN_LIFE = 60 * 60 * 1000;

export function requestOperations(environment: Environment) {
  const { store, clock } = environment;

  const repeated = (world: World, input: RequestCertificateRequest, call: Call): Certificate | undefined =>
    input.IdempotencyToken === undefined
      ? undefined
      : world
          .list('acm/certificate', call)
          .find(
            (certificate) =>
              certificate.idempotencyToken === input.IdempotencyToken &&
              certificate.domainName === input.DomainName?.toLowerCase() &&
              clock.now() - certificate.createdAt < TOKEN_LIFE,
          );

  return {
    /** Validated and issued before it answers: whoever may call this endpoint may name anything, for those who trust the local authority. */
    async RequestCertificate(input: RequestCertificateRequest, call: Call): Promise<RequestCertificateResponse> {
      const names = requestedNames(input, environment);
      if (input.CertificateAuthorityArn !== undefined) throw invalidParameter(REQUEST_REFUSALS.authority);
      if (input.ManagedBy !== undefined || input.ValidationMethod === 'HTTP') throw invalidParameter(REQUEST_REFUSALS.http);
      const keyAlgorithm = input.KeyAlgorithm ?? 'RSA_2048';
      // The word before "region" is the account (observed).
      if (!PUBLIC_KEYS.includes(keyAlgorithm)) throw validationException(`Encryption Algorithm ${keyAlgorithm} is not supported in ${call.account} region`);
      const tags = mergedTags([], input.Tags);
      const validation = validationOf(input, names, call);
      const before = repeated(store.world, input, call);
      if (before) return { CertificateArn: before.id };
      const issued = await issue(environment, names, keyAlgorithm);
      const { keyAlgorithm: issuedAlgorithm, ...parsed } = parse(issued.certificate);
      const now = clock.now();
      const certificate: Certificate = {
        id: newArn(environment, call),
        account: call.account,
        region: call.region,
        parent: null,
        createdAt: now,
        type: 'AMAZON_ISSUED',
        ...parsed,
        ...issued,
        keyAlgorithm: issuedAlgorithm ?? keyAlgorithm,
        deliveredAt: now,
        validation,
        transparencyLogging: input.Options?.CertificateTransparencyLoggingPreference ?? 'ENABLED',
        exportable: input.Options?.Export === 'ENABLED',
        exportedAt: null,
        renewedAt: null,
        idempotencyToken: input.IdempotencyToken ?? null,
        tags,
      };
      const arn = await store.transact((transaction) => {
        const other = repeated(transaction, input, call);
        if (other) return other.id;
        checkQuota(transaction, environment, call);
        transaction.put('acm/certificate', certificate);
        return certificate.id;
      });
      return { CertificateArn: arn };
    },
  };
}

/** acm/latest/userguide/gs-acm-request-public.html; the others are for private certificates. */
const PUBLIC_KEYS: readonly string[] = ['RSA_2048', 'EC_prime256v1', 'EC_secp384r1'];
const DOMAIN = /^(?:\*\.)?(?:(?!-)[a-z0-9-]{0,62}[a-z0-9]\.)+(?!-)[a-z0-9-]{1,62}[a-z0-9]$/;

/** The domain name first, then the others, each once. */
function requestedNames(input: RequestCertificateRequest, environment: Environment): readonly string[] {
  const names = [...new Set([input.DomainName ?? '', ...(input.SubjectAlternativeNames ?? [])].map((name) => name.toLowerCase()))];
  for (const name of names) if (name.length > 253 || !DOMAIN.test(name)) throw validationException(`The domain name '${name}' is not valid`);
  // RFC 5280 appendix A.1: ub-common-name
  if ((names[0] ?? '').length > 64) {
    throw validationException('The first domain name can be no longer than 64 characters.');
  }
  checkNames(names, environment);
  return names;
}

function validationOf(input: RequestCertificateRequest, names: readonly string[], call: Call): NonNullable<Certificate['validation']> {
  const method = input.ValidationMethod === 'DNS' ? 'DNS' : 'EMAIL';
  const given = new Map((input.DomainValidationOptions ?? []).map((option) => [option.DomainName?.toLowerCase(), option.ValidationDomain?.toLowerCase()]));
  for (const [name = '', domain = ''] of given) {
    if (!names.includes(name)) throw invalidOptions(`The domain specified in ValidationOptions, ${name}, is not the PrimaryDomain or part of SubjectAlternativeNames.`);
    if (bare(name) !== domain && !bare(name).endsWith(`.${domain}`)) throw invalidOptions(`The validation domain, ${domain}, must be a superdomain of the requested domain, ${name}.`);
  }
  return { method, domains: names.map((name) => domainValidation(name, given.get(name) ?? bare(name), method === 'DNS' ? call.account : null)) };
}

function invalidOptions(message: string): AwsError {
  return new AwsError('InvalidDomainValidationOptionsException', message);
}

function bare(name: string): string {
  return name.startsWith('*.') ? name.slice(2) : name;
}

/** The record depends on account and domain only, as it does on AWS, where one record serves every certificate of a domain, wildcard or not. */
function domainValidation(domainName: string, validationDomain: string, account: string | null): DomainValidation {
  if (account === null) return { domainName, validationDomain, record: null };
  const token = createHash('sha256').update(`${account}/${bare(domainName)}`).digest('hex');
  return {
    domainName,
    validationDomain: domainName,
    record: { name: `_${token.slice(0, 32)}.${bare(domainName)}.`, value: `_${token.slice(32)}.local.acm-validations.aws.` },
  };
}
