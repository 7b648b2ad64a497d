import { percentEncoded } from '../../../kernel/index.ts';
import { JsonDocument, parseJson, textOf, toJson, type HostObject, type Value } from '../../../vtl/index.ts';
import { socketContextVariable, type SocketCall } from '../../exchange/index.ts';

/**
 * What references of a mapping template begin with. `payload` is the message, or the backend's answer.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html
 */
export function mappingVariables(call: SocketCall, payload: string): Readonly<Record<string, Value>> {
  return { input: input(payload), context: context(call, ''), stageVariables: stageVariables(call.stage.variables), util: UTIL };
}

/** A path that leads nowhere is '' (chosen: so that it can be compared with ''), as JSON `""`; what is no JSON is a string. */
function input(payload: string): HostObject {
  let document: JsonDocument | null | undefined;
  const at = (path: Value | undefined): Value | undefined => {
    if (typeof path !== 'string') return undefined;
    document ??= JsonDocument.of(payload === '' ? '{}' : payload);
    if (document === null) return path === '$' ? payload : '';
    return document.at(path) ?? '';
  };
  return {
    host: true,
    property: (name) => (name === 'body' ? payload : undefined),
    call(name, [path]) {
      switch (name) {
        case 'path':
          return at(path);
        case 'json': {
          const value = at(path);
          return value === undefined ? undefined : toJson(value);
        }
        case 'getBody':
          return payload;
        default:
          return undefined;
      }
    },
  };
}

/** Variables that have others below them. */
const GROUPS: ReadonlySet<string> = new Set(['authorize', 'authorizer', 'error', 'identity', 'integration']);

/** What has no value is ''. */
function context(call: SocketCall, prefix: string): HostObject {
  return {
    host: true,
    property: (name) => (prefix === '' && GROUPS.has(name) ? context(call, `${name}.`) : (socketContextVariable(prefix + name)(call) ?? '')),
    call: (name, [variable]) => (name === 'get' && typeof variable === 'string' ? (socketContextVariable(prefix + variable)(call) ?? '') : undefined),
  };
}

function stageVariables(variables: Readonly<Record<string, string>>): HostObject {
  const read = (name: string): string => (Object.hasOwn(variables, name) ? variables[name]! : '');
  return { host: true, property: read, call: (name, [variable]) => (name === 'get' && typeof variable === 'string' ? read(variable) : undefined) };
}

const UTIL: HostObject = {
  host: true,
  property: () => undefined,
  call(name, [value]) {
    if (value === undefined || value === null) return undefined;
    switch (name) {
      case 'escapeJavaScript':
        return escapeJavaScript(textOf(value));
      case 'parseJson':
        try {
          return parseJson(textOf(value));
        } catch {
          return undefined;
        }
      case 'urlEncode':
        return urlEncode(textOf(value));
      case 'urlDecode':
        return urlDecode(textOf(value));
      case 'base64Encode':
        return Buffer.from(textOf(value)).toString('base64');
      case 'base64Decode':
        return Buffer.from(textOf(value), 'base64').toString('utf8');
      default:
        return undefined;
    }
  },
};

const SHORT: Readonly<Record<string, string>> = { '\b': '\\b', '\n': '\\n', '\t': '\\t', '\f': '\\f', '\r': '\\r' };

/** "will turn any regular single quotes (') into escaped ones (\')": quotes, the backslash, the slash, and what is not printable ASCII. */
function escapeJavaScript(text: string): string {
  return text.replaceAll(/['"\\/]|[^ -~]/g, (character) => {
    if (/['"\\/]/.test(character)) return `\\${character}`;
    return SHORT[character] ?? `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
  });
}

/** application/x-www-form-urlencoded, as Java's URLEncoder writes it. */
function urlEncode(text: string): string {
  return percentEncoded(text).replaceAll('%20', '+').replaceAll(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function urlDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
