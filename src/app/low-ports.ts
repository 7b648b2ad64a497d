import { createServer } from 'node:net';

/**
 * What is added to ports below 1024: 0 where this process may bind them (root, CAP_NET_BIND_SERVICE, or a kernel that lets everybody), else
 * 8000, so that 80 becomes 8080 and 443 becomes 8443. Tries a port that nobody is likely to use.
 */
export function lowPortOffset(address: string): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'EACCES' || error.code === 'EPERM' ? 8000 : 0));
    probe.listen({ host: address, port: 1023 }, () => probe.close(() => resolve(0)));
  });
}
