import type {
  CreateDomainNameRequest, CreateDomainNameResponse, DeleteDomainNameRequest, DomainNameConfiguration as WireConfiguration, GetDomainNameRequest, GetDomainNamesRequest, GetDomainNamesResponse, UpdateDomainNameRequest,
} from '@aws-sdk/client-apigatewayv2';
import type { Call } from '../../../aws/index.ts';
import { alphanumericId } from '../../../kernel/index.ts';
import type { Certificate } from '../../resources/acm/index.ts';
import { apiHostedZoneId, type DomainName, domainNameArn, type DomainNameConfiguration, domainNameRowId } from '../../resources/apigatewayv2/index.ts';
import type { World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { badRequest, conflict } from './error.ts';
import * as lookup from './lookup.ts';
import { page } from './page.ts';
import { checkQuota } from './quota.ts';
import { checkedTags, tagShape } from './tags.ts';
import { given, present } from './text.ts';
import { changedMutualTls } from './truststore.ts';

export function domainNameOperations(environment: Environment) {
  const { store, clock, random } = environment;
  const shape = (domain: DomainName): CreateDomainNameResponse => domainNameShape(domain, store.world);
  return {
    async CreateDomainName(input: CreateDomainNameRequest, call: Call): Promise<CreateDomainNameResponse> {
      const name = checkedName(input.DomainName);
      const label = alphanumericId(random, 10);
      const mutualTls = await changedMutualTls(environment, input.MutualTlsAuthentication, null);
      const domain = await store.transact((transaction) => {
        const id = domainNameRowId(call.region, name);
        if (transaction.get('apigatewayv2/domain-name', id)) throw conflict('The domain name you provided already exists.');
        checkQuota(environment, 'custom-domain-names', transaction.list('apigatewayv2/domain-name', call).length);
        const created: DomainName = {
          id, account: call.account, region: call.region, parent: null, createdAt: clock.now(), domainName: name,
          configurations: [configuration(transaction, { input: input.DomainNameConfigurations, name, call, before: { apiGatewayDomainName: `d-${label}.execute-api.${call.region}.${environment.dnsSuffix}` } })],
          routingMode: input.RoutingMode ?? 'API_MAPPING_ONLY',
          mutualTls,
          tags: checkedTags(input.Tags, environment),
        };
        checkOwnership(transaction, created);
        transaction.put('apigatewayv2/domain-name', created);
        return created;
      });
      return shape(domain);
    },

    GetDomainName: (input: GetDomainNameRequest, call: Call): CreateDomainNameResponse => shape(lookup.domainName(store.world, input.DomainName, call)),

    GetDomainNames(input: GetDomainNamesRequest, call: Call): GetDomainNamesResponse {
      const { items, next } = page(store.world.list('apigatewayv2/domain-name', call), input, 'domain names');
      return { Items: items.map((domain) => ({ ...shape(domain), DomainName: domain.domainName })), ...next };
    },

    async UpdateDomainName(input: UpdateDomainNameRequest, call: Call): Promise<CreateDomainNameResponse> {
      const mutualTls = await changedMutualTls(environment, input.MutualTlsAuthentication, lookup.domainName(store.world, input.DomainName, call).mutualTls);
      const domain = await store.transact((transaction) => {
        const before = lookup.domainName(transaction, input.DomainName, call);
        const [old] = before.configurations;
        const updated: DomainName = {
          ...before,
          configurations: [input.DomainNameConfigurations === undefined ? old : configuration(transaction, { input: input.DomainNameConfigurations, name: before.domainName, call, before: old })],
          routingMode: input.RoutingMode ?? before.routingMode,
          mutualTls: input.MutualTlsAuthentication === undefined ? before.mutualTls : mutualTls,
        };
        checkOwnership(transaction, updated);
        transaction.put('apigatewayv2/domain-name', updated);
        return updated;
      });
      return shape(domain);
    },

    /** Its mappings and rules go with it. */
    async DeleteDomainName(input: DeleteDomainNameRequest, call: Call): Promise<object> {
      await store.transact((transaction) => {
        const domain = lookup.domainName(transaction, input.DomainName, call);
        for (const mapping of transaction.children('apigatewayv2/api-mapping', domain.id)) transaction.delete('apigatewayv2/api-mapping', mapping.id);
        for (const rule of transaction.children('apigatewayv2/routing-rule', domain.id)) transaction.delete('apigatewayv2/routing-rule', rule.id);
        transaction.delete('apigatewayv2/domain-name', domain.id);
      });
      return {};
    },
  };
}

/** A host name of two labels or more, the first perhaps `*`; RFC 1035 section 2.3.4 has the lengths. */
function checkedName(name = ''): string {
  const lower = name.toLowerCase();
  if (lower.includes('_')) throw badRequest('Domain names cannot contain an underscore character');
  const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
  if (lower.length > 253 || !new RegExp(`^(?:\\*\\.)?${label}(?:\\.${label})+$`).test(lower)) throw badRequest(`Invalid domain name specified: ${name}`);
  return lower;
}

interface Asked {
  readonly input: WireConfiguration[] | undefined;
  readonly name: string;
  readonly call: Call;
  readonly before: Pick<DomainNameConfiguration, 'apiGatewayDomainName'> & Partial<DomainNameConfiguration>;
}

function configuration(world: World, { input = [], name, call, before }: Asked): DomainNameConfiguration {
  if (input.length !== 1) throw badRequest('Invalid input. Expected one domain name configuration');
  const [wire] = input as [WireConfiguration];
  // What follows is computed by the service and comes back from clients that edit what they have read.
  void [wire.ApiGatewayDomainName, wire.CertificateUploadDate, wire.DomainNameStatus, wire.DomainNameStatusMessage, wire.HostedZoneId];
  const endpointType = wire.EndpointType ?? before.endpointType ?? 'REGIONAL';
  if (endpointType !== 'REGIONAL') throw badRequest(`${endpointType} endpoint type is not supported for APIGatewayV2 domainName`);
  if ((wire.SecurityPolicy ?? before.securityPolicy ?? 'TLS_1_2') !== 'TLS_1_2') throw badRequest('Currently, only the TLS_1_2 security policy is supported for domain names of HTTP and WebSocket APIs');
  const certificateArn = given(wire.CertificateArn) ?? before.certificateArn;
  if (certificateArn === undefined) throw badRequest('A certificate ARN must be specified for a REGIONAL domain name');
  checkCertificate(world, { arn: certificateArn, name, call });
  const proof = given(wire.OwnershipVerificationCertificateArn) ?? before.ownershipVerificationCertificateArn ?? null;
  if (proof !== null) checkCertificate(world, { arn: proof, name, call });
  return {
    apiGatewayDomainName: before.apiGatewayDomainName,
    certificateArn,
    certificateName: given(wire.CertificateName) ?? before.certificateName ?? null,
    endpointType: 'REGIONAL',
    hostedZoneId: apiHostedZoneId(call.region),
    ipAddressType: wire.IpAddressType ?? before.ipAddressType ?? 'ipv4',
    securityPolicy: 'TLS_1_2',
    ownershipVerificationCertificateArn: proof,
  };
}

function checkCertificate(world: World, more: { readonly arn: string; readonly name: string; readonly call: Call }): void {
  const { arn, name, call } = more;
  const region = /^arn:aws[a-z-]*:acm:([^:]+):/.exec(arn)?.[1];
  if (region !== undefined && region !== call.region) throw badRequest(`Invalid certificate ARN: ${arn}. Certificate must be in '${call.region}'.`);
  const found = world.get('acm/certificate', arn);
  if (!found || found.account !== call.account) throw badRequest(`Invalid certificate ARN: ${arn}. Certificate must exist in the account`);
  if (!covers(found, name)) throw badRequest(`The provided certificate does not cover the domain name ${name}`);
}

/** With mutual TLS, who imports a certificate shows by one that ACM has issued that the name is theirs. */
function checkOwnership(world: World, { mutualTls, configurations: [{ certificateArn, ownershipVerificationCertificateArn }] }: DomainName): void {
  if (mutualTls === null || ownershipVerificationCertificateArn !== null || world.get('acm/certificate', certificateArn)?.type !== 'IMPORTED') return;
  throw badRequest('An ownership verification certificate ARN must be specified for a domain name with mutual TLS whose certificate is imported or private');
}

/** RFC 6125 section 6.4.3: a wildcard stands for one label. */
function covers(certificate: Certificate, name: string): boolean {
  const wild = `*.${name.slice(name.indexOf('.') + 1)}`;
  return certificate.subjectAlternativeNames.some((other) => other.toLowerCase() === name || other.toLowerCase() === wild);
}

function domainNameShape(domain: DomainName, world: World): CreateDomainNameResponse {
  const [own] = domain.configurations;
  const uploaded = world.get('acm/certificate', own.certificateArn)?.deliveredAt;
  return {
    ApiMappingSelectionExpression: '$request.basepath',
    DomainName: domain.domainName,
    DomainNameArn: domainNameArn(domain.region, domain.domainName),
    DomainNameConfigurations: [{
      ApiGatewayDomainName: own.apiGatewayDomainName,
      CertificateArn: own.certificateArn,
      ...present({ CertificateName: own.certificateName, OwnershipVerificationCertificateArn: own.ownershipVerificationCertificateArn }),
      ...(uploaded === undefined ? {} : { CertificateUploadDate: new Date(uploaded) }),
      DomainNameStatus: 'AVAILABLE',
      EndpointType: own.endpointType,
      HostedZoneId: own.hostedZoneId,
      IpAddressType: own.ipAddressType,
      SecurityPolicy: own.securityPolicy,
    }],
    ...(domain.mutualTls && { MutualTlsAuthentication: { TruststoreUri: domain.mutualTls.truststoreUri, ...(domain.mutualTls.warnings.length > 0 && { TruststoreWarnings: [...domain.mutualTls.warnings] }) } }),
    RoutingMode: domain.routingMode,
    ...tagShape(domain.tags),
  };
}
