import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { FolderObjects } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'turnpike-objects-'));
after(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, 's3', 'my.bucket-1', 'a', 'b'), { recursive: true });
writeFileSync(join(folder, 's3', 'my.bucket-1', 'a', 'b', 'c.pem'), 'content');
writeFileSync(join(folder, 'secret'), 'secret');
symlinkSync(join(folder, 'secret'), join(folder, 's3', 'my.bucket-1', 'link'));
symlinkSync(folder, join(folder, 's3', 'my.bucket-1', 'up'));
const objects = new FolderObjects(join(folder, 's3'));

test('an object is a file of the bucket\'s folder', async () => {
  assert.equal(String(await objects.get({ bucket: 'my.bucket-1', key: 'a/b/c.pem' }, 7)), 'content');
  assert.equal(await objects.get({ bucket: 'my.bucket-1', key: 'a/b/c.pem' }, 6), 'too-large');
});

test('nothing else is', async () => {
  for (const [bucket, key] of [
    ['my.bucket-1', 'a/b'], ['my.bucket-1', 'a/b/d.pem'], ['my.bucket-1', 'a/b/c.pem/x'], ['my.bucket-1', '../../secret'], ['my.bucket-1', 'a/../a/b/c.pem'], ['my.bucket-1', 'link'],
    ['my.bucket-1', 'up/secret'], ['my.bucket-1', '/a/b/c.pem'], ['my.bucket-1', ''], ['my.bucket-1', 'a\0'], ['..', 'secret'], ['.', 'secret'], ['', 'secret'], ['my..bucket', 'a'], ['nobody', 'a'],
    ['my.bucket-1', 'x'.repeat(5000)],
  ] as const) assert.equal(await objects.get({ bucket, key }, 100), undefined, `${bucket} ${key.slice(0, 20)}`);
});
