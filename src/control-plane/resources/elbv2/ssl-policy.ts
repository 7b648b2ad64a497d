/**
 * The named TLS policies of ELBv2 as of 2026: protocols and ciphers by their OpenSSL names, in order of preference.
 * From elasticloadbalancing/latest/application/describe-ssl-policies.html. The RFC 9151 policies are not among them: AWS does not
 * publish their lists.
 */
export interface SslPolicy {
  readonly name: string;
  /** Newest first, as DescribeSSLPolicies lists them. */
  readonly protocols: readonly SslProtocol[];
  readonly ciphers: readonly string[];
  /** Key exchange: hybrid post-quantum groups first where the policy has them, and the classical ones after them. */
  readonly groups: readonly string[];
}

export type SslProtocol = 'TLSv1.3' | 'TLSv1.2' | 'TLSv1.1' | 'TLSv1';

/** What a listener gets that names none: the default of every way but AWS's web console. */
export const DEFAULT_SSL_POLICY = 'ELBSecurityPolicy-2016-08';

const TLS13 = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'];
const FIPS13 = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384'];

const GCM128 = ['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES128-GCM-SHA256'];
const CBC128 = ['ECDHE-ECDSA-AES128-SHA256', 'ECDHE-RSA-AES128-SHA256'];
const SHA128 = ['ECDHE-ECDSA-AES128-SHA', 'ECDHE-RSA-AES128-SHA'];
const GCM256 = ['ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-RSA-AES256-GCM-SHA384'];
const CBC256 = ['ECDHE-ECDSA-AES256-SHA384', 'ECDHE-RSA-AES256-SHA384'];
const SHA256 = ['ECDHE-ECDSA-AES256-SHA', 'ECDHE-RSA-AES256-SHA'];
// AWS lists these two the other way round in its FS and FIPS policies.
const SHA256_RSA_FIRST = ['ECDHE-RSA-AES256-SHA', 'ECDHE-ECDSA-AES256-SHA'];
const STATIC = ['AES128-GCM-SHA256', 'AES128-SHA256', 'AES256-GCM-SHA384', 'AES256-SHA256'];
const STATIC_AND_SHA = ['AES128-GCM-SHA256', 'AES128-SHA256', 'AES128-SHA', 'AES256-GCM-SHA384', 'AES256-SHA256', 'AES256-SHA'];

const RESTRICTED = [...GCM128, ...GCM256];
const FORWARD = [...GCM128, ...CBC128, ...GCM256, ...CBC256];
const FORWARD_AND_SHA = [...GCM128, ...CBC128, ...SHA128, ...GCM256, ...CBC256, ...SHA256];
const FORWARD_AND_SHA_RSA_FIRST = [...GCM128, ...CBC128, ...SHA128, ...GCM256, ...CBC256, ...SHA256_RSA_FIRST];
const ALL = [...FORWARD_AND_SHA, ...STATIC_AND_SHA];
const ALL_RSA_FIRST = [...FORWARD_AND_SHA_RSA_FIRST, ...STATIC_AND_SHA];

const ONLY_13: readonly SslProtocol[] = ['TLSv1.3'];
const FROM_12_TO_13: readonly SslProtocol[] = ['TLSv1.3', 'TLSv1.2'];
const FROM_11_TO_13: readonly SslProtocol[] = ['TLSv1.3', 'TLSv1.2', 'TLSv1.1'];
const FROM_10_TO_13: readonly SslProtocol[] = ['TLSv1.3', 'TLSv1.2', 'TLSv1.1', 'TLSv1'];
const ONLY_12: readonly SslProtocol[] = ['TLSv1.2'];
const FROM_11_TO_12: readonly SslProtocol[] = ['TLSv1.2', 'TLSv1.1'];
const FROM_10_TO_12: readonly SslProtocol[] = ['TLSv1.2', 'TLSv1.1', 'TLSv1'];

/** "The hybrid post-quantum policies support SecP256r1MLKEM768, SecP384r1MLKEM1024 and X25519MLKEM768" (describe-ssl-policies.html). */
const HYBRID = ['X25519MLKEM768', 'SecP256r1MLKEM768', 'SecP384r1MLKEM1024'];
/** AWS does not publish the classical groups. Chosen: what every client of the time has, and for FIPS the curves of SP 800-186 alone. */
const CLASSICAL = ['X25519', 'P-256', 'P-384', 'P-521'];
const CLASSICAL_FIPS = ['P-256', 'P-384', 'P-521'];

function policy(suffix: string, protocols: readonly SslProtocol[], ciphers: readonly string[]): SslPolicy {
  const classical = suffix.includes('FIPS') ? CLASSICAL_FIPS : CLASSICAL;
  return { name: `ELBSecurityPolicy-${suffix}`, protocols, ciphers, groups: suffix.includes('-PQ-') ? [...HYBRID, ...classical] : classical };
}

/** In the order in which DescribeSSLPolicies lists them. */
export const SSL_POLICIES: readonly SslPolicy[] = [
  policy('2016-08', FROM_10_TO_12, ALL),
  policy('TLS13-1-2-2021-06', FROM_12_TO_13, [...TLS13, ...FORWARD]),
  policy('TLS13-1-2-Res-2021-06', FROM_12_TO_13, [...TLS13, ...RESTRICTED]),
  policy('TLS13-1-2-Ext1-2021-06', FROM_12_TO_13, [...TLS13, ...FORWARD, ...STATIC]),
  policy('TLS13-1-2-Ext2-2021-06', FROM_12_TO_13, [...TLS13, ...ALL]),
  policy('TLS13-1-1-2021-06', FROM_11_TO_13, [...TLS13, ...ALL]),
  policy('TLS13-1-0-2021-06', FROM_10_TO_13, [...TLS13, ...ALL]),
  policy('TLS13-1-3-2021-06', ONLY_13, TLS13),
  policy('TLS-1-2-2017-01', ONLY_12, [...FORWARD, ...STATIC]),
  policy('TLS-1-1-2017-01', FROM_11_TO_12, ALL),
  policy('TLS-1-2-Ext-2018-06', ONLY_12, ALL),
  policy('FS-2018-06', FROM_10_TO_12, FORWARD_AND_SHA_RSA_FIRST),
  policy('2015-05', FROM_10_TO_12, ALL),
  policy('TLS-1-0-2015-04', FROM_10_TO_12, [...ALL, 'DES-CBC3-SHA']),
  policy('FS-1-2-Res-2019-08', ONLY_12, FORWARD),
  policy('FS-1-1-2019-08', FROM_11_TO_12, FORWARD_AND_SHA_RSA_FIRST),
  policy('FS-1-2-2019-08', ONLY_12, FORWARD_AND_SHA_RSA_FIRST),
  policy('FS-1-2-Res-2020-10', ONLY_12, RESTRICTED),
  policy('TLS13-1-3-FIPS-2023-04', ONLY_13, FIPS13),
  policy('TLS13-1-2-FIPS-2023-04', FROM_12_TO_13, [...FIPS13, ...FORWARD]),
  policy('TLS13-1-2-Res-FIPS-2023-04', FROM_12_TO_13, [...FIPS13, ...RESTRICTED]),
  policy('TLS13-1-2-Ext0-FIPS-2023-04', FROM_12_TO_13, [...FIPS13, ...FORWARD_AND_SHA_RSA_FIRST]),
  policy('TLS13-1-2-Ext1-FIPS-2023-04', FROM_12_TO_13, [...FIPS13, ...FORWARD, ...STATIC]),
  policy('TLS13-1-2-Ext2-FIPS-2023-04', FROM_12_TO_13, [...FIPS13, ...ALL_RSA_FIRST]),
  policy('TLS13-1-1-FIPS-2023-04', FROM_11_TO_13, [...FIPS13, ...ALL_RSA_FIRST]),
  policy('TLS13-1-0-FIPS-2023-04', FROM_10_TO_13, [...FIPS13, ...ALL_RSA_FIRST]),
  policy('TLS13-1-3-PQ-2025-09', ONLY_13, TLS13),
  policy('TLS13-1-2-PQ-2025-09', FROM_12_TO_13, [...TLS13, ...FORWARD]),
  policy('TLS13-1-2-Res-PQ-2025-09', FROM_12_TO_13, [...TLS13, ...RESTRICTED]),
  policy('TLS13-1-2-Ext1-PQ-2025-09', FROM_12_TO_13, [...TLS13, ...FORWARD, ...STATIC]),
  policy('TLS13-1-2-Ext2-PQ-2025-09', FROM_12_TO_13, [...TLS13, ...ALL]),
  policy('TLS13-1-0-PQ-2025-09', FROM_10_TO_13, [...TLS13, ...ALL]),
  policy('TLS13-1-3-FIPS-PQ-2025-09', ONLY_13, FIPS13),
  policy('TLS13-1-2-FIPS-PQ-2025-09', FROM_12_TO_13, [...FIPS13, ...FORWARD]),
  policy('TLS13-1-2-Res-FIPS-PQ-2025-09', FROM_12_TO_13, [...FIPS13, ...RESTRICTED]),
  policy('TLS13-1-2-Ext0-FIPS-PQ-2025-09', FROM_12_TO_13, [...FIPS13, ...FORWARD_AND_SHA_RSA_FIRST]),
  policy('TLS13-1-2-Ext1-FIPS-PQ-2025-09', FROM_12_TO_13, [...FIPS13, ...FORWARD, ...STATIC]),
  policy('TLS13-1-2-Ext2-FIPS-PQ-2025-09', FROM_12_TO_13, [...FIPS13, ...ALL_RSA_FIRST]),
  policy('TLS13-1-0-FIPS-PQ-2025-09', FROM_10_TO_13, [...FIPS13, ...ALL_RSA_FIRST]),
];

const BY_NAME: ReadonlyMap<string, SslPolicy> = new Map(SSL_POLICIES.map((each) => [each.name, each]));

export function sslPolicy(name: string): SslPolicy | undefined {
  return BY_NAME.get(name);
}

/** Ciphers that no current OpenSSL is built with: left out of what a listener offers (a test holds the list against the runtime's). */
const NOT_SERVED: ReadonlySet<string> = new Set(['DES-CBC3-SHA']);

/** The policy's ciphers that can be offered, in order. */
export function servedCiphers(policy: SslPolicy): readonly string[] {
  return policy.ciphers.filter((cipher) => !NOT_SERVED.has(cipher));
}

/** The policy's groups as OpenSSL's list: a client that has a hybrid one is asked for its share where it has sent another. */
export function groupList({ groups }: SslPolicy): string {
  const hybrid = groups.filter((group) => HYBRID.includes(group));
  const classical = groups.filter((group) => !HYBRID.includes(group));
  return hybrid.length === 0 ? classical.join(':') : `${hybrid.join(':')}/${classical.join(':')}`;
}

/** Whether OpenSSL must be told to allow what it holds to be weak (`@SECLEVEL=0` after the cipher list): TLS 1.0 and 1.1 sign with SHA-1. */
export function needsLegacySecurityLevel(policy: SslPolicy): boolean {
  return policy.protocols.includes('TLSv1') || policy.protocols.includes('TLSv1.1');
}
