import type { X509Certificate } from 'node:crypto';
import type { ClientCertificate } from '../exchange/index.ts';

/**
 * What a client has shown, as ALB writes it in headers and logs.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/header-modification.html and mutual-authentication.html
 */
export class ShownCertificate implements ClientCertificate {
  readonly verifiedBy: string | null;
  readonly #chain: readonly X509Certificate[];
  #serialNumber: string | null = null;
  #subject: string | null = null;
  #issuer: string | null = null;
  #validity: string | null = null;
  #leaf: string | null = null;
  #whole: string | null = null;

  /** `chain`: the client's own first; at least that. */
  constructor(chain: readonly X509Certificate[], verifiedBy: string | null) {
    this.#chain = chain;
    this.verifiedBy = verifiedBy;
  }

  get #own(): X509Certificate {
    return this.#chain[0]!;
  }

  get serialNumber(): string {
    return (this.#serialNumber ??= this.#own.serialNumber);
  }

  get subject(): string {
    return (this.#subject ??= distinguishedName(this.#own.subject));
  }

  get issuer(): string {
    return (this.#issuer ??= distinguishedName(this.#own.issuer));
  }

  get validity(): string {
    return (this.#validity ??= `NotBefore=${seconds(this.#own.validFromDate)};NotAfter=${seconds(this.#own.validToDate)}`);
  }

  get notBefore(): string {
    return this.#own.validFrom;
  }

  get notAfter(): string {
    return this.#own.validTo;
  }

  get pem(): string {
    return this.#own.toString();
  }

  get leaf(): string {
    return (this.#leaf ??= urlEncoded(this.#own.toString()));
  }

  get chain(): string {
    return (this.#whole ??= this.#chain.map((one) => urlEncoded(one.toString())).join(''));
  }
}

/**
 * RFC 2253: the last name first, commas between, everything beyond ASCII as escaped octets. Node gives the names one a line in the order of the certificate,
 * with RFC 2253's escapes but for those, and ` + ` between those that belong together.
 */
export function distinguishedName(lines: string | undefined): string {
  if (!lines) return '';
  return lines
    .split('\n')
    .reverse()
    .map((line) => line.split(' + ').reverse().join('+'))
    .join(',')
    .replace(/[^\x20-\x7e]/gu, (character) => [...Buffer.from(character)].map((octet) => `\\${octet.toString(16).toUpperCase().padStart(2, '0')}`).join(''));
}

function seconds(date: Date): string {
  return Number.isNaN(date.getTime()) ? '-' : `${date.toISOString().slice(0, 19)}Z`;
}

/** "URL-encoded PEM format, with +=/ as safe characters": spaces and line breaks are what is left of PEM. */
function urlEncoded(pem: string): string {
  return pem.replaceAll(' ', '%20').replaceAll('\n', '%0A');
}
