const lists = new WeakMap<readonly string[], Buffer>();

/** `ProtocolNameList` without its length (RFC 7301 section 3.1). It lies where V8 does not move it. */
export function protocolList(alpn: readonly string[]): Buffer {
  let list = lists.get(alpn);
  if (list === undefined) {
    // one or two names; what is shorter than 65 octets by itself would lie in V8's heap
    const octets = Buffer.allocUnsafeSlow(256);
    list = octets.subarray(0, octets.write(alpn.map((name) => String.fromCharCode(name.length) + name).join(''), 'latin1'));
    lists.set(alpn, list);
  }
  return list;
}
