/** Once more with all plain connections read in turns, as they are where there is much to be read: what is asserted is the same. */
import { alwaysTogether } from '../../../src/data-plane/sockets/index.ts';

alwaysTogether(true);
await import('./desync.test.ts');
await import('./exchange.test.ts');
await import('./faults.test.ts');
await import('./life.test.ts');
await import('./malformed.test.ts');
await import('./smuggling.test.ts');
await import('./transfer.test.ts');
await import('../http2/bad-target.test.ts');
await import('../http2/cleartext.test.ts');
await import('../http2/grpc.test.ts');
await import('../http2/targets.test.ts');
await import('../web-socket/change.test.ts');
await import('../web-socket/differential.test.ts');
await import('../web-socket/relay.test.ts');
