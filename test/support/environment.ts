import { FakeClock, seededRandom, type Clock, type Random } from '../../src/kernel/index.ts';
import type { Call } from '../../src/aws/index.ts';
import { awsLimits, type Environment, noJournal } from '../../src/control-plane/services/index.ts';
import { installedRuntimes } from '../../src/lambda-runtime/index.ts';
import { noReports, noUsage } from '../../src/snapshot/index.ts';
import { MemoryBlobs, MemoryObjects, memoryStore } from '../../src/control-plane/store/index.ts';

/** What services are made from, in memory; the data plane has nothing to tell and functions are not run. */
export function testEnvironment(more: Partial<Environment> & { readonly clock?: Clock; readonly random?: Random } = {}): Environment & { readonly clock: Clock } {
  return {
    store: memoryStore(),
    blobs: new MemoryBlobs(),
    objects: new MemoryObjects(),
    clock: new FakeClock(),
    random: seededRandom(7),
    reports: noReports,
    usage: noUsage,
    functions: { invoke: () => Promise.reject(new Error('no functions run in this test')), ready: async () => 0 },
    runtimes: installedRuntimes(process.env['PATH'] ?? ''),
    functionFolders: [],
    eventJournal: noJournal,
    limits: awsLimits,
    beyondAws: new Set(),
    dnsSuffix: 'localhost',
    httpsPort: 443,
    ...more,
  };
}

export function testCall(more: Partial<Call> = {}): Call {
  const account = more.account ?? '000000000000';
  return {
    service: 'test', operation: 'Test', requestId: '00000000-0000-4000-8000-000000000000', account, region: 'us-east-1', accessKeyId: 'test', principal: `arn:aws:iam::${account}:root`,
    host: '127.0.0.1:4566', remoteAddress: '127.0.0.1', ...more,
  };
}
