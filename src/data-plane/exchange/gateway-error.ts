import type { Fault } from './fault.ts';

/**
 * What API Gateway itself answers an HTTP API's client: a status and `{"message": ...}`. `responseType` is what `$context.error.responseType` says.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-troubleshooting.html and what is seen of the service.
 */
export interface GatewayError {
  readonly status: number;
  readonly message: string;
  readonly responseType: string;
}

function error(status: number, message: string, responseType: string): GatewayError {
  return Object.freeze({ status, message, responseType });
}

export const gatewayErrors = {
  badRequest: error(400, 'Bad Request', 'BAD_REQUEST_BODY'),
  /** Beyond AWS: of HTTP APIs whose routes have models. */
  invalidBody: error(400, 'Invalid request body', 'BAD_REQUEST_BODY'),
  /** No or no valid credentials. */
  unauthorized: error(401, 'Unauthorized', 'UNAUTHORIZED'),
  /** Credentials, but not for this. */
  forbidden: error(403, 'Forbidden', 'ACCESS_DENIED'),
  /** Beyond AWS, of routes that ask for an API key, as is `quotaExceeded`. */
  invalidApiKey: error(403, 'Forbidden', 'INVALID_API_KEY'),
  notFound: error(404, 'Not Found', 'NOT_FOUND'),
  requestTimeout: error(408, 'Request Timeout', 'DEFAULT_4XX'),
  tooLarge: error(413, 'Request Entity Too Large', 'REQUEST_TOO_LARGE'),
  uriTooLong: error(414, 'URI Too Long', 'DEFAULT_4XX'),
  headersTooLarge: error(431, 'Request Header Fields Too Large', 'DEFAULT_4XX'),
  tooManyRequests: error(429, 'Too Many Requests', 'THROTTLED'),
  quotaExceeded: error(429, 'Limit Exceeded', 'QUOTA_EXCEEDED'),
  /** A fault of the configuration, of a function or of its answer. */
  internal: error(500, 'Internal Server Error', 'INTEGRATION_FAILURE'),
  authorizerFailure: error(500, 'Internal Server Error', 'AUTHORIZER_FAILURE'),
  authorizerConfiguration: error(500, 'Internal Server Error', 'AUTHORIZER_CONFIGURATION_ERROR'),
  /** The integration could not be reached, or broke off. */
  unavailable: error(503, 'Service Unavailable', 'INTEGRATION_FAILURE'),
  /** The integration did not answer in time: seen with 503, not 504. */
  timeout: error(503, 'Service Unavailable', 'INTEGRATION_TIMEOUT'),
} as const satisfies Readonly<Record<string, GatewayError>>;

/** Beyond AWS, of HTTP APIs whose routes have parameters that must be there: in the words of REST APIs. */
export function invalidParameters(missing: readonly string[]): GatewayError {
  return error(400, `Missing required request parameters: [${missing.join(', ')}]`, 'BAD_REQUEST_PARAMETERS');
}

/** How a fault of the machine is answered: each of the codes has its place here. */
export function gatewayErrorOf(fault: Fault): GatewayError {
  switch (fault.code) {
    case 'request-timeout':
      return gatewayErrors.requestTimeout;
    case 'body-too-large':
      return gatewayErrors.tooLarge;
    case 'target-too-long':
      return gatewayErrors.uriTooLong;
    case 'head-too-large':
    case 'too-many-fields':
      return gatewayErrors.headersTooLarge;
    case 'upstream-timeout':
      return gatewayErrors.timeout;
    case 'unservable':
    case 'internal':
    case 'lambda-failed':
    case 'upstream-malformed':
    case 'upstream-head-too-large':
      return gatewayErrors.internal;
    default:
      return fault.origin === 'client' ? gatewayErrors.badRequest : gatewayErrors.unavailable;
  }
}
