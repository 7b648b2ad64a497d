import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { FakeClock, seededRandom } from '../../kernel/index.ts';
import { exampleListener } from '../example-exchange.ts';
import { AccessLogs } from './access-logs.ts';
import { LogWriter, type LogDisk } from './log-writer.ts';

const log = exampleListener('http').accessLog!;
const start = Date.UTC(2026, 0, 1, 23, 52);

class Losses {
  dropped = 0;
  failed = 0;
  linesDropped(lines: number): void {
    this.dropped += lines;
  }
  writeFailed(): void {
    this.failed++;
  }
}

/** A disk in memory that can be full, or slow. */
class MemoryDisk implements LogDisk {
  readonly files = new Map<string, string>();
  room = Infinity;
  opened = 0;
  closed = 0;
  gate: Promise<void> = Promise.resolve();

  open(path: string): ReturnType<LogDisk['open']> {
    this.opened++;
    return Promise.resolve({
      write: async (buffer: Buffer, offset: number, length: number) => {
        await this.gate;
        const fits = Math.min(length, this.room);
        if (fits === 0) throw new Error('ENOSPC: no space left on device');
        this.room -= fits;
        this.files.set(path, (this.files.get(path) ?? '') + buffer.toString('latin1', offset, offset + fits));
        return fits;
      },
      close: () => {
        this.closed++;
        return Promise.resolve();
      },
    });
  }
}

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'turnpike-log-'));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** Lets the background write go on: its steps are promises only. */
async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

function writerOn(disk: LogDisk, extra: { readonly maxBytes?: number } = {}) {
  const clock = new FakeClock(start);
  const losses = new Losses();
  const writer = new LogWriter({ log, root: '/logs', address: '10.0.0.1', clock, random: seededRandom(1), losses, disk, ...extra });
  return { clock, losses, writer };
}

describe('a log writer', () => {
  it('lays out files as AWS does, on a real disk', async (t) => {
    const root = await folder(t);
    const writer = new LogWriter({ log, root, address: '172.16.0.1', clock: new FakeClock(start), random: seededRandom(1), losses: new Losses() });
    writer.write('first\n', start);
    writer.write('second\n', start + 299_999 - 120_000);
    writer.write('next interval\n', Date.UTC(2026, 0, 1, 23, 55));
    writer.write('next day\n', Date.UTC(2026, 0, 2, 0, 0, 1));
    await writer.close();
    const folders = join(root, 'my-bucket/prefix/AWSLogs/123456789012/elasticloadbalancing/us-east-2');
    // the file of 23:55 to midnight ends, and is delivered, on the next day
    const [dayOne, dayTwo] = [await readdir(join(folders, '2026/01/01')), (await readdir(join(folders, '2026/01/02'))).sort()];
    assert.equal(dayOne.length, 1);
    assert.match(dayOne[0]!, /^123456789012_elasticloadbalancing_us-east-2_app\.my-loadbalancer\.50dc6c495c0c9188_20260101T2355Z_172\.16\.0\.1_[a-z0-9]{8}\.log$/);
    assert.equal(await readFile(join(folders, '2026/01/01', dayOne[0]!), 'latin1'), 'first\nsecond\n');
    assert.equal(dayTwo.length, 2);
    assert.match(dayTwo[0]!, /_20260102T0000Z_/);
    assert.equal(await readFile(join(folders, '2026/01/02', dayTwo[1]!), 'latin1'), 'next day\n');
  });

  it('writes within a second', async () => {
    const disk = new MemoryDisk();
    const { clock, writer } = writerOn(disk);
    writer.write('a\n', clock.now());
    clock.advance(999);
    await settle();
    assert.equal(disk.files.size, 0);
    clock.advance(1);
    await settle();
    assert.deepEqual([...disk.files.values()], ['a\n']);
    await writer.close();
  });

  it('drops and counts what a slow disk leaves no room for, and goes on when it has caught up', async () => {
    const disk = new MemoryDisk();
    const gate = Promise.withResolvers<void>();
    disk.gate = gate.promise;
    const { clock, losses, writer } = writerOn(disk, { maxBytes: 128 * 1024 });
    const line = 'x'.repeat(1023) + '\n';
    const taken = Array.from({ length: 200 }, () => writer.write(line, clock.now())).filter(Boolean).length;
    assert.equal(taken, 128);
    assert.equal(losses.dropped, 72);
    gate.resolve();
    await writer.flush();
    assert.equal(writer.write(line, clock.now()), true);
    await writer.close();
    assert.equal([...disk.files.values()].join('').length, 129 * 1024);
  });

  it('tries again after a full disk, neither losing nor doubling a byte', async () => {
    const disk = new MemoryDisk();
    disk.room = 3;
    const { clock, losses, writer } = writerOn(disk);
    writer.write('abcdef\n', clock.now());
    await writer.flush();
    assert.equal(losses.failed, 1);
    assert.match(writer.lastError!, /ENOSPC/);
    writer.write('ghi\n', clock.now());
    disk.room = Infinity;
    clock.advance(1000);
    await settle();
    await writer.flush();
    assert.equal(writer.lastError, null);
    assert.deepEqual([...disk.files.values()], ['abcdef\nghi\n']);
    await writer.close();
    assert.equal(losses.dropped, 0);
  });

  it('counts what it could not write when it closes, and takes nothing after', async () => {
    const disk = new MemoryDisk();
    disk.room = 0;
    const { clock, losses, writer } = writerOn(disk);
    writer.write('a\n', clock.now());
    writer.write('b\n', clock.now());
    await writer.close();
    assert.equal(losses.dropped, 2);
    assert.equal(writer.write('c\n', clock.now()), false);
  });

  it('gives its file back after an interval without lines', async () => {
    const disk = new MemoryDisk();
    const { clock, writer } = writerOn(disk);
    writer.write('a\n', clock.now());
    clock.advance(1000);
    await settle();
    assert.deepEqual([disk.opened, disk.closed], [1, 0]);
    clock.advance(300_000);
    await settle();
    assert.deepEqual([disk.opened, disk.closed], [1, 1]);
    writer.write('b\n', clock.now());
    await writer.close();
    assert.deepEqual([...disk.files.values()], ['a\n', 'b\n']);
    assert.deepEqual([disk.opened, disk.closed], [2, 2]);
  });

  it('writes what comes while it writes', async () => {
    const disk = new MemoryDisk();
    const gate = Promise.withResolvers<void>();
    disk.gate = gate.promise;
    const { clock, writer } = writerOn(disk);
    writer.write('a\n', clock.now());
    const flushed = writer.flush();
    writer.write('b\n', clock.now());
    clock.advance(1000);
    gate.resolve();
    await flushed;
    assert.deepEqual([...disk.files.values()], ['a\nb\n']);
    await writer.close();
  });

  it('never leaves its root', async () => {
    const disk = new MemoryDisk();
    const clock = new FakeClock(start);
    const climbing = { path: 'bucket/../../../etc/./AWSLogs', file: '../../x' };
    const writer = new LogWriter({ log: climbing, root: '/logs', address: '::1', clock, random: seededRandom(1), losses: new Losses(), disk });
    writer.write('a\n', start);
    await writer.close();
    const [path] = [...disk.files.keys()];
    assert.ok(path!.startsWith('/logs/bucket/%2E%2E/%2E%2E/%2E%2E/etc/%2E/AWSLogs/2026/01/01/'), `path: ${path}`);
    assert.ok(!path!.slice(6).split('/').includes('..'));
  });
});

describe('the logs of a worker', () => {
  it('keep one file over generations and close it after the last', async () => {
    const disk = new MemoryDisk();
    const clock = new FakeClock(start);
    const logs = new AccessLogs({ root: '/logs', address: '10.0.0.1', clock, random: seededRandom(2), disk });
    const old = logs.lease(log, new Losses());
    old.writer.write('one\n', clock.now());
    const young = logs.lease(log, new Losses());
    await old.release();
    await old.release();
    young.writer.write('two\n', clock.now());
    await logs.flush();
    assert.deepEqual([...disk.files.values()], ['one\ntwo\n']);
    await young.release();
    assert.equal(young.writer.write('three\n', clock.now()), false);
    assert.match(logs.connectionPrefix, /^[0-9a-f]{20}$/);
  });
});
