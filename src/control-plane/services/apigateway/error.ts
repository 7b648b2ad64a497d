import { AwsError } from '../../../aws/index.ts';

/** API Gateway's errors, in AWS's words where they were seen in answers of its, else in its style. */
export { badRequest, conflict, notFound } from '../apigatewayv2/error.ts';

export function limitExceeded(message: string): AwsError {
  return new AwsError('LimitExceededException', message);
}
