import type { Service } from '../aws/index.ts';
import { acmService, apiGatewayService, apiGatewayV2Service, cloudwatchService, ec2Service, elbv2Service, iamService, lambdaService, logsService, managementService, serviceDiscoveryService, stsService, type Environment, type LogEvents, type MetricData } from '../control-plane/services/index.ts';
import { noConnections, type Connections } from '../snapshot/index.ts';

/** Every service that is served: the one list that the program, its parity pages and its tests share. */
export function servicesOf(environment: Environment, logEvents: LogEvents, metrics: MetricData, connections: Connections = noConnections): readonly Service[] {
  return [
    elbv2Service(environment), ec2Service(environment), iamService(environment), acmService(environment), lambdaService(environment), stsService(environment),
    logsService(environment, logEvents), apiGatewayService(environment), apiGatewayV2Service(environment), managementService(environment, connections), cloudwatchService(environment, metrics),
    serviceDiscoveryService(environment),
  ];
}
