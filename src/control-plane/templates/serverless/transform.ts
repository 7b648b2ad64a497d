import { isPlainMap, type Plain, type PlainMap } from '../document/source.ts';
import type { Problems } from '../problem.ts';
import type { HttpEvent } from './event.ts';
import type { Declared, Expansion } from './expansion.ts';
import { expandFunction } from './function.ts';
import { overGlobals, readGlobals } from './globals.ts';
import { expandHttpApi } from './http-api.ts';
import { expandLayerVersion } from './layer-version.ts';
import { withReferences } from './published-alias.ts';

export const SERVERLESS = 'AWS::Serverless-2016-10-31';
/** The API of events that name none. */
const IMPLICIT = 'ServerlessHttpApi';

/**
 * A SAM template as the CloudFormation template that it stands for. Pure: text in, text out; expressions stay as they are.
 * https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html
 */
export function expandServerless(document: PlainMap, problems: Problems): PlainMap {
  const { Globals: globalSection, ...rest } = document;
  const globals = readGlobals(globalSection, problems);
  const declared = isPlainMap(rest['Resources']) ? rest['Resources'] : {};
  const into: Expansion = { problems, resources: new Map(), references: new Map() };
  const events: HttpEvent[] = [];
  for (const [logicalId, resource] of Object.entries(declared)) {
    const type = isPlainMap(resource) ? resource['Type'] : undefined;
    if (type === 'AWS::Serverless::Function') events.push(...expandFunction(logicalId, resource as Declared, { ...into, properties: overGlobals(globals.Function, propertiesOf(resource)) }));
    else if (type === 'AWS::Serverless::LayerVersion') expandLayerVersion(logicalId, resource as Declared, { ...into, properties: propertiesOf(resource) });
    else if (typeof type === 'string' && type.startsWith('AWS::Serverless::') && type !== 'AWS::Serverless::HttpApi') problems.add(`Resources.${logicalId}.Type`, type, 'allowed of SAM: AWS::Serverless::Function, AWS::Serverless::HttpApi, AWS::Serverless::LayerVersion; others are not served here');
    else if (type !== 'AWS::Serverless::HttpApi') into.resources.set(logicalId, resource as Declared);
  }
  const apis = Object.entries(declared).filter(([, resource]) => isPlainMap(resource) && resource['Type'] === 'AWS::Serverless::HttpApi');
  const implied = events.filter(({ apiId }) => apiId === null || (apiId === IMPLICIT && !apis.some(([logicalId]) => logicalId === IMPLICIT)));
  if (implied.length > 0) expandHttpApi(IMPLICIT, {}, { ...into, properties: globals.HttpApi, events: implied });
  for (const [logicalId, resource] of apis) {
    expandHttpApi(logicalId, resource as Declared, { ...into, properties: overGlobals(globals.HttpApi, propertiesOf(resource)), events: events.filter(({ apiId }) => apiId === logicalId) });
  }
  for (const { apiId, functionId, name } of events) {
    if (apiId !== null && apiId !== IMPLICIT && !apis.some(([logicalId]) => logicalId === apiId)) problems.add(`Resources.${functionId}.Properties.Events.${name}.Properties.ApiId`, apiId, 'allowed: !Ref of an AWS::Serverless::HttpApi of this template');
  }
  return withReferences({ ...rest, Resources: Object.fromEntries(into.resources) }, into.references) as PlainMap;
}

function propertiesOf(resource: Plain): PlainMap {
  const properties = isPlainMap(resource) ? resource['Properties'] : undefined;
  return isPlainMap(properties) ? properties : {};
}
