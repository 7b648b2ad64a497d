/**
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-private.html (Cloud Map)
 * https://docs.aws.amazon.com/cloud-map/latest/api/API_DiscoverInstances.html
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { refusal } from '../../support/refusal.ts';
import type { Target } from '../elbv2/installation.ts';
import { ApiInstallation, type Api } from './http-api.ts';

let apis: ApiInstallation;
let api: Api;
let namespace: string;
let service: { readonly Id: string; readonly Arn: string };
const targets: Target[] = [];
let linkId: string;

const map = <T = Readonly<Record<string, string>>>(operation: string, input: object): Promise<T> => apis.aws<T>('servicediscovery', operation, input);
const register = (InstanceId: string, Attributes: Readonly<Record<string, string>>): Promise<unknown> => map('RegisterInstance', { ServiceId: service.Id, InstanceId, Attributes });
const at = (i: number, more: Readonly<Record<string, string>> = {}) => ({ AWS_INSTANCE_IPV4: '127.0.0.1', AWS_INSTANCE_PORT: String(targets[i]!.port), ...more });

before(async () => {
  apis = await ApiInstallation.open();
  for (const name of ['a', 'b']) targets.push(await apis.inside.target((request, response) => void response.end(`${name} ${request.url}`)));
  const { OperationId } = await map('CreateHttpNamespace', { Name: 'shop' });
  const { Operation } = await map<{ Operation: { Status: string; Targets: { NAMESPACE: string } } }>('GetOperation', { OperationId });
  assert.equal(Operation.Status, 'SUCCESS');
  namespace = Operation.Targets.NAMESPACE;
  ({ Service: service } = await map<{ Service: { Id: string; Arn: string } }>('CreateService', { Name: 'catalog', NamespaceId: namespace, HealthCheckCustomConfig: { FailureThreshold: 1 } }));
  const subnets = await apis.aws<{ Subnets: { SubnetId: string }[] }>('ec2', 'DescribeSubnets', {});
  ({ VpcLinkId: linkId } = await apis.v2<{ VpcLinkId: string }>('CreateVpcLink', { Name: 'link', SubnetIds: subnets.Subnets.slice(0, 2).map(({ SubnetId }) => SubnetId) }));
  api = await apis.api();
  const to = (query: string) => apis.integration(api, { IntegrationType: 'HTTP_PROXY', IntegrationMethod: 'ANY', ConnectionType: 'VPC_LINK', ConnectionId: linkId, IntegrationUri: `${service.Arn}${query}` });
  await apis.route(api, '$default', await to(''));
  await apis.route(api, 'GET /green', await to('?colour=green'));
});
after(() => apis[Symbol.asyncDispose]());

const answers = async (path: string, count: number): Promise<readonly string[]> => {
  const all: string[] = [];
  for (let i = 0; i < count; i++) {
    const { status, body } = await apis.get(api, { path });
    all.push(`${status} ${body}`);
  }
  return all.sort();
};

test('without instances it is 503; those that are registered get requests in turn, without a change of the API', async () => {
  assert.deepEqual(await answers('/x', 1), ['503 {"message":"Service Unavailable"}']);
  await register('one', at(0, { colour: 'blue' }));
  assert.deepEqual(await answers('/x?y=1', 2), ['200 a /x?y=1', '200 a /x?y=1']);
  await register('two', at(1, { colour: 'green' }));
  assert.deepEqual(await answers('/x', 4), ['200 a /x', '200 a /x', '200 b /x', '200 b /x']);
});

test('the query of the URI asks for attributes, and those that are not healthy are passed over', async () => {
  assert.deepEqual(await answers('/green', 2), ['200 b /green', '200 b /green']);
  const health = (Status: string) => map('UpdateInstanceCustomHealthStatus', { ServiceId: service.Id, InstanceId: 'one', Status });
  await health('UNHEALTHY');
  assert.deepEqual(await answers('/x', 2), ['200 b /x', '200 b /x']);
  await health('HEALTHY');
  assert.deepEqual(await answers('/x', 2), ['200 a /x', '200 b /x']);
});

test('an instance that is gone is not waited for: the request goes to another', async () => {
  const { port } = await apis.inside.target();
  await register('gone', { AWS_INSTANCE_IPV4: '127.0.0.1', AWS_INSTANCE_PORT: String(port === 65_535 ? port - 1 : port + 1) });
  const got = await answers('/x', 6);
  assert.ok(got.every((answer) => answer.startsWith('200 ')), got.join());
  await map('DeregisterInstance', { ServiceId: service.Id, InstanceId: 'gone' });
});

test('instances are found by attributes and health', async () => {
  const found = async (more: object): Promise<readonly string[]> => (await map<{ Instances: { InstanceId: string }[] }>('DiscoverInstances', { NamespaceName: 'shop', ServiceName: 'catalog', ...more })).Instances.map(({ InstanceId }) => InstanceId);
  assert.deepEqual(await found({}), ['one', 'two']);
  assert.deepEqual(await found({ QueryParameters: { colour: 'green' } }), ['two']);
  assert.deepEqual(await found({ QueryParameters: { colour: 'red' } }), []);
  assert.deepEqual(await found({ OptionalParameters: { colour: 'red' } }), ['one', 'two']);
  assert.deepEqual(await found({ HealthStatus: 'UNHEALTHY' }), []);
  await assert.rejects(found({ ServiceName: 'gone' }), refusal('ServiceNotFound', /gone/));
  const { Instance } = await map<{ Instance: { Attributes: object } }>('GetInstance', { ServiceId: service.Arn, InstanceId: 'two' });
  assert.deepEqual(Instance.Attributes, at(1, { colour: 'green' }));
});

test('names are taken once, what is used stays, and malformed attributes are refused', async () => {
  await assert.rejects(map('CreateHttpNamespace', { Name: 'Shop' }), refusal('NamespaceAlreadyExists', /already exists/));
  await assert.rejects(map('CreateService', { Name: 'catalog', NamespaceId: namespace }), refusal('ServiceAlreadyExists', /already exists/));
  await assert.rejects(map('DeleteNamespace', { Id: namespace }), refusal('ResourceInUse', /services/));
  await assert.rejects(map('DeleteService', { Id: service.Id }), refusal('ResourceInUse', /instances/));
  for (const attributes of [{ AWS_INSTANCE_IPV4: '300.0.0.1' }, { AWS_INSTANCE_IPV4: '10.0.0.1.' }, { AWS_INSTANCE_PORT: '0' }, { AWS_EC2_INSTANCE_ID: 'i-1' }]) await assert.rejects(register('bad', attributes as never), refusal('InvalidInput', /./), JSON.stringify(attributes));
  await assert.rejects(map('CreatePublicDnsNamespace', { Name: 'example.test' }), /Public namespaces/);
});
