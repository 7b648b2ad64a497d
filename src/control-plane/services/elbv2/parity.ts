import { memberParity } from '../members.ts';
import type { Attribute } from './attribute.ts';
import { LISTENER_ATTRIBUTES } from './listener-attribute.ts';
import { LOAD_BALANCER_ATTRIBUTES } from './load-balancer-attribute.ts';
import { TYPE_REFUSALS } from './load-balancer.ts';
import { ELBV2_MEMBERS } from './members.ts';
import { ADDRESS_ATTRIBUTES, FUNCTION_ATTRIBUTES } from './target-group-attribute.ts';
import { TARGET_GROUP_REFUSALS } from './target-group.ts';

/** What differs from AWS, as data: `turnpike parity` prints it. */
export interface ParityNote {
  /** Where: `LoadBalancer attribute waf.fail_open.enabled`. */
  readonly setting: string;
  /** Kept and answered but without effect; or refused. */
  readonly state: 'kept' | 'refused' | 'different' | 'beyond';
  readonly why: string;
}

function notes(noun: string, table: readonly Attribute[]): readonly ParityNote[] {
  return table.flatMap(({ key, effect }): ParityNote[] => {
    const setting = `${noun} attribute ${key}`;
    switch (effect.kind) {
      case 'executed':
        return [];
      case 'kept':
        return [{ setting, state: 'kept', why: effect.why }];
      case 'refused':
        return [{ setting: `${setting} other than ${effect.allowed.map((value) => `'${value}'`).join(', ')}`, state: 'refused', why: effect.why }];
    }
  });
}

export const elbv2Parity: readonly ParityNote[] = [
  ...memberParity(ELBV2_MEMBERS),
  ...Object.entries(TYPE_REFUSALS).map(([type, why]): ParityNote => ({ setting: `LoadBalancer Type ${type}`, state: 'refused', why })),
  ...notes('LoadBalancer', LOAD_BALANCER_ATTRIBUTES),
  ...notes('Listener', LISTENER_ATTRIBUTES),
  ...notes('TargetGroup (instance, ip)', ADDRESS_ATTRIBUTES),
  ...notes('TargetGroup (lambda)', FUNCTION_ATTRIBUTES),
  {
    setting: 'TargetGroup attribute load_balancing.cross_zone.enabled false', state: 'different',
    why: 'The nodes of all zones are on this machine: a client connection is given one in turn, among the zones that dns_failover finds healthy. With cross-zone load balancing on, dns_failover has no zones to tell apart.',
  },
  {
    setting: 'TargetGroup attribute load_balancing.algorithm.type weighted_random', state: 'different',
    why: 'AWS does not publish how it detects anomalies: a target of at least three healthy ones is anomalous while a fifth of its answers or more fail (5xx or broken off) and twice as many as of the others. Mitigation halves its share every 5 seconds, to 1 % at least, and doubles it when the anomaly is over. Other algorithms are not watched: their targets are `normal`.',
  },
  {
    setting: 'TargetGroup attribute stickiness.enabled', state: 'different',
    why: 'Cookies are sealed with one key of the installation, which does not rotate. AWSALBAPP-0 holds up to 20 target groups; no further AWSALBAPP-N is needed. A target group with weight 0 keeps no sticky client.',
  },
  {
    setting: 'Action Type authenticate-oidc, authenticate-cognito', state: 'different',
    why: 'The public key of X-Amzn-Oidc-Data is at /_elb/public-keys/KID of the control endpoint, and at /KID where that is called public-keys.auth.elb.REGION.SUFFIX. Chosen where AWS is silent: a session cookie that cannot be opened counts as none; PKCE is used where the metadata at the issuer offer it; signatures of ID tokens are checked where those metadata name the keys, and TLS vouches for the tokens otherwise; client_secret_basic is spoken; user info that is a JWT is refused.',
  },
  {
    setting: 'Action Type authenticate-cognito', state: 'different',
    why: "The pool is AWS's unless the setting cognito-domains names another place; neither it nor its client is asked for, and the client's secret comes from the setting cognito-secrets.",
  },
  { setting: 'Action Type authenticate-oidc Issuer and endpoints', state: 'different', why: 'They may have private addresses: they are reached from this machine.' },
  {
    setting: 'Action Type jwt-validation', state: 'different',
    why: 'Chosen where AWS is silent: a claim with format string-array or space-separated-values must have every configured value and may have more; nbf and iat may lie 10 seconds ahead, exp has no leeway; a token without kid is verified where the key set has exactly one RSA key; keys are used for two hours when their endpoint is down.',
  },
  {
    setting: 'LoadBalancer attribute routing.http.desync_mitigation_mode', state: 'different',
    why: 'What is let pass is mended before it goes on: one framing, no field whose name is no token, blanks for control characters, control characters and spaces of the URI encoded. Of differing Content-Lengths the shortest counts. In monitor mode a request without one meaning (a Content-Length that is no number, an unknown Transfer-Encoding, a URI or version that cannot be told apart, a bare line feed, HTTP/0.9) is refused all the same.',
  },
  {
    setting: 'Rule Transforms', state: 'different',
    why: 'Chosen where AWS is silent: a url-rewrite sees path and query; a host-header-rewrite sees the host without its port, which is kept; the first match is replaced; up to five rewrites are applied in order; redirects and fixed responses are not rewritten.',
  },
  {
    setting: 'Rule Conditions RegexValues', state: 'different',
    why: 'A path-pattern is compared with the path without its query, hosts and headers without case. Beside what AWS leaves out, captured groups of transforms cannot be repeated more than 16 times.',
  },
  {
    setting: 'TargetGroup TargetType alb', state: 'kept',
    why: 'A group is created, given its load balancer, described and deleted; only Network Load Balancers forward to it, which are not served, so that its target is `unused`. Chosen where AWS is silent: the sentences about its protocol and its one target.',
  },
  { setting: 'TargetGroup Protocol TCP (but for TargetType alb), TLS, UDP, TCP_UDP, QUIC, TCP_QUIC, GENEVE', state: 'refused', why: `It ${TARGET_GROUP_REFUSALS.protocol}` },
  { setting: 'TargetGroup IpAddressType ipv6 with TargetType instance', state: 'refused', why: TARGET_GROUP_REFUSALS.ipv6 },
  { setting: 'TargetGroup TargetControlPort', state: 'refused', why: TARGET_GROUP_REFUSALS.optimizer },
  { setting: 'LoadBalancer MinimumLoadBalancerCapacity', state: 'kept', why: 'Checked, answered as provisioned at once; a load balancer uses what the machines of this installation have, reserved or not.' },
  { setting: 'LoadBalancer IpamPools', state: 'kept', why: 'Kept and answered; addresses come from the installation, and the pool is not looked up.' },
  { setting: 'LoadBalancer State', state: 'different', why: 'A new balancer is active at once: nothing has to be provisioned.' },
  { setting: 'LoadBalancer Scheme internet-facing', state: 'different', why: 'The VPC needs no internet gateway: traffic does not pass through the VPC.' },
  { setting: 'LoadBalancer SecurityGroups', state: 'kept', why: 'Checked and answered; their rules do not filter traffic.' },
  { setting: 'LoadBalancer IpAddressType dualstack, dualstack-without-public-ipv4', state: 'different', why: 'Listeners bind the addresses of the installation, and with these types ::1 beside 127.0.0.1 and :: beside 0.0.0.0 where the machine has them; IPv4 stays with dualstack-without-public-ipv4.' },
  {
    setting: 'LoadBalancer health_check_logs.s3.enabled', state: 'different',
    why: 'Fields, their order and the names of files are documented; which reason_code stands for which failure is chosen: RequestTimedOut, TargetError for 5xx, ResponseCodeMismatch for other statuses, ConnectionReset for a connection that is refused or lost, InternalError for the rest.',
  },
  {
    setting: 'LoadBalancer access_logs.s3.bucket, connection_logs.s3.bucket, health_check_logs.s3.bucket', state: 'different',
    why: 'The bucket is a folder of the installation, or one of the store that the setting log-store names; neither its existence nor its policy is checked. Lines of one worker are in one file: its name has the worker for the address.',
  },
  { setting: 'CreateTrustStore, ModifyTrustStore CaCertificatesBundleS3Bucket, -S3Key; AddTrustStoreRevocations S3Bucket, S3Key', state: 'different', why: 'The object is the file s3/BUCKET/KEY of the data folder, read once.' },
  { setting: 'Listener SslPolicy ELBSecurityPolicy-TLS13-1-3-RFC9151-FIPS-2023-07 and the other six of RFC9151', state: 'refused', why: 'AWS publishes neither their cipher lists nor their signature schemes: SSLPolicyNotFound.' },
  { setting: 'Listener SslPolicy', state: 'different', why: 'AWS does not publish the classical groups of its policies: X25519, P-256, P-384, P-521 are offered, without X25519 in FIPS policies. DES-CBC3-SHA is listed and not offered: no current OpenSSL has it. The runtime is no validated FIPS module.' },
  { setting: 'TrustStore Status', state: 'different', why: 'A new trust store is ACTIVE at once: nothing has to be provisioned.' },
  { setting: 'TrustStore chains', state: 'different', why: 'AWS does not say what ends a chain. Here any certificate of the bundle does, intermediate ones too; authorities with name constraints are refused, as those are not compared.' },
  { setting: 'TrustStore certificate revocation lists', state: 'different', why: 'Delta lists and lists with critical extensions are refused. Of several lists of one authority that with the highest number holds, also after its nextUpdate.' },
  { setting: 'Listener mutual authentication failures', state: 'different', why: 'With TLS 1.2 and 1.3 a missing certificate ends the handshake with an alert; one that is refused ends the connection right after it, before any request is read.' },
  { setting: 'DeleteSharedTrustStoreAssociation, GetResourcePolicy', state: 'different', why: 'Trust stores cannot be shared between accounts (RAM is not served): there is never a shared association or a policy.' },
  { setting: 'TargetGroup targets of type ip', state: 'different', why: 'Loopback addresses are accepted beside private ones; the VPC\'s blocks are not enforced.' },
];

/** Operations of the model that are not served, each with the sentence that the client gets. */
export const OPERATION_REFUSALS: Readonly<Record<string, string>> = {
};
