/** A few calls of AWS's APIs over fetch, unsigned: what configures Turnpike for the bench as a user's tools would. */
export class Control {
  readonly #endpoint: string;

  constructor(endpoint: string) {
    this.#endpoint = endpoint;
  }

  /** An ELBv2 or EC2 operation; `form` in the query protocol's spelling. Answers the XML. Throws with AWS's own words. */
  async query(service: 'elbv2' | 'ec2', action: string, form: Readonly<Record<string, string | number>>): Promise<string> {
    const fields = { Action: action, Version: service === 'elbv2' ? '2015-12-01' : '2016-11-15', ...form };
    const body = new URLSearchParams(Object.entries(fields).map(([name, value]) => [name, String(value)]));
    return this.#send(action, { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8', authorization: scope(service === 'elbv2' ? 'elasticloadbalancing' : 'ec2') }, body.toString());
  }

  async importCertificate(certificate: string, key: string): Promise<string> {
    const body = JSON.stringify({ Certificate: Buffer.from(certificate).toString('base64'), PrivateKey: Buffer.from(key).toString('base64') });
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'CertificateManager.ImportCertificate', authorization: scope('acm') };
    return (JSON.parse(await this.#send('ImportCertificate', headers, body)) as { CertificateArn: string }).CertificateArn;
  }

  /** A POST to API Gateway v2, or to Lambda. */
  async rest<T>(path: string, body: object, service: 'apigateway' | 'lambda' = 'apigateway'): Promise<T> {
    return JSON.parse(await this.#send(path, { 'content-type': 'application/json', authorization: scope(service) }, JSON.stringify(body), path)) as T;
  }

  async #send(action: string, headers: Readonly<Record<string, string>>, body: string, path = '/'): Promise<string> {
    const response = await fetch(`${this.#endpoint}${path}`, { method: 'POST', headers, body });
    const text = await response.text();
    if (!response.ok) throw new Error(`${action}: ${response.status} ${text.slice(0, 500)}`);
    return text;
  }
}

/** Names the service as a signature would; the default installation accepts any credentials from loopback. */
function scope(service: string): string {
  return `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`;
}

/** Text of the first element of that name. */
export function element(xml: string, name: string): string {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  if (text === undefined) throw new Error(`no <${name}> in ${xml.slice(0, 500)}`);
  return text;
}
