import { AwsError } from '../error.ts';
import type { OperationModel, Protocol, ServiceModel } from '../model/service-model.ts';
import type { Malformed } from '../wire/malformed.ts';

/** Codes that any service may answer and no model lists, with their HTTP status (IAM API Reference, "Common errors"; S3's from its error list). */
const STATUS: Readonly<Record<string, number>> = {
  AccessDenied: 403,
  AccessDeniedException: 403,
  AuthFailure: 401,
  ExpiredToken: 403,
  ExpiredTokenException: 403,
  IncompleteSignature: 400,
  IncompleteSignatureException: 400,
  InternalError: 500,
  InternalFailure: 500,
  InternalServerError: 500,
  InvalidClientTokenId: 403,
  InvalidAccessKeyId: 403,
  InvalidSignatureException: 403,
  InvalidToken: 400,
  MethodNotAllowed: 405,
  MissingAuthenticationToken: 403,
  MissingAuthenticationTokenException: 403,
  NotImplemented: 501,
  OptInRequired: 403,
  RequestEntityTooLarge: 413,
  RequestEntityTooLargeException: 413,
  RequestExpired: 400,
  RequestTimeTooSkewed: 403,
  ServiceUnavailable: 503,
  ServiceUnavailableException: 503,
  SignatureDoesNotMatch: 403,
  Throttling: 400,
  ThrottlingException: 400,
  UnauthorizedOperation: 403,
  UnrecognizedClientException: 400,
  XAmzContentSHA256Mismatch: 400,
};

export function statusOfCode(code: string): number {
  return STATUS[code] ?? 400;
}

/** The operation does not exist in the service's API. */
export function unknownOperation(service: ServiceModel, protocol: Protocol, asked: string): AwsError {
  switch (protocol) {
    case 'query':
      return new AwsError('InvalidAction', `Could not find operation ${asked} for version ${service.apiVersion}`, { status: 400 });
    case 'ec2':
      return new AwsError('InvalidAction', `The action ${asked} is not valid for this web service.`, { status: 400 });
    case 'json':
      return new AwsError('UnknownOperationException', `The operation ${asked} is not in the API of ${service.serviceId}.`, { status: 400 });
    case 'rpc-v2-cbor':
      return new AwsError('UnknownOperationException', `The operation ${asked} is not in the API of ${service.serviceId}.`, { status: 404 });
    case 'rest-json':
      return new AwsError('UnknownOperationException', `No operation of ${service.serviceId} answers to ${asked}.`, { status: 404 });
    case 'rest-xml':
      if (service.noErrorWrapping) return new AwsError('MethodNotAllowed', 'The specified method is not allowed against this resource.', { status: 405 });
      return new AwsError('UnknownOperationException', `No operation of ${service.serviceId} answers to ${asked}.`, { status: 404 });
  }
}

/** Nothing in the request tells which service is meant. */
export function unknownService(asked: string): AwsError {
  return new AwsError(
    'UnknownOperationException',
    `Turnpike cannot tell which AWS service is meant by ${asked.slice(0, 200)}. Sign the request for a service, name an X-Amz-Target, or an Action and a Version.`,
    { status: 404 },
  );
}

/** The operation exists at AWS and not here. Status 501, which no SDK retries. */
export function notImplemented(operation: OperationModel, protocol: Protocol): AwsError {
  const sentence = `${operation.name} of ${operation.service.serviceId} is not implemented by Turnpike. "turnpike parity ${operation.service.name}" lists what is.`;
  return new AwsError(unsupportedCode(operation.service, protocol), sentence, { status: 501 });
}

/** The operation is refused on purpose; `why` says the reason and what to do instead. */
export function refused(operation: OperationModel, protocol: Protocol, why: string): AwsError {
  return new AwsError(unsupportedCode(operation.service, protocol), why, { status: 400 });
}

/** EC2's and the query services' word, the JSON services' exception, S3's own. */
function unsupportedCode(service: ServiceModel, protocol: Protocol): string {
  switch (protocol) {
    case 'query':
    case 'ec2':
      return 'UnsupportedOperation';
    case 'rest-xml':
      return service.noErrorWrapping ? 'NotImplemented' : 'UnsupportedOperation';
    case 'json':
    case 'rest-json':
    case 'rpc-v2-cbor':
      return 'UnsupportedOperationException';
  }
}

/** A request that could not be read. */
export function malformed(cause: Malformed, service: ServiceModel, protocol: Protocol): AwsError {
  const where = cause.where === '' ? '' : ` (at '${cause.where.slice(0, 200)}')`;
  if (cause.kind === 'size') return tooLarge(protocol, cause.message);
  switch (protocol) {
    case 'query':
      return new AwsError('MalformedInput', `${cause.message}${where}`);
    case 'ec2':
      return cause.where === ''
        ? new AwsError('InvalidRequest', `The request received was invalid: ${cause.message}`)
        : new AwsError('InvalidParameterValue', `Invalid value for parameter ${cause.where.slice(0, 200)}: ${cause.message}`);
    case 'json':
    case 'rest-json':
    case 'rpc-v2-cbor':
      return new AwsError('SerializationException', `${cause.message}${where}`);
    case 'rest-xml':
      if (service.noErrorWrapping) return new AwsError('MalformedXML', `The XML you provided was not well-formed or did not validate against our published schema: ${cause.message}${where}`);
      // CloudFront's and Route 53's code ("MalformedInput: Unexpected list element termination")
      return new AwsError('MalformedInput', `${cause.message}${where}`);
  }
}

export function tooLarge(protocol: Protocol, message: string): AwsError {
  const code = protocol === 'query' || protocol === 'ec2' || protocol === 'rest-xml' ? 'RequestEntityTooLarge' : 'RequestEntityTooLargeException';
  return new AwsError(code, `The request is larger than this endpoint reads: ${message}.`, { status: 413 });
}

/** What a defect of ours looks like from outside. The details go to the observer, never to the caller. */
export function internalFailure(protocol: Protocol): AwsError {
  const code = protocol === 'query' || protocol === 'ec2' || protocol === 'rest-xml' ? 'InternalFailure' : 'InternalServerError';
  return new AwsError(code, 'The request processing has failed because of an unknown error, exception or failure.', { status: 500 });
}
