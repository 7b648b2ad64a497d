import type { OidcPolicy } from '../../../snapshot/index.ts';
import type { PolicyWorker } from '../worker.ts';
import { Login } from './login.ts';

/** The logins of one worker; as with key sets, those that no policy uses any more are dropped. */
export class Logins {
  readonly #worker: PolicyWorker;
  readonly #logins = new Map<string, WeakRef<Login>>();

  constructor(worker: PolicyWorker) {
    this.#worker = worker;
  }

  get(policy: OidcPolicy): Login {
    const key = JSON.stringify(policy);
    const known = this.#logins.get(key)?.deref();
    if (known !== undefined) return known;
    for (const [other, login] of this.#logins) if (login.deref() === undefined) this.#logins.delete(other);
    const made = new Login(policy, this.#worker);
    this.#logins.set(key, new WeakRef(made));
    return made;
  }
}
