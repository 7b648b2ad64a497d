import { AwsError } from '../../../aws/index.ts';
import { invalid } from './error.ts';

/** Runtimes that AWS takes for new functions no longer, under any of their names. https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html#runtimes-deprecated */
const DEPRECATED = /^(nodejs((4\.3|6\.10|8\.10|1[0246]\.x)(-edge)?)?|python(2\.7|3\.[67])|dotnetcore[123]\.[01]|dotnet[567]|go1\.x|ruby2\.\d|java8|provided)$/;
/** Those that it has, whether or not they are run here. */
const KNOWN = /^(nodejs\d+\.x|python3\.\d+|java(8\.al2|8\.al2023|\d\d(\.al2023)?)|dotnet\d+|ruby\d\.\d|provided\.al\d+)$/;

/** Refuses what cannot be run here: in AWS's words where AWS would refuse it too. */
export function checkRuntime(runtime: string, runtimes: readonly string[]): void {
  if (runtimes.includes(runtime)) return;
  if (DEPRECATED.test(runtime)) throw invalid(`The runtime parameter of ${runtime} is no longer supported for creating or updating AWS Lambda functions. We recommend you use a supported runtime while creating or updating functions.`);
  if (!KNOWN.test(runtime)) throw invalid(`Value ${runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [${runtimes.join(', ')}] or be a valid ARN`);
  throw invalid(`The runtime parameter of ${runtime} is not supported here for creating or updating AWS Lambda functions: nothing that runs it is installed. Supported runtimes: ${runtimes.join(', ')}.`);
}

/** What a layer says that it goes with need not be run here, but must be a runtime. */
export function checkCompatibleRuntimes(named: readonly string[], runtimes: readonly string[]): void {
  if (named.every((runtime) => KNOWN.test(runtime) || DEPRECATED.test(runtime))) return;
  const requirement = `Member must satisfy constraint: [Member must satisfy enum value set: [${runtimes.join(', ')}], Member must not be null]`;
  throw new AwsError('ValidationException', `1 validation error detected: Value '[${named.join(', ')}]' at 'compatibleRuntimes' failed to satisfy constraint: ${requirement}`, { status: 400 });
}
