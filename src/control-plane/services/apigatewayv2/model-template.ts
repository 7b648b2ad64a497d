/** A mapping template that builds a document of a schema from the one that came in, as GetModelTemplate gives it (VTL, `#foreach` for lists). */
export function modelTemplate(schema: string): string {
  return `#set($inputRoot = $input.path('$'))\n${rendered(JSON.parse(schema) as Schema, { path: '$inputRoot', indent: '', depth: 0 })}`;
}

interface Schema {
  readonly type?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

interface Place {
  readonly path: string;
  readonly indent: string;
  readonly depth: number;
}

const DEEPEST = 32;

function rendered(schema: Schema, place: Place): string {
  const { path, indent, depth } = place;
  if (depth > DEEPEST) return 'null';
  const type = Array.isArray(schema.type) ? (schema.type as unknown[])[0] : schema.type;
  if (type === 'object' || (type === undefined && schema.properties !== undefined)) {
    const inner = `${indent}  `;
    const members = Object.entries(schema.properties ?? {}).map(([name, member]) => `${inner}${JSON.stringify(name)} : ${rendered(member, { path: `${path}.${name}`, indent: inner, depth: depth + 1 })}`);
    return members.length === 0 ? '{ }' : `{\n${members.join(',\n')}\n${indent}}`;
  }
  if (type === 'array') {
    const name = `$elem${depth === 0 ? '' : depth}`;
    const item = rendered(schema.items ?? {}, { path: name, indent, depth: depth + 1 });
    return `[\n${indent}#foreach(${name} in ${path})\n${indent}  ${item}#if($foreach.hasNext),#end\n${indent}#end\n${indent}]`;
  }
  return type === 'string' || type === undefined ? `"${path}"` : path;
}
