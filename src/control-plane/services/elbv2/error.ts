import { AwsError } from '../../../aws/index.ts';

/** The errors that several ELBv2 operations share, in AWS's words. */

/** AWS's general refusal of an input; not an error shape of the model, hence the status. */
export function validationError(message: string): AwsError {
  return new AwsError('ValidationError', message, { status: 400 });
}

export function invalidConfiguration(message: string): AwsError {
  return new AwsError('InvalidConfigurationRequest', message);
}

/** Of a group of IPv6 addresses (observed). */
export function needsIpv6(): AwsError {
  return invalidConfiguration("You cannot associate an IPv6 target group with a load balancer that has an 'ipv4' IP address type");
}

/** Of an action without what its type needs (observed). */
export function missingConfig(type: string, config: string): AwsError {
  return validationError(`For actions of type '${type}', you must specify the following fields: '${config}'`);
}

export function loadBalancerNotFound(arn: string): AwsError {
  return new AwsError('LoadBalancerNotFound', `Load balancer '${arn}' not found`);
}

export function loadBalancersNotFound(what: readonly string[]): AwsError {
  return new AwsError('LoadBalancerNotFound', `Load balancers '[${what.join(', ')}]' not found`);
}

export function targetGroupNotFound(): AwsError {
  return new AwsError('TargetGroupNotFound', 'One or more target groups not found');
}

export function listenerNotFound(): AwsError {
  return new AwsError('ListenerNotFound', 'One or more listeners not found');
}

export function ruleNotFound(): AwsError {
  return new AwsError('RuleNotFound', 'One or more rules not found');
}

export function trustStoreNotFound(): AwsError {
  return new AwsError('TrustStoreNotFound', 'One or more trust stores not found');
}

export function operationNotPermitted(message: string): AwsError {
  return new AwsError('OperationNotPermitted', message);
}
