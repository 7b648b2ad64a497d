import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ApiInstallation } from './http-api.ts';

export interface Sent {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const DONE = { status: 200, body: '{"done":true}' };

/** Stands where an installation finds AWS's services: keeps what it is sent, and answers all of it alike. */
export class AwsServices implements Disposable {
  readonly sent: Sent[] = [];
  /** What is answered from here on. */
  answer: { readonly status: number; readonly body: string } = DONE;
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      let body = '';
      request.on('data', (part: Buffer) => (body += part.toString()));
      request.on('end', () => {
        this.sent.push({ method: request.method!, url: request.url!, headers: request.headers, body });
        response.writeHead(this.answer.status, { 'content-type': 'application/json' }).end(this.answer.body);
      });
    });
  }

  static async open(): Promise<AwsServices> {
    const services = new AwsServices();
    await once(services.#server.listen(0, '127.0.0.1'), 'listening');
    return services;
  }

  /** Settings of an installation that calls them. */
  get settings(): Readonly<Record<string, string>> {
    return { 'service-endpoint': `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`, 'service-credentials': 'AKIDEXAMPLE:secret' };
  }

  done(): void {
    this.answer = DONE;
  }

  [Symbol.dispose](): void {
    this.#server.close();
  }
}

/** ARN of a role by which API Gateway may call services. */
export async function callerRole(apis: ApiInstallation): Promise<string> {
  const trust = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'apigateway.amazonaws.com' }, Action: 'sts:AssumeRole' }] });
  return (await apis.aws<{ Role: { Arn: string } }>('iam', 'CreateRole', { RoleName: 'caller', AssumeRolePolicyDocument: trust })).Role.Arn;
}
