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
      const tags = mergedTags([], input.Tags);
      const validation = validationOf(input, names, call);
      const before = repeated(store.world, input, call);
      if (before) return { CertificateArn: before.id };
      const issued = await issue(environment, names, input.KeyAlgorithm ?? 'RSA_2048');
      const { keyAlgorithm, ...parsed } = parse(issued.certificate);
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
        keyAlgorithm: keyAlgorithm ?? 'RSA_2048',
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

const DOMAIN = /^(?:\*\.)?(?:(?!-)[a-z0-9-]{0,62}[a-z0-9]\.)+(?!-)[a-z0-9-]{1,62}[a-z0-9]$/;

/** The domain name first, then the others, each once. */
function requestedNames(input: RequestCertificateRequest, environment: Environment): readonly string[] {
  const names = [...new Set([input.DomainName ?? '', ...(input.SubjectAlternativeNames ?? [])].map((name) => name.toLowerCase()))];
  for (const name of names) if (name.length > 253 || !DOMAIN.test(name)) throw validationException(`The domain name '${name}' is not valid`);
  // RFC 5280 appendix A.1: ub-common-name
  if ((names[0] ?? '').length > 64) {
    throw validationException('The domain name cannot be longer than 64 characters: give a shorter one, and the long one among SubjectAlternativeNames');
  }
  checkNames(names, environment);
  return names;
}

function validationOf(input: RequestCertificateRequest, names: readonly string[], call: Call): NonNullable<Certificate['validation']> {
  const method = input.ValidationMethod === 'DNS' ? 'DNS' : 'EMAIL';
  const given = new Map((input.DomainValidationOptions ?? []).map((option) => [option.DomainName?.toLowerCase(), option.ValidationDomain?.toLowerCase()]));
  for (const [name, domain] of given) {
    if (name === undefined || domain === undefined || !names.includes(name) || !(bare(name) === domain || bare(name).endsWith(`.${domain}`))) {
      throw new AwsError('InvalidDomainValidationOptionsException', `The validation domain '${domain}' is not the domain name '${name}' of the request or a superdomain of it`);
    }
  }
  return { method, domains: names.map((name) => domainValidation(name, given.get(name) ?? bare(name), method === 'DNS' ? call.account : null)) };
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
