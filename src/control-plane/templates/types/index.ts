import { certificate } from './acm/certificate.ts';
import { apiMapping } from './apigatewayv2/api-mapping.ts';
import { api } from './apigatewayv2/api.ts';
import { authorizer } from './apigatewayv2/authorizer.ts';
import { deployment } from './apigatewayv2/deployment.ts';
import { domainName } from './apigatewayv2/domain-name.ts';
import { integrationResponse } from './apigatewayv2/integration-response.ts';
import { integration } from './apigatewayv2/integration.ts';
import { managedOverrides } from './apigatewayv2/managed-overrides.ts';
import { model } from './apigatewayv2/model.ts';
import { routeResponse } from './apigatewayv2/route-response.ts';
import { route as apiRoute } from './apigatewayv2/route.ts';
import { routingRule } from './apigatewayv2/routing-rule.ts';
import { stage } from './apigatewayv2/stage.ts';
import { vpcLink } from './apigatewayv2/vpc-link.ts';
import { instance } from './ec2/instance.ts';
import { egressOnlyInternetGateway } from './ec2/egress-only-internet-gateway.ts';
import { eip } from './ec2/eip.ts';
import { internetGateway } from './ec2/internet-gateway.ts';
import { keyPair } from './ec2/key-pair.ts';
import { route } from './ec2/route.ts';
import { natGateway } from './ec2/nat-gateway.ts';
import { routeTable } from './ec2/route-table.ts';
import { securityGroup } from './ec2/security-group.ts';
import { securityGroupEgress, securityGroupIngress } from './ec2/security-group-rule.ts';
import { subnet } from './ec2/subnet.ts';
import { subnetCidrBlock } from './ec2/subnet-cidr-block.ts';
import { subnetRouteTableAssociation } from './ec2/subnet-route-table-association.ts';
import { vpc } from './ec2/vpc.ts';
import { vpcCidrBlock } from './ec2/vpc-cidr-block.ts';
import { vpcGatewayAttachment } from './ec2/vpc-gateway-attachment.ts';
import { listener } from './elbv2/listener.ts';
import { listenerCertificate } from './elbv2/listener-certificate.ts';
import { listenerRule } from './elbv2/listener-rule.ts';
import { loadBalancer } from './elbv2/load-balancer.ts';
import { targetGroup } from './elbv2/target-group.ts';
import { trustStoreRevocation } from './elbv2/trust-store-revocation.ts';
import { trustStore } from './elbv2/trust-store.ts';
import { instanceProfile } from './iam/instance-profile.ts';
import { managedPolicy } from './iam/managed-policy.ts';
import { policy } from './iam/policy.ts';
import { role } from './iam/role.ts';
import { serverCertificate } from './iam/server-certificate.ts';
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
import { apiKey } from './apigateway/api-key.ts';
import { usagePlanKey } from './apigateway/usage-plan-key.ts';
import { usagePlan } from './apigateway/usage-plan.ts';
import type { ResourceType } from './resource-type.ts';
import { discoveryInstance } from './servicediscovery/instance.ts';
import { httpNamespace, privateDnsNamespace } from './servicediscovery/namespace.ts';
import { discoveryService } from './servicediscovery/service.ts';

/** Every resource type that a template may use, by its name. */
export const resourceTypes: ReadonlyMap<string, ResourceType> = new Map(
  [
    alias, codeSigningConfig, eventInvokeConfig, layerVersion, layerVersionPermission, url,
    certificate, egressOnlyInternetGateway, eip, instance, instanceProfile, internetGateway, keyPair, lambdaFunction, listener, listenerCertificate, listenerRule, loadBalancer, logGroup, managedPolicy, natGateway, permission,
    policy, role, route, routeTable, securityGroup, securityGroupEgress, securityGroupIngress, serverCertificate, subnet, subnetRouteTableAssociation, targetGroup, trustStore, trustStoreRevocation, version, vpc,
    subnetCidrBlock, vpcCidrBlock, vpcGatewayAttachment,
    api, apiMapping, apiRoute, authorizer, deployment, domainName, integration, integrationResponse, managedOverrides, model, routeResponse, routingRule, stage, vpcLink,
    apiKey, usagePlan, usagePlanKey,
    discoveryInstance, discoveryService, httpNamespace, privateDnsNamespace,
  ].map((type) => [type.name, type]),
);
