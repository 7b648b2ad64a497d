import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { faults, type Fault } from './fault.ts';

const ROOT = join(import.meta.dirname, '../../..');
const PAGE = readFileSync(join(ROOT, 'docs/faults.md'), 'utf8');

const row = ({ code, origin, status, retry, sentence }: Fault): string => `| \`${code}\` | ${origin} | ${status} | ${retry} | ${sentence} |`;

describe('docs/faults.md', () => {
  const rows = PAGE.split('\n').filter((line) => line.startsWith('| `'));

  it('has every fault, as the table says it', () => {
    for (const fault of Object.values(faults)) assert.ok(rows.some((line) => line.startsWith(row(fault))), `docs/faults.md lacks, or says otherwise: ${row(fault)}`);
  });

  it('has no other, and says of each what to make of it', () => {
    const codes = rows.map((line) => /^\| `([^`]+)`/.exec(line)![1]!);
    assert.deepEqual(codes, Object.keys(faults));
    for (const line of rows) assert.ok(line.split(' | ')[5]!.length > 10, line);
  });
});

describe('faults', () => {
  it('that the client caused, or that are final, are never tried again', () => {
    for (const fault of Object.values(faults)) {
      if (fault.origin !== 'upstream') assert.equal(fault.retry, 'never', fault.code);
      if (fault.retry === 'unsent') assert.match(fault.code, /^(?:connect-|upstream-refused$)/);
      assert.ok(fault.status >= 400 && fault.status < 600);
      assert.ok(Object.isFrozen(fault));
    }
  });
});

describe('docs/life-of-a-request.md', () => {
  it('names files that are there, and functions that are in them', () => {
    const text = readFileSync(join(ROOT, 'docs/life-of-a-request.md'), 'utf8');
    const named = [...text.matchAll(/`([\w./-]+\.ts)`(?:[ \n]`([#\w]+)`)?/g)];
    assert.ok(named.length >= 12, `${named.length} files are named`);
    for (const [, path, member] of named) {
      const file = [`src/data-plane/${path}`, `src/${path}`, path!].map((candidate) => join(ROOT, candidate)).find((candidate) => existsSync(candidate));
      assert.ok(file, `${path} does not exist`);
      if (member !== undefined) assert.ok(readFileSync(file, 'utf8').includes(member), `${path} has no ${member}`);
    }
    for (const [, code] of text.matchAll(/-> `([a-z-]+)`/g)) assert.ok(Object.hasOwn(faults, code!), `${code} is no fault`);
  });
});
