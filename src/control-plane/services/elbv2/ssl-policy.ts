import type { DescribeSSLPoliciesInput, DescribeSSLPoliciesOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../../../aws/index.ts';
import { SSL_POLICIES, sslPolicy, type SslPolicy } from '../../resources/elbv2/index.ts';
import { page } from './page.ts';

export function sslPolicyNotFound(name: string): AwsError {
  return new AwsError('SSLPolicyNotFound', `SSL policy '${name}' not found`);
}

/** Every named policy serves both kinds of balancer that terminate TLS. */
const BALANCER_TYPES = ['application', 'network'];

export const sslPolicyOperations = {
  DescribeSSLPolicies(input: DescribeSSLPoliciesInput): DescribeSSLPoliciesOutput {
    const named = input.Names && [...new Set(input.Names)].map((name) => {
      const policy = sslPolicy(name);
      if (!policy) throw sslPolicyNotFound(name);
      return policy;
    });
    const fitting = input.LoadBalancerType === undefined || BALANCER_TYPES.includes(input.LoadBalancerType);
    const { items, next } = page(fitting ? (named ?? SSL_POLICIES) : [], input, (policy) => policy.name);
    return { SslPolicies: items.map(shape), ...next };
  },
};

function shape(policy: SslPolicy) {
  return {
    Name: policy.name,
    SslProtocols: [...policy.protocols],
    Ciphers: policy.ciphers.map((name, index) => ({ Name: name, Priority: index + 1 })),
    SupportedLoadBalancerTypes: [...BALANCER_TYPES],
  };
}
