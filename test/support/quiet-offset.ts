import { createServer } from 'node:net';

/**
 * An offset for low ports at which 80 and 443 are free, below the ports that the kernel gives out by itself: those of APIs are bound late, and a
 * server that listens on any free port must not get one of them meanwhile.
 */
export async function quietOffset(): Promise<number> {
  for (;;) {
    const offset = 10_000 + Math.floor(Math.random() * 20_000);
    if ((await isFree(80 + offset)) && (await isFree(443 + offset))) return offset;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
