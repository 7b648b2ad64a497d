import type { FunctionUrlEntrance } from '../../../snapshot/index.ts';
import { requestTime, type Exchange } from '../../exchange/index.ts';
import { bodyOf, combined, combinedHeaders, pathOf } from '../http-api/lambda-event.ts';
import { queryPairs } from '../http-api/selection.ts';

export interface UrlRequest {
  readonly exchange: Exchange;
  readonly requestId: string;
  /** Field lines. */
  readonly headers: string;
  readonly body: Buffer | null;
  /** Null: nobody in particular. */
  readonly caller: { readonly accessKey: string; readonly accountId: string; readonly callerId: string; readonly userArn: string; readonly userId: string } | null;
}

/** The event of a request to the URL of a function: payload format 2.0. https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads */
export function urlEvent(url: FunctionUrlEntrance, { exchange, requestId, headers, body, caller }: UrlRequest): Buffer {
  const fields = combinedHeaders(headers);
  const query = combined(queryPairs(exchange.query));
  const { text, base64 } = bodyOf({ body, request: { headers } });
  const path = pathOf(exchange.path);
  return Buffer.from(
    JSON.stringify({
      version: '2.0',
      routeKey: '$default',
      rawPath: path,
      rawQueryString: exchange.query ?? '',
      ...(fields.cookies.length > 0 && { cookies: fields.cookies }),
      headers: fields.headers,
      ...(query !== null && { queryStringParameters: query }),
      requestContext: {
        accountId: caller?.accountId ?? 'anonymous',
        apiId: url.urlId,
        ...(caller !== null && { authorizer: { iam: { ...caller, cognitoIdentity: null, principalOrgId: null } } }),
        domainName: url.domainName,
        domainPrefix: url.urlId,
        http: {
          method: exchange.method, path, protocol: exchange.version === 20 ? 'HTTP/2.0' : exchange.version === 10 ? 'HTTP/1.0' : 'HTTP/1.1', sourceIp: exchange.downstream.remoteAddress,
          userAgent: exchange.userAgent ?? '',
        },
        requestId,
        routeKey: '$default',
        stage: '$default',
        time: requestTime(exchange.startedWall),
        timeEpoch: Math.floor(exchange.startedWall),
      },
      ...(text !== null && { body: text }),
      isBase64Encoded: base64,
    }),
  );
}
