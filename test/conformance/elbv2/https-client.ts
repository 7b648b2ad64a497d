import { request } from 'node:https';

export interface HttpsAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** One HTTPS request on a connection of its own; whatever certificate is shown will do. Redirects are not followed. */
export function httpsGet(url: string, headers: Readonly<Record<string, string>> = {}, form: Readonly<Record<string, string>> | null = null): Promise<HttpsAnswer> {
  return new Promise((resolve, reject) => {
    const body = form === null ? undefined : new URLSearchParams(form).toString();
    const type = form === null ? {} : { 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(body!.length) };
    const sent = request(url, { method: form === null ? 'GET' : 'POST', rejectUnauthorized: false, agent: false, headers: { connection: 'close', ...type, ...headers } }, (response) => {
      let text = '';
      response.on('data', (part: Buffer) => (text += part.toString()));
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body: text }));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** A browser without a screen: keeps cookies by host and port, follows redirects. */
export class CookieClient {
  readonly jar = new Map<string, Map<string, string>>();

  get(url: string, headers: Readonly<Record<string, string>> = {}): Promise<HttpsAnswer> {
    return this.#ask(url, headers, null);
  }

  post(url: string, form: Readonly<Record<string, string>>): Promise<HttpsAnswer> {
    return this.#ask(url, {}, form);
  }

  async #ask(url: string, headers: Readonly<Record<string, string>>, form: Readonly<Record<string, string>> | null): Promise<HttpsAnswer> {
    const { host } = new URL(url);
    const cookies = this.jar.get(host) ?? new Map<string, string>();
    this.jar.set(host, cookies);
    const answer = await httpsGet(url, { ...(cookies.size > 0 ? { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') } : {}), ...headers }, form);
    for (const line of [answer.headers['set-cookie'] ?? []].flat()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
      if (value === '' || /expires=Thu, 01 Jan 1970/i.test(line)) cookies.delete(name!);
      else cookies.set(name!, value!);
    }
    return answer;
  }
}
