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

/** Of what monitor lets pass, what has no one meaning that could be passed on: refused in every mode (docs/parity/elbv2.md). */
const UNMENDABLE = new Set(['BadContentLength', 'BadTransferEncoding', 'BadUri', 'BadVersion', 'BadMethod']);
/** The same, for other reasons. */
const UNMENDABLE_CASES = [/HTTP\/0\.9|empty protocol|Empty version/, /^Both Transfer-Encoding and Content-Length/, /\\n in name/];

for (const mode of ['monitor', 'defensive', 'strictest'] as const) describe(`the cases of the desync classifier, ${mode}`, { skip: existsSync(FOLDER) ? false : 'the shared data is not here' }, () => {
  const cases = existsSync(FOLDER) ? FILES.flatMap((file) => parseYaml(readFileSync(join(FOLDER, `${file}.yaml`), 'utf8')) as DesyncCase[]) : [];
  let at: Stage;
  let seen: { readonly url: string; readonly raw: readonly string[]; readonly connection: string | undefined }[] = [];
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      seen.push({ url: request.url!, raw: request.rawHeaders, connection: request.headers.connection });
      response.end('seen');
    });
  });
  before(async () => {
    at = await Stage.open({ targets: [await listening(server)], http: { desync: mode } });
  });
  after(async () => {
    await at.close();
    server.close();
    server.closeAllConnections();
  });

  it('are all there', () => assert.ok(cases.length >= 115, `${cases.length}`));

  for (const [index, entry] of cases.entries()) {
    it(`${entry.expected.tier} (${entry.expected.reason}), ${index}: ${JSON.stringify(entry.name)}`, async () => {
      seen = [];
      at.ended.length = 0;
      const answer = await ask(at.port, octetsOf(entry), { head: entry.method === 'HEAD' });
      const { tier, reason } = entry.expected;
      const listed = tier === 'Compliant' ? Object.entries(COMPLIANT_REFUSED).find(([name]) => entry.name.startsWith(name)) : undefined;
      if (listed !== undefined) return assert.equal(answer.status, listed[1][0], listed[1][1]);
      const allowed = tier === 'Compliant' || (mode === 'defensive' && tier !== 'Severe') || mode === 'monitor';
      const mendable = reason === 'BadMethod' || /1000,1000/.test(entry.name);
      const hopeless = (UNMENDABLE.has(reason) && !(mendable && mode === 'monitor')) || UNMENDABLE_CASES.some((pattern) => pattern.test(entry.name));
      if (!allowed || hopeless) {
        assert.ok([400, 501, 505].includes(answer.status), `${answer.status}`);
        assert.equal(answer.headers['connection'], 'close');
        assert.deepEqual(seen, []);
      } else if (reason === 'BadMethod') {
        // node:http, the target here, refuses it too
        assert.equal(answer.status, 400);
      } else {
        assert.equal(answer.status, 200);
        assert.equal(seen.length, 1);
        assert.ok(!/[\0-\x20\x7f]/.test(seen[0]!.url));
        if (tier === 'Ambiguous' || tier === 'Severe') {
          assert.equal(answer.headers['connection'], 'close', 'the client connection');
          assert.equal(seen[0]!.connection, 'close', 'the target connection');
        }
        // one framing at most, in its own words
        const names = seen[0]!.raw.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase());
        const framing = names.filter((name) => /^(?:content.?length|transfer.?encoding)$/.test(name.replace(/[^a-z-]/g, '')));
        assert.ok(framing.length <= 1, names.join());
      }
      if (!hopeless || reason !== 'Compliant') {
        const [ended] = at.ended;
        if (!UNMENDABLE_CASES[0]!.test(entry.name)) assert.equal(`${ended!.classification} ${ended!.classificationReason}`.trim(), tier === 'Compliant' ? '' : `${tier} ${reason}`);
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
  const length = (fields.find(([name]) => name === 'Content-Length')?.[1] ?? '').split(',')[0]!;
  const body = fields.some(([name, value]) => name === 'Transfer-Encoding' && value.startsWith('chunked')) ? '0\r\n\r\n' : /^\d{1,6}$/.test(length) ? 'x'.repeat(Number(length)) : '';
  return Buffer.from(`${latin1(entry.method)} ${latin1(entry.uri)}${version}\r\n${host}${lines}\r\n${body}`, 'latin1');
}
