import { DataThreads } from './data-threads.ts';
import { threadEntry } from './threads/entry.ts';

/** The program: one command line, one exit code. What serves starts its first data-plane thread before anything else is loaded. */
const threads = new DataThreads(threadEntry('data-worker'));
const [, , command] = process.argv;
if (command === 'serve' || command === 'up') threads.prepare();
const [{ runCommandLine }, { processHost }] = await Promise.all([import('../cli/index.ts'), import('./host.ts')]);
process.exitCode = await runCommandLine(process.argv.slice(2), processHost(threads));
// threads and idle sockets must not keep a finished command alive
process.exit();
