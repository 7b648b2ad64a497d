import type { AwsError } from '../../src/aws/index.ts';

/** For `assert.rejects`: the error's code, and its sentence or a pattern of it. */
export function refusal(code: string, sentence: string | RegExp = ''): (error: AwsError) => boolean {
  return (error) => judged(error, code, { wanted: sentence, fits: typeof sentence === 'string' ? sentence === '' || error.message === sentence : sentence.test(error.message) });
}

/** The same with a part of the sentence. */
export function awsError(code: string, part: string | RegExp = ''): (error: AwsError) => boolean {
  return (error) => judged(error, code, { wanted: part, fits: typeof part === 'string' ? error.message.includes(part) : part.test(error.message) });
}

function judged(error: AwsError, code: string, { wanted, fits }: { readonly wanted: string | RegExp; readonly fits: boolean }): true {
  if (error.code !== code || !fits) throw new Error(`expected ${code} with ${String(wanted)}, got ${error.code}: ${error.message}`, { cause: error });
  return true;
}
