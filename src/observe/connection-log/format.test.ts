import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectionLogFields, connectionLogLine, type LoggedConnection } from './format.ts';

const PREFIX = '3180a73013c8ca4bac2f';
const basis: LoggedConnection = {
  at: Date.UTC(2023, 9, 4, 17, 5, 15, 514), remoteAddress: '203.0.113.1', remotePort: 36280, port: '443', version: 'TLSv1.2', cipher: 'ECDHE-RSA-AES128-GCM-SHA256', keyExchange: 'X25519', handshakeMs: 4036,
  certificate: { subject: 'CN=amazondomains.com,O=endEntity,L=Seattle,ST=Washington,C=US', validity: 'NotBefore=2023-09-21T22:43:21Z;NotAfter=2026-06-17T22:43:21Z', serialNumber: 'FEF257372D5C14D4' },
  status: 'Success', id: 0x731159d4b0fe,
};

// the published example, with the field added since
test('a line is that of the documentation', () => {
  assert.equal(
    connectionLogLine(basis, PREFIX),
    '2023-10-04T17:05:15.514000Z 203.0.113.1 36280 443 TLSv1.2 ECDHE-RSA-AES128-GCM-SHA256 4.036 "CN=amazondomains.com,O=endEntity,L=Seattle,ST=Washington,C=US" ' +
      'NotBefore=2023-09-21T22:43:21Z;NotAfter=2026-06-17T22:43:21Z FEF257372D5C14D4 Success TID_3180a73013c8ca4bac2f731159d4b0fe X25519\n',
  );
});

test('what is not known is a dash, and no client ends a field', () => {
  const plain = connectionLogLine({ ...basis, version: '-', cipher: '-', keyExchange: '-', handshakeMs: null, certificate: null, status: '-', port: '80' }, PREFIX);
  assert.match(plain, / 36280 80 - - - "-" - - - TID_\w{32} -\n$/);
  const hostile = connectionLogLine({ ...basis, certificate: { subject: 'CN=a" b\nc', validity: 'x y', serialNumber: '1' }, status: 'Failed:ClientCertUntrusted' }, PREFIX);
  assert.equal(hostile.split('\n').length, 2);
  assert.equal([...hostile.trim().matchAll(/"[^"]*"|\S+/g)].length, connectionLogFields.length);
});
