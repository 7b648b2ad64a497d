import type { Resource } from '../resource.ts';

/** The URL of a function or alias: `id` is that ARN followed by `/url`, `parent` the function's ARN. */
export interface FunctionUrl extends Resource {
  readonly parent: string;
  /** ARN that is invoked, as it was qualified. */
  readonly functionArn: string;
  /** Begins its host name. */
  readonly urlId: string;
  readonly authType: 'NONE' | 'AWS_IAM';
  readonly invokeMode: 'BUFFERED' | 'RESPONSE_STREAM';
  readonly cors: FunctionUrlCors | null;
  readonly lastModified: number;
}

export interface FunctionUrlCors {
  readonly allowCredentials: boolean;
  readonly allowHeaders: readonly string[];
  readonly allowMethods: readonly string[];
  readonly allowOrigins: readonly string[];
  readonly exposeHeaders: readonly string[];
  /** Seconds; null: not said. */
  readonly maxAge: number | null;
}

/** Whether it lets anybody do anything: where it does not, the function answers preflight requests itself. */
export function allowsNothing({ allowCredentials, maxAge, ...lists }: FunctionUrlCors): boolean {
  return !allowCredentials && maxAge === null && Object.values(lists).every((list) => list.length === 0);
}

export function functionUrlId(arn: string): string {
  return `${arn}/url`;
}

export function functionUrlHost(url: Pick<FunctionUrl, 'urlId' | 'region'>, suffix: string): string {
  return `${url.urlId}.lambda-url.${url.region}.${suffix}`;
}
