/**
 * The JSONPath of parameter mappings: names, indices, quoted names and `*`. Recursive descent and filters are not supported by API Gateway either.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-parameter-mapping.html
 */
export type JsonPath = readonly (string | number | typeof ALL)[];

const ALL = Symbol('*');
const STEP = /\.([^.[\]]+)|\[(\d+)\]|\[(?:'([^']*)'|"([^"]*)")\]|(\[\*\])/y;

/** Reads `.name[0]['x']`; null where it is none of that. */
export function parseJsonPath(text: string): JsonPath | null {
  const steps: (string | number | typeof ALL)[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < text.length) {
    const step = STEP.exec(text);
    if (step === null) return null;
    const [, name, index, single, double, star] = step;
    if (star !== undefined || name === '*') steps.push(ALL);
    else if (index !== undefined) steps.push(Number(index));
    else steps.push(name ?? single ?? double ?? '');
  }
  return steps;
}

/** What the path finds, as text: strings as they are, all else as JSON. Null where there is nothing. */
export function selectJson(root: unknown, path: JsonPath): string | null {
  const found = select(root, path, 0);
  if (found === undefined || found === null) return null;
  return typeof found === 'string' ? found : JSON.stringify(found);
}

function select(value: unknown, path: JsonPath, at: number): unknown {
  if (at === path.length) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  const step = path[at]!;
  if (step === ALL) {
    const found = (Array.isArray(value) ? value : Object.values(value)).map((item: unknown) => select(item, path, at + 1)).filter((item) => item !== undefined);
    return found.length === 0 ? undefined : found;
  }
  if (typeof step === 'number') return Array.isArray(value) ? select(value[step], path, at + 1) : undefined;
  return Object.hasOwn(value, step) ? select((value as Readonly<Record<string, unknown>>)[step], path, at + 1) : undefined;
}
