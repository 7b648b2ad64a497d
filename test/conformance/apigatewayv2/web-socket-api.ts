import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import { WebSocket, type ClientOptions } from 'ws';
import { DEFAULT_ACCOUNT, DEFAULT_REGION } from '../../../src/aws/index.ts';
import { Client } from '../../e2e/web-socket-api/gateway.ts';
import { ApiInstallation } from './http-api.ts';

export interface SocketApi {
  readonly id: string;
  readonly host: string;
  readonly stage: string;
}

/** An installation for tests of WebSocket APIs, with two workers: a message may come in at one and go out at another. */
export class SocketInstallation {
  readonly apis: ApiInstallation;
  readonly #clients: WebSocket[] = [];
  #names = 0;

  private constructor(apis: ApiInstallation) {
    this.apis = apis;
  }

  static async open(options: Readonly<Record<string, string>> = {}): Promise<SocketInstallation> {
    return new SocketInstallation(await ApiInstallation.open({ workers: '2', ...options }));
  }

  v2<T = Readonly<Record<string, string>>>(operation: string, input: object): Promise<T> {
    return this.apis.v2<T>(operation, input);
  }

  async api(more: object = {}, stage: object = {}): Promise<SocketApi> {
    const { ApiId: id } = await this.v2<{ ApiId: string }>('CreateApi', { Name: `socket-${++this.#names}`, ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '$request.body.action', ...more });
    await this.v2('CreateStage', { ApiId: id, StageName: 'prod', AutoDeploy: true, ...stage });
    return { id, host: `${id}.execute-api.${DEFAULT_REGION}.localhost`, stage: 'prod' };
  }

  /** A function that API Gateway may call. */
  async lambda(api: SocketApi, functionArn: string, more: object = {}): Promise<string> {
    return this.apis.integration(api, { IntegrationType: 'AWS_PROXY', IntegrationUri: invocationUri(functionArn), ...more });
  }

  /** A route; with `responds` its integration's answer goes to the client. */
  async route(api: SocketApi, key: string, integration: string, more: { readonly responds?: boolean } & Readonly<Record<string, unknown>> = {}): Promise<string> {
    const { responds = false, ...rest } = more;
    const id = await this.apis.route(api, key, integration, { ...(responds ? { RouteResponseSelectionExpression: '$default' } : {}), ...rest });
    if (responds) await this.v2('CreateRouteResponse', { ApiId: api.id, RouteId: id, RouteResponseKey: '$default' });
    return id;
  }

  client(api: SocketApi, options: ClientOptions & { readonly query?: string; readonly protocols?: string[]; readonly stage?: string } = {}): Client {
    const { query = '', protocols, stage = api.stage, headers = {}, ...rest } = options;
    const socket = new WebSocket(`ws://127.0.0.1:${this.apis.port}/${stage}${query}`, protocols, { ...rest, headers: { Host: api.host, ...headers } });
    this.#clients.push(socket);
    return new Client(socket);
  }

  async connect(api: SocketApi, options: Parameters<SocketInstallation['client']>[1] = {}): Promise<Client> {
    const client = this.client(api, options);
    await client.opened();
    return client;
  }

  /** At the control endpoint, or wherever `endpoint` says. */
  management(endpoint = this.apis.inside.system.endpointUrl): ApiGatewayManagementApiClient {
    return new ApiGatewayManagementApiClient({ endpoint, region: DEFAULT_REGION, credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, maxAttempts: 1 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.terminate();
    await this.apis[Symbol.asyncDispose]();
  }
}

export function invocationUri(functionArn: string): string {
  return `arn:aws:apigateway:${DEFAULT_REGION}:lambda:path/2015-03-31/functions/${functionArn}/invocations`;
}

export const ACCOUNT = DEFAULT_ACCOUNT;
