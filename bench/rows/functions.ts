import { spawn } from 'node:child_process';
import { get } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { createFunction } from '../contenders/functions.ts';
import type { Contender, Served } from '../contenders/contender.ts';
import { Control } from '../contenders/control.ts';
import { wrk } from '../load/wrk.ts';
import type { Sample } from '../measurement.ts';
import type { Row } from './row.ts';

/** Code on three threads and in the function is compiled only after some tens of thousands of calls; until then a call costs half as much again. A busy machine makes few of them in a second. */
const WARM_CALLS = 50_000;
const WARM_SECONDS = 40;
const COLD_STARTS = 10;
/** Long enough for a spare process to be there again. */
const REST_MS = 400;
const ENVIRONMENTS = 10;
const NOTHING = { rate: null, p50: null, p99: null, p999: null, errors: 0 };

/** Calls through a balancer, warm: CPU of all processes a call, those of the function counted. */
export function functionRow({ connections }: { readonly connections: number }, contenders: readonly Contender[]): Row {
  const warmed = new WeakSet<Served>();
  return {
    name: connections === 1 ? 'function-latency' : 'functions',
    title: `A Node function behind a load balancer, ${connections === 1 ? 'one call after the other' : `${connections} connections`}`,
    unit: 'CPU us/call',
    contenders,
    rounds: null,
    async sample(served, port, bench) {
      const drive = (seconds: number) => wrk({ url: `http://127.0.0.1:${port}/function/1`, seconds, connections, headers: hostOf(served, port), folder: bench.folder });
      if (warmed.has(served)) await drive(1);
      for (let calls = 0, seconds = 0; !warmed.has(served) && calls < WARM_CALLS && seconds < WARM_SECONDS; seconds += 4) calls += (await drive(4)).requests;
      warmed.add(served);
      const before = served.running.cpu();
      const { requests, us, p50, p99, p999, errors } = await drive(bench.seconds);
      return { cost: (served.running.cpu() - before) / requests, rate: requests / (us / 1e6), p50, p99, p999, errors };
    },
  };
}

/** From the call of a function that was never called to its answer; where there is no function, the start and end of a `node` that does nothing. */
export function coldStartRow(contenders: readonly Contender[]): Row {
  let made = 0;
  return {
    name: 'function-cold',
    title: 'Cold start of a small Node function, and of `node -e 0`',
    unit: 'ms',
    contenders,
    rounds: null,
    async sample({ endpoint }) {
      const control = endpoint === undefined ? null : new Control(endpoint);
      const times: number[] = [];
      for (let i = 0; i < COLD_STARTS; i++) {
        const name = `cold-${made++}`;
        if (control) await createFunction(control, name);
        await pause(REST_MS);
        const begun = performance.now();
        if (control) await control.rest(`/2015-03-31/functions/${name}/invocations`, {}, 'lambda');
        else await new Promise((resolve) => void spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }).on('exit', resolve));
        times.push(performance.now() - begun);
      }
      times.sort((a, b) => a - b);
      const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))]! * 1000;
      return { ...NOTHING, cost: at(0.5) / 1000, p50: at(0.5), p99: at(0.99) };
    },
  };
}

/** Growth of the memory that is no file's by environments that have answered a call and wait for the next. */
export function idleEnvironmentRow(contenders: readonly Contender[]): Row {
  return {
    name: 'function-idle',
    title: `${ENVIRONMENTS} idle environments of a Node function: memory that each has for itself`,
    unit: 'bytes/environment',
    contenders,
    rounds: 1,
    async sample(served, port): Promise<Sample> {
      const call = (path: string): Promise<void> =>
        new Promise((resolve, reject) => {
          get({ host: '127.0.0.1', port, path, headers: hostOf(served, port), agent: false }, (answer) => answer.resume().on('end', resolve)).on('error', reject);
        });
      await call('/function/1');
      const before = { bytes: served.running.anonymous(), processes: served.running.processes };
      await Promise.all(Array.from({ length: ENVIRONMENTS }, () => call('/function/wait')));
      await pause(REST_MS);
      return { ...NOTHING, cost: (served.running.anonymous() - before.bytes) / (served.running.processes - before.processes) };
    },
  };
}

function hostOf({ host }: Served, port: number): Readonly<Record<string, string>> {
  return host === null ? {} : { Host: `${host}:${port}` };
}
