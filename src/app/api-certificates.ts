import { issueLocally, type Environment } from '../control-plane/services/index.ts';
import type { Certificate } from '../snapshot/index.ts';

export interface ApiCertificatesSettings {
  readonly environment: Environment;
  /** A certificate has come. */
  readonly changed: () => void;
  readonly failed: (error: Error) => void;
}

/** Renewed when so much of its life is left (a restart makes new ones too: who trusts the local authority trusts them). */
const RENEW_MS = 30 * 86_400_000;
const LIFE_MS = 300 * 86_400_000;

/**
 * Certificates for the names that APIs have of their own, `*.execute-api.REGION.SUFFIX`, and for URLs of functions: the local authority issues one for each region that has an
 * API or such a URL. Nobody asks ACM for them, and ACM does not list them, as at AWS.
 */
export class ApiCertificates {
  readonly #settings: ApiCertificatesSettings;
  readonly #until = new Map<string, number>();
  readonly #asked = new Set<string>();
  current: Readonly<Record<string, Certificate>> = {};

  constructor(settings: ApiCertificatesSettings) {
    this.#settings = settings;
  }

  /** There are APIs in these regions. */
  want(regions: Iterable<string>): void {
    const now = this.#settings.environment.clock.now();
    for (const region of new Set(regions)) {
      if (this.#asked.has(region) || (this.#until.get(region) ?? 0) > now + RENEW_MS) continue;
      this.#asked.add(region);
      void this.#issue(region);
    }
  }

  async #issue(region: string): Promise<void> {
    const { environment, changed, failed } = this.#settings;
    const name = `*.execute-api.${region}.${environment.dnsSuffix}`;
    const names = [name, `*.lambda-url.${region}.${environment.dnsSuffix}`];
    try {
      const { certificate, chain, privateKey } = await issueLocally(environment, names, 'EC_prime256v1');
      const issued: Certificate = { id: `arn:aws:apigateway:${region}::/certificates/execute-api`, chain: `${certificate}\n${chain}`, privateKey, names };
      this.current = { ...this.current, [region]: issued };
      this.#until.set(region, environment.clock.now() + LIFE_MS);
      this.#asked.delete(region);
      changed();
    } catch (error) {
      this.#asked.delete(region);
      failed(new Error(`no certificate could be issued for ${name}: APIs are served there without TLS only`, { cause: error }));
    }
  }
}
