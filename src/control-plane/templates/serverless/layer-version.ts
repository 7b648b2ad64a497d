import type { PlainMap } from '../document/source.ts';
import { codeOfUri } from './code-uri.ts';
import { around, checked, type Declared, type Expansion, some } from './expansion.ts';

const SAME = ['CompatibleArchitectures', 'CompatibleRuntimes', 'Description', 'LicenseInfo'];

/** AWS::Serverless::LayerVersion: a version of a layer, which stays when another takes its place unless the template says Delete. */
export function expandLayerVersion(logicalId: string, declared: Declared, into: Expansion & { readonly properties: PlainMap }): void {
  const { problems, resources } = into;
  const path = `Resources.${logicalId}.Properties`;
  const properties = checked(into.properties, { path, problems }, { served: [...SAME, 'ContentUri', 'LayerName', 'RetentionPolicy'] });
  const retention = properties['RetentionPolicy'] ?? 'Retain';
  if (retention !== 'Retain' && retention !== 'Delete') problems.add(`${path}.RetentionPolicy`, retention, 'allowed: Retain, Delete');
  resources.set(logicalId, {
    DeletionPolicy: retention,
    UpdateReplacePolicy: retention,
    ...around(declared),
    Type: 'AWS::Lambda::LayerVersion',
    Properties: some({
      ...Object.fromEntries(SAME.map((name) => [name, properties[name]])),
      LayerName: properties['LayerName'] ?? logicalId,
      Content: codeOfUri(properties['ContentUri'], { path: `${path}.ContentUri`, problems, instead: '' }),
    }),
  });
}
