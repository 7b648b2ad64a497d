import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../../kernel/index.ts';
import { linesOf } from '../../snapshot/index.ts';
import { ApiLogFormat } from './format.ts';
import { ApiLogs, type ApiLogLines, type ApiLogStream } from './logs.ts';

const stream = (name: string): ApiLogStream => ({ account: '000000000000', region: 'us-east-1', group: 'g', stream: name });

test('lines go ten times a second, as octets, with what is to be known of them', () => {
  const clock = new FakeClock();
  const batches: (readonly ApiLogLines[])[] = [];
  const logs = new ApiLogs(clock, (batch) => void batches.push(batch));
  const [one, two] = [logs.open(stream('one')), logs.open(stream('two'))];
  assert.ok(one.write(1000.9, 'first line'));
  assert.ok(two.write(1001, 'other'));
  assert.ok(one.write(999.5, 'sch\u00f6n \u{1f600}'));
  assert.ok(one.write(1002, ''));
  assert.equal(batches.length, 0);
  clock.advance(100);
  const [batch] = batches;
  assert.deepEqual(batch!.map(({ to, chunk }) => [to, chunk.count, chunk.firstTimestamp, chunk.lastTimestamp, chunk.bytes]), [[one.to, 3, 999, 1002, 10 + 11], [two.to, 1, 1001, 1001, 5]]);
  assert.deepEqual(linesOf(batch![0]!.chunk.octets), [{ timestamp: 1000, message: 'first line' }, { timestamp: 999, message: 'sch\u00f6n \u{1f600}' }, { timestamp: 1002, message: '' }]);
  assert.deepEqual(linesOf(batch![1]!.chunk.octets), [{ timestamp: 1001, message: 'other' }]);
  // each can go to another thread without a copy, and without taking anything else along
  for (const { chunk } of batch!) assert.equal(chunk.octets.buffer.byteLength, chunk.octets.length);
  clock.advance(100);
  assert.equal(batches.length, 1);
  logs.close();
});

test('what waits is bounded', () => {
  const clock = new FakeClock();
  const logs = new ApiLogs(clock, () => {});
  const log = logs.open(stream('s'));
  const line = 'x'.repeat(1024 * 1024);
  let taken = 0;
  while (log.write(1, line)) taken++;
  assert.equal(taken, 16);
  logs.flush();
  assert.ok(log.write(1, line));
  logs.close();
});

/** The lines that a format makes of calls that have one value for all variables. */
function linesIn(format: string, calls: readonly string[]): readonly string[] {
  const batches: (readonly ApiLogLines[])[] = [];
  const logs = new ApiLogs(new FakeClock(), (batch) => void batches.push(batch));
  const log = logs.open(stream('s'));
  const formatted = new ApiLogFormat<string>(format, () => (value) => value);
  for (const call of calls) {
    assert.ok(log.begin(1));
    formatted.write(call, log);
    log.end();
  }
  logs.close();
  return linesOf(batches[0]![0]!.chunk.octets).map(({ message }) => message);
}

test('values that come again and values that differ make the same lines', () => {
  const values = ['a', 'a', 'a', 'b', 'a', '', '', 'sch\u00f6n "\u{1f600}"', 'sch\u00f6n "\u{1f600}"', 'a'];
  assert.deepEqual(linesIn('{"v":"$context.path","w":"$context.routeKey"}', values), values.map((value) => JSON.stringify({ v: value || '-', w: value || '-' })));
  assert.deepEqual(linesIn('$context.status', ['200', '200', '404']), ['200', '200', '404']);
});

test('no value and no format ends a line or a value', () => {
  const call = '"a"\\\n\0<b>&\u{1f600}';
  const line = (format: string): string => linesIn(format, [call])[0]!;
  assert.deepEqual(JSON.parse(line('{"v":"$context.path"}')), { v: call });
  assert.equal(line('<v>$context.path</v>'), '<v>&quot;a&quot;\\  &lt;b&gt;&amp;\u{1f600}</v>');
  assert.equal(line('a\0b $context.path'), `a b "a"\\  <b>&\u{1f600}`);
  assert.deepEqual(linesIn('{"v":"$context.path"}', ['/plain?x=1', '', 'x'.repeat(300)]), ['{"v":"/plain?x=1"}', '{"v":"-"}', `{"v":"${'x'.repeat(300)}"}`]);
});
