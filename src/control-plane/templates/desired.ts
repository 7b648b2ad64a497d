import { readConditions } from './conditions.ts';
import { dependencyOrder } from './dependencies.ts';
import { isPlainMap, type Plain, type PlainMap } from './document/source.ts';
import { evaluate } from './expressions/evaluate.ts';
import type { FoundResource, ResourceLookup, Scope } from './expressions/scope.ts';
import { isKnown, isMap, NO_VALUE, scalarText, UNKNOWN, type Value } from './expressions/value.ts';
import { readParameters } from './parameters.ts';
import { choices, Problems } from './problem.ts';
import { readTemplate, type ResourceDeclaration } from './template.ts';
import { resourceTypes } from './types/index.ts';
import type { Properties, ResourceType } from './types/resource-type.ts';
import { conform } from './types/schema.ts';
import type { Environment } from '../services/index.ts';

/** What a template asks for, checked as far as it can be before anything exists. */
export interface Desired {
  readonly description: string | null;
  /** Those whose condition holds, each after what it depends on. */
  readonly resources: readonly DesiredResource[];
  readonly outputs: readonly DesiredOutput[];
  readonly noEcho: readonly string[];
  /** Names of other stacks' exports that it uses. */
  readonly imports: readonly string[];
  /** Evaluates the properties of a resource with what exists by now, checked and converted. Throws a `TemplateError`. */
  properties(resource: DesiredResource, existing: ReadonlyMap<string, FoundResource>): Promise<Properties>;
  output(output: DesiredOutput, existing: ReadonlyMap<string, FoundResource>): { readonly value: string; readonly exportName: string | null };
}

export interface DesiredResource {
  readonly declaration: ResourceDeclaration;
  readonly type: ResourceType;
  readonly dependsOn: readonly string[];
}

export interface DesiredOutput {
  readonly name: string;
  readonly description: string | null;
  readonly value: Plain;
  readonly exportName: Plain | undefined;
}

/** What a template is read with. */
export interface Surroundings {
  readonly given: Readonly<Record<string, string>>;
  readonly pseudo: ReadonlyMap<string, Value>;
  readonly baseFolder: string | null;
  readonly blobs: Environment['blobs'];
  exported(name: string): string | undefined;
  zones(region: string): readonly string[];
}

/** Reads and checks the whole template; throws a `TemplateError` with all that is wrong with it. */
export async function readDesired(source: string, around: Surroundings): Promise<Desired> {
  const problems = new Problems();
  const template = readTemplate(source, problems);
  if (template === undefined) {
    problems.check();
    throw new Error('a template that could not be read has no problems');
  }
  const parameters = readParameters(template.parameters, around.given, problems);
  const imports = new Set<string>();
  const shared = {
    problems,
    parameters: new Map([...around.pseudo, ...parameters.values]),
    mappings: template.mappings,
    exported(name: string) {
      imports.add(name);
      return around.exported(name);
    },
    zones: around.zones,
    languageExtensions: template.languageExtensions,
  };
  for (const name of Object.keys(template.parameters)) {
    if (template.resources.has(name)) problems.add(`Resources.${name}`, name, 'a parameter has the same name: rename one of them');
  }
  const conditions = readConditions(template.conditions, shared);
  for (const name of conditions.names) conditions.holds(name, `Conditions.${name}`);
  const scope = (resources: ResourceLookup, found: Problems): Scope => ({ ...shared, problems: found, conditions, resources });

  const types = new Map<string, ResourceType>();
  const active: ResourceDeclaration[] = [];
  for (const declaration of template.resources.values()) {
    const path = `Resources.${declaration.logicalId}`;
    const type = resourceTypes.get(declaration.type);
    if (type === undefined) problems.add(`${path}.Type`, declaration.type, `allowed: ${choices(resourceTypes.keys(), declaration.type)}`);
    else types.set(declaration.logicalId, type);
    if (declaration.condition === null) active.push(declaration);
    else if (!conditions.names.includes(declaration.condition)) {
      problems.add(`${path}.Condition`, declaration.condition, `allowed conditions: ${conditions.names.join(', ') || 'none is declared'}`);
    } else if (conditions.holds(declaration.condition, `${path}.Condition`) === true) active.push(declaration);
  }

  const names = [...template.resources.keys()];
  const activeNames = new Set(active.map(({ logicalId }) => logicalId));
  const expected = (used: Set<string>): ResourceLookup => ({
    names,
    find(logicalId, path) {
      if (!activeNames.has(logicalId)) {
        problems.add(path, logicalId, 'its condition does not hold, so that it does not exist: refer to it in an Fn::If of the same condition');
        return undefined;
      }
      used.add(logicalId);
      const type = types.get(logicalId);
      return type && { ref: UNKNOWN, attributes: Object.fromEntries(type.attributes.map((name) => [name, UNKNOWN])) };
    },
  });

  const dependencies = new Map<string, ReadonlySet<string>>();
  for (const { logicalId, properties, dependsOn } of active) {
    const path = `Resources.${logicalId}.Properties`;
    // A dependency whose condition does not hold is none (intrinsic-function-reference-conditions.html).
    const used = new Set<string>(dependsOn.filter((id) => activeNames.has(id)));
    const value = evaluate(properties, path, scope(expected(used), problems));
    dependencies.set(logicalId, used);
    const type = types.get(logicalId);
    if (type === undefined) continue;
    const checked = conform(value, type.properties, { path, problems, of: type.name });
    if (type.prepare && isMap(checked) && isKnown([checked['Code'] ?? null, checked['Runtime'] ?? null])) {
      await type.prepare(checked as Properties, { path, baseFolder: around.baseFolder, blobs: around.blobs, wrong: (at, got, allowed) => problems.add(at, got, allowed) });
    }
  }
  const order = dependencyOrder(dependencies, problems);
  const outputs = readOutputs(template.outputs, { problems, conditions, check: (node, path) => evaluate(node, path, scope(expected(new Set()), problems)) });
  problems.check();

  const byName = new Map(active.map((declaration) => [declaration.logicalId, declaration]));
  const lookup = (existing: ReadonlyMap<string, FoundResource>): ResourceLookup => ({ names, find: (logicalId) => existing.get(logicalId) });
  return {
    description: template.description,
    resources: order.map((id) => ({ declaration: byName.get(id)!, type: types.get(id)!, dependsOn: [...dependencies.get(id)!] })),
    outputs,
    noEcho: parameters.noEcho,
    imports: [...imports],
    async properties({ declaration, type }, existing) {
      const found = new Problems();
      const path = `Resources.${declaration.logicalId}.Properties`;
      const value = conform(evaluate(declaration.properties, path, scope(lookup(existing), found)), type.properties, { path, problems: found, of: type.name });
      found.check();
      const properties = value as Properties;
      const prepared = type.prepare
        ? await type.prepare(properties, { path, baseFolder: around.baseFolder, blobs: around.blobs, wrong: (at, got, allowed) => found.add(at, got, allowed) })
        : properties;
      found.check();
      return prepared;
    },
    output({ name, value, exportName }, existing) {
      const found = new Problems();
      const at = (node: Plain, member: string): string => {
        const path = `Outputs.${name}.${member}`;
        const evaluated = evaluate(node, path, scope(lookup(existing), found));
        const written = scalarText(evaluated);
        if (written === undefined) found.add(path, typeof evaluated === 'symbol' ? 'nothing' : evaluated, 'allowed: text');
        return written ?? '';
      };
      const result = { value: at(value, 'Value'), exportName: exportName === undefined ? null : at(exportName, 'Export.Name') };
      found.check();
      return result;
    },
  };
}

interface OutputReading {
  readonly problems: Problems;
  readonly conditions: Scope['conditions'];
  check(node: Plain, path: string): Value;
}

function readOutputs(declared: PlainMap, { problems, conditions, check }: OutputReading): readonly DesiredOutput[] {
  const outputs: DesiredOutput[] = [];
  for (const [name, output] of Object.entries(declared)) {
    const path = `Outputs.${name}`;
    if (!isPlainMap(output) || output['Value'] === undefined) {
      problems.add(path, output, 'allowed: a map with Value');
      continue;
    }
    for (const member of Object.keys(output)) {
      if (!['Condition', 'Description', 'Export', 'Value'].includes(member)) problems.add(`${path}.${member}`, output[member], 'allowed: Condition, Description, Export, Value');
    }
    const { Condition: condition, Description: description, Export: exported, Value: value } = output;
    if (condition !== undefined) {
      if (typeof condition !== 'string' || !conditions.names.includes(condition)) {
        problems.add(`${path}.Condition`, condition, `allowed conditions: ${conditions.names.join(', ') || 'none is declared'}`);
        continue;
      }
      if (conditions.holds(condition, `${path}.Condition`) !== true) continue;
    }
    const evaluated = check(value!, `${path}.Value`);
    if (evaluated !== UNKNOWN && (evaluated === NO_VALUE || scalarText(evaluated) === undefined)) problems.add(`${path}.Value`, evaluated, 'allowed: text');
    if (exported !== undefined && (!isPlainMap(exported) || exported['Name'] === undefined)) problems.add(`${path}.Export`, exported, 'allowed: a map with Name');
    const exportName = isPlainMap(exported) ? exported['Name'] : undefined;
    if (exportName !== undefined) check(exportName, `${path}.Export.Name`);
    outputs.push({ name, description: typeof description === 'string' ? description : null, value: value!, exportName });
  }
  return outputs;
}
