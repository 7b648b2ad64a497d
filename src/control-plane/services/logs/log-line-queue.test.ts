import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../../../kernel/index.ts';
import type { LogChunk } from '../../../snapshot/index.ts';
import { memoryStore } from '../../store/index.ts';
import { LogLineQueue, MemoryLogEvents, type LogEvent, type LogEvents, type StreamName } from './index.ts';

const name: StreamName = { account: '000000000000', region: 'us-east-1', group: '/aws/lambda/f', stream: 's' };
/** As a worker hands lines over. */
function chunk(...lines: readonly LogEvent[]): LogChunk {
  const octets = Buffer.from(lines.map(({ timestamp, message }) => `\0${timestamp} ${message}`).join(''));
  const times = lines.map(({ timestamp }) => timestamp);
  return { octets, count: lines.length, firstTimestamp: Math.min(...times), lastTimestamp: Math.max(...times), bytes: lines.reduce((sum, { message }) => sum + Buffer.byteLength(message), 0) };
}
const line = (message: string, timestamp = 1): LogEvent => ({ timestamp, message });

/** Log events whose writes end when they are let. */
function setting(limit?: number) {
  const clock = new FakeClock();
  const kept = new MemoryLogEvents({ clock });
  const writes: (readonly LogEvent[])[] = [];
  const held: PromiseWithResolvers<void>[] = [];
  const events = new Proxy<LogEvents>(kept, {
    get: (target, property) => property !== 'append' ? Reflect.get(target, property) : async (to: StreamName, lines: readonly LogEvent[]) => {
      writes.push(lines);
      const gate = Promise.withResolvers<void>();
      held.push(gate);
      await gate.promise;
      await target.append(to, lines);
    },
  });
  const failures: string[] = [];
  const queue = new LogLineQueue({ store: memoryStore(), events, clock, failed: (of, error) => failures.push(`${of.stream}: ${error.message}`), ...(limit === undefined ? {} : { limit }) });
  /** Waits for the next write to begin. */
  const begun = async (count: number): Promise<void> => {
    while (writes.length < count) await new Promise((resolve) => void setImmediate(resolve));
  };
  return { queue, kept, writes, held, failures, begun };
}

test('what comes during a write goes together with the next, in order', async () => {
  const { queue, kept, writes, held, begun } = setting();
  queue.add(name, [line('1\n')]);
  await begun(1);
  for (let n = 2; n <= 1000; n++) queue.add(name, [line(`${n}\n`)]);
  held[0]!.resolve();
  await begun(2);
  held[1]!.resolve();
  await queue.settled();
  assert.deepEqual(writes.map(({ length }) => length), [1, 999]);
  assert.deepEqual((await kept.read(name)).map(({ message }) => message), Array.from({ length: 1000 }, (_, n) => `${n + 1}\n`));
});

test('what waits is bounded, and a line says what is missing; afterwards it takes lines again', async () => {
  const { queue, writes, held, begun } = setting(1000);
  queue.add(name, [line('x'.repeat(436))]);
  await begun(1);
  queue.add(name, [line('y'.repeat(400)), line('z'.repeat(400), 7), line('z'.repeat(400), 8)]);
  held[0]!.resolve();
  await begun(2);
  assert.deepEqual(writes[1], [line('y'.repeat(400)), line('Turnpike dropped 2 log lines here: they came faster than the disk takes them.\n', 8)]);
  held[1]!.resolve();
  await queue.settled();
  queue.add(name, [line('x'.repeat(900))]);
  await begun(3);
  held[2]!.resolve();
  await queue.settled();
  assert.equal(writes[2]!.length, 1);
});

test('chunks are kept as they are, and bounded as lines are', async () => {
  const { queue, kept, writes, held, begun } = setting(300);
  queue.addChunk(name, chunk(line('one', 5), line('two', 6)));
  queue.addChunk(name, chunk(...Array.from({ length: 10 }, (_, i) => line('x'.repeat(30), 10 + i))));
  queue.add(name, [line('three', 7)]);
  await begun(1);
  held[0]!.resolve();
  await begun(2);
  held[1]!.resolve();
  await queue.settled();
  assert.deepEqual(writes[1]!.map(({ message }) => message), ['three', 'Turnpike dropped 10 log lines here: they came faster than the disk takes them.\n']);
  assert.deepEqual((await kept.read(name)).map(({ timestamp, message }) => `${timestamp} ${message.slice(0, 14)}`), ['5 one', '6 two', '7 three', '19 Turnpike dropp']);
});

test('a write that fails is told and holds nothing up', async () => {
  const { queue, kept, held, failures, begun } = setting();
  queue.add(name, [line('lost\n')]);
  await begun(1);
  queue.add(name, [line('kept\n')]);
  held[0]!.reject(new Error('the disk is full'));
  await begun(2);
  held[1]!.resolve();
  await queue.settled();
  assert.deepEqual(failures, ['s: the disk is full']);
  assert.deepEqual((await kept.read(name)).map(({ message }) => message), ['kept\n']);
});
