import { runCommandLine } from '../cli/index.ts';
import { processHost } from './host.ts';

/** The program: one command line, one exit code. */
process.exitCode = await runCommandLine(process.argv.slice(2), processHost());
// threads and idle sockets must not keep a finished command alive
process.exit();
