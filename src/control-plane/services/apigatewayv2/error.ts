import { AwsError } from '../../../aws/index.ts';

/** API Gateway v2's errors, in AWS's words where they were seen in answers of its, else in its style. */

export function badRequest(message: string): AwsError {
  return new AwsError('BadRequestException', message);
}

export function conflict(message: string): AwsError {
  return new AwsError('ConflictException', message);
}

export function notFound(message: string, resourceType = ''): AwsError {
  return new AwsError('NotFoundException', message, resourceType === '' ? {} : { members: { ResourceType: resourceType } });
}

export function tooMany(message: string): AwsError {
  return new AwsError('TooManyRequestsException', message);
}

/** A member that AWS has for the other protocol only. */
export function unsupported(protocol: 'HTTP' | 'WEBSOCKET', member: string): AwsError {
  return badRequest(`Currently, an API with a protocol type of ${protocol} does not support ${member}`);
}

/** Responses of routes and of integrations, of an HTTP API. */
export function proxyOnly(nouns: 'IntegrationResponses' | 'RouteResponses'): AwsError {
  return badRequest(`${nouns} are currently not supported for this API protocol type. This is because the API may only be configured with proxy integration at this time.`);
}
