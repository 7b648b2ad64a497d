import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { endToEnd, fieldSet, HOP_BY_HOP } from './end-to-end.ts';
import { FieldLines } from './field-lines.ts';
import { CLIENT_CERTIFICATE, CONTENT_LENGTH, CORS_FIELD, HOST_FIELD, IDENTITY_FIELD, knownField, LOOKALIKE, NONE, SERVER, TRANSFER_ENCODING } from './field-name.ts';
import { BAD_FIELD_NAME, BAD_FIELD_VALUE, BARE_LINE_BREAK, FIELD_TOO_LONG, flawName, FOLDED_FIELD, INCOMPLETE, OK, TOO_MANY_FIELDS } from './flaw.ts';

const lines = new FieldLines({ fields: 3, line: 30 });

describe('field lines', () => {
  it('are found with their names and values, blanks around values left out', () => {
    const octets = Buffer.from('xxA:b\r\nCC: \t d e\t \r\nF:\r\n\r\nrest');
    lines.begin(octets, 1, octets.length);
    assert.equal(lines.parse(1), OK);
    assert.deepEqual([0, 1, 2].map((i) => [lines.name(i), lines.value(i)]), [['A', 'b'], ['CC', 'd e'], ['F', '']]);
    assert.equal(octets.toString('latin1', 1 + lines.end), 'rest');
    assert.equal(lines.text, 'xA:b\r\nCC: \t d e\t \r\nF:\r\n');
    assert.deepEqual([lines.find('cc'), lines.find('f'), lines.find('c'), lines.find('a', 1)], [1, 2, -1, -1]);
  });

  it('are refused, or incomplete, for the reason that is true', () => {
    const cases: readonly (readonly [string, number])[] = [
      ['', INCOMPLETE], ['A', INCOMPLETE], ['A:', INCOMPLETE], ['A: b', INCOMPLETE], ['A: b\r', INCOMPLETE], ['A: b\r\n', INCOMPLETE], ['A: b\r\n\r', INCOMPLETE], ['\r\n', OK],
      [' A: b\r\n', FOLDED_FIELD], ['A: b\r\n\tc\r\n\r\n', FOLDED_FIELD], ['A : b\r\n\r\n', BAD_FIELD_NAME], [': b\r\n\r\n', BAD_FIELD_NAME], ['A\xe9: b\r\n', BAD_FIELD_NAME], ['A\r\n\r\n', BAD_FIELD_NAME],
      ['A: \0\r\n', BAD_FIELD_VALUE], ['A: \x7f\r\n', BAD_FIELD_VALUE], ['A: b\n\r\n', BARE_LINE_BREAK], ['A: b\rc\r\n', BARE_LINE_BREAK], ['\n', BARE_LINE_BREAK], ['\rx', BARE_LINE_BREAK],
      [`A: ${'b'.repeat(27)}\r\n\r\n`, OK], [`A: ${'b'.repeat(28)}\r\n\r\n`, FIELD_TOO_LONG], [`A: ${'b'.repeat(28)}`, FIELD_TOO_LONG], [`A: ${'b'.repeat(28)}\0`, FIELD_TOO_LONG], ['N'.repeat(31), FIELD_TOO_LONG],
      ['A: b\r\n'.repeat(3), INCOMPLETE], ['A: b\r\n'.repeat(4), TOO_MANY_FIELDS],
    ];
    for (const [text, flaw] of cases) assert.equal(flawName(lines.read(text)), flawName(flaw), JSON.stringify(text));
  });
});

describe('known names', () => {
  it('are known in any case, and nothing else is', () => {
    const known = (name: string): number => knownField(Buffer.from(name, 'latin1'), 0, name.length);
    assert.deepEqual([known('Host'), known('hOsT'), known('CONTENT-length'), known('transfer-Encoding'), known('Server')], [HOST_FIELD, HOST_FIELD, CONTENT_LENGTH, TRANSFER_ENCODING, SERVER]);
    for (const name of ['Hos', 'Hosts', 'h0st', 'Content-Lengthy', 'X-Content-Length', 'content-encoding', 'content-type', 'T', '(ost', 'transfer-encodin']) assert.equal(known(name), NONE, name);
    for (const name of ['X-Amzn-Oidc-Data', 'x-amzn-oidc-accesstoken', 'X_AMZN_OIDC_IDENTITY', 'x-amzn_oidc-data']) assert.equal(known(name), IDENTITY_FIELD, name);
    for (const name of ['X-Amzn-Mtls-Clientcert', 'X_Amzn_Mtls_Clientcert_Leaf']) assert.equal(known(name), CLIENT_CERTIFICATE, name);
    for (const name of ['X-Amzn-Oidc', 'X-Amzn-Oidc-', 'X-Amzn-Mtls-Client']) assert.equal(known(name), NONE, name);
    for (const name of ['Access-Control-Allow-Origin', 'access-control-max-age', 'ACCESS-CONTROL-Request-Private-Network']) assert.equal(known(name), CORS_FIELD, name);
    for (const name of ['access-control-', 'access-contro', 'accept-encoding', 'a-access-control-x']) assert.equal(known(name), NONE, name);
    for (const name of ['Content_Length', 'content.length', 'ContentLength', 'Content--Length', 'Transfer_Encoding', 'transferencoding', "Transfer'Encoding", 'Transfer---Encoding', 'Transfer___Encoding']) assert.equal(known(name), LOOKALIKE, name);
  });
});

describe('endToEnd', () => {
  const many = new FieldLines({ fields: 50, line: 1000 });
  const copy = (text: string, drop: number, names = ''): string => {
    assert.equal(many.read(text), OK);
    return endToEnd(many, drop, names);
  };
  it('leaves out hop-by-hop fields wherever they stand', () => {
    assert.equal(copy('\r\n', HOP_BY_HOP), '');
    assert.equal(copy('A: 1\r\nB: 2\r\n\r\n', HOP_BY_HOP), 'A: 1\r\nB: 2\r\n');
    assert.equal(copy('Connection: x\r\nA: 1\r\nTE: t\r\nUpgrade: u\r\nB: 2\r\nKeep-Alive: 5\r\n\r\n', HOP_BY_HOP), 'A: 1\r\nB: 2\r\n');
    assert.equal(copy('Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n', HOP_BY_HOP), '');
    assert.equal(copy('Server: x\r\nA: 1\r\n\r\n', HOP_BY_HOP | fieldSet(SERVER)), 'A: 1\r\n');
  });

  it('leaves out what Connection names, but never Host and Content-Length', () => {
    assert.equal(copy('Host: h\r\nX-Own: 1\r\nx-own: 2\r\nContent-Length: 3\r\nX-Owned: 4\r\n\r\n', HOP_BY_HOP, ',x-own,host,content-length,'), 'Host: h\r\nContent-Length: 3\r\nX-Owned: 4\r\n');
    assert.equal(copy('User-Agent: u\r\nA: 1\r\n\r\n', HOP_BY_HOP, ',user-agent,'), 'A: 1\r\n');
  });
});
