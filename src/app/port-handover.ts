import { readFileSync } from 'node:fs';

/** Longer than most round trips; each is one that new connections may be held up for. */
const HANDSHAKES_MS = 300;

/**
 * How long (ms) a process that ends waits for handshakes that its sockets have begun, where another one serves the same ports: not at all where the kernel moves them over
 * (net.ipv4.tcp_migrate_req, docs/operations.md).
 */
export function handshakesMs(sharePorts: boolean, read: (file: string) => string = (file) => readFileSync(file, 'utf8')): number {
  if (!sharePorts) return 0;
  try {
    return read('/proc/sys/net/ipv4/tcp_migrate_req').trim() === '1' ? 0 : HANDSHAKES_MS;
  } catch {
    // not Linux: connections are not spread over sockets there
    return 0;
  }
}
