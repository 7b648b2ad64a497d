import { hkdfSync } from 'node:crypto';
import { Seal, type Clock, type Random } from '../../kernel/index.ts';
import type { Outgoing } from '../exchange/index.ts';
import { KeySets } from './jwt/key-set.ts';
import { Logins } from './oidc/logins.ts';
import { OWN_DESK, type Renewal, type RenewalDesk, type RenewalDone, type RenewalRequest } from './oidc/renewals.ts';
import { signingKey, type PolicySecrets, type SigningKey } from './secrets.ts';

export interface PolicyWorkerSettings {
  readonly clock: Clock;
  readonly random: Random;
  readonly outgoing: Outgoing;
  readonly secrets: PolicySecrets;
}

/** What the policies of one thread share, from one generation to the next. */
export class PolicyWorker {
  readonly clock: Clock;
  readonly random: Random;
  readonly outgoing: Outgoing;
  readonly keySets: KeySets;
  readonly logins: Logins;
  readonly sealer: Seal;
  readonly signing: SigningKey;
  /** Set once, where there are several workers. */
  desk: RenewalDesk = OWN_DESK;
  readonly #sealing: Uint8Array;

  constructor({ clock, random, outgoing, secrets }: PolicyWorkerSettings) {
    this.clock = clock;
    this.random = random;
    this.outgoing = outgoing;
    this.keySets = new KeySets({ clock, outgoing });
    this.sealer = new Seal(secrets.sealing);
    this.#sealing = secrets.sealing;
    this.signing = signingKey(secrets.signing);
    this.logins = new Logins(this);
  }

  /** For another worker. */
  renew({ policy, text, session }: RenewalRequest, done: RenewalDone): Renewal | null {
    return this.logins.get(policy).renew(text, session, done);
  }

  /** A key of its own for what is sealed with every answer, so that the one of sessions is not worn out (NIST SP 800-38D section 8.3). */
  keyFor(purpose: string): Uint8Array {
    return new Uint8Array(hkdfSync('sha256', this.#sealing, '', purpose, 32));
  }
}
