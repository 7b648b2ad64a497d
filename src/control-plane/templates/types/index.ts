import { certificate } from './acm/certificate.ts';
import { instance } from './ec2/instance.ts';
import { internetGateway } from './ec2/internet-gateway.ts';
import { route } from './ec2/route.ts';
import { routeTable } from './ec2/route-table.ts';
import { securityGroup } from './ec2/security-group.ts';
import { securityGroupEgress, securityGroupIngress } from './ec2/security-group-rule.ts';
import { subnet } from './ec2/subnet.ts';
import { subnetRouteTableAssociation } from './ec2/subnet-route-table-association.ts';
import { vpc } from './ec2/vpc.ts';
import { vpcGatewayAttachment } from './ec2/vpc-gateway-attachment.ts';
import { listener } from './elbv2/listener.ts';
import { listenerCertificate } from './elbv2/listener-certificate.ts';
import { listenerRule } from './elbv2/listener-rule.ts';
import { loadBalancer } from './elbv2/load-balancer.ts';
import { targetGroup } from './elbv2/target-group.ts';
import { instanceProfile } from './iam/instance-profile.ts';
import { managedPolicy } from './iam/managed-policy.ts';
import { policy } from './iam/policy.ts';
import { role } from './iam/role.ts';
import { alias } from './lambda/alias.ts';
import { codeSigningConfig } from './lambda/code-signing-config.ts';
import { eventInvokeConfig } from './lambda/event-invoke-config.ts';
import { lambdaFunction } from './lambda/function.ts';
import { layerVersion } from './lambda/layer-version.ts';
import { layerVersionPermission } from './lambda/layer-version-permission.ts';
import { permission } from './lambda/permission.ts';
import { url } from './lambda/url.ts';
import { version } from './lambda/version.ts';
import { logGroup } from './logs/log-group.ts';
import type { ResourceType } from './resource-type.ts';

/** Every resource type that a template may use, by its name. */
export const resourceTypes: ReadonlyMap<string, ResourceType> = new Map(
  [
    alias, codeSigningConfig, eventInvokeConfig, layerVersion, layerVersionPermission, url,
    certificate, instance, instanceProfile, internetGateway, lambdaFunction, listener, listenerCertificate, listenerRule, loadBalancer, logGroup, managedPolicy, permission,
    policy, role, route, routeTable, securityGroup, securityGroupEgress, securityGroupIngress, subnet, subnetRouteTableAssociation, targetGroup, version, vpc,
    vpcGatewayAttachment,
  ].map((type) => [type.name, type]),
);
