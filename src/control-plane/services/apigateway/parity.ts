import type { ParityNote } from '../elbv2/index.ts';
import { memberParity } from '../members.ts';
import { API_GATEWAY_MEMBERS } from './members.ts';

const REST = 'REST APIs are not served yet, of this service API keys and usage plans are: make an HTTP or WebSocket API with apigatewayv2.';
const DOMAINS = 'Custom domains of REST APIs are not served yet: make a domain name and its mappings with apigatewayv2.';
const LINKS = 'VPC links of REST APIs are not served yet: make one with apigatewayv2.';
const CERTIFICATES = 'Client certificates that API Gateway generates for backends are not served yet.';
const ACCOUNT = 'Nothing of an account can be changed: execution logs are written without a role (cloudwatchRoleArn), and usage plans are always on.';
const REST_OPERATIONS = [
    'CreateAuthorizer', 'CreateDeployment', 'CreateDocumentationPart', 'CreateDocumentationVersion', 'CreateModel', 'CreateRequestValidator', 'CreateResource', 'CreateRestApi',
    'CreateStage', 'DeleteAuthorizer', 'DeleteDeployment', 'DeleteDocumentationPart', 'DeleteDocumentationVersion', 'DeleteGatewayResponse', 'DeleteIntegration',
    'DeleteIntegrationResponse', 'DeleteMethod', 'DeleteMethodResponse', 'DeleteModel', 'DeleteRequestValidator', 'DeleteResource', 'DeleteRestApi', 'DeleteStage',
    'FlushStageAuthorizersCache', 'FlushStageCache', 'GetAuthorizer', 'GetAuthorizers', 'GetDeployment', 'GetDeployments', 'GetDocumentationPart', 'GetDocumentationParts',
    'GetDocumentationVersion', 'GetDocumentationVersions', 'GetExport', 'GetGatewayResponse', 'GetGatewayResponses', 'GetIntegration', 'GetIntegrationResponse', 'GetMethod',
    'GetMethodResponse', 'GetModel', 'GetModelTemplate', 'GetModels', 'GetRequestValidator', 'GetRequestValidators', 'GetResource', 'GetResources', 'GetRestApi', 'GetRestApis',
    'GetSdk', 'GetSdkType', 'GetSdkTypes', 'GetStage', 'GetStages', 'ImportDocumentationParts', 'ImportRestApi', 'PutGatewayResponse', 'PutIntegration', 'PutIntegrationResponse',
    'PutMethod', 'PutMethodResponse', 'PutRestApi', 'TestInvokeAuthorizer', 'TestInvokeMethod', 'UpdateAuthorizer', 'UpdateDeployment', 'UpdateDocumentationPart',
    'UpdateDocumentationVersion', 'UpdateGatewayResponse', 'UpdateIntegration', 'UpdateIntegrationResponse', 'UpdateMethod', 'UpdateMethodResponse', 'UpdateModel',
    'UpdateRequestValidator', 'UpdateResource', 'UpdateRestApi', 'UpdateStage',
];
const DOMAIN_OPERATIONS = [
    'CreateBasePathMapping', 'CreateDomainName', 'CreateDomainNameAccessAssociation', 'DeleteBasePathMapping', 'DeleteDomainName', 'DeleteDomainNameAccessAssociation',
    'GetBasePathMapping', 'GetBasePathMappings', 'GetDomainName', 'GetDomainNameAccessAssociations', 'GetDomainNames', 'RejectDomainNameAccessAssociation', 'UpdateBasePathMapping',
    'UpdateDomainName',
];
const LINK_OPERATIONS = ['CreateVpcLink', 'DeleteVpcLink', 'GetVpcLink', 'GetVpcLinks', 'UpdateVpcLink'];
const CERTIFICATE_OPERATIONS = ['DeleteClientCertificate', 'GenerateClientCertificate', 'GetClientCertificate', 'GetClientCertificates', 'UpdateClientCertificate'];

/** Operations that are refused, and the sentence that their callers get. */
export const OPERATION_REFUSALS: Readonly<Record<string, string>> = Object.fromEntries(
  [[REST_OPERATIONS, REST], [DOMAIN_OPERATIONS, DOMAINS], [LINK_OPERATIONS, LINKS], [CERTIFICATE_OPERATIONS, CERTIFICATES], [['UpdateAccount'], ACCOUNT]].flatMap(([operations, why]) => (operations as string[]).map((operation) => [operation, why as string])),
);

/** What differs from AWS, as data: `turnpike parity` prints it. */
export const apiGatewayParity: readonly ParityNote[] = [
  ...memberParity(API_GATEWAY_MEMBERS),
  { setting: 'UsagePlan apiStages', state: 'different', why: 'Stages of WebSocket APIs, and of HTTP APIs with the setting beyond-aws=api-keys; there are no REST APIs. Methods of apiStages.throttle are the keys of routes, and must exist.' },
  { setting: 'UsagePlan quota', state: 'different', why: 'Counted exactly over all threads of a process and kept once a second: a process that is killed forgets what it counted in that second. Days, weeks and months are of UTC. A request that is throttled uses nothing up. Several processes count each for itself.' },
  { setting: 'UsagePlan throttle, apiStages.throttle', state: 'different', why: 'Of each key. That of a method stands in place of the plan\'s; a limit of 0 lets nothing through, one that is left out is that of the account.' },
  { setting: 'GetUsage', state: 'different', why: 'A request belongs to the day of the second in which it is kept. In a plan without a quota nothing is left.' },
  { setting: 'UsagePlan productCode', state: 'kept', why: 'Nothing is sold in AWS Marketplace.' },
  { setting: 'GetApiKeys nameQuery, GetUsagePlanKeys nameQuery', state: 'different', why: 'Names that begin with it; AWS does not document how it compares.' },
  { setting: 'ImportApiKeys', state: 'different', why: "The words of warnings are ours. Keys that cannot be taken are warned of, and the others are imported, unless failOnWarnings says otherwise." },
];
