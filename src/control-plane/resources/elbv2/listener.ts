import type { Resource, Tag } from '../resource.ts';
import type { Action } from './action.ts';
import type { MutualAuthentication } from './trust-store.ts';

/** A listener. `id` is its ARN; `parent` is the load balancer's. The default rule is part of it: it has an ARN but is no noun of its own. */
export interface Listener extends Resource {
  readonly port: number;
  readonly protocol: 'HTTP' | 'HTTPS';
  /** Exactly when the protocol is HTTPS. */
  readonly sslPolicy: string | null;
  /** ARN of the default certificate, exactly when the protocol is HTTPS. */
  readonly defaultCertificate: string | null;
  /** ARNs of the certificate list that SNI chooses from; may hold the default one again. */
  readonly additionalCertificates: readonly string[];
  readonly alpnPolicy: readonly string[];
  /** Exactly when the protocol is HTTPS. */
  readonly mutualAuthentication: MutualAuthentication | null;
  readonly defaultActions: readonly Action[];
  readonly defaultRuleArn: string;
  readonly defaultRuleTags: readonly Tag[];
  /** Every attribute by its AWS key, defaults included. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: readonly Tag[];
}
