import { fileURLToPath } from 'node:url';
import { LOAD_CORE, OPEN_FILES, Running } from '../process.ts';

const OPENER = fileURLToPath(new URL('opener.mjs', import.meta.url));
/** Opening very many takes a busy machine its time. */
const OPEN_WITHIN_MS = 180_000;
/** What a process has open besides. */
const OTHER_FILES = 500;

export interface IdleConnections {
  readonly open: number;
  readonly failed: number;
  close(): Promise<void>;
}

export interface WantedConnections {
  readonly port: number;
  readonly count: number;
  readonly host: string;
  readonly layer: 'tcp' | 'tls' | 'web-socket';
}

/** How many processes it takes to have so many files open, where each process has its share of them. */
export function processesFor(files: number): number {
  return Math.ceil(files / (OPEN_FILES - OTHER_FILES));
}

/** Opens connections, from several processes where one may not, and keeps them. */
export async function openIdle({ port, count, host, layer }: WantedConnections): Promise<IdleConnections> {
  const processes = processesFor(count);
  const openers: Running[] = [];
  const close = async (): Promise<void> => void (await Promise.all(openers.map((opener) => opener.stop())));
  let [open, failed] = [0, 0];
  try {
    // one after the other: they would wait for the same core
    for (let i = 0; i < processes; i++) {
      const share = Math.floor((count * (i + 1)) / processes) - Math.floor((count * i) / processes);
      const opener = new Running({ command: [process.execPath, OPENER, String(port), String(share), host, layer], core: LOAD_CORE, input: true });
      openers.push(opener);
      await opener.ready(() => Promise.resolve(opener.output.includes('OPEN ')), OPEN_WITHIN_MS);
      const [its, not] = /OPEN (\d+) FAILED (\d+)/.exec(opener.output)!.slice(1).map(Number) as [number, number];
      open += its;
      failed += not;
    }
    if (open === 0) throw new Error('no connection was answered');
  } catch (error) {
    await close();
    throw error;
  }
  return { open, failed, close };
}
