import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problems, sentence } from '../problem.ts';
import { LONGEST_TEMPLATE, readSource, type Plain } from './source.ts';

function read(text: string): { readonly value: Plain | undefined; readonly problems: readonly string[] } {
  const problems = new Problems();
  const value = readSource(text, problems);
  return { value, problems: problems.list.map(sentence) };
}

const READ: readonly (readonly [string, Plain])[] = [
  ['{"A": [1, "b", null, true]}', { A: [1, 'b', null, true] }],
  ['{\n\t"A": "tabs are white space in JSON"\n}', { A: 'tabs are white space in JSON' }],
  ['A: !Ref B', { A: { Ref: 'B' } }],
  ['A: !GetAtt B.C.D', { A: { 'Fn::GetAtt': ['B', 'C.D'] } }],
  ['A: !If [X, !Ref B, !Sub "${C}"]', { A: { 'Fn::If': ['X', { Ref: 'B' }, { 'Fn::Sub': '${C}' }] } }],
  ['A: !Select\n  - 0\n  - !Split [",", !ImportValue x]', { A: { 'Fn::Select': [0, { 'Fn::Split': [',', { 'Fn::ImportValue': 'x' }] }] } }],
  ['A: !Transform { Name: x }', { A: { 'Fn::Transform': { Name: 'x' } } }],
  ['A: !Condition B', { A: { Condition: 'B' } }],
  ['a: &x { k: 1, l: 2 }\nb: *x\nc: { <<: *x, l: 3 }', { a: { k: 1, l: 2 }, b: { k: 1, l: 2 }, c: { k: 1, l: 3 } }],
  ['Version: 2012-10-17', { Version: '2012-10-17' }],
  ['a: 012345678901\nb: 0x1F\nc: 1.50\nd: 15\ne: 1.5\nf: yes\ng: true\nh: ~', { a: '012345678901', b: '0x1F', c: '1.50', d: 15, e: 1.5, f: 'yes', g: true, h: null }],
  ['a: |\n  line\n  more\n', { a: 'line\nmore\n' }],
  ['80: x', { '80': 'x' }],
];

for (const [text, expected] of READ) {
  test(`${JSON.stringify(text)} is read`, () => {
    const { value, problems } = read(text);
    assert.deepEqual(problems, []);
    assert.deepEqual(value, expected);
  });
}

const REFUSED: readonly (readonly [string, RegExp])[] = [
  ['', /^template: got "nothing"/],
  ['a: [1', /^line \d+, column \d+: /],
  ['a: 1\na: 2', /^line 2, column 1: .*unique/],
  ['a: !Nope x', /^line 1, column 10: got "!Nope"; allowed tags: !Ref, !Condition, !And/],
  ['? [a]\n: 1', /a key that is not text/],
  ['#'.repeat(LONGEST_TEMPLATE + 1), /at most 1048576 bytes/],
  [`${'['.repeat(300)}${']'.repeat(300)}`, /too large.*200 deep|deep/],
];

for (const [text, expected] of REFUSED) {
  test(`${JSON.stringify(text.slice(0, 30))} is refused`, () => {
    const { problems } = read(text);
    assert.match(problems.join('\n'), expected);
  });
}

test('aliases that multiply are cut off, not carried out', () => {
  const levels = Array.from({ length: 12 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array.from({ length: 10 }, () => `*a${i}`).join(', ')}]`);
  const started = performance.now();
  const { problems } = read(`a0: &a0 x\n${levels.join('\n')}`);
  assert.match(problems.join('\n'), /a template that is too large/);
  assert.ok(performance.now() - started < 30_000);
});
