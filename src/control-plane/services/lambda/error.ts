import { AwsError } from '../../../aws/index.ts';

/** Lambda's errors, in AWS's words. */

export function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterValueException', message);
}

export function functionNotFound(arn: string): AwsError {
  return new AwsError('ResourceNotFoundException', `Function not found: ${arn}`);
}

export function notFound(message: string): AwsError {
  return new AwsError('ResourceNotFoundException', message);
}

export function conflict(message: string): AwsError {
  return new AwsError('ResourceConflictException', message);
}

/** `read`: the operations that tell the current revision. */
export function revisionMismatch(read = 'GetFunction/GetAlias'): AwsError {
  return new AwsError('PreconditionFailedException', `The Revision Id provided does not match the latest Revision Id. Call the ${read} API to retrieve the latest Revision Id`);
}

/** A constraint that the model leaves wider than AWS does. */
export function outOfRange(member: string, value: string | number, requirement: string): AwsError {
  return new AwsError('ValidationException', brokenConstraint(member, value, requirement), { status: 400 });
}

export function brokenConstraint(member: string, value: string | number, requirement: string): string {
  return `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ${requirement}`;
}
