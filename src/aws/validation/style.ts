/** How a service words and codes a broken constraint. One line a service: the models do not say it. */
export interface ValidationStyle {
  /** `coral`: "1 validation error detected: ...", all at once. `ec2`: one sentence, one error. `s3`: the body's schema or the parameter. */
  readonly wording: 'coral' | 'ec2' | 's3';
  readonly code: string;
  /** Shapes whose enum or range is not checked here: AWS words it otherwise, or the model's list lags behind what AWS takes. */
  readonly open: readonly string[];
  /** Members (`CreateApi.Name`) whose absence the service words itself. */
  readonly wordsAbsenceOf: readonly string[];
  /** Members of the body stand below the operation's input: `createAuthorizerInput.name` (seen in API Gateway's answers). */
  readonly belowInput: boolean;
  /** Patterns that the service has a sentence for, by their source; `NAME` is the member. */
  readonly patternWords: Readonly<Record<string, string>>;
  /** Whose constraints end in "Member must not be null": items of lists and values of maps (seen in Lambda's answers), keys of maps alone (seen in Cloud Map's). */
  readonly notNull: 'none' | 'keys' | 'items';
}

function coral(code: string, more: Partial<Omit<ValidationStyle, 'wording' | 'code'>> = {}): ValidationStyle {
  return { wording: 'coral', code, open: [], wordsAbsenceOf: [], patternWords: {}, belowInput: false, notNull: 'none', ...more };
}

const STYLES: Readonly<Record<string, ValidationStyle>> = {
  acm: coral('ValidationException'),
  apigateway: coral('ValidationException', { belowInput: true }),
  apigatewaymanagementapi: coral('BadRequestException'),
  // seen in answers of API Gateway v2: "Timeout should be between 50 ms and 29000 ms" (WebSocket), the time to live of an authorizer, "Invalid API name specified"
  apigatewayv2: coral('BadRequestException', { open: ['ProtocolType', 'IntegerWithLengthBetween50And30000', 'IntegerWithLengthBetween0And3600'], wordsAbsenceOf: ['CreateApi.Name', 'CreateApi.ProtocolType'] }),
  autoscaling: coral('ValidationError'),
  // CloudFront reports a body that breaks its schema so (seen in answers to UpdateDistribution)
  cloudfront: coral('MalformedXML'),
  cloudwatch: coral('ValidationError'),
  'cognito-idp': coral('InvalidParameterException'),
  ec2: { ...coral('InvalidParameterValue', { open: ['InstanceType'] }), wording: 'ec2' },
  elb: coral('ValidationError'),
  elbv2: coral('ValidationError'),
  globalaccelerator: coral('ValidationException'),
  // seen in IAM's answers: names of roles, users and policies
  iam: coral('ValidationError', { patternWords: { '[\\w+=,.@-]+': 'The specified value for NAME is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-' } }),
  // Lambda's own check names the runtimes "or be a valid ARN" under InvalidParameterValueException: the service words it
  lambda: coral('ValidationException', { open: ['Runtime'], notNull: 'items' }),
  logs: coral('InvalidParameterException'),
  resourcegroupstaggingapi: coral('InvalidParameterException'),
  route53: coral('InvalidInput'),
  s3: { ...coral('InvalidArgument', { open: ['BucketLocationConstraint'] }), wording: 's3' },
  secretsmanager: coral('ValidationException'),
  servicediscovery: coral('InvalidInput', { notNull: 'keys' }),
  sts: coral('ValidationError'),
  wafv2: coral('ValidationException'),
};

export function styleOf(service: string): ValidationStyle {
  return STYLES[service] ?? coral('ValidationException');
}
