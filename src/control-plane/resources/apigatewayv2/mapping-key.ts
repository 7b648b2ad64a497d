/** What a parameter mapping of an HTTP API changes, and how: the key of a mapping. */
export interface MappingKey {
  readonly action: 'append' | 'overwrite' | 'remove';
  readonly part: 'header' | 'querystring' | 'path' | 'statuscode';
  /** Of the header or parameter; empty for the path and the status. */
  readonly name: string;
}

/** Destinations are told apart without regard to case (observed), and names are tokens without `%` (observed). */
const KEY = /^(append|overwrite|remove):([A-Za-z]+)(?:\.([!#$&'*+\-.^_`|~0-9A-Za-z]+))?$/;

/**
 * `append:header.x`, `remove:querystring.y`, `overwrite:path`, `overwrite:statuscode`; null where the key is none of these.
 * apigateway/latest/developerguide/http-api-parameter-mapping.html
 */
export function parseMappingKey(key: string): MappingKey | null {
  const match = KEY.exec(key);
  if (!match) return null;
  const action = match[1] as MappingKey['action'];
  const part = match[2]!.toLowerCase();
  const name = match[3] ?? '';
  switch (part) {
    case 'header':
    case 'querystring':
      return name === '' ? null : { action, part, name };
    case 'path':
    case 'statuscode':
      return name === '' && action === 'overwrite' ? { action, part, name } : null;
    default:
      return null;
  }
}
