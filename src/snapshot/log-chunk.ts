/**
 * Lines of a log on their way up from the data plane, and as they lie on disk: octets that nobody looks into before somebody reads the log. An object a line would cost
 * more than the request that the line tells of.
 */
export interface LogChunk {
  /** For each line: NUL, its time (milliseconds since the epoch, decimal), a space, its text, which has no NUL. UTF-8. */
  readonly octets: Uint8Array;
  readonly count: number;
  readonly firstTimestamp: number;
  readonly lastTimestamp: number;
  /** Octets of the texts alone. */
  readonly bytes: number;
}

/** What stands before a line. */
export const LINE_START = '\0';

export interface LogLine {
  readonly timestamp: number;
  readonly message: string;
}

export function linesOf(octets: Uint8Array): readonly LogLine[] {
  const [, ...lines] = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString().split(LINE_START);
  return lines.map((line) => {
    const space = line.indexOf(' ');
    return { timestamp: Number(line.slice(0, space)), message: line.slice(space + 1) };
  });
}
