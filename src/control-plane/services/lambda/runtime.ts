import { invalid, outOfRange } from './error.ts';

/** Runtimes that AWS takes for new functions no longer, under any of their names. https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html#runtimes-deprecated */
const DEPRECATED = /^(nodejs((4\.3|6\.10|8\.10|1[0246]\.x)(-edge)?)?|python(2\.7|3\.[67])|dotnetcore[123]\.[01]|dotnet[567]|go1\.x|ruby2\.\d|java8|provided)$/;
/** What AWS recommends in their place (seen in its answers). */
const SUCCESSORS: Readonly<Record<string, string>> = {
  'nodejs14.x': 'nodejs20.x', 'nodejs12.x': 'nodejs18.x', 'python3.7': 'python3.12', java8: 'java21', 'go1.x': 'provided.al2023', provided: 'provided.al2023', 'dotnetcore3.1': 'dotnet6', 'ruby2.7': 'ruby3.2',
};

/** Those that it has, whether or not they are run here. */
const KNOWN = /^(nodejs\d+\.x|python3\.\d+|java(8\.al2|8\.al2023|\d\d(\.al2023)?)|dotnet\d+|ruby\d\.\d|provided\.al\d+)$/;

/** Refuses what cannot be run here: in AWS's words where AWS would refuse it too. */
export function checkRuntime(runtime: string, runtimes: readonly string[]): void {
  if (runtimes.includes(runtime)) return;
  if (DEPRECATED.test(runtime)) {
    const next = SUCCESSORS[runtime];
    const advice = next === undefined ? 'a supported runtime' : `the new runtime (${next})`;
    throw invalid(`The runtime parameter of ${runtime} is no longer supported for creating or updating AWS Lambda functions. We recommend you use ${advice} while creating or updating functions.`);
  }
  if (!KNOWN.test(runtime)) throw invalid(`Value ${runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [${runtimes.join(', ')}] or be a valid ARN`);
  throw invalid(`The runtime parameter of ${runtime} is not supported here for creating or updating AWS Lambda functions: nothing that runs it is installed. Supported runtimes: ${runtimes.join(', ')}.`);
}

/** What a layer says that it goes with need not be run here, but must be a runtime. */
export function checkCompatibleRuntimes(named: readonly string[], runtimes: readonly string[]): void {
  if (named.every(isRuntime)) return;
  throw outOfRange('compatibleRuntimes', `[${named.join(', ')}]`, `Member must satisfy enum value set: [${runtimes.join(', ')}]`);
}

/** The runtime that layers are asked for by. */
export function checkWantedRuntime(runtime: string | undefined, runtimes: readonly string[]): void {
  if (runtime !== undefined && !isRuntime(runtime)) throw outOfRange('compatibleRuntime', runtime, `Member must satisfy enum value set: [${runtimes.join(', ')}]`);
}

function isRuntime(name: string): boolean {
  return KNOWN.test(name) || DEPRECATED.test(name);
}
