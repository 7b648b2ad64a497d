import type { LogSink } from './log-sink.ts';

/** A sink that also prints every line, with the function's name in front, through `print` (which is handed whole lines with their newline). */
export function echoing(sink: LogSink, print: (text: string) => void): LogSink {
  return {
    write(batch) {
      sink.write(batch);
      const name = batch.functionArn.split(':').slice(6).join(':');
      print(batch.lines.map((line) => `[${name}] ${line.message}`).join(''));
    },
  };
}
