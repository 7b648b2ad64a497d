import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parse as parseYaml } from 'yaml';
import { ask } from './client.ts';
import { listening, Stage } from './stage.ts';

interface DesyncCase {
  readonly name: string;
  readonly method: string;
  readonly uri: string;
  readonly version: string;
  readonly headers?: readonly { readonly name: string; readonly value: unknown }[];
  readonly expected: { readonly tier: 'Compliant' | 'Acceptable' | 'Ambiguous' | 'Severe'; readonly reason: string };
}

const FOLDER = join(import.meta.dirname, '../../../../shared/data/desync');
const FILES = ['acceptable', 'ambiguous', 'bad-header-characters', 'rfc-compliant', 'severe', 'single-case', 'uri-specific-test-cases'];

/** Compliant by the classifier, and not served all the same: what, and why. */
const COMPLIANT_REFUSED: Readonly<Record<string, readonly [status: number, why: string]>> = {
  'Different Transfer-Encoding headers': [501, 'ALB: "The supported values for Transfer-Encoding are chunked and identity"'],
  'Different Transfer-Encoding headers combined': [501, 'the same'],
  'Transfer-Encoding with a param: chunked;custom_param': [400, 'neither coding has parameters (RFC 9112 section 7)'],
  'Compliant URL': [400, 'user information in an http URI is to be treated as an error (RFC 9110 section 4.2.4)'],
  'International in URI': [400, 'passed on: node:http, the target here, refuses octets above 127 (nginx and Python do not: malformed.system.ts)'],
  'Empty URI': [400, 'a request line has a target (RFC 9112 section 3.2)'],
};

/** Of the tiers that `defensive` lets pass, what we serve: the framing is in no doubt. */
const SERVED: Readonly<Record<string, string>> = {
  GetHeadZeroContentLength: 'a length of 0 is no body',
  UndefinedContentLengthSemantics: 'a body of GET and HEAD is read by its length, and passed on with it',
  UndefinedTransferEncodingSemantics: 'a chunked body of GET and HEAD is read to its end, and passed on in chunks',
};

describe('the cases of the desync classifier', { skip: existsSync(FOLDER) ? false : 'the shared data is not here' }, () => {
  const cases = existsSync(FOLDER) ? FILES.flatMap((file) => parseYaml(readFileSync(join(FOLDER, `${file}.yaml`), 'utf8')) as DesyncCase[]) : [];
  let at: Stage;
  let seen = 0;
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      seen++;
      response.end('seen');
    });
  });
  before(async () => {
    at = await Stage.open({ targets: [await listening(server)] });
  });
  after(async () => {
    await at.close();
    server.close();
    server.closeAllConnections();
  });

  it('are all there', () => assert.ok(cases.length >= 115, `${cases.length}`));

  for (const [index, entry] of cases.entries()) {
    it(`${entry.expected.tier} (${entry.expected.reason}), ${index}: ${JSON.stringify(entry.name)}`, async () => {
      const before = seen;
      const octets = octetsOf(entry);
      const answer = await ask(at.port, octets, { head: entry.method === 'HEAD' });
      const { tier, reason } = entry.expected;
      const listed = tier === 'Compliant' ? Object.entries(COMPLIANT_REFUSED).find(([name]) => entry.name.startsWith(name)) : undefined;
      if (listed !== undefined) assert.deepEqual([answer.status, seen], [listed[1][0], before], listed[1][1]);
      else if (tier === 'Compliant') assert.deepEqual([answer.status, seen], [200, before + 1]);
      else if (tier !== 'Severe' && reason in SERVED && entry.version === 'HTTP/1.1') assert.deepEqual([answer.status, seen], [200, before + 1]);
      else if (entry.version === 'HTTP/1.2') assert.deepEqual([answer.status, seen], [200, before + 1], 'a higher minor version is answered as 1.1 (RFC 9110 section 2.5)');
      else {
        // our codec has one mode, and it is at least `strictest`: refused, and no target hears of it
        assert.ok([400, 501, 505].includes(answer.status), `${answer.status}`);
        assert.equal(answer.headers['connection'], 'close');
        assert.equal(seen, before);
      }
    });
  }
});

/** As a request that is whole: with a Host, and the body that its fields speak of where they speak clearly. */
function octetsOf(entry: DesyncCase): Buffer {
  const fields = (entry.headers ?? []).map(({ name, value }) => [name, String(value)] as const);
  const latin1 = (text: string): string => ([...text].every((c) => c.charCodeAt(0) < 256) ? text : Buffer.from(text, 'utf8').toString('latin1'));
  const lines = fields.map(([name, value]) => `${latin1(name)}: ${latin1(value)}\r\n`).join('');
  const host = fields.some(([name]) => name.toLowerCase() === 'host') ? '' : 'Host: a.example\r\n';
  const version = entry.version === '' ? '' : ` ${entry.version}`;
  const length = fields.find(([name]) => name === 'Content-Length')?.[1] ?? '';
  const body = fields.some(([name, value]) => name === 'Transfer-Encoding' && value === 'chunked') ? '0\r\n\r\n' : /^\d{1,6}$/.test(length) ? 'x'.repeat(Number(length)) : '';
  return Buffer.from(`${latin1(entry.method)} ${latin1(entry.uri)}${version}\r\n${host}${lines}\r\n${body}`, 'latin1');
}
