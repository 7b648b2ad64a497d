import { AwsError } from '../../../aws/index.ts';

export function validationException(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}

export function certificateNotFound(arn: string, account: string): AwsError {
  return new AwsError('ResourceNotFoundException', `Certificate with arn ${arn} not found in account ${account}`);
}
