import ipaddr from 'ipaddr.js';

/** An IPv4 block: the first address as an unsigned number, and the length of the prefix. */
export interface Cidr {
  readonly base: number;
  readonly prefix: number;
}

const BLOCK = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/;

/** Reads `10.0.0.0/16`; host bits are cleared, as AWS does. Null for anything else. */
export function parseCidr(text: string): Cidr | null {
  const match = BLOCK.exec(text);
  if (!match) return null;
  const base = parseAddress(text.slice(0, text.indexOf('/')));
  const prefix = Number(match[5]);
  if (base === null || prefix > 32) return null;
  return { base: base - (base % size(prefix)), prefix };
}

/** Reads `10.0.0.1` as an unsigned number; null for anything else. */
export function parseAddress(text: string): number | null {
  const parts = text.split('.');
  if (parts.length !== 4) return null;
  let address = 0;
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return null;
    address = address * 256 + Number(part);
  }
  return address;
}

export function formatAddress(address: number): string {
  return [address >>> 24, (address >>> 16) & 255, (address >>> 8) & 255, address & 255].join('.');
}

export function formatCidr(cidr: Cidr): string {
  return `${formatAddress(cidr.base)}/${cidr.prefix}`;
}

/** How many addresses the block has. */
export function cidrSize(cidr: Cidr): number {
  return size(cidr.prefix);
}

export function contains(outer: Cidr, inner: Cidr): boolean {
  return inner.prefix >= outer.prefix && inner.base >= outer.base && inner.base < outer.base + size(outer.prefix);
}

export function overlaps(a: Cidr, b: Cidr): boolean {
  return contains(a, b) || contains(b, a);
}

export function hasAddress(cidr: Cidr, address: number): boolean {
  return address >= cidr.base && address < cidr.base + size(cidr.prefix);
}

export function isAddress(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text) || (text.includes(':') && ipaddr.IPv6.isValid(text));
}

function size(prefix: number): number {
  return 2 ** (32 - prefix);
}
