import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Blob, SETTINGS, type Answer, type ApiCall, type Client, type Paging, type Waiting } from './client.ts';

/** boto3, in a Python process of its own. */
export function boto3Client(endpoint: string): Client {
  const python = spawn('python3', [join(import.meta.dirname, 'boto3-client.py'), endpoint, SETTINGS.region, SETTINGS.accessKeyId, SETTINGS.secretAccessKey], { stdio: ['pipe', 'pipe', 'pipe'] });
  const waiting: { readonly resolve: (answer: Answer) => void; readonly reject: (error: Error) => void }[] = [];
  let complaint = '';
  python.stderr.on('data', (part: Buffer) => void (complaint += part.toString()));
  python.on('close', () => waiting.splice(0).forEach(({ reject }) => reject(new Error(`boto3 ended:\n${complaint}`))));
  createInterface({ input: python.stdout }).on('line', (line) => waiting.shift()?.resolve(JSON.parse(line) as Answer));
  const ask = (request: object): Promise<Answer> =>
    new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
      python.stdin.write(`${JSON.stringify(request, (_key, value: unknown) => (value instanceof Blob ? { $blob: value.bytes.toString('base64') } : value))}\n`);
    });
  const output = async (request: object): Promise<unknown> => {
    const answer = await ask(request);
    if (answer.kind === 'error') throw new Error(`boto3: ${JSON.stringify(answer.error)} to ${JSON.stringify(request)}`);
    return answer.output;
  };
  return {
    name: 'boto3',
    call: (call: ApiCall) => ask({ kind: 'call', ...call }),
    paginate: async (paging: Paging) => (await output({ kind: 'paginate', ...paging })) as readonly unknown[],
    wait: async (waiter: Waiting) => void (await output({ kind: 'wait', ...waiter })),
    close: () => void python.stdin.end(),
  };
}
