import { isOpenApi, templateOfOpenApi } from './document/openapi.ts';
import { isPlainMap, readSource, type Plain, type PlainMap } from './document/source.ts';
import { choices, type Problems } from './problem.ts';
import { expandServerless, SERVERLESS } from './serverless/transform.ts';

/** A template whose sections and resources have the right form; its expressions are not evaluated yet. */
export interface Template {
  readonly description: string | null;
  readonly languageExtensions: boolean;
  readonly parameters: PlainMap;
  readonly mappings: PlainMap;
  readonly conditions: PlainMap;
  readonly resources: ReadonlyMap<string, ResourceDeclaration>;
  readonly outputs: PlainMap;
}

export interface ResourceDeclaration {
  readonly logicalId: string;
  readonly type: string;
  readonly condition: string | null;
  readonly dependsOn: readonly string[];
  readonly properties: PlainMap;
  readonly deletionPolicy: 'Delete' | 'Retain';
  readonly updateReplacePolicy: 'Delete' | 'Retain';
}

const FORMAT_VERSION = '2010-09-09';
const SECTIONS = ['AWSTemplateFormatVersion', 'Conditions', 'Description', 'Mappings', 'Metadata', 'Outputs', 'Parameters', 'Resources', 'Transform'];
/** Quotas of CloudFormation (cloudformation-limits.html). */
const MOST = { Resources: 500, Parameters: 200, Outputs: 200, Mappings: 200 } as const;
const LOGICAL_ID = /^[A-Za-z0-9]{1,255}$/;

/** Reads the text and checks its form. Undefined when there is nothing to go on with. */
export function readTemplate(text: string, problems: Problems): Template | undefined {
  const source = readSource(text, problems);
  if (source === undefined) return undefined;
  if (!isPlainMap(source)) {
    problems.add('template', source, 'allowed: a map with Resources');
    return undefined;
  }
  const document = isOpenApi(source) ? templateOfOpenApi(source) : transformsOf(source).includes(SERVERLESS) ? expandServerless(source, problems) : source;
  for (const name of Object.keys(document)) {
    if (!SECTIONS.includes(name)) problems.add(name, document[name], `allowed sections: ${SECTIONS.join(', ')}`);
  }
  const version = document['AWSTemplateFormatVersion'];
  if (version !== undefined && version !== FORMAT_VERSION) problems.add('AWSTemplateFormatVersion', version, `allowed: ${FORMAT_VERSION}`);
  const description = document['Description'];
  if (description !== undefined && (typeof description !== 'string' || Buffer.byteLength(description) > 1024)) {
    problems.add('Description', description, 'allowed: text of at most 1024 bytes');
  }
  return {
    description: typeof description === 'string' ? description : null,
    languageExtensions: readTransform(document, problems),
    parameters: section(document, 'Parameters', problems),
    mappings: readMappings(section(document, 'Mappings', problems), problems),
    conditions: section(document, 'Conditions', problems),
    resources: readResources(document, problems),
    outputs: section(document, 'Outputs', problems),
  };
}

function section(document: PlainMap, name: string, problems: Problems): PlainMap {
  const value = document[name];
  if (value === undefined) return {};
  if (!isPlainMap(value)) {
    problems.add(name, value, 'allowed: a map of names');
    return {};
  }
  const most = (MOST as Readonly<Record<string, number>>)[name];
  if (most !== undefined && Object.keys(value).length > most) problems.add(name, `${Object.keys(value).length} entries`, `allowed: at most ${most}`);
  for (const key of Object.keys(value)) {
    if (!LOGICAL_ID.test(key)) problems.add(`${name}.${key}`, key, 'allowed: a name of 1 to 255 letters and digits');
  }
  return value;
}

function transformsOf(document: PlainMap): readonly Plain[] {
  const value = document['Transform'];
  return value === undefined ? [] : Array.isArray(value) ? (value as readonly Plain[]) : [value];
}

function readTransform(document: PlainMap, problems: Problems): boolean {
  const names = transformsOf(document);
  for (const name of names) {
    if (name !== 'AWS::LanguageExtensions' && name !== SERVERLESS) problems.add('Transform', name, `allowed: AWS::LanguageExtensions, ${SERVERLESS}; other macros are not served: write what they would expand to`);
  }
  return names.includes('AWS::LanguageExtensions');
}

function readMappings(mappings: PlainMap, problems: Problems): PlainMap {
  for (const [name, first] of Object.entries(mappings)) {
    if (!isPlainMap(first)) {
      problems.add(`Mappings.${name}`, first, 'allowed: a map of keys to maps');
      continue;
    }
    for (const [key, second] of Object.entries(first)) {
      if (!isPlainMap(second)) {
        problems.add(`Mappings.${name}.${key}`, second, 'allowed: a map of keys to values');
        continue;
      }
      for (const [last, value] of Object.entries(second)) {
        const flat = Array.isArray(value) ? value : [value];
        if (flat.some((one) => typeof one === 'object')) problems.add(`Mappings.${name}.${key}.${last}`, value, 'allowed: text, a number, or a list of these; no functions');
      }
    }
  }
  return mappings;
}

function readResources(document: PlainMap, problems: Problems): ReadonlyMap<string, ResourceDeclaration> {
  const declared = section(document, 'Resources', problems);
  if (Object.keys(declared).length === 0 && (document['Resources'] === undefined || isPlainMap(document['Resources']))) {
    problems.add('Resources', document['Resources'], 'allowed: at least one resource');
  }
  const resources = new Map<string, ResourceDeclaration>();
  for (const [logicalId, value] of Object.entries(declared)) {
    const resource = readResource(logicalId, value, problems);
    if (resource !== undefined) resources.set(logicalId, resource);
  }
  for (const resource of resources.values()) {
    for (const id of resource.dependsOn) {
      if (declared[id] === undefined) problems.add(`Resources.${resource.logicalId}.DependsOn`, id, `allowed: ${choices(Object.keys(declared), id)}`);
    }
  }
  return resources;
}

const MEMBERS = ['Condition', 'DeletionPolicy', 'DependsOn', 'Metadata', 'Properties', 'Type', 'UpdateReplacePolicy'];
const REFUSED: Readonly<Record<string, string>> = {
  CreationPolicy: 'signals are not served: remove it',
  UpdatePolicy: 'it belongs to types that Turnpike does not have: remove it',
};

function readResource(logicalId: string, value: Plain, problems: Problems): ResourceDeclaration | undefined {
  const path = `Resources.${logicalId}`;
  if (!isPlainMap(value)) {
    problems.add(path, value, 'allowed: a map with Type and Properties');
    return undefined;
  }
  for (const member of Object.keys(value)) {
    if (!MEMBERS.includes(member)) problems.add(`${path}.${member}`, value[member], REFUSED[member] ?? `allowed: ${MEMBERS.join(', ')}`);
  }
  const { Type: type, Condition: condition, Properties: properties = {} } = value;
  if (typeof type !== 'string') {
    problems.add(`${path}.Type`, type, 'allowed: the name of a resource type');
    return undefined;
  }
  if (condition !== undefined && typeof condition !== 'string') problems.add(`${path}.Condition`, condition, 'allowed: the name of a condition');
  if (!isPlainMap(properties)) problems.add(`${path}.Properties`, properties, 'allowed: a map');
  const deletionPolicy = policy(value, 'DeletionPolicy', { path, problems });
  return {
    logicalId,
    type,
    condition: typeof condition === 'string' ? condition : null,
    dependsOn: readDependsOn(value['DependsOn'], path, problems),
    properties: isPlainMap(properties) ? properties : {},
    deletionPolicy,
    updateReplacePolicy: policy(value, 'UpdateReplacePolicy', { path, problems }),
  };
}

function readDependsOn(value: Plain | undefined, path: string, problems: Problems): readonly string[] {
  if (value === undefined) return [];
  const list = Array.isArray(value) ? (value as readonly Plain[]) : [value];
  return list.filter((id): id is string => {
    if (typeof id === 'string') return true;
    problems.add(`${path}.DependsOn`, id, 'allowed: a logical id, or a list of them; no functions');
    return false;
  });
}

function policy(resource: PlainMap, name: 'DeletionPolicy' | 'UpdateReplacePolicy', at: { readonly path: string; readonly problems: Problems }): 'Delete' | 'Retain' {
  const value = resource[name];
  if (value === undefined || value === 'Delete') return 'Delete';
  if (value === 'Retain') return 'Retain';
  // Retained but for a creation that is rolled back, which is how Retain is carried out here for both.
  if (value === 'RetainExceptOnCreate' && name === 'DeletionPolicy') return 'Retain';
  at.problems.add(`${at.path}.${name}`, value, name === 'DeletionPolicy' ? 'allowed: Delete, Retain, RetainExceptOnCreate' : 'allowed: Delete, Retain');
  return 'Delete';
}
