import { memberParity } from '../members.ts';
import { API_GATEWAY_V2_MEMBERS } from './members.ts';
import { FIREHOSE_REFUSAL } from './stage-settings.ts';

const PORTALS = 'Portals are not served yet: export the API with ExportApi and publish its OpenAPI document.';

/** Operations that are refused, and the sentence that their callers get. */
export const OPERATION_REFUSALS: Readonly<Record<string, string>> = Object.fromEntries(
  [
    'CreatePortal', 'CreatePortalProduct', 'CreateProductPage', 'CreateProductRestEndpointPage', 'DeletePortal', 'DeletePortalProduct', 'DeletePortalProductSharingPolicy', 'DeleteProductPage',
    'DeleteProductRestEndpointPage', 'DisablePortal', 'GetPortal', 'GetPortalProduct', 'GetPortalProductSharingPolicy', 'GetProductPage', 'GetProductRestEndpointPage', 'ListPortalProducts', 'ListPortals',
    'ListProductPages', 'ListProductRestEndpointPages', 'PreviewPortal', 'PublishPortal', 'PutPortalProductSharingPolicy', 'UpdatePortal', 'UpdatePortalProduct', 'UpdateProductPage', 'UpdateProductRestEndpointPage',
  ].map((operation) => [operation, PORTALS]),
);

/** What differs from AWS, as data: `turnpike parity` prints it. */
export interface ParityNote {
  readonly setting: string;
  /** Kept and answered but without effect; refused; executed in another way; or ours, where AWS refuses it. */
  readonly state: 'kept' | 'refused' | 'different' | 'beyond';
  readonly why: string;
}

export const apiGatewayV2Parity: readonly ParityNote[] = [
  ...memberParity(API_GATEWAY_V2_MEMBERS),
  { setting: 'Stage AccessLogSettings DestinationArn of Firehose (WebSocket)', state: 'refused', why: FIREHOSE_REFUSAL },
  { setting: 'Stage AccessLogSettings DestinationArn', state: 'different', why: 'The log group need not exist when the stage is made; lines are kept once it does.' },
  { setting: 'Stage RouteSettings DataTraceEnabled, LoggingLevel (WebSocket)', state: 'different', why: 'Execution logs are written to /aws/apigateway/API/STAGE; AWS does not document their lines. No role has to be set in the account.' },
  { setting: 'Stage RouteSettings DetailedMetricsEnabled (HTTP)', state: 'kept', why: 'Metrics are kept by API and stage.' },
  { setting: 'Api IpAddressType, DomainNameConfiguration IpAddressType', state: 'kept', why: 'Listeners bind the addresses of the installation whatever the type says.' },
  { setting: 'Api ApiEndpoint', state: 'different', why: 'It ends in the suffix of the installation, and names the port where that is not 443.' },
  { setting: 'Authorizer JwtConfiguration Issuer', state: 'different', why: 'It may be http, and its discovery document is read by the data plane when it is needed first, not when the authorizer is made.' },
  { setting: 'Deployment with AutoDeployed true', state: 'different', why: 'The newest ten that no stage serves are kept (limit automatic-deployments-per-api).' },
  { setting: 'DomainName DomainNameConfigurations EndpointType EDGE, SecurityPolicy TLS_1_0', state: 'refused', why: 'HTTP and WebSocket APIs have regional custom domains with TLS 1.2 and above only, as at AWS.' },
  { setting: 'DomainName OwnershipVerificationCertificateArn', state: 'kept', why: 'Checked and answered; demanded, as at AWS, where mutual TLS goes with an imported certificate.' },
  { setting: 'DomainName MutualTlsAuthentication', state: 'different', why: "TruststoreUri s3://bucket/key is the file s3/bucket/key of the data folder. A client whose certificate is absent or not valid gets 403; AWS says so of those that are not valid. Such a domain is not served on port 80." },
  { setting: 'Integration ConnectionType VPC_LINK (WebSocket)', state: 'refused', why: 'Links lead from HTTP APIs to listeners of load balancers.' },
  { setting: 'Integration RequestTemplates, IntegrationResponse ResponseTemplates (WebSocket)', state: 'different', why: 'Templates are parsed when they are set, and refused where they could not be executed: #parse, #include, #evaluate, #define and #macro are not, nor are JSONPaths with filters. A path that leads nowhere is the empty text.' },
  { setting: 'Integration, IntegrationResponse TemplateSelectionExpression (WebSocket)', state: 'refused', why: 'Other variables than $request.body, and in integration responses $integration.response.statuscode and $integration.response.header.Content-Type. $integration.response.body is taken and chooses $default, as AWS was seen to do it.' },
  { setting: 'Integration of type AWS or HTTP (WebSocket) without integration responses', state: 'different', why: 'The answer of the backend is passed on as it is; AWS demands at least one response.' },
  { setting: 'Integration of type AWS (WebSocket) other than Lambda', state: 'different', why: 'Services are called at the setting service-endpoint with its own keys; without it the routes answer with an error, and the log says why. The role of CredentialsArn must exist and is not assumed. Actions of cognito-idp, dynamodb, events, firehose, kinesis, kms, logs, secretsmanager, ssm and states are named in X-Amz-Target, those of all others in the query. Integration responses are chosen by the status.' },
  { setting: 'Route ApiKeyRequired (WebSocket)', state: 'different', why: 'AWS documents which value is the key, and not when it is asked for. Here: with the handshake for $connect, before an authorizer is asked unless the key is in its answer; for a message to another such route, the key that the connection was opened with, each time anew. Each use counts.' },
  { setting: 'Route ApiKeyRequired (HTTP)', state: 'beyond', why: 'With the setting beyond-aws=api-keys: a client must have a key of a usage plan that names the stage, 403 Forbidden without, 429 where the plan lets no more through. Refused without it, as at AWS.' },
  { setting: 'Stage AccessLogSettings Format $context.identity.apiKey', state: 'different', why: 'Logs show the last six characters of a key.' },
  { setting: 'Route RequestModels (WebSocket)', state: 'different', why: 'Schemas are of draft 4; format is an annotation, and patterns are those that run in linear time.' },
  { setting: 'VpcLink VpcLinkStatus', state: 'different', why: 'A new link is AVAILABLE at once: nothing has to be provisioned.' },
  { setting: 'VpcLink SubnetIds, SecurityGroupIds', state: 'kept', why: 'Checked and answered; traffic of private integrations does not pass through the VPC.' },
  { setting: 'ImportApi, ReimportApi: security schemes without x-amazon-apigateway-authorizer', state: 'different', why: 'Such a scheme is warned of (Warnings, failOnWarnings) and the route does not require it, as at AWS; the words of warnings and of ImportInfo are ours.' },
  { setting: 'ReimportApi', state: 'different', why: 'Routes with the same key and authorizers with the same name keep their ids; settings of routes that are gone leave the stages.' },
  { setting: 'Api over http', state: 'different', why: 'APIs and custom domains are served on port 80 too, without TLS, which AWS does not do: names under .localhost are for development. Bind no port 80 where that must not be.' },
  { setting: 'Integration IntegrationUri of a Cloud Map service', state: 'different', why: 'Its instances get requests in turn, with their own address as Host; those that are healthy, or else all, that have the attributes in the query of the URI.' },
  { setting: 'Integration IntegrationSubtype', state: 'different', why: 'AWS services that are not served here are called at the setting service-endpoint with its own keys; without it the routes answer 500, and the log says why. The role of CredentialsArn must exist and is not assumed.' },
  { setting: 'Integration ConnectionType VPC_LINK', state: 'different', why: "The listener is run in the same process, without a socket: its rules, targets, logs and metrics apply, and the client's address is what it sees." },
  { setting: 'Integration TimeoutInMillis', state: 'different', why: 'It is the time for the head of the answer; a long answer that flows is not cut off.' },
  { setting: 'Route AuthorizationType AWS_IAM', state: 'different', why: 'Users and sessions of this installation are known, with their policies; of policies that AWS manages the few that speak of invoking. Keys that nobody made are refused, whatever the control endpoint takes.' },
  { setting: 'Model of an HTTP API; Route RequestModels, RequestParameters (HTTP)', state: 'beyond', why: 'With the setting beyond-aws=request-validation: requests are held against them as those of REST APIs are, 400 where they do not fit. Formats are not looked at. Refused without it, as at AWS.' },
  { setting: 'Stage Tags turnpike:cache:ROUTEID (HTTP)', state: 'beyond', why: 'With the setting beyond-aws=response-cache: answers to GET requests of the route are kept, `SECONDS [invalidation] [header.NAME] [querystring.NAME]...`. Without it the tag is a tag, as at AWS. Each worker keeps its own; answers with Set-Cookie, Vary or Cache-Control private or no-store are not kept.' },
  { setting: 'MaxResults', state: 'different', why: 'Answers hold up to 500 items, and as many where nothing is asked for: AWS documents neither.' },
];
