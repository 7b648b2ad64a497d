/** A policy document, read. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html */
export interface PolicyDocument {
  readonly statements: readonly PolicyStatement[];
}

export interface PolicyStatement {
  readonly effect: 'Allow' | 'Deny';
  /** Null: none is named, as in the policies of identities. */
  readonly principal: { readonly not: boolean; readonly principals: readonly Principal[] } | null;
  readonly actions: { readonly not: boolean; readonly globs: readonly string[] };
  /** Null: none is named, as in trust policies. */
  readonly resources: { readonly not: boolean; readonly globs: readonly string[] } | null;
  /** Operator, key, values. */
  readonly conditions: readonly (readonly [operator: string, key: string, values: readonly string[]])[];
}

export type Principal = { readonly kind: 'anyone' } | { readonly kind: 'AWS' | 'Service' | 'Federated' | 'CanonicalUser'; readonly id: string };

/** Reads a document (text, or JSON that is parsed already); null where it is none. */
export function parsePolicy(given: unknown): PolicyDocument | null {
  let value = given;
  if (typeof given === 'string') {
    try {
      value = JSON.parse(given);
    } catch {
      return null;
    }
  }
  if (!isObject(value)) return null;
  const listed = Array.isArray(value.Statement) ? value.Statement : [value.Statement];
  const statements: PolicyStatement[] = [];
  for (const one of listed) {
    const statement = parseStatement(one);
    if (statement === null) return null;
    statements.push(statement);
  }
  return { statements };
}

function parseStatement(given: unknown): PolicyStatement | null {
  if (!isObject(given) || (given.Effect !== 'Allow' && given.Effect !== 'Deny')) return null;
  const actions = eitherOf(given.Action, given.NotAction);
  const resources = given.Resource === undefined && given.NotResource === undefined ? null : eitherOf(given.Resource, given.NotResource);
  const principal = parsePrincipal(given);
  const conditions = parseConditions(given.Condition);
  if (actions === null || principal === undefined || conditions === null || (resources === null && (given.Resource !== undefined || given.NotResource !== undefined))) return null;
  return { effect: given.Effect, principal, actions: { not: actions.not, globs: actions.globs.map((glob) => glob.toLowerCase()) }, resources, conditions };
}

function eitherOf(positive: unknown, negative: unknown): { readonly not: boolean; readonly globs: readonly string[] } | null {
  const globs = texts(positive ?? negative);
  return globs === null || globs.length === 0 || (positive !== undefined && negative !== undefined) ? null : { not: positive === undefined, globs };
}

/** Undefined: malformed. */
function parsePrincipal(given: Readonly<Record<string, unknown>>): PolicyStatement['principal'] | undefined {
  const not = given.Principal === undefined;
  const value = given.Principal ?? given.NotPrincipal;
  if (value === undefined) return null;
  if (value === '*') return { not, principals: [{ kind: 'anyone' }] };
  if (!isObject(value)) return undefined;
  const principals: Principal[] = [];
  for (const kind of ['AWS', 'Service', 'Federated', 'CanonicalUser'] as const) {
    if (value[kind] === undefined) continue;
    const ids = texts(value[kind]);
    if (ids === null) return undefined;
    for (const id of ids) principals.push(id === '*' && kind === 'AWS' ? { kind: 'anyone' } : { kind, id });
  }
  return { not, principals };
}

function parseConditions(given: unknown): PolicyStatement['conditions'] | null {
  if (given === undefined) return [];
  if (!isObject(given)) return null;
  const conditions: (readonly [string, string, readonly string[]])[] = [];
  for (const [operator, keys] of Object.entries(given)) {
    if (!isObject(keys)) return null;
    for (const [key, value] of Object.entries(keys)) {
      const values = texts(value);
      if (values === null) return null;
      conditions.push([operator, key.toLowerCase(), values]);
    }
  }
  return conditions;
}

function texts(given: unknown): readonly string[] | null {
  const listed: readonly unknown[] = Array.isArray(given) ? given : [given];
  const out: string[] = [];
  for (const one of listed) {
    if (typeof one === 'string') out.push(one);
    else if (typeof one === 'number' || typeof one === 'boolean') out.push(String(one));
    else return null;
  }
  return out;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
