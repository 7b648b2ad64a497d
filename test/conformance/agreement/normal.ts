/** Members of the newest models, which the released Python clients may not know and then leave out. */
const YOUNG: readonly string[] = ['CertificateKeyPairOrigin'];

/** One form of what clients answer: times as seconds since 1970, policy documents parsed, empty lists and nothing the same, members sorted. */
export function normal(value: unknown): unknown {
  if (value instanceof Date) return { seconds: Math.floor(value.getTime() / 1000) };
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (typeof value === 'string') return normalText(value);
  if (Array.isArray(value)) return value.map(normal);
  if (typeof value !== 'object' || value === null) return value ?? undefined;
  const members = Object.entries(value)
    .map(([name, inner]): [string, unknown] => [name, normal(inner)])
    // a client shows an absent list as empty, another not at all
    .filter(([name, inner]) => !YOUNG.includes(name) && inner !== undefined && inner !== '' && !(Array.isArray(inner) && inner.length === 0))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members);
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$/;

function normalText(text: string): unknown {
  if (TIME.test(text)) return { seconds: Math.floor(Date.parse(text) / 1000) };
  // IAM's documents: escaped for some clients, parsed by others
  if (text.startsWith('%7B')) return normal(JSON.parse(decodeURIComponent(text)));
  return text;
}

/** The same with what two equal sets of resources differ in taken out: ids, times, keys, and the name of the set. */
export function anonymous(value: unknown, set: string): unknown {
  const text = JSON.stringify(value)
    .replaceAll(set, 'SET')
    .replace(/"(Api|Route|RouteResponse|Integration|IntegrationResponse|Authorizer|Deployment|Model|ApiMapping|VpcLink|Connection)Id":"[a-z0-9]{6,10}"/g, '"$1Id":"ID"')
    .replace(/\bintegrations\/[a-z0-9]{7}\b/g, 'integrations/ID')
    .replace(/\b(d-)?[a-z0-9]{10}\.execute-api\./g, '$1ID.execute-api.')
    .replace(/deployment ID '[a-z0-9]{6}'/g, "deployment ID 'ID'")
    .replace(/\b(vpc|subnet|sgr?|igw|i|eni|eni-attach|ela-attach|rtb|rtbassoc|aclassoc|acl|vol|r|dopt|vpc-cidr-assoc)-[0-9a-f]{17}\b/g, '$1-ID')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UUID')
    .replace(/\/[0-9a-f]{16}\b/g, '/HEX')
    .replace(/\b(AROA|ANPA|AIPA|AIDA)[0-9A-Z]{16,17}\b/g, '$1ID')
    .replace(/SET-alb-\d+\./g, 'SET-alb-N.')
    .replace(/\{"seconds":\d+\}/g, '"TIME"')
    .replace(/"\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d{4})"/g, '"TIME"')
    .replace(/02(:[0-9a-f]{2}){5}/g, 'MAC')
    .replace(/"(Serial|Certificate|CertificateChain|CodeSha256|Location|LastModified)":"[^"]*"/g, '"$1":"X"')
    .replace(/"(creationTime)":\d+/g, '"$1":0');
  return JSON.parse(text) as unknown;
}
