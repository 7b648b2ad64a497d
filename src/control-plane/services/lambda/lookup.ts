import { AwsError, type Call } from '../../../aws/index.ts';
import { aliasVersion, type FunctionAlias, type FunctionConfiguration, type FunctionReference, type LambdaFunction, parseFunctionName } from '../../resources/lambda/index.ts';
import type { World } from '../../store/index.ts';
import { functionNotFound, invalid, notFound } from './error.ts';

/** Reads `FunctionName` and `Qualifier` together: a qualifier may stand in either, or in both if they agree. What lies in another account is only ever invoked. */
export function reference(call: Call, functionName: string | undefined, qualifier?: string, accounts: 'own account' | 'any account' = 'own account'): FunctionReference {
  const found = parseFunctionName(functionName ?? '', call);
  if (!found) throw invalid(`FunctionName ${functionName ?? 'null'} is neither a function's name nor its ARN.`);
  if (found.region !== call.region) throw notFound(`Functions from '${found.region}' are not reachable in this region ('${call.region}')`);
  if (accounts === 'own account' && found.account !== call.account) {
    throw new AwsError('AccessDeniedException', `User: ${call.principal} is not authorized to perform: lambda:${call.operation} on resource: ${found.arn} because no resource-based policy allows the lambda:${call.operation} action`, { status: 403 });
  }
  if (qualifier === undefined || qualifier === found.qualifier) return found;
  if (found.qualifier !== null) throw invalid('The derived qualifier from the function name does not match the specified qualifier.');
  return { ...found, qualifier };
}

/** As `reference`, for operations that know no versions. */
export function unqualified(call: Call, functionName: string | undefined): FunctionReference {
  const found = reference(call, functionName);
  if (found.qualifier !== null && found.qualifier !== '$LATEST') throw invalid(`This operation does not take a qualifier ('${found.qualifier}'): name the function without it.`);
  return found;
}

export function qualifiedArn(found: FunctionReference): string {
  return found.qualifier === null ? found.arn : `${found.arn}:${found.qualifier}`;
}

export function functionOf(world: World, found: FunctionReference): LambdaFunction {
  const resource = world.get('lambda/function', found.arn);
  if (!resource) throw functionNotFound(qualifiedArn(found));
  return resource;
}

/** Refuses a qualifier that names neither a version nor an alias, in AWS's words for what is kept at one of them. The function itself is not looked for. */
export function checkQualifier(world: World, found: FunctionReference): void {
  const arn = qualifiedArn(found);
  if (found.qualifier === null || world.get('lambda/version', arn) || world.get('lambda/alias', arn)) return;
  if (/^\d+$/.test(found.qualifier) || found.qualifier.includes('$')) throw functionNotFound(arn);
  throw notFound(`Cannot find alias arn: ${arn}`);
}

/** What a reference leads to: the function itself, or a published version, perhaps by way of an alias. */
export interface Resolved {
  readonly owner: LambdaFunction;
  readonly configuration: FunctionConfiguration;
  readonly alias: FunctionAlias | null;
  /** The ARN as the caller qualified it. */
  readonly arn: string;
}

/** `draw`: a uniform number in [0, 1) that picks among the versions of an alias with routing; 1 takes its main version. */
export function resolve(world: World, found: FunctionReference, draw = 1): Resolved {
  const owner = functionOf(world, found);
  const arn = qualifiedArn(found);
  if (found.qualifier === null || found.qualifier === '$LATEST') return { owner, configuration: owner, alias: null, arn };
  const alias = world.get('lambda/alias', arn) ?? null;
  const version = alias ? aliasVersion(alias, draw) : found.qualifier;
  const configuration = version === '$LATEST' ? owner : world.get('lambda/version', `${owner.id}:${version}`);
  if (!configuration) throw functionNotFound(arn);
  return { owner, configuration, alias, arn };
}
