/**
 * Makes models/ again: `node tools/models.ts FOLDER`.
 * FOLDER is a botocore data folder (NAME/VERSION/service-2.json[.gz]) or a folder of NAME.json. Documentation is removed, the patches
 * under models/patches/ are merged in, and each model is written gzipped, byte for byte the same on every machine.
 */
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { catalogueEntryOf, ServiceModel, type CatalogueEntry, type ModelDocument } from '../src/aws/index.ts';

const OUT = join(import.meta.dirname, '..', 'models');

/** What the project serves, or means to: adding a service begins with a line here. */
const SERVICES = [
  'acm', 'apigateway', 'apigatewaymanagementapi', 'apigatewayv2', 'autoscaling', 'cloudfront', 'cloudwatch', 'cognito-idp', 'ec2', 'elb', 'elbv2', 'globalaccelerator',
  'iam', 'lambda', 'logs', 'resourcegroupstaggingapi', 'route53', 's3', 'secretsmanager', 'servicediscovery', 'sts', 'wafv2',
] as const;

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

interface Patch {
  readonly reason: string;
  readonly merge: Json;
}

/** Names chosen by AWS (of operations, shapes, members) may be "documentation": only where keys are botocore's own are they removed. */
const NAMES_BELOW: Readonly<Record<string, true>> = { operations: true, shapes: true, members: true };
const DROPPED: Readonly<Record<string, true>> = { documentation: true, documentationUrl: true, examples: true, deprecatedMessage: true, deprecatedSince: true };

const [folder] = process.argv.slice(2);
if (!folder || !existsSync(folder)) {
  console.error(`say where the models are: node tools/models.ts FOLDER${folder ? ` ("${folder}" does not exist)` : ''}`);
  process.exit(2);
}

mkdirSync(OUT, { recursive: true });
const catalogue: CatalogueEntry[] = [];
for (const name of SERVICES) {
  const source = sourceOf(folder, name);
  let document = withoutDocumentation(JSON.parse(source.text) as Json, 'model');
  const patches = patchesOf(name);
  for (const patch of patches) document = merge(document, patch.merge);
  const gzipped = gzipSync(JSON.stringify(document), { level: 9 });
  gzipped[9] = 255; // RFC 1952 section 2.3.1, OS: "unknown", or the bytes would differ between Linux and macOS
  writeFileSync(join(OUT, `${name}.json.gz`), gzipped);
  const model = new ServiceModel(name, document as unknown as ModelDocument);
  catalogue.push(catalogueEntryOf(model));
  console.log(`${name.padEnd(26)} ${String(model.operationNames.length).padStart(4)} operations  ${String(gzipped.length).padStart(7)} bytes  ${patches.length} patches`);
}
writeFileSync(join(OUT, 'catalogue.json'), `[\n${catalogue.map((entry) => `  ${JSON.stringify(entry)}`).join(',\n')}\n]\n`);

function sourceOf(folder: string, name: string): { readonly text: string } {
  const plain = join(folder, `${name}.json`);
  if (existsSync(plain)) return { text: readFileSync(plain, 'utf8') };
  // versions are dates: the last is the newest
  const newest = globSync(`${name}/*/service-2.json{,.gz}`, { cwd: folder }).sort().at(-1);
  if (!newest) throw new Error(`${folder} has neither ${name}.json nor ${name}/*/service-2.json[.gz]`);
  const bytes = readFileSync(join(folder, newest));
  return { text: (newest.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8') };
}

function patchesOf(name: string): readonly Patch[] {
  const file = readdirSync(join(OUT, 'patches')).find((entry) => basename(entry, '.json') === name);
  return file ? (JSON.parse(readFileSync(join(OUT, 'patches', file), 'utf8')) as readonly Patch[]) : [];
}

/** RFC 7396, but that a member set to null in an object is removed only where it exists. */
function merge(target: Json, patch: Json): Json {
  if (patch === null || typeof patch !== 'object' || Array.isArray(patch)) return patch;
  const merged: Record<string, Json> = target !== null && typeof target === 'object' && !Array.isArray(target) ? { ...(target as Record<string, Json>) } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = merge(merged[key] ?? null, value);
  }
  return merged;
}

function withoutDocumentation(value: Json, level: 'model' | 'names'): Json {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item) => withoutDocumentation(item as Json, 'model'));
  const kept: Record<string, Json> = {};
  for (const [key, item] of Object.entries(value)) {
    if (level === 'model' && DROPPED[key] === true) continue;
    kept[key] = withoutDocumentation(item, level === 'model' && NAMES_BELOW[key] === true && isObject(item) ? 'names' : 'model');
  }
  return kept;
}

function isObject(value: Json): boolean {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
