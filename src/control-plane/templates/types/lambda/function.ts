import { CodeError, inlineCode, localCode } from '../../code/local-code.ts';
import { pick, tagChanges, type CallOperation, type ExistingTask, type PreparationTask, type Properties, type ResourceType, type Tag, type Task } from '../resource-type.ts';
import { either, flag, listOf, mapOf, number, oneOf, properties, record, tags, text, texts } from '../schema.ts';

const CODE = ['Architectures', 'Code'];
const CONFIGURATION = [
  'DeadLetterConfig', 'Description', 'Environment', 'EphemeralStorage', 'FileSystemConfigs', 'Handler', 'ImageConfig', 'KmsKeyArn', 'Layers', 'LoggingConfig',
  'MemorySize', 'Role', 'Runtime', 'SnapStart', 'Timeout', 'TracingConfig', 'VpcConfig',
];
/** What UpdateFunctionConfiguration needs to be told so that a setting that left the template is AWS's default again. */
const DEFAULTS: Properties = {
  DeadLetterConfig: { TargetArn: '' }, Description: '', Environment: { Variables: {} }, EphemeralStorage: { Size: 512 }, FileSystemConfigs: [], KmsKeyArn: '', Layers: [],
  MemorySize: 128, SnapStart: { ApplyOn: 'None' }, Timeout: 3, TracingConfig: { Mode: 'PassThrough' }, VpcConfig: { SubnetIds: [], SecurityGroupIds: [] },
};

/** A function. `Code` may also be a path, relative to the template, as in templates for `aws cloudformation package`. */
export const lambdaFunction: ResourceType = {
  name: 'AWS::Lambda::Function',
  nameProperty: 'FunctionName',
  properties: properties({
    replace: { FunctionName: text, PackageType: oneOf('Zip', 'Image') },
    inPlace: {
      Architectures: texts,
      CodeSigningConfigArn: text,
      'Code!': either(text, record({ ImageUri: text, S3Bucket: text, S3Key: text, S3ObjectVersion: text, SourceKMSKeyArn: text, ZipFile: text })),
      DeadLetterConfig: record({ TargetArn: text }),
      Description: text,
      Environment: record({ Variables: mapOf(text) }),
      EphemeralStorage: record({ 'Size!': number }),
      FileSystemConfigs: listOf(record({ 'Arn!': text, 'LocalMountPath!': text })),
      Handler: text,
      ImageConfig: record({ Command: texts, EntryPoint: texts, WorkingDirectory: text }),
      KmsKeyArn: text,
      Layers: texts,
      LoggingConfig: record({ ApplicationLogLevel: text, LogFormat: text, LogGroup: text, SystemLogLevel: text }),
      MemorySize: number,
      RecursiveLoop: oneOf('Allow', 'Terminate'),
      ReservedConcurrentExecutions: number,
      'Role!': text,
      Runtime: text,
      RuntimeManagementConfig: record({ RuntimeVersionArn: text, 'UpdateRuntimeOn!': text }),
      SnapStart: record({ 'ApplyOn!': text }),
      Tags: tags,
      Timeout: number,
      TracingConfig: record({ Mode: text }),
      VpcConfig: record({ Ipv6AllowedForDualStack: flag, SecurityGroupIds: texts, SubnetIds: texts }),
    },
  }),
  // CodeSha256 is ours: SAM's versions are published by it
  attributes: ['Arn', 'CodeSha256'],

  async prepare(properties, task) {
    const bytes = await codeBytes(properties, task);
    return bytes === undefined ? properties : { ...properties, Code: { Sha256: await task.blobs.put(bytes) } };
  },

  async create(task) {
    const { call, properties, generatedName, made } = task;
    const FunctionName: string = properties['FunctionName'] ?? generatedName(64);
    const given: readonly Tag[] = properties['Tags'] ?? [];
    await call('lambda', 'CreateFunction', {
      FunctionName,
      Code: await codeInput(task),
      ...pick(properties, ['Architectures', 'CodeSigningConfigArn', 'PackageType', ...CONFIGURATION]),
      ...(given.length > 0 ? { Tags: Object.fromEntries(given.map(({ Key, Value }) => [Key, Value])) } : {}),
    });
    await made(FunctionName);
    await settled(task, FunctionName);
    if (properties['ReservedConcurrentExecutions'] !== undefined) await reserve(call, FunctionName, properties['ReservedConcurrentExecutions']);
    if (properties['RecursiveLoop'] !== undefined) await call('lambda', 'PutFunctionRecursionConfig', { FunctionName, RecursiveLoop: properties['RecursiveLoop'] });
    if (properties['RuntimeManagementConfig'] !== undefined) await call('lambda', 'PutRuntimeManagementConfig', { FunctionName, ...properties['RuntimeManagementConfig'] });
    return FunctionName;
  },

  async update(task) {
    const { call, physicalId, properties, previous, changed } = task;
    const FunctionName = physicalId;
    // A new runtime with old code, or the other way round, may not start: with both, the configuration first, as CloudFormation does.
    const settings = CONFIGURATION.filter((name) => changed.has(name));
    if (settings.length > 0) {
      const values = settings.map((name) => [name, properties[name] ?? DEFAULTS[name]]).filter(([, value]) => value !== undefined);
      await call('lambda', 'UpdateFunctionConfiguration', { FunctionName, ...Object.fromEntries(values) });
      await settled(task, FunctionName);
    }
    if (CODE.some((name) => changed.has(name))) {
      await call('lambda', 'UpdateFunctionCode', { FunctionName, ...(await codeInput(task)), ...pick(properties, ['Architectures']) });
      await settled(task, FunctionName);
    }
    if (changed.has('ReservedConcurrentExecutions')) await reserve(call, FunctionName, properties['ReservedConcurrentExecutions']);
    if (changed.has('RecursiveLoop')) await call('lambda', 'PutFunctionRecursionConfig', { FunctionName, RecursiveLoop: properties['RecursiveLoop'] ?? 'Terminate' });
    if (changed.has('RuntimeManagementConfig')) await call('lambda', 'PutRuntimeManagementConfig', { FunctionName, ...(properties['RuntimeManagementConfig'] ?? { UpdateRuntimeOn: 'Auto' }) });
    if (changed.has('CodeSigningConfigArn')) {
      const config = properties['CodeSigningConfigArn'];
      if (config === undefined) await call('lambda', 'DeleteFunctionCodeSigningConfig', { FunctionName });
      else await call('lambda', 'PutFunctionCodeSigningConfig', { FunctionName, CodeSigningConfigArn: config });
    }
    if (changed.has('Tags')) await retag(task, { previous: previous['Tags'], next: properties['Tags'] });
  },

  async delete({ call, physicalId }) {
    await call('lambda', 'DeleteFunction', { FunctionName: physicalId });
  },

  async read({ call, physicalId }) {
    const found = await call('lambda', 'GetFunctionConfiguration', { FunctionName: physicalId });
    return { ref: physicalId, attributes: { Arn: found.FunctionArn, CodeSha256: found.CodeSha256 } };
  },
};

async function codeBytes(properties: Properties, task: PreparationTask): Promise<Buffer | undefined> {
  const code: unknown = properties['Code'];
  if (typeof code === 'string') {
    try {
      return await localCode(code, task.baseFolder);
    } catch (error) {
      if (!(error instanceof CodeError)) throw error;
      task.wrong(`${task.path}.Code`, code, error.message);
      return undefined;
    }
  }
  const source = (code as { readonly ZipFile?: string } | undefined)?.ZipFile;
  if (typeof source !== 'string') return undefined;
  const bytes = inlineCode(source, String(properties['Runtime'] ?? ''));
  if (bytes === null) task.wrong(`${task.path}.Code.ZipFile`, properties['Runtime'], 'allowed with ZipFile: a nodejs or python Runtime; for others give a folder or file as Code');
  return bytes ?? undefined;
}

async function codeInput({ properties, blobs }: Task): Promise<object> {
  const sha256 = properties['Code'].Sha256 as string | undefined;
  if (sha256 === undefined) return properties['Code'];
  const bytes = await blobs.get(sha256);
  if (bytes === undefined) throw new Error(`The code ${sha256} is not stored any more: deploy the template again`);
  return { ZipFile: bytes };
}

/** A function takes no change while the one before is under way. */
async function settled({ call, until }: Task, FunctionName: string): Promise<void> {
  await until(`function ${FunctionName} to be active`, async () => {
    const found = await call('lambda', 'GetFunctionConfiguration', { FunctionName });
    if (found.State === 'Failed') throw new Error(`Function ${FunctionName} failed: ${found.StateReason ?? 'no reason given'}`);
    if (found.LastUpdateStatus === 'Failed') throw new Error(`The change of function ${FunctionName} failed: ${found.LastUpdateStatusReason ?? 'no reason given'}`);
    return found.State === 'Pending' || found.LastUpdateStatus === 'InProgress' ? undefined : true;
  });
}

async function reserve(call: CallOperation, FunctionName: string, concurrency: number | undefined): Promise<void> {
  if (concurrency === undefined) await call('lambda', 'DeleteFunctionConcurrency', { FunctionName });
  else await call('lambda', 'PutFunctionConcurrency', { FunctionName, ReservedConcurrentExecutions: concurrency });
}

async function retag({ call, attributes }: ExistingTask, lists: { readonly previous: readonly Tag[] | undefined; readonly next: readonly Tag[] | undefined }): Promise<void> {
  const { removed, added } = tagChanges(lists.previous, lists.next);
  const Resource = attributes['Arn'];
  if (removed.length > 0) await call('lambda', 'UntagResource', { Resource, TagKeys: removed });
  if (added.length > 0) await call('lambda', 'TagResource', { Resource, Tags: Object.fromEntries(added.map(({ Key, Value }) => [Key, Value])) });
}
