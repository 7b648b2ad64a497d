/** What a function of a proxy integration has answered. */
export interface ProxyAnswer {
  readonly status: number;
  /** Value of Sec-WebSocket-Protocol; null: none. */
  readonly protocol: string | null;
  readonly body: Buffer | null;
}

/** RFC 9110 section 5.6.2: one subprotocol is a token. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/**
 * Reads the answer of a Lambda proxy integration; null: it is malformed (no object, no status), which AWS answers with "Internal server error".
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-connect-route-subprotocol.html
 */
export function proxyAnswer(payload: Buffer): ProxyAnswer | null {
  let read: unknown;
  try {
    read = JSON.parse(payload.toString('utf8'));
  } catch {
    return null;
  }
  if (typeof read !== 'object' || read === null || Array.isArray(read)) return null;
  const { statusCode, headers, multiValueHeaders, body, isBase64Encoded } = read as Readonly<Record<string, unknown>>;
  const status = typeof statusCode === 'number' ? statusCode : typeof statusCode === 'string' && /^\d{3}$/.test(statusCode) ? Number(statusCode) : 0;
  if (!Number.isInteger(status) || status < 100 || status > 599) return null;
  if (body !== undefined && body !== null && typeof body !== 'string') return null;
  const protocol = fieldOf(headers) ?? fieldOf(multiValueHeaders);
  if (protocol !== null && !TOKEN.test(protocol)) return null;
  return { status, protocol, body: typeof body !== 'string' || body === '' ? null : Buffer.from(body, isBase64Encoded === true ? 'base64' : 'utf8') };
}

function fieldOf(headers: unknown): string | null {
  if (typeof headers !== 'object' || headers === null) return null;
  for (const [name, value] of Object.entries(headers)) {
    if (name.toLowerCase() !== 'sec-websocket-protocol') continue;
    const first: unknown = Array.isArray(value) ? value[0] : value;
    if (typeof first === 'string') return first.trim();
  }
  return null;
}
