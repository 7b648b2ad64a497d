import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fromBuffer, type Entry } from 'yauzl';
import { CodeError, inlineCode, localCode } from './local-code.ts';
import { zip } from './zip.ts';

interface Unpacked {
  readonly text: string;
  readonly mode: number;
}

/** By an independent reader, which checks sizes and checksums. */
function unpack(bytes: Buffer): Promise<Readonly<Record<string, Unpacked>>> {
  return new Promise((resolve, reject) => {
    fromBuffer(bytes, { lazyEntries: true, validateEntrySizes: true }, (error, file) => {
      if (error) return reject(error);
      const found: Record<string, Unpacked> = {};
      file.on('end', () => resolve(found));
      file.on('error', reject);
      file.on('entry', (entry: Entry) => {
        file.openReadStream(entry, (failed, stream) => {
          if (failed) return reject(failed);
          const parts: Buffer[] = [];
          stream.on('data', (part: Buffer) => void parts.push(part));
          stream.on('end', () => {
            found[entry.fileName] = { text: Buffer.concat(parts).toString(), mode: entry.externalFileAttributes >>> 16 };
            file.readEntry();
          });
        });
      });
      file.readEntry();
    });
  });
}

test('what is zipped comes out again, with names, bytes and modes', async () => {
  const bytes = await zip([
    { name: 'empty', bytes: Buffer.alloc(0), executable: false },
    { name: 'folder/bootstrap', bytes: Buffer.from('#!/bin/sh\n'), executable: true },
    { name: 'grüße.txt', bytes: Buffer.from('x'.repeat(100_000)), executable: false },
  ]);
  assert.ok(bytes.length < 2000, 'it is deflated');
  assert.deepEqual(await unpack(bytes), {
    empty: { text: '', mode: 0o100644 },
    'folder/bootstrap': { text: '#!/bin/sh\n', mode: 0o100755 },
    'grüße.txt': { text: 'x'.repeat(100_000), mode: 0o100644 },
  });
});

test('the same files always give the same bytes', async () => {
  const entries = [{ name: 'a', bytes: Buffer.from('1'), executable: false }];
  assert.deepEqual(await zip(entries), await zip(entries));
});

test('a folder, a zip, a file, and code in the template become zips', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-code-'));
  try {
    mkdirSync(join(folder, 'fn/lib'), { recursive: true });
    mkdirSync(join(folder, 'none'));
    writeFileSync(join(folder, 'fn/index.js'), 'a');
    writeFileSync(join(folder, 'fn/lib/b.js'), 'b', { mode: 0o755 });
    writeFileSync(join(folder, 'shared.js'), 's');
    symlinkSync('../shared.js', join(folder, 'fn/shared.js'));
    const packed = await localCode('fn', folder);
    assert.deepEqual(Object.keys(await unpack(packed)), ['index.js', 'lib/b.js', 'shared.js']);
    writeFileSync(join(folder, 'made.zip'), packed);
    assert.deepEqual(await localCode('./made.zip', folder), packed);
    assert.deepEqual(await unpack(await localCode(join(folder, 'shared.js'), null)), { 'shared.js': { text: 's', mode: 0o100644 } });
    symlinkSync('..', join(folder, 'fn/lib/up'));
    for (const [path, base, why] of [['fn', folder, /too deep/], ['none', folder, /no files/], ['gone', folder, /cannot be read \(ENOENT\)/], ['fn', null, /without a folder/]] as const) {
      await assert.rejects(localCode(path, base), (error: unknown) => error instanceof CodeError && why.test(error.message), path);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  assert.deepEqual(Object.keys(await unpack((await inlineCode('x', 'python3.12'))!)), ['index.py']);
  assert.deepEqual(Object.keys(await unpack((await inlineCode('x', 'nodejs22.x'))!)), ['index.js']);
  assert.equal(inlineCode('x', 'provided.al2023'), null);
});
