import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { seededRandom } from '../../kernel/index.ts';
import { type BlobStore, DiskBlobs, MemoryBlobs } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'turnpike-blob-'));
after(() => rmSync(folder, { recursive: true }));
const memory = new MemoryBlobs();
after(() => memory.close());

const drivers: Record<string, BlobStore> = { memory, disk: new DiskBlobs(join(folder, 'blobs'), seededRandom(1)) };

for (const [name, blobs] of Object.entries(drivers)) {
  describe(`blobs in ${name}`, () => {
    test('come back by their hash, as bytes and as a file', async () => {
      const bytes = Buffer.from('a function');
      const hash = await blobs.put(bytes);
      assert.equal(hash, createHash('sha256').update(bytes).digest('hex'));
      assert.equal(await blobs.put(bytes), hash);
      assert.deepEqual(await blobs.get(hash), bytes);
      assert.deepEqual(readFileSync(blobs.path(hash)), bytes);
      assert.equal(statSync(blobs.path(hash)).mode & 0o777, 0o600);
      assert.equal(await blobs.get('0'.repeat(64)), undefined);
    });

    test('a sweep removes what nobody keeps, but nothing put since the last sweep', async () => {
      const kept = await blobs.put(Buffer.from('kept'));
      const gone = await blobs.put(Buffer.from('gone'));
      assert.equal(await blobs.sweep(new Set([kept])), 0);
      assert.ok((await blobs.sweep(new Set([kept]))) >= 1);
      assert.equal(await blobs.get(gone), undefined);
      assert.deepEqual(await blobs.get(kept), Buffer.from('kept'));
    });
  });
}

test('a damaged blob is told, and putting it again repairs it', async () => {
  const blobs = drivers['disk']!;
  const hash = await blobs.put(Buffer.from('precious'));
  writeFileSync(blobs.path(hash), 'something else');
  await assert.rejects(blobs.get(hash), /damaged/);
  await blobs.put(Buffer.from('precious'));
  assert.deepEqual(await blobs.get(hash), Buffer.from('precious'));
  assert.deepEqual(readdirSync(dirname(blobs.path(hash))).filter((file) => file.endsWith('.part')), []);
  assert.throws(() => blobs.path('../../etc/passwd'), /not a SHA-256/);
});
