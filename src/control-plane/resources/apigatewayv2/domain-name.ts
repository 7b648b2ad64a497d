import type { Resource, Tag } from '../resource.ts';

/** A custom domain name. `id` is `REGION/NAME`: a name belongs to one account in a region; `parent` is null. */
export interface DomainName extends Resource {
  /** Lower case; `*.example.com` for a wildcard. */
  readonly domainName: string;
  /** Exactly one. */
  readonly configurations: readonly [DomainNameConfiguration];
  readonly routingMode: RoutingMode;
  /** Null: clients are not asked for certificates. */
  readonly mutualTls: MutualTls | null;
  readonly tags: readonly Tag[];
}

export interface MutualTls {
  /** `s3://bucket/key` */
  readonly truststoreUri: string;
  /** PEM, one certificate each, as they were read last. */
  readonly certificates: readonly string[];
  /** What is wrong with the rest of it. */
  readonly warnings: readonly string[];
}

export type RoutingMode = 'API_MAPPING_ONLY' | 'ROUTING_RULE_ONLY' | 'ROUTING_RULE_THEN_API_MAPPING';

export interface DomainNameConfiguration {
  /** `d-XXXXXXXXXX.execute-api.REGION.SUFFIX`, which the name's DNS record is to name. */
  readonly apiGatewayDomainName: string;
  readonly certificateArn: string;
  readonly certificateName: string | null;
  readonly endpointType: 'REGIONAL';
  readonly hostedZoneId: string;
  readonly ipAddressType: 'ipv4' | 'dualstack';
  readonly securityPolicy: 'TLS_1_2';
  readonly ownershipVerificationCertificateArn: string | null;
}

export function domainNameRowId(region: string, domainName: string): string {
  return `${region}/${domainName}`;
}

/** Route 53's hosted zones of regional API endpoints: general/latest/gr/apigateway.html. */
const HOSTED_ZONES: Readonly<Record<string, string>> = {
  'us-east-2': 'ZOJJZC49E0EPZ', 'us-east-1': 'Z1UJRXOUMOOFQ8', 'us-west-1': 'Z2MUQ32089INYE', 'us-west-2': 'Z2OJLYMUO9EFXC', 'af-south-1': 'Z2DHW2332DAMTN',
  'ap-east-1': 'Z3FD1VL90ND7K5', 'ap-south-1': 'Z3VO1THU9YC4UR', 'ap-northeast-3': 'Z22ILHG95FLSZ2', 'ap-northeast-2': 'Z20JF4UZKIW1U8', 'ap-southeast-1': 'ZL327KTPIQFUL',
  'ap-southeast-2': 'Z2RPCDW04V8134', 'ap-northeast-1': 'Z1YSHQZHG15GKL', 'ca-central-1': 'Z19DQILCV0OWEC', 'eu-central-1': 'Z1U9ULNL0V5AJ3', 'eu-west-1': 'ZLY8HYME6SFDD',
  'eu-west-2': 'ZJ5UAJN8Y3Z2Q', 'eu-south-1': 'Z3BT4WSQ9TDYZV', 'eu-west-3': 'Z3KY65QIEKYHQQ', 'eu-north-1': 'Z3UWIKFBOOGXPP', 'me-south-1': 'Z20ZBPC0SS8806', 'sa-east-1': 'ZCMLWB8V5SYIT',
};

/** Regions that are not in the list share one of ours, in AWS's form. */
export function apiHostedZoneId(region: string): string {
  return HOSTED_ZONES[region] ?? 'Z00TURNPIKE00000000';
}
