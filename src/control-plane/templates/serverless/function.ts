import { isPlainMap, type Plain, type PlainMap } from '../document/source.ts';
import { codeOfUri } from './code-uri.ts';
import { around, checked, type Declared, type Expansion, isIntrinsic, listOf, some } from './expansion.ts';
import { type HttpEvent, readEvent } from './event.ts';
import { checkDeploymentPreference } from './deployment-preference.ts';
import { destinationsOf, expandEventInvokeConfig } from './event-invoke-config.ts';
import { expandFunctionUrl } from './function-url.ts';
import { policyOfTemplate } from './policy-templates.ts';
import { expandPublishedAlias } from './published-alias.ts';

/** Properties that AWS::Lambda::Function has by the same name. */
const SAME = [
  'Architectures', 'CodeSigningConfigArn', 'Description', 'Environment', 'EphemeralStorage', 'FileSystemConfigs', 'FunctionName', 'Handler', 'ImageConfig', 'KmsKeyArn', 'Layers', 'LoggingConfig', 'MemorySize',
  'PackageType', 'RecursiveLoop', 'ReservedConcurrentExecutions', 'Runtime', 'RuntimeManagementConfig', 'SnapStart', 'Timeout', 'VpcConfig',
];
const OWN = [
  'AssumeRolePolicyDocument', 'AutoPublishAlias', 'AutoPublishAliasAllProperties', 'AutoPublishCodeSha256', 'CodeUri', 'DeadLetterQueue', 'DeploymentPreference', 'EventInvokeConfig', 'Events', 'FunctionUrlConfig', 'InlineCode',
  // its role has the function's tags in any case, and nothing else that it makes has any
  'PropagateTags',
  'PermissionsBoundary', 'Policies', 'ProvisionedConcurrencyConfig', 'Role', 'RolePath', 'Tags', 'Tracing', 'VersionDeletionPolicy', 'VersionDescription',
];

/** AWS::Serverless::Function: a function, its role, and what its events need; the events themselves go to their APIs. */
export function expandFunction(logicalId: string, declared: Declared, into: Expansion & { readonly properties: PlainMap }): readonly HttpEvent[] {
  const { problems, resources } = into;
  const path = `Resources.${logicalId}.Properties`;
  const properties = checked(into.properties, { path, problems }, { served: [...SAME, ...OWN] });
  const role = properties['Role'];
  const code = codeOf(properties, path, into);
  resources.set(logicalId, {
    ...around(declared),
    Type: 'AWS::Lambda::Function',
    Properties: some({
      ...Object.fromEntries(SAME.map((name) => [name, properties[name]])),
      Code: code,
      Role: role ?? { 'Fn::GetAtt': [`${logicalId}Role`, 'Arn'] },
      DeadLetterConfig: isPlainMap(properties['DeadLetterQueue']) ? some({ TargetArn: properties['DeadLetterQueue']['TargetArn'] }) : undefined,
      TracingConfig: properties['Tracing'] === undefined ? undefined : { Mode: properties['Tracing'] },
      // SAM marks what it makes so.
      Tags: [...tagList(properties['Tags']), { Key: 'lambda:createdBy', Value: 'SAM' }],
    }),
  });
  if (role === undefined) resources.set(`${logicalId}Role`, { ...around(declared, ['Condition', 'DeletionPolicy', 'UpdateReplacePolicy']), Type: 'AWS::IAM::Role', Properties: roleOf(logicalId, properties, into) });
  const published = expandPublishedAlias(logicalId, properties, { ...into, declared, code });
  for (const [name, id] of published.references) into.references.set(name, id);
  expandFunctionUrl(logicalId, properties['FunctionUrlConfig'], { ...into, declared, published });
  expandEventInvokeConfig(logicalId, properties['EventInvokeConfig'], { ...into, declared, published });
  checkDeploymentPreference(properties['DeploymentPreference'], properties['AutoPublishAlias'], { path: `${path}.DeploymentPreference`, problems });
  const events = properties['Events'];
  if (events !== undefined && !isPlainMap(events)) problems.add(`${path}.Events`, events, 'allowed: a map of names to events');
  return isPlainMap(events)
    ? Object.entries(events).flatMap(([name, event]) => readEvent({ functionId: logicalId, target: published.target, name, event, condition: declared['Condition'] }, problems) ?? [])
    : [];
}

function codeOf(properties: PlainMap, path: string, { problems }: Expansion): Plain | undefined {
  const { InlineCode: inline, CodeUri: uri } = properties;
  if (inline !== undefined) return { ZipFile: inline };
  // As `sam build` has it: the code lies beside the template.
  if (uri === undefined && properties['PackageType'] !== 'Image') return '.';
  return codeOfUri(uri, { path: `${path}.CodeUri`, problems, instead: '; or InlineCode instead' });
}

/** SAM has tags as a map. */
export function tagList(tags: Plain | undefined): readonly PlainMap[] {
  return isPlainMap(tags) ? Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) : [];
}

const TRUST = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: ['lambda.amazonaws.com'] }, Action: ['sts:AssumeRole'] }] };

function managed(name: string): PlainMap {
  return { 'Fn::Sub': `arn:\${AWS::Partition}:iam::aws:policy/${name}` };
}

function roleOf(logicalId: string, properties: PlainMap, { problems }: Expansion): PlainMap {
  const arns: Plain[] = [managed('service-role/AWSLambdaBasicExecutionRole')];
  if (properties['VpcConfig'] !== undefined) arns.push(managed('service-role/AWSLambdaVPCAccessExecutionRole'));
  const inline: Plain[] = [];
  for (const [index, policy] of listOf(properties['Policies']).entries()) {
    if (typeof policy === 'string') arns.push(policy.startsWith('arn:') ? policy : managed(/^AWSLambda\w+Role$/.test(policy) ? `service-role/${policy}` : policy));
    else if (isIntrinsic(policy)) arns.push(policy);
    else if (isPlainMap(policy) && policy['Statement'] !== undefined) inline.push({ PolicyName: `${logicalId}RolePolicy${index}`, PolicyDocument: { Version: '2012-10-17', ...(policy as PlainMap) } });
    else {
      const document = policyOfTemplate(isPlainMap(policy) ? policy : {});
      if (typeof document === 'string') problems.add(`Resources.${logicalId}.Properties.Policies[${index}]`, policy, document);
      else inline.push({ PolicyName: `${logicalId}RolePolicy${index}`, PolicyDocument: document });
    }
  }
  const told = destinationsOf(properties['EventInvokeConfig']);
  if (told.length > 0) inline.push({ PolicyName: `${logicalId}EventInvokeConfigPolicy`, PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: told }] } });
  return some({
    AssumeRolePolicyDocument: properties['AssumeRolePolicyDocument'] ?? TRUST,
    ManagedPolicyArns: arns,
    Policies: inline.length === 0 ? undefined : inline,
    PermissionsBoundary: properties['PermissionsBoundary'],
    Path: properties['RolePath'],
    Tags: [...tagList(properties['Tags']), { Key: 'lambda:createdBy', Value: 'SAM' }],
  });
}
