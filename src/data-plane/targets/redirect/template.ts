import type { Exchange } from '../../exchange/index.ts';

type Part = (exchange: Exchange) => string;

/** ELBv2's placeholders (API_RedirectActionConfig). What looks like one and is none stays as it is. */
const PLACEHOLDERS: Readonly<Record<string, Part>> = {
  '#{protocol}': (exchange) => exchange.site.listener.protocol,
  '#{host}': hostOf,
  '#{port}': (exchange) => exchange.downstream.advertisedPort,
  // "the leading "/" is removed"
  '#{path}': (exchange) => (exchange.path.startsWith('/') ? exchange.path.slice(1) : exchange.path),
  '#{query}': (exchange) => exchange.query ?? '',
};

/** A text with placeholders, cut up once. */
export class Template {
  readonly #parts: readonly (string | Part)[];

  constructor(source: string) {
    // texts of the configuration become bytes as the wire has them: one latin1 character each
    const text = Buffer.from(source, 'utf8').toString('latin1');
    this.#parts = text.split(/(#\{[a-z]+\})/).filter((part) => part !== '').map((part) => PLACEHOLDERS[part] ?? part);
  }

  fill(exchange: Exchange): string {
    let out = '';
    for (const part of this.#parts) out += typeof part === 'string' ? part : part(exchange);
    return out;
  }
}

/** An HTTP/1.0 request may come without a host: then the address that it came to is the best name there is. */
function hostOf({ host, downstream: { localAddress } }: Exchange): string {
  if (host !== '') return host;
  return localAddress.includes(':') ? `[${localAddress}]` : localAddress;
}
