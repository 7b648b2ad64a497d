import { RawClient } from '../../e2e/http1/client.ts';

export interface Cookie {
  readonly name: string;
  readonly value: string;
  /** Lower-case names; true for those without a value. */
  readonly attributes: Readonly<Record<string, string | true>>;
}

/** A client with a jar: what it is told to keep it sends with every later request, each on a connection of its own. */
export class Browser {
  readonly jar = new Map<string, string>();
  readonly #port: number;
  /** Cookies of the last answer. */
  set: readonly Cookie[] = [];

  constructor(port: number) {
    this.#port = port;
  }

  /** Body of the answer. */
  async get(path = '/', headers = ''): Promise<string> {
    const client = await RawClient.open(this.#port);
    const cookies = this.jar.size === 0 ? '' : `Cookie: ${[...this.jar].map(([name, value]) => `${name}=${value}`).join('; ')}\r\n`;
    client.send(`GET ${path} HTTP/1.1\r\nHost: www.example.com\r\n${headers}${cookies}Connection: close\r\n\r\n`);
    const { body, text } = await client.answer();
    client.socket.destroy();
    this.set = text.slice(0, text.indexOf('\r\n\r\n')).split('\r\n').filter((line) => /^set-cookie:/i.test(line)).map((line) => cookie(line.slice(line.indexOf(':') + 1).trim()));
    for (const { name, value } of this.set) this.jar.set(name, value);
    return body;
  }

  cookie(name: string): Cookie | undefined {
    return this.set.find((each) => each.name === name);
  }
}

function cookie(text: string): Cookie {
  const [pair = '', ...attributes] = text.split(/;\s*/);
  const at = pair.indexOf('=');
  return {
    name: pair.slice(0, at), value: pair.slice(at + 1),
    attributes: Object.fromEntries(attributes.map((each) => {
      const equals = each.indexOf('=');
      return equals < 0 ? [each.toLowerCase(), true as const] : [each.slice(0, equals).toLowerCase(), each.slice(equals + 1)];
    })),
  };
}
