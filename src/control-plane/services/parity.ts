import { ACM_MEMBERS, acmParity } from './acm/index.ts';
import { API_GATEWAY_MEMBERS, apiGatewayParity } from './apigateway/index.ts';
import { managementParity } from './apigatewaymanagementapi/index.ts';
import { API_GATEWAY_V2_MEMBERS, apiGatewayV2Parity } from './apigatewayv2/index.ts';
import { CLOUDWATCH_MEMBERS, cloudwatchParity } from './cloudwatch/index.ts';
import { EC2_MEMBERS } from './ec2/index.ts';
import { ELBV2_MEMBERS, elbv2Parity, type ParityNote } from './elbv2/index.ts';
import { IAM_MEMBERS } from './iam/index.ts';
import { LAMBDA_MEMBERS, lambdaParity } from './lambda/index.ts';
import { LOGS_MEMBERS } from './logs/index.ts';
import { memberParity, type MemberNote } from './members.ts';
import { SERVICE_DISCOVERY_MEMBERS, serviceDiscoveryParity } from './servicediscovery/index.ts';
import { STS_MEMBERS } from './sts/index.ts';

/** By service: what members of its operations' inputs are not executed. */
export const memberNotes: Readonly<Record<string, readonly MemberNote[]>> = {
  elbv2: ELBV2_MEMBERS, ec2: EC2_MEMBERS, iam: IAM_MEMBERS, acm: ACM_MEMBERS, lambda: LAMBDA_MEMBERS, sts: STS_MEMBERS, logs: LOGS_MEMBERS,
  apigateway: API_GATEWAY_MEMBERS, apigatewayv2: API_GATEWAY_V2_MEMBERS, cloudwatch: CLOUDWATCH_MEMBERS, servicediscovery: SERVICE_DISCOVERY_MEMBERS,
};

/** By service: all that differs from AWS in what its operations accept. `turnpike parity` and docs/parity list it. */
export const serviceParity: Readonly<Record<string, readonly ParityNote[]>> = {
  elbv2: elbv2Parity, acm: acmParity, lambda: lambdaParity, ec2: memberParity(EC2_MEMBERS), iam: memberParity(IAM_MEMBERS), sts: memberParity(STS_MEMBERS), logs: memberParity(LOGS_MEMBERS),
  apigateway: apiGatewayParity, apigatewaymanagementapi: managementParity, apigatewayv2: apiGatewayV2Parity, cloudwatch: cloudwatchParity, servicediscovery: serviceDiscoveryParity,
};
