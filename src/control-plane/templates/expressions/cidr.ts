import ipaddr from 'ipaddr.js';
import type { Plain } from '../document/source.ts';
import type { Place } from './scope.ts';
import { scalarText, UNKNOWN, type Value } from './value.ts';

/** `Fn::Cidr: [block, count, host bits]`: the first `count` blocks of that many host bits, IPv4 or IPv6. */
export function cidr(argument: Plain, place: Place): Value {
  if (!Array.isArray(argument) || argument.length !== 3) return place.wrong(argument, 'allowed: [address block, count, host bits]');
  const values = argument.map((node: Plain, index) => place.evaluate(node, index));
  if (values.includes(UNKNOWN)) return UNKNOWN;
  const [block, count, bits] = values as [Value, Value, Value];
  const parsed = parseBlock(scalarText(block) ?? '');
  if (parsed === undefined) return place.wrong(block, 'allowed: an address block such as 10.0.0.0/16');
  const number = Number(scalarText(count));
  if (!Number.isInteger(number) || number < 1 || number > 256) return place.wrong(count, 'allowed: a count from 1 to 256');
  const host = Number(scalarText(bits));
  if (!Number.isInteger(host) || host < 1 || host > parsed.width - parsed.prefix) {
    return place.wrong(bits, `allowed: 1 to ${parsed.width - parsed.prefix} host bits in a block of ${parsed.prefix} prefix bits`);
  }
  const room = 1n << BigInt(parsed.width - parsed.prefix - host);
  if (BigInt(number) > room) return place.wrong(count, `allowed: at most ${room} blocks of ${host} host bits fit`);
  return Array.from({ length: number }, (_, index) => `${written(parsed.base + (BigInt(index) << BigInt(host)), parsed.width)}/${parsed.width - host}`);
}

interface Block {
  readonly base: bigint;
  readonly prefix: number;
  readonly width: 32 | 128;
}

function parseBlock(text: string): Block | undefined {
  const [address = '', length = '', ...rest] = text.split('/');
  const four = ipaddr.IPv4.isValidFourPartDecimal(address);
  if (rest.length > 0 || !/^\d{1,3}$/.test(length) || (!four && (!ipaddr.IPv6.isValid(address) || /[.%]/.test(address)))) return undefined;
  const width = four ? 32 : 128;
  const prefix = Number(length);
  if (prefix > width) return undefined;
  const whole = ipaddr.parse(address).toByteArray().reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  const free = BigInt(width - prefix);
  return { base: (whole >> free) << free, prefix, width };
}

function written(address: bigint, width: 32 | 128): string {
  const bytes = Array.from({ length: width / 8 }, (_, index) => Number((address >> BigInt(width - 8 - 8 * index)) & 255n));
  return width === 32 ? bytes.join('.') : new ipaddr.IPv6(bytes).toRFC5952String();
}
