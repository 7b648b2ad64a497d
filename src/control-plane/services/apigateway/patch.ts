import { badRequest } from './error.ts';
import type { PatchOperation } from './wire.ts';

/** A patch operation whose path is none of those that there are. Seen in answers of AWS, with two spaces. */
export function wrongPath({ op, path }: PatchOperation, allowed: readonly string[]): Error {
  return badRequest(`Invalid patch path  '${path ?? ''}' specified for op '${op ?? ''}'. ${allowed.length === 0 ? 'Please choose supported operations' : `Must be one of: [${allowed.join(', ')}]`}`);
}

export function flagOf(operation: PatchOperation): boolean {
  const text = operation.value?.toLowerCase();
  if (text !== 'true' && text !== 'false') throw wrongValue(operation, 'must be true or false');
  return text === 'true';
}

export function numberOf(operation: PatchOperation): number {
  const text = operation.value ?? '';
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number)) throw wrongValue(operation, 'must be a number');
  return number;
}

export function wrongValue({ path, value }: PatchOperation, why: string): Error {
  return badRequest(`Invalid value '${value ?? ''}' specified for patch path '${path ?? ''}': it ${why}`);
}
