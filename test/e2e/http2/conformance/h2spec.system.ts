/**
 * h2spec, a conformance suite that others have written (https://github.com/summerwind/h2spec), on the whole program in strict mode. H2SPEC names its binary: no
 * package has it.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { wholeProgram } from './program.ts';

const binary = process.env['H2SPEC'] ?? '';
/** Says of each case how it went, and last how many there were. */
const SUMMARY = /(\d+) tests, (\d+) passed, (\d+) skipped, (\d+) failed/;
/** Of version 2.6, in strict mode; a later one has no fewer. */
const CASES_AT_LEAST = 147;
/**
 * In cleartext what is no preface is a request of HTTP/1.1, and refused as one (400), since the port speaks both: the suite reads that answer as a frame that
 * breaks off (3.5, "Sends invalid connection preface"). HAProxy does the same on a port of both.
 */
const READ_AS_A_FRAME = /[×x] .*Sends invalid connection preface/;

function judged(words: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(binary, words, { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    child.stdout.on('data', (part: Buffer) => (said += part.toString()));
    child.stderr.on('data', (part: Buffer) => (said += part.toString()));
    child.once('error', reject);
    child.once('close', () => resolve(said));
  });
}

test('h2spec has nothing to say against a listener of HTTP/2', { skip: binary === '' ? 'H2SPEC names no binary of h2spec' : false, timeout: 600_000 }, async (t) => {
  for (const { name, port, cleartext } of await wholeProgram(t)) {
    const said = await judged(['-h', '127.0.0.1', '-p', String(port), '-S', '-o', '10', ...(cleartext ? [] : ['-t', '-k'])]);
    const counts = SUMMARY.exec(said);
    assert.ok(counts !== null, `${name}: no summary in\n${said}`);
    const [cases, passed] = counts.slice(1).map(Number) as [number, number];
    t.diagnostic(`${name}: ${counts[0]}`);
    const excused = cleartext && READ_AS_A_FRAME.test(said) ? 1 : 0;
    assert.ok(cases >= CASES_AT_LEAST && passed + excused === cases, `${name}:\n${said}`);
  }
});
