import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelDocument } from '../../src/aws/index.ts';
import type { Ref, StructureShape } from '../../src/aws/model/shape.ts';

/** AWS's protocol cases, where they are at hand. */
export const CASES = join(import.meta.dirname, '..', '..', '..', 'shared', 'data', 'protocols');
export const casesAbsence = existsSync(CASES) ? null : 'the protocol cases (../shared/data/protocols) are not here';

interface Suite {
  readonly description: string;
  readonly metadata: ModelDocument['metadata'];
  readonly shapes: ModelDocument['shapes'];
  readonly clientEndpoint?: string;
  readonly cases: readonly Case[];
}

export interface Case {
  readonly id: string;
  readonly given: ModelDocument['operations'][string];
  readonly params?: Record<string, unknown>;
  readonly serialized?: { readonly method: string; readonly uri: string; readonly body?: string; readonly headers?: Readonly<Record<string, string>>; readonly host?: string };
  readonly result?: Record<string, unknown>;
  readonly error?: Record<string, unknown>;
  readonly errorCode?: string;
  readonly errorMessage?: string;
  readonly response?: { readonly status_code: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string };
}

/** A case with the model that it implies. */
export interface CaseWithModel {
  readonly file: string;
  readonly case: Case;
  readonly document: ModelDocument;
}

export function readCases(direction: 'input' | 'output'): readonly CaseWithModel[] {
  if (casesAbsence !== null) return [];
  return readdirSync(join(CASES, direction)).sort().flatMap((file) =>
    (JSON.parse(readFileSync(join(CASES, direction, file), 'utf8')) as readonly Suite[]).flatMap((suite) =>
      suite.cases.map((entry) => ({
        file: file.replace('.json', ''),
        case: entry,
        document: { metadata: { endpointPrefix: 'cases', ...suite.metadata }, shapes: suite.shapes, operations: { [entry.given.name]: withWrapper(entry.given, suite.metadata.protocol) } },
      })),
    ),
  );
}

/** The query cases leave out what every real query model says. */
function withWrapper(operation: Case['given'], protocol: string): Case['given'] {
  return protocol === 'query' && operation.output ? { ...operation, output: { resultWrapper: `${operation.name}Result`, ...operation.output } } : operation;
}

/** The cases write times as epoch seconds, blobs as text and odd numbers as names; here they become what operations see. */
export function typed(shape: StructureShape | null, value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) {
    const member = shape?.byName.get(name);
    if (item !== null && member) result[name] = typedValue(member, item);
  }
  return result;
}

function typedValue(ref: Ref, value: unknown): unknown {
  const { shape } = ref;
  if (value === null) return null;
  // written as the JSON text that it stands for
  if (ref.jsonValue && ref.location === 'header' && typeof value === 'string') return JSON.parse(value) as unknown;
  switch (shape.type) {
    case 'structure':
      return shape.document ? value : typed(shape, value as Record<string, unknown>);
    case 'list':
      return (value as readonly unknown[]).map((item) => typedValue(shape.member, item));
    case 'map':
      return Object.fromEntries(Object.entries(value as object).map(([key, item]) => [key, typedValue(shape.value, item)]));
    case 'timestamp':
      return new Date((value as number) * 1000);
    case 'blob':
      return new Uint8Array(Buffer.from(value as string, 'utf8'));
    case 'float':
    case 'double':
      return Number(value);
    default:
      return value;
  }
}
