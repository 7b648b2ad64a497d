/** Base64 where the integration is told so; null: there is no message. */
export function decodedBody(body: Buffer | null, decode: boolean): Buffer | null | 'malformed' {
  return !decode || body === null ? body : (fromBase64(body) ?? 'malformed');
}

/** What Base64 spells; null: it is none. */
export function fromBase64(body: Buffer): Buffer | null {
  const text = body.toString('latin1');
  return /^[A-Za-z0-9+/\r\n]*={0,2}$/.test(text) ? Buffer.from(text, 'base64') : null;
}
