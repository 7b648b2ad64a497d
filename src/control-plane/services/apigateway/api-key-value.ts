import type { Call } from '../../../aws/index.ts';
import { textOf, type Random } from '../../../kernel/index.ts';
import type { World } from '../../store/index.ts';
import { badRequest, conflict } from './error.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
/** As long as AWS makes them. */
const LENGTH = 40;

export function generatedValue(random: Random): string {
  return textOf(random, LENGTH, LETTERS);
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html: "an alphanumeric string between 20 and 128 characters"; what can stand in a field without quotes is taken too. */
export function checkedValue(value: string): string {
  if (value.length < 20) throw badRequest('API Key value should be at least 20 characters');
  if (value.length > 128) throw badRequest('API Key value exceeds maximum size of 128 characters');
  if (!/^[\x21-\x7e]+$/.test(value)) throw badRequest('API Key value may hold printable characters of ASCII only');
  return value;
}

export function checkFree(world: World, value: string, call: Call): void {
  if (world.list('apigateway/api-key', call).some((key) => key.value === value)) throw conflict('API Key already exists');
}
