import type { ClientHello } from './client-hello.ts';

/** Code points of `supported_groups`, by OpenSSL's names (RFC 8446 section 4.2.7, draft-ietf-tls-ecdhe-mlkem). */
const CODE_POINTS: Readonly<Record<string, number>> = {
  X25519MLKEM768: 0x11ec, SecP256r1MLKEM768: 0x11eb, SecP384r1MLKEM1024: 0x11ed, X25519: 0x1d, 'P-256': 0x17, 'P-384': 0x18, 'P-521': 0x19,
};

/** As ALB's connection log spells them. */
const WRITTEN: Readonly<Record<string, string>> = { X25519: 'x25519', 'P-256': 'secp256r1', 'P-384': 'secp384r1', 'P-521': 'secp521r1' };

/** Kept for as long as the connection lasts, in place of all that its client has said. */
export interface ExpectedGroups {
  readonly tls13: string;
  readonly older: string;
}

/** The group of a finished handshake; `-` where the key was not exchanged by one. */
export function keyExchangeOf(expected: ExpectedGroups, { version, cipher }: { readonly version: string; readonly cipher: string }): string {
  if (version === 'TLSv1.3') return expected.tls13;
  return cipher.startsWith('ECDHE-') ? expected.older : '-';
}

interface Group {
  readonly name: string;
  readonly codePoint: number;
  readonly hybrid: boolean;
}

/**
 * The groups of a listener, in ranks. Node does not tell a server which group was agreed on, but the choice follows from both lists: the first rank
 * in which something is shared, there the first that the client has sent a share of, else the first at all.
 */
export class KeyExchange {
  readonly #ranks: readonly (readonly Group[])[];

  /** `groups`: see `Tls.groups`. */
  constructor(groups: string) {
    this.#ranks = groups.split('/').map((rank) =>
      rank.split(':').flatMap((name) => {
        const codePoint = CODE_POINTS[name];
        return codePoint === undefined ? [] : [{ name: WRITTEN[name] ?? name, codePoint, hybrid: name.includes('MLKEM') }];
      }),
    );
  }

  /** What a handshake with this client would agree on, before it is known which version that is. */
  with(hello: ClientHello): ExpectedGroups {
    return { tls13: this.#first(hello, true), older: this.#first(hello, false) };
  }

  #first({ groups, shares }: ClientHello, tls13: boolean): string {
    for (const rank of this.#ranks) {
      let shared: Group | null = null;
      for (const group of rank) {
        if ((group.hybrid && !tls13) || (groups !== null && !groups.has(group.codePoint))) continue;
        if (tls13 && shares?.has(group.codePoint)) return group.name;
        shared ??= group;
      }
      if (shared !== null) return shared.name;
    }
    return '-';
  }
}
