import type { FunctionConfiguration as Shape, ListVersionsByFunctionRequest, ListVersionsByFunctionResponse, PublishVersionRequest } from '@aws-sdk/client-lambda';
import type { Call } from '../../../aws/index.ts';
import { uuid } from '../../../kernel/index.ts';
import { contentOf, type FunctionConfiguration, type FunctionVersion, type LambdaFunction } from '../../resources/lambda/index.ts';
import type { Transaction } from '../../store/index.ts';
import type { Environment } from '../environment.ts';
import { applied } from './applied.ts';
import { invalid, revisionMismatch } from './error.ts';
import { functionOf, unqualified } from './lookup.ts';
import { base64Hash, configurationOutput } from './output.ts';
import { page } from './page.ts';

interface Publication {
  readonly now: number;
  readonly revisionId: string;
  /** Of the function itself, which is told of its newest version. */
  readonly functionRevisionId: string;
  readonly description: string;
}

/** Freezes the function as a new version; the newest version itself where nothing has changed since, as AWS does. */
export function publish(transaction: Transaction, current: LambdaFunction, publication: Publication): FunctionVersion {
  const newest = current.lastVersion === 0 ? undefined : transaction.get('lambda/version', `${current.id}:${current.lastVersion}`);
  if (newest && newest.functionDescription === current.description && contentOf(newest) === contentOf(current)) return newest;
  const number = current.lastVersion + 1;
  const { tags: _tags, reservedConcurrency: _reserved, lastVersion: _last, recursiveLoop: _loop, codeSigningConfig: _signing, ...configuration } = current;
  const version: FunctionVersion = {
    ...configuration,
    id: `${current.id}:${number}`,
    parent: current.id,
    createdAt: publication.now,
    version: String(number),
    description: publication.description,
    functionDescription: current.description,
    revisionId: publication.revisionId,
  };
  transaction.put('lambda/version', version);
  transaction.put('lambda/function', { ...current, lastVersion: number, revisionId: publication.functionRevisionId });
  return version;
}

export function versionOperations(environment: Environment) {
  const { store, clock, random } = environment;
  return {
    async PublishVersion(input: PublishVersionRequest, call: Call): Promise<Shape> {
      const found = unqualified(call, input.FunctionName);
      const now = clock.now();
      const revisionId = uuid(random);
      const functionRevisionId = uuid(random);
      const version = await store.transact((transaction) => {
        const current = functionOf(transaction, found);
        if (input.RevisionId !== undefined && input.RevisionId !== current.revisionId) throw revisionMismatch();
        const hash = base64Hash(current.code);
        if (input.CodeSha256 !== undefined && input.CodeSha256 !== '' && input.CodeSha256 !== hash) {
          throw invalid(`CodeSHA256 (${input.CodeSha256}) is different from current CodeSHA256 in $LATEST (${hash}). Please try again with the CodeSHA256 in $LATEST.`);
        }
        return publish(transaction, current, { now, revisionId, functionRevisionId, description: input.Description ?? current.description });
      });
      await applied(environment);
      return configurationOutput(version, version.id);
    },

    ListVersionsByFunction(input: ListVersionsByFunctionRequest, call: Call): ListVersionsByFunctionResponse {
      const current = functionOf(store.world, unqualified(call, input.FunctionName));
      const { items, marker } = page<FunctionConfiguration>([current, ...store.world.children('lambda/version', current.id)], input);
      const arnOf = (each: FunctionConfiguration): string => (each.version === '$LATEST' ? `${each.id}:$LATEST` : each.id);
      return { Versions: items.map((each) => configurationOutput(each, arnOf(each), 'list')), ...(marker === undefined ? {} : { NextMarker: marker }) };
    },
  };
}
