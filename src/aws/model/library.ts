import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { ModelDocument } from './document.ts';
import { ServiceModel, type Protocol } from './service-model.ts';

/** What claiming needs to know of every service before any model is read: `models/catalogue.json`, made by tools/models.ts. */
export interface CatalogueEntry {
  readonly name: string;
  readonly apiVersion: string;
  readonly endpointPrefix: string;
  readonly signingName: string;
  readonly targetPrefix: string | null;
  readonly protocols: readonly Protocol[];
  /** First path segments of its REST operations: `2015-03-31`, `restapis`. */
  readonly roots: readonly string[];
}

/** The service models: the catalogue is read at once, a model when its service is first called. */
export interface Models {
  readonly catalogue: readonly CatalogueEntry[];
  /** Throws for a name that is not in the catalogue. */
  model(name: string): ServiceModel;
}

/** `models/` of this package: three folders up, from the sources as well as from what is published. */
const VENDORED = join(import.meta.dirname, '..', '..', '..', 'models');

export function openModels(folder: string = VENDORED): Models {
  const catalogue = JSON.parse(readFileSync(join(folder, 'catalogue.json'), 'utf8')) as readonly CatalogueEntry[];
  const names = new Set(catalogue.map((entry) => entry.name));
  const read = new Map<string, ServiceModel>();
  return {
    catalogue,
    model(name) {
      const known = read.get(name);
      if (known) return known;
      if (!names.has(name)) throw new Error(`no model "${name}" in ${folder}: one of ${[...names].join(', ')}`);
      const document = JSON.parse(gunzipSync(readFileSync(join(folder, `${name}.json.gz`))).toString('utf8')) as ModelDocument;
      const model = new ServiceModel(name, document);
      read.set(name, model);
      return model;
    },
  };
}

/** Models from documents in memory: for tests. */
export function modelsOf(documents: Readonly<Record<string, ModelDocument>>): Models {
  const models = new Map(Object.entries(documents).map(([name, document]) => [name, new ServiceModel(name, document)]));
  return {
    catalogue: [...models.values()].map(catalogueEntryOf),
    model(name) {
      const model = models.get(name);
      if (!model) throw new Error(`no model "${name}"`);
      return model;
    },
  };
}

export function catalogueEntryOf(model: ServiceModel): CatalogueEntry {
  const rest = model.protocols.some((protocol) => protocol === 'rest-json' || protocol === 'rest-xml');
  const roots = new Set<string>();
  for (const name of rest ? model.operationNames : []) {
    const root = model.operation(name)!.path.split('/')[1] ?? '';
    if (root !== '' && !root.startsWith('{')) roots.add(root);
  }
  const { name, apiVersion, endpointPrefix, signingName, targetPrefix, protocols } = model;
  return { name, apiVersion, endpointPrefix, signingName, targetPrefix, protocols, roots: [...roots].sort() };
}
