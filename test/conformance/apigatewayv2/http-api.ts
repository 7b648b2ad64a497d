import { DEFAULT_ACCOUNT, DEFAULT_REGION } from '../../../src/aws/index.ts';
import type { Answer } from '../../e2e/http1/client.ts';
import { quietOffset } from '../../support/quiet-offset.ts';
import { zip } from '../../support/zip.ts';
import { get, Installation, type Asked } from '../elbv2/installation.ts';

export interface Api {
  readonly id: string;
  readonly host: string;
}

/** An installation for tests of HTTP APIs: on ports of its own, because all APIs share two. */
export class ApiInstallation {
  readonly inside: Installation;
  readonly port: number;
  readonly tlsPort: number;
  #names = 0;

  private constructor(inside: Installation, offset: number) {
    this.inside = inside;
    this.port = 80 + offset;
    this.tlsPort = 443 + offset;
  }

  static async open(options: Readonly<Record<string, string>> = {}): Promise<ApiInstallation> {
    const offset = await quietOffset();
    return new ApiInstallation(await Installation.open({ 'port-offset': String(offset), ...options }), offset);
  }

  aws<T>(service: string, operation: string, input: object): Promise<T> {
    return this.inside.aws<T>(service, operation, input);
  }

  v2<T = Readonly<Record<string, string>>>(operation: string, input: object): Promise<T> {
    return this.aws<T>('apigatewayv2', operation, input);
  }

  /** An API with a stage `$default` that is deployed with every change. */
  async api(more: object = {}, stage: object | null = {}): Promise<Api> {
    const { ApiId: id } = await this.v2<{ ApiId: string }>('CreateApi', { Name: `api-${++this.#names}`, ProtocolType: 'HTTP', ...more });
    if (stage !== null) await this.v2('CreateStage', { ApiId: id, StageName: '$default', AutoDeploy: true, ...stage });
    return { id, host: `${id}.execute-api.${DEFAULT_REGION}.localhost` };
  }

  async route(api: Api, key: string, integration: string | null, more: object = {}): Promise<string> {
    const { RouteId } = await this.v2<{ RouteId: string }>('CreateRoute', { ApiId: api.id, RouteKey: key, ...(integration !== null && { Target: `integrations/${integration}` }), ...more });
    return RouteId;
  }

  async integration(api: Api, more: object): Promise<string> {
    const { IntegrationId } = await this.v2<{ IntegrationId: string }>('CreateIntegration', { ApiId: api.id, PayloadFormatVersion: '1.0', ...more });
    return IntegrationId;
  }

  /** To a URL, any method. */
  url(api: Api, url: string, more: object = {}): Promise<string> {
    return this.integration(api, { IntegrationType: 'HTTP_PROXY', IntegrationMethod: 'ANY', IntegrationUri: url, ...more });
  }

  /** A function from the text of its index.js that API Gateway may call. */
  async function(source: string, options: { readonly permitted?: boolean; readonly sourceArn?: string; readonly timeout?: number } = {}): Promise<string> {
    const name = `fn-${++this.#names}`;
    const { FunctionArn } = await this.aws<{ FunctionArn: string }>('lambda', 'CreateFunction', {
      FunctionName: name, Runtime: 'nodejs22.x', Handler: 'index.handler', Role: `arn:aws:iam::${DEFAULT_ACCOUNT}:role/any`, Timeout: options.timeout ?? 10,
      Code: { ZipFile: zip([{ name: 'index.js', data: source }]) },
    });
    if (options.permitted !== false) {
      await this.aws('lambda', 'AddPermission', {
        FunctionName: name, StatementId: 'api', Action: 'lambda:InvokeFunction', Principal: 'apigateway.amazonaws.com', ...(options.sourceArn !== undefined && { SourceArn: options.sourceArn }),
      });
    }
    return FunctionArn;
  }

  lambda(api: Api, functionArn: string, more: object = {}): Promise<string> {
    return this.integration(api, { IntegrationType: 'AWS_PROXY', IntegrationUri: functionArn, PayloadFormatVersion: '2.0', ...more });
  }

  get(api: Api | string, asked: Omit<Asked, 'host'> = {}): Promise<Answer> {
    return get(this.port, { ...asked, host: typeof api === 'string' ? api : api.host });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.inside[Symbol.asyncDispose]();
  }
}

/** A function that answers with the event it got. */
export const ECHO = 'exports.handler = async (event) => ({ statusCode: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(event) });';
