import type {
  CodeSigningConfig as Shape, CreateCodeSigningConfigRequest, DeleteCodeSigningConfigRequest, GetCodeSigningConfigRequest, GetFunctionCodeSigningConfigRequest,
  GetFunctionCodeSigningConfigResponse, ListCodeSigningConfigsRequest, ListCodeSigningConfigsResponse, ListFunctionsByCodeSigningConfigRequest, ListFunctionsByCodeSigningConfigResponse,
  PutFunctionCodeSigningConfigRequest, PutFunctionCodeSigningConfigResponse, UpdateCodeSigningConfigRequest,
} from '@aws-sdk/client-lambda';
import { AwsError, type Call, parseArn } from '../../../aws/index.ts';
import { hexId } from '../../../kernel/index.ts';
import type { CodeSigningConfig } from '../../resources/lambda/index.ts';
import type { World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { conflict, invalid, notFound } from './error.ts';
import { functionOf, unqualified } from './lookup.ts';
import { page } from './page.ts';
import { checkedTags } from './tag.ts';

/**
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-codesigning.html. Signatures cannot be checked here (there is no Signer), so that no code counts as
 * signed: `Enforce` refuses all code, `Warn` takes it.
 */
export function codeSigningOperations(environment: Environment) {
  const { store, clock, random } = environment;

  return {
    async CreateCodeSigningConfig(input: CreateCodeSigningConfigRequest, call: Call): Promise<{ readonly CodeSigningConfig: Shape }> {
      const signingProfiles = checkedProfiles(input.AllowedPublishers?.SigningProfileVersionArns);
      const tags = checkedTags(input.Tags ?? {});
      const { account, region } = call;
      const configId = `csc-${hexId(random, 17)}`;
      const now = clock.now();
      const created: CodeSigningConfig = {
        id: `arn:aws:lambda:${region}:${account}:code-signing-config:${configId}`, account, region, parent: null, createdAt: now, configId, description: input.Description ?? '', signingProfiles,
        policy: input.CodeSigningPolicies?.UntrustedArtifactOnDeployment ?? 'Warn', tags, lastModified: now,
      };
      await store.transact((transaction) => transaction.put('lambda/code-signing-config', created));
      return { CodeSigningConfig: output(created) };
    },

    GetCodeSigningConfig: (input: GetCodeSigningConfigRequest, call: Call) => ({ CodeSigningConfig: output(named(store.world, call, input.CodeSigningConfigArn)) }),

    async UpdateCodeSigningConfig(input: UpdateCodeSigningConfigRequest, call: Call): Promise<{ readonly CodeSigningConfig: Shape }> {
      const signingProfiles = input.AllowedPublishers === undefined ? null : checkedProfiles(input.AllowedPublishers.SigningProfileVersionArns);
      const now = clock.now();
      const updated = await store.transact((transaction) => {
        const before = named(transaction, call, input.CodeSigningConfigArn);
        const next: CodeSigningConfig = {
          ...before, description: input.Description ?? before.description, signingProfiles: signingProfiles ?? before.signingProfiles,
          policy: input.CodeSigningPolicies?.UntrustedArtifactOnDeployment ?? before.policy, lastModified: now,
        };
        transaction.put('lambda/code-signing-config', next);
        return next;
      });
      return { CodeSigningConfig: output(updated) };
    },

    async DeleteCodeSigningConfig(input: DeleteCodeSigningConfigRequest, call: Call): Promise<object> {
      await store.transact((transaction) => {
        const { id } = named(transaction, call, input.CodeSigningConfigArn);
        if (transaction.list('lambda/function', call).some(({ codeSigningConfig }) => codeSigningConfig === id)) {
          throw conflict('Cannot delete Code Signing Config because it is being used by a function. Remove the association first.');
        }
        transaction.delete('lambda/code-signing-config', id);
      });
      return {};
    },

    ListCodeSigningConfigs(input: ListCodeSigningConfigsRequest, call: Call): ListCodeSigningConfigsResponse {
      const { items, marker } = page(store.world.list('lambda/code-signing-config', call), input);
      return { CodeSigningConfigs: items.map(output), ...(marker === undefined ? {} : { NextMarker: marker }) };
    },

    ListFunctionsByCodeSigningConfig(input: ListFunctionsByCodeSigningConfigRequest, call: Call): ListFunctionsByCodeSigningConfigResponse {
      const { id } = named(store.world, call, input.CodeSigningConfigArn);
      const { items, marker } = page(store.world.list('lambda/function', call).filter(({ codeSigningConfig }) => codeSigningConfig === id), input);
      return { FunctionArns: items.map((each) => each.id), ...(marker === undefined ? {} : { NextMarker: marker }) };
    },

    async PutFunctionCodeSigningConfig(input: PutFunctionCodeSigningConfigRequest, call: Call): Promise<PutFunctionCodeSigningConfigResponse> {
      const found = unqualified(call, input.FunctionName);
      const config = await store.transact((transaction) => {
        const { id } = codeSigningConfigOf(transaction, call, input.CodeSigningConfigArn);
        const current = functionOf(transaction, found);
        transaction.put('lambda/function', { ...current, codeSigningConfig: id });
        return id;
      });
      return { CodeSigningConfigArn: config, FunctionName: found.name };
    },

    GetFunctionCodeSigningConfig(input: GetFunctionCodeSigningConfigRequest, call: Call): Partial<GetFunctionCodeSigningConfigResponse> {
      const { name, codeSigningConfig } = functionOf(store.world, unqualified(call, input.FunctionName));
      return codeSigningConfig === null ? {} : { FunctionName: name, CodeSigningConfigArn: codeSigningConfig };
    },

    async DeleteFunctionCodeSigningConfig(input: GetFunctionCodeSigningConfigRequest, call: Call): Promise<object> {
      const found = unqualified(call, input.FunctionName);
      await store.transact((transaction) => transaction.put('lambda/function', { ...functionOf(transaction, found), codeSigningConfig: null }));
      return {};
    },
  };
}

/** The configuration that an operation on configurations is about. */
function named(world: World, call: Call, arn = ''): CodeSigningConfig {
  const config = found(world, call, arn);
  if (!config) throw notFound(`The Lambda code signing configuration ${arn} can not be found.`);
  return config;
}

/** The configuration that a function is to have. */
export function codeSigningConfigOf(world: World, call: Call, arn = ''): CodeSigningConfig {
  const config = found(world, call, arn);
  if (parseArn(arn)?.account !== call.account) throw invalid(`The code signing configuration must be in the same account as the Lambda function. Check the provided ARN: ${arn}.`);
  if (!config) throw new AwsError('CodeSigningConfigNotFoundException', `The code signing configuration cannot be found. Check that the provided configuration is not deleted: ${arn}.`);
  return config;
}

function found(world: World, call: Call, arn: string): CodeSigningConfig | null {
  const config = world.get('lambda/code-signing-config', arn);
  return config && config.account === call.account && config.region === call.region ? config : null;
}

/** Code that a function with this configuration is given: none is signed. */
export function checkSignature(world: World, config: string | null): void {
  if (config === null || world.get('lambda/code-signing-config', config)?.policy !== 'Enforce') return;
  throw new AwsError('CodeVerificationFailedException', 'The code signature failed one or more of the validation checks for signature mismatch or expiry, and the code signing policy is set to ENFORCE. Lambda blocks the deployment. (Signatures cannot be checked here: set UntrustedArtifactOnDeployment to Warn.)');
}

function checkedProfiles(arns: readonly string[] = []): readonly string[] {
  if (arns.length === 0 || arns.length > 20) throw invalid('AllowedPublishers names from 1 to 20 signing profile versions.');
  return [...arns];
}

function output(config: CodeSigningConfig): Shape {
  return {
    CodeSigningConfigId: config.configId,
    CodeSigningConfigArn: config.id,
    Description: config.description,
    AllowedPublishers: { SigningProfileVersionArns: [...config.signingProfiles] },
    CodeSigningPolicies: { UntrustedArtifactOnDeployment: config.policy },
    LastModified: new Date(config.lastModified).toISOString().replace('Z', '+0000'),
  };
}
