import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Blob, SETTINGS, type Answer, type ApiCall, type Client, type Paging, type Waiting } from './client.ts';

/** The AWS CLI, a process a call. `folder`: for the files that blobs are handed over in. */
export function cliClient(endpoint: string, folder: string): Client {
  let files = 0;
  // version 1 shows the times of JSON services as the wire has them unless it is told otherwise
  mkdirSync(join(folder, '.aws'));
  writeFileSync(join(folder, '.aws', 'config'), '[default]\ncli_timestamp_format = iso8601\n');
  const env = {
    PATH: process.env['PATH'], HOME: folder, AWS_ACCESS_KEY_ID: SETTINGS.accessKeyId, AWS_SECRET_ACCESS_KEY: SETTINGS.secretAccessKey, AWS_DEFAULT_REGION: SETTINGS.region,
    AWS_MAX_ATTEMPTS: '1', AWS_PAGER: '', AWS_EC2_METADATA_DISABLED: 'true',
  };
  const run = (args: readonly string[]): Promise<{ readonly code: number; readonly out: string; readonly complaint: string }> =>
    new Promise((resolve) => {
      execFile('aws', ['--endpoint-url', endpoint, '--output', 'json', ...args], { env, maxBuffer: 16 * 1024 * 1024 }, (error, out, complaint) =>
        resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : 1, out, complaint }),
      );
    });
  /** Blobs become files: the option of the member that they are, wherever it lies. */
  const argumentsOf = (input: Readonly<Record<string, unknown>>): readonly string[] => {
    const options: string[] = [];
    const rest = withoutBlobs(input, (member, blob) => {
      const file = join(folder, `blob-${++files}`);
      writeFileSync(file, blob.bytes);
      options.push(`--${dashed(member)}`, `fileb://${file}`);
    });
    return ['--cli-input-json', JSON.stringify(rest), ...options];
  };
  const call = async ({ service, operation, input }: ApiCall, more: readonly string[] = []): Promise<Answer> => {
    const { code, out, complaint } = await run([service, dashed(operation), ...argumentsOf(input), ...more]);
    if (code === 0) return { kind: 'output', output: out.trim() === '' ? {} : (JSON.parse(out) as unknown) };
    const said = /An error occurred \((.*?)\) when calling the \w+ operation(?: \(reached max retries: \d+\))?: ([\s\S]*)$/.exec(complaint);
    if (!said) throw new Error(`aws ${service} ${operation}: ${complaint}`);
    return { kind: 'error', error: { code: said[1]!, message: said[2]!.trim(), status: null } };
  };
  return {
    name: 'awscli',
    call: (wanted) => call(wanted, ['--no-paginate']),
    async paginate({ service, operation, input, list, pageSize }: Paging): Promise<readonly unknown[]> {
      // given as options: with --cli-input-json the CLI leaves pages to its caller
      const items: unknown[] = [];
      for (let marker: string | undefined, more = true; more; more = marker !== undefined) {
        const options = [...optionsOf(input), ...(pageSize === null ? [] : ['--page-size', String(pageSize)]), ...(marker === undefined ? [] : ['--marker', marker])];
        const { code, out, complaint } = await run([service, dashed(operation), ...options]);
        if (code !== 0) throw new Error(`aws ${service} ${operation}: ${complaint}`);
        const page = JSON.parse(out) as Record<string, unknown>;
        items.push(...((page[list] ?? []) as readonly unknown[]));
        marker = page['NextMarker'] as string | undefined;
      }
      return items;
    },
    async wait({ service, waiter, input }: Waiting): Promise<void> {
      const { code, complaint } = await run([service, 'wait', dashed(waiter), ...optionsOf(input)]);
      if (code !== 0) throw new Error(`aws ${service} wait ${waiter}: ${complaint}`);
    },
    close: () => undefined,
  };
}

function optionsOf(input: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(input).flatMap(([member, value]) => [`--${dashed(member)}`, typeof value === 'string' ? value : JSON.stringify(value)]);
}

/** `DescribeVpcs` -> `describe-vpcs`, `FunctionActiveV2` -> `function-active-v2`. */
function dashed(name: string): string {
  return name.replace(/([A-Z]+)([A-Z][a-z])/g, '$1-$2').replace(/([a-z\d])([A-Z])/g, '$1-$2').toLowerCase();
}

function withoutBlobs(value: Readonly<Record<string, unknown>>, found: (member: string, blob: Blob) => void): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(value).flatMap(([member, inner]): [string, unknown][] => {
      if (inner instanceof Blob) {
        found(member, inner);
        return [];
      }
      const isStructure = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
      const kept = isStructure ? withoutBlobs(inner as Readonly<Record<string, unknown>>, found) : inner;
      return isStructure && Object.keys(kept as object).length === 0 ? [] : [[member, kept]];
    }),
  );
}
