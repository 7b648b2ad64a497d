import type {
  Cors, CreateFunctionUrlConfigRequest, CreateFunctionUrlConfigResponse, DeleteFunctionUrlConfigRequest, FunctionUrlConfig, GetFunctionUrlConfigRequest, GetFunctionUrlConfigResponse,
  ListFunctionUrlConfigsRequest, ListFunctionUrlConfigsResponse, UpdateFunctionUrlConfigRequest, UpdateFunctionUrlConfigResponse,
} from '@aws-sdk/client-lambda';
import type { Call } from '../../../aws/index.ts';
import { alphanumericId } from '../../../kernel/index.ts';
import { type FunctionUrl, type FunctionUrlCors, functionUrlHost, functionUrlId } from '../../resources/lambda/index.ts';
import type { World } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { applied } from './applied.ts';
import { conflict, invalid, notFound } from './error.ts';
import { qualifiedArn, reference, unqualified } from './lookup.ts';
import { page } from './page.ts';

const URL_ID_LENGTH = 32;

/** https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html */
export function functionUrlOperations(environment: Environment) {
  const { store, clock, random } = environment;
  const shown = (url: FunctionUrl): FunctionUrlConfig => output(url, environment);
  /** AWS answers a change with the mode only if the request had one. */
  const answered = (url: FunctionUrl, given: string | undefined): FunctionUrlConfig => {
    const { InvokeMode, ...rest } = shown(url);
    return given === undefined ? rest : { ...rest, InvokeMode };
  };

  return {
    async CreateFunctionUrlConfig(input: CreateFunctionUrlConfigRequest, call: Call): Promise<CreateFunctionUrlConfigResponse> {
      const found = owner(call, input);
      const cors = corsOf(input.Cors);
      const now = clock.now();
      const urlId = alphanumericId(random, URL_ID_LENGTH);
      const created = await store.transact((transaction) => {
        const { arn, parent, account, region } = urlOwner(transaction, found);
        const id = functionUrlId(arn);
        if (transaction.get('lambda/function-url', id)) throw conflict(`Failed to create function url config for [functionArn = ${arn}]. Error message:  FunctionUrlConfig exists for this Lambda function`);
        const url: FunctionUrl = {
          id, account, region, parent, createdAt: now, functionArn: arn, urlId, authType: input.AuthType ?? 'NONE', invokeMode: input.InvokeMode ?? 'BUFFERED', cors, lastModified: now,
        };
        transaction.put('lambda/function-url', url);
        return url;
      });
      await applied(environment);
      const { LastModifiedTime: _modified, ...rest } = answered(created, input.InvokeMode);
      return rest;
    },

    async UpdateFunctionUrlConfig(input: UpdateFunctionUrlConfigRequest, call: Call): Promise<UpdateFunctionUrlConfigResponse> {
      const found = owner(call, input);
      const cors = input.Cors === undefined ? undefined : corsOf(input.Cors);
      const now = clock.now();
      const updated = await store.transact((transaction) => {
        urlOwner(transaction, found);
        const before = urlOf(transaction, found);
        const url: FunctionUrl = {
          ...before, authType: input.AuthType ?? before.authType, invokeMode: input.InvokeMode ?? before.invokeMode, cors: cors === undefined ? before.cors : cors, lastModified: now,
        };
        transaction.put('lambda/function-url', url);
        return url;
      });
      await applied(environment);
      return answered(updated, input.InvokeMode);
    },

    GetFunctionUrlConfig: (input: GetFunctionUrlConfigRequest, call: Call): GetFunctionUrlConfigResponse => shown(urlOf(store.world, owner(call, input))),

    async DeleteFunctionUrlConfig(input: DeleteFunctionUrlConfigRequest, call: Call): Promise<object> {
      const found = owner(call, input);
      await store.transact((transaction) => transaction.delete('lambda/function-url', urlOf(transaction, found).id));
      await applied(environment);
      return {};
    },

    ListFunctionUrlConfigs(input: ListFunctionUrlConfigsRequest, call: Call): ListFunctionUrlConfigsResponse {
      const current = urlOwner(store.world, unqualified(call, input.FunctionName));
      const { items, marker } = page(store.world.children('lambda/function-url', current.parent), input);
      return { FunctionUrlConfigs: items.map(shown), ...(marker === undefined ? {} : { NextMarker: marker }) };
    },
  };
}

type Found = ReturnType<typeof reference>;

function owner(call: Call, input: { readonly FunctionName?: string | undefined; readonly Qualifier?: string | undefined }): Found {
  const found = reference(call, input.FunctionName, input.Qualifier);
  if (found.qualifier !== null && /^(\d+|\$LATEST)$/.test(found.qualifier)) throw invalid('Function URLs belong to functions and aliases: the qualifier must be the name of an alias.');
  return found;
}

function urlOwner(world: World, found: Found): { readonly arn: string; readonly parent: string; readonly account: string; readonly region: string } {
  const owner = world.get('lambda/function', found.arn);
  const arn = qualifiedArn(found);
  if (!owner || (found.qualifier !== null && !world.get('lambda/alias', arn))) throw notFound('Function does not exist');
  return { arn, parent: owner.id, account: owner.account, region: owner.region };
}

function urlOf(world: World, found: Found): FunctionUrl {
  const url = world.get('lambda/function-url', functionUrlId(qualifiedArn(found)));
  if (!url) throw notFound('The resource you requested does not exist.');
  return url;
}

/** Null where nothing is said. */
function corsOf(input: Cors | undefined): FunctionUrlCors | null {
  if (input === undefined || Object.values(input).every((value) => value === undefined)) return null;
  for (const member of ['AllowMethods', 'AllowOrigins'] as const) {
    const list = input[member] ?? [];
    if (list.length > 1 && list.includes('*')) throw invalid(`You can't specify additional fields for ${member} because you already specified the wildcard character (*).`);
  }
  return {
    allowCredentials: input.AllowCredentials ?? false,
    allowHeaders: input.AllowHeaders ?? [],
    allowMethods: input.AllowMethods ?? [],
    allowOrigins: input.AllowOrigins ?? [],
    exposeHeaders: input.ExposeHeaders ?? [],
    maxAge: input.MaxAge ?? null,
  };
}

function output(url: FunctionUrl, { dnsSuffix, httpsPort }: Environment): FunctionUrlConfig {
  const { cors } = url;
  return {
    FunctionUrl: `https://${functionUrlHost(url, dnsSuffix)}${httpsPort === 443 ? '' : `:${httpsPort}`}/`,
    FunctionArn: url.functionArn,
    AuthType: url.authType,
    InvokeMode: url.invokeMode,
    CreationTime: new Date(url.createdAt).toISOString(),
    LastModifiedTime: new Date(url.lastModified).toISOString(),
    ...(cors === null
      ? {}
      : {
          Cors: {
            AllowCredentials: cors.allowCredentials,
            ...(cors.allowHeaders.length === 0 ? {} : { AllowHeaders: [...cors.allowHeaders] }),
            ...(cors.allowMethods.length === 0 ? {} : { AllowMethods: [...cors.allowMethods] }),
            ...(cors.allowOrigins.length === 0 ? {} : { AllowOrigins: [...cors.allowOrigins] }),
            ...(cors.exposeHeaders.length === 0 ? {} : { ExposeHeaders: [...cors.exposeHeaders] }),
            ...(cors.maxAge === null ? {} : { MaxAge: cors.maxAge }),
          },
        }),
  };
}
