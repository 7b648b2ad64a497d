import { createHash } from 'node:crypto';
import { isPlainMap, type Plain, type PlainMap } from '../document/source.ts';
import { around, type Declared, type Expansion, some } from './expansion.ts';

/** What stands for a function where it is called, and what `!Ref Function.Alias` and `!Ref Function.Version` mean. */
export interface Published {
  /** The function, or its alias. */
  readonly target: PlainMap;
  /** Name of the alias; null: none is published. */
  readonly alias: string | null;
  /** Logical ids by what templates call them: `Function.Alias`. */
  readonly references: ReadonlyMap<string, string>;
}

/**
 * AutoPublishAlias: a version for each new code, and an alias that leads to the newest. Old versions stay, as SAM leaves them.
 * https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources-function.html
 */
export function expandPublishedAlias(functionId: string, properties: PlainMap, into: Expansion & { readonly declared: Declared; readonly code: Plain | undefined }): Published {
  const { AutoPublishAlias: alias, ProvisionedConcurrencyConfig: provisioned, VersionDescription: description, VersionDeletionPolicy: policy = 'Retain' } = properties;
  const path = `Resources.${functionId}.Properties`;
  const { problems, resources, declared } = into;
  if (alias === undefined) {
    if (provisioned !== undefined) problems.add(`${path}.ProvisionedConcurrencyConfig`, provisioned, 'allowed with AutoPublishAlias only: what is provisioned is an alias');
    return { target: { Ref: functionId }, alias: null, references: new Map() };
  }
  if (policy !== 'Retain' && policy !== 'Delete') problems.add(`${path}.VersionDeletionPolicy`, policy, 'allowed: Retain, Delete');
  if (typeof alias !== 'string' || !/^(?!\d+$)[A-Za-z0-9_-]{1,128}$/.test(alias)) {
    problems.add(`${path}.AutoPublishAlias`, alias, 'allowed: the name of an alias, letters, digits, - and _');
    return { target: { Ref: functionId }, alias: null, references: new Map() };
  }
  const beside = around(declared, ['Condition']);
  // another code, as far as the template tells, is another resource: versions do not change
  const told = isTrue(properties['AutoPublishAliasAllProperties']) ? [into.code ?? null, properties] : (properties['AutoPublishCodeSha256'] ?? into.code ?? null);
  const versionId = `${functionId}Version${createHash('sha256').update(JSON.stringify(told)).digest('hex').slice(0, 10)}`;
  const aliasId = `${functionId}Alias${alias.replaceAll(/[^A-Za-z0-9]/g, '')}`;
  resources.set(versionId, {
    ...beside, DeletionPolicy: policy, UpdateReplacePolicy: policy, Type: 'AWS::Lambda::Version',
    // of a folder the template has the path only: what is in it is told by the function
    Properties: some({ FunctionName: { Ref: functionId }, CodeSha256: { 'Fn::GetAtt': [functionId, 'CodeSha256'] }, Description: description }),
  });
  resources.set(aliasId, {
    ...beside, Type: 'AWS::Lambda::Alias',
    Properties: some({ Name: alias, FunctionName: { Ref: functionId }, FunctionVersion: { 'Fn::GetAtt': [versionId, 'Version'] }, ProvisionedConcurrencyConfig: provisioned }),
  });
  return { target: { Ref: aliasId }, alias, references: new Map([[`${functionId}.Alias`, aliasId], [`${functionId}.Version`, versionId]]) };
}

function isTrue(value: Plain | undefined): boolean {
  return value === true || value === 'true';
}

/** A value with `!Ref Function.Alias`, in Fn::Sub too, in the names of what was made. */
export function withReferences(value: Plain, references: ReadonlyMap<string, string>): Plain {
  if (references.size === 0 || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return (value as readonly Plain[]).map((item) => withReferences(item, references));
  if (!isPlainMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]): [string, Plain] => {
    if (name === 'Ref' && typeof inner === 'string') return [name, references.get(inner) ?? inner];
    if (name !== 'Fn::Sub') return [name, withReferences(inner, references)];
    const [text, ...rest] = Array.isArray(inner) ? (inner as readonly Plain[]) : [inner];
    const named = typeof text === 'string' ? text.replaceAll(/\$\{([^!${}]+)\}/g, (whole, reference: string) => (references.has(reference) ? `\${${references.get(reference)!}}` : whole)) : text!;
    return [name, rest.length === 0 ? named : [named, ...rest.map((item) => withReferences(item, references))]];
  }));
}
