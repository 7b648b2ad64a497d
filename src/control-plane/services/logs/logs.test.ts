import assert from 'node:assert/strict';
import { appendFileSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { testCall, testEnvironment } from '../../../../test/support/environment.ts';
import { refusal } from '../../../../test/support/refusal.ts';
import { FakeClock } from '../../../kernel/index.ts';
import type { LogChunk } from '../../../snapshot/index.ts';
import { filterPattern } from './filter-pattern.ts';
import { DiskLogEvents, type LogEvents, logsService, MemoryLogEvents, writeLogLines } from './index.ts';

// oxlint-disable-next-line typescript/no-explicit-any
type Answer = any;

const folder = mkdtempSync(join(tmpdir(), 'turnpike-logs-'));
after(() => rmSync(folder, { recursive: true, force: true }));
let folders = 0;

const drivers: Record<string, (clock: FakeClock) => LogEvents> = {
  memory: (clock) => new MemoryLogEvents({ clock }),
  disk: (clock) => new DiskLogEvents({ clock, folder: join(folder, `${folders++}`) }),
};

function stage(make: (clock: FakeClock) => LogEvents) {
  const clock = new FakeClock();
  const environment = testEnvironment({ clock });
  const events = make(clock);
  const service = logsService(environment, events);
  const run = async (operation: string, input: object = {}): Promise<Answer> => service.operations[operation]!(input, testCall());
  return { clock, environment, events, run };
}

for (const [name, make] of Object.entries(drivers)) {
  describe(`logs kept in ${name}`, () => {
    test('groups: made, described, tagged both ways, retained, deleted with what they hold', async () => {
      const { run } = stage(make);
      await run('CreateLogGroup', { logGroupName: '/app/web', tags: { a: '1' } });
      await assert.rejects(run('CreateLogGroup', { logGroupName: '/app/web' }), refusal('ResourceAlreadyExistsException'));
      await run('PutRetentionPolicy', { logGroupName: '/app/web', retentionInDays: 7 });
      await assert.rejects(run('PutRetentionPolicy', { logGroupName: '/app/web', retentionInDays: 8 }), refusal('InvalidParameterException'));
      const [group] = (await run('DescribeLogGroups', { logGroupNamePrefix: '/app' })).logGroups;
      assert.equal(group.arn, 'arn:aws:logs:us-east-1:000000000000:log-group:/app/web:*');
      assert.equal(group.retentionInDays, 7);
      await run('TagResource', { resourceArn: group.logGroupArn, tags: { b: '2' } });
      await run('UntagLogGroup', { logGroupName: '/app/web', tags: ['a'] });
      assert.deepEqual((await run('ListTagsForResource', { resourceArn: group.arn })).tags, { b: '2' });
      assert.deepEqual((await run('ListTagsLogGroup', { logGroupName: '/app/web' })).tags, { b: '2' });
      await run('CreateLogStream', { logGroupName: '/app/web', logStreamName: 'one' });
      await run('DeleteLogGroup', { logGroupName: '/app/web' });
      await assert.rejects(run('DescribeLogStreams', { logGroupName: '/app/web' }), refusal('ResourceNotFoundException'));
    });

    test('events: put, read in both directions until the token repeats, filtered over streams', async () => {
      const { run, clock, environment, events } = stage(make);
      const now = clock.now();
      await run('CreateLogGroup', { logGroupName: 'g' });
      await run('CreateLogStream', { logGroupName: 'g', logStreamName: 's' });
      await run('PutLogEvents', { logGroupName: 'g', logStreamName: 's', logEvents: Array.from({ length: 10 }, (_, i) => ({ timestamp: now + i, message: `line ${i}` })) });
      await writeLogLines({ store: environment.store, events, clock }, { account: '000000000000', region: 'us-east-1', group: 'g', stream: 't' }, [{ timestamp: now + 3, message: 'ERROR from the runtime' }]);
      const head = await run('GetLogEvents', { logGroupName: 'g', logStreamName: 's', startFromHead: true, limit: 6 });
      assert.equal(head.events[0].message, 'line 0');
      const next = await run('GetLogEvents', { logGroupName: 'g', logStreamName: 's', nextToken: head.nextForwardToken, limit: 6 });
      assert.deepEqual(next.events.map((event: Answer) => event.message), ['line 6', 'line 7', 'line 8', 'line 9']);
      const end = await run('GetLogEvents', { logGroupName: 'g', logStreamName: 's', nextToken: next.nextForwardToken });
      assert.deepEqual([end.events, end.nextForwardToken], [[], next.nextForwardToken]);
      const tail = await run('GetLogEvents', { logGroupName: 'g', logStreamName: 's', limit: 2 });
      assert.deepEqual(tail.events.map((event: Answer) => event.message), ['line 8', 'line 9']);
      const before = await run('GetLogEvents', { logGroupName: 'g', logStreamName: 's', limit: 2, nextToken: tail.nextBackwardToken });
      assert.deepEqual(before.events.map((event: Answer) => event.message), ['line 6', 'line 7']);
      const all: string[] = [];
      let token: string | undefined;
      do {
        const page = await run('FilterLogEvents', { logGroupName: 'g', limit: 4, nextToken: token });
        all.push(...page.events.map((event: Answer) => event.message));
        token = page.nextToken;
      } while (token);
      assert.equal(all.length, 11);
      assert.equal(all.indexOf('ERROR from the runtime'), 3 + (all[3] === 'line 3' ? 1 : 0));
      const errors = await run('FilterLogEvents', { logGroupName: 'g', filterPattern: 'ERROR' });
      assert.deepEqual(errors.events.map((event: Answer) => event.logStreamName), ['t']);
      const streams = (await run('DescribeLogStreams', { logGroupName: 'g', orderBy: 'LastEventTime', descending: true })).logStreams;
      assert.deepEqual(streams.map((stream: Answer) => [stream.logStreamName, stream.lastEventTimestamp]), [['s', now + 9], ['t', now + 3]]);
    });

    test('events too old, too new or out of order are refused as AWS refuses them', async () => {
      const { run, clock } = stage(make);
      const now = clock.now();
      await run('CreateLogGroup', { logGroupName: 'g' });
      await run('CreateLogStream', { logGroupName: 'g', logStreamName: 's' });
      const put = (...timestamps: number[]) => run('PutLogEvents', { logGroupName: 'g', logStreamName: 's', logEvents: timestamps.map((timestamp) => ({ timestamp, message: 'x' })) });
      await assert.rejects(put(now, now - 1), refusal('InvalidParameterException'));
      const hour = 3_600_000;
      assert.deepEqual((await put(now - hour, now, now + 3 * hour)).rejectedLogEventsInfo, { tooNewLogEventStartIndex: 2, tooOldLogEventEndIndex: undefined, expiredLogEventEndIndex: undefined });
      assert.equal((await put(now - 15 * 24 * hour)).rejectedLogEventsInfo.tooOldLogEventEndIndex, 1);
      assert.equal((await run('GetLogEvents', { logGroupName: 'g', logStreamName: 's' })).events.length, 2);
      await run('PutRetentionPolicy', { logGroupName: 'g', retentionInDays: 1 });
      clock.advance(25 * hour);
      assert.equal((await run('GetLogEvents', { logGroupName: 'g', logStreamName: 's' })).events.length, 0, 'retention lets them go');
    });
  });
}

describe('log events on disk', () => {
  const stream = { account: '000000000000', region: 'us-east-1', group: '/g', stream: 's' };

  test('survive a restart, also after a line that a crash cut short', async () => {
    const clock = new FakeClock();
    const place = join(folder, 'restart');
    await new DiskLogEvents({ clock, folder: place }).append(stream, [{ timestamp: 1, message: 'first\nline' }]);
    const [file] = globSync(`${place}/**/*.log`);
    appendFileSync(file!, '[2,2,1,"cut sho');
    const again = new DiskLogEvents({ clock, folder: place });
    await again.append(stream, [{ timestamp: 3, message: 'after' }]);
    assert.deepEqual((await again.read(stream)).map((event) => event.message), ['first\nline', 'after']);
    assert.deepEqual((await new DiskLogEvents({ clock, folder: place }).read(stream)).map((event) => event.sequence), [0, 1]);
  });

  test('chunks of the data plane lie beside events, in one order, and survive a restart that cut one short', async () => {
    const clock = new FakeClock();
    const place = join(folder, 'chunks');
    const events = new DiskLogEvents({ clock, folder: place });
    const chunk = (text: string, times: readonly [number, ...number[]], bytes: number): LogChunk => ({ octets: Buffer.from(text), count: times.length, firstTimestamp: times[0], lastTimestamp: times.at(-1)!, bytes });
    await events.append(stream, [{ timestamp: 20, message: 'event\nof two lines' }]);
    clock.advance(1);
    await events.appendChunks(stream, [chunk('\x0010 \u00e4 #[1,2,3]', [10], 11), chunk('\x0015 a b\x0030 ', [15, 30], 3)]);
    await events.append(stream, [{ timestamp: 25, message: 'last' }]);
    const now = clock.now();
    const kept = [
      { timestamp: 10, ingestionTime: now, sequence: 1, message: '\u00e4 #[1,2,3]' }, { timestamp: 15, ingestionTime: now, sequence: 2, message: 'a b' }, { timestamp: 20, ingestionTime: now - 1, sequence: 0, message: 'event\nof two lines' },
      { timestamp: 25, ingestionTime: now, sequence: 4, message: 'last' }, { timestamp: 30, ingestionTime: now, sequence: 3, message: '' },
    ];
    assert.deepEqual(await events.read(stream), kept);
    const [file] = globSync(`${place}/**/*.log`);
    const whole = readFileSync(file!);
    for (const more of ['#', '#[1,5,1', '#[1,5,12]\n\x0040 cut', '#[1,5,8]\n\x0040 cut\n', '[50,1,5,"cut']) {
      writeFileSync(file!, Buffer.concat([whole, Buffer.from(more)]));
      const again = new DiskLogEvents({ clock, folder: place });
      assert.deepEqual(await again.read(stream), kept, JSON.stringify(more));
      assert.deepEqual(await again.facts(stream), { firstTimestamp: 10, lastTimestamp: 30, lastIngestion: now, bytes: 18 + 12 + 3 + 4 + 5 * 26 - 1 });
    }
    const again = new DiskLogEvents({ clock, folder: place });
    await again.append(stream, [{ timestamp: 60, message: 'after' }]);
    assert.deepEqual((await new DiskLogEvents({ clock, folder: place }).read(stream)).map(({ sequence, message }) => `${sequence} ${message}`).at(-1), '5 after');
    await events.deleteGroup(stream);
  });

  test('keep no more than a group may: the oldest go first', async () => {
    const clock = new FakeClock();
    const events = new DiskLogEvents({ clock, folder: join(folder, 'bounded'), groupBytes: 20_000, segmentBytes: 2000 });
    for (let i = 0; i < 400; i++) await events.append(stream, [{ timestamp: i, message: `${i} ${'x'.repeat(100)}` }]);
    const kept = await events.read(stream);
    assert.ok(kept.length > 50 && kept.length < 200, `${kept.length} kept`);
    assert.equal(kept.at(-1)!.timestamp, 399);
    assert.equal((await events.facts(stream))!.firstTimestamp, kept[0]!.timestamp);
    await events.append(stream, [{ timestamp: 1000, message: 'new' }]);
    assert.deepEqual(await events.facts(stream), await new DiskLogEvents({ clock, folder: join(folder, 'bounded') }).facts(stream));
  });
});

test('filter patterns: terms, quotes, alternatives, exclusions, JSON; the rest is refused', () => {
  const yes = (pattern: string, message: string): void => assert.equal(filterPattern(pattern)(message), true, `${pattern} on ${message}`);
  const no = (pattern: string, message: string): void => assert.equal(filterPattern(pattern)(message), false, `${pattern} on ${message}`);
  yes('ERROR 500', 'ERROR code 500');
  no('ERROR 500', 'error code 500');
  yes('"code 500"', 'ERROR code 500');
  no('"500 code"', 'ERROR code 500');
  yes('?WARN ?ERROR', 'an ERROR');
  no('?WARN ?ERROR', 'INFO');
  no('ERROR -timeout', 'ERROR timeout');
  yes('ERROR -timeout', 'ERROR other');
  const json = '{"level":"error","status":503,"user":{"name":"amy"},"tags":["a","b"],"gone":null,"ok":true}';
  yes('{ $.level = "error" }', json);
  yes('{ $.level = err* && $.status >= 500 }', json);
  no('{ $.status < 500 || $.user.name = "bob" }', json);
  yes('{ ($.status = 503 || $.status = 502) && $.tags[1] = "b" }', json);
  yes('{ $.gone IS NULL && $.ok IS TRUE && $.none NOT EXISTS && $.user EXISTS }', json);
  yes('{ $.level != "info" }', json);
  no('{ $.level = "error" }', 'plain text');
  for (const bad of ['[a, b]', '%reg[ex]%', '{ $.a ', '{ $.a ~ 3 }', '{ $.a = }', '{ a = 3 }', '"open', '{ $.a > "x" }']) {
    assert.throws(() => filterPattern(bad), refusal('InvalidParameterException'), bad);
  }
  assert.throws(() => filterPattern('[unclosed'), refusal('InvalidParameterException', "If a filter pattern starts with '[' it must end with ']'"));
});
