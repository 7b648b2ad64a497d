import type { AcmResources } from './acm/index.ts';
import type { ApiGatewayResources } from './apigateway/index.ts';
import type { ApiGatewayV2Resources } from './apigatewayv2/index.ts';
import type { Ec2Resources } from './ec2/index.ts';
import type { Elbv2Resources } from './elbv2/index.ts';
import type { IamResources } from './iam/index.ts';
import type { LambdaResources } from './lambda/index.ts';
import type { LogsResources } from './logs/index.ts';
import type { ServiceDiscoveryResources } from './servicediscovery/index.ts';
import type { TemplatesResources } from './templates/index.ts';

/** Every noun of every product: `'elbv2/listener'` -> `Listener`. A kind is `product/noun`. */
export interface ResourceByKind extends AcmResources, ApiGatewayResources, ApiGatewayV2Resources, Ec2Resources, Elbv2Resources, IamResources, LambdaResources, LogsResources, ServiceDiscoveryResources, TemplatesResources {}

export type Kind = keyof ResourceByKind & string;
