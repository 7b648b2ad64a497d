import { openModels } from '../src/aws/index.ts';
import { parityOf, servicesOf } from '../src/app/index.ts';
import { parityIndex, parityPage } from '../src/control-plane/admin/index.ts';
import { awsLimits, MemoryLogEvents, MetricData, noJournal, serviceParity, type Environment } from '../src/control-plane/services/index.ts';
import { MemoryBlobs, MemoryObjects, memoryStore } from '../src/control-plane/store/index.ts';
import { resourceTypesPage } from '../src/control-plane/templates/index.ts';
import { FakeClock, seededRandom } from '../src/kernel/index.ts';
import { noReports, noUsage } from '../src/snapshot/index.ts';

/** The pages of docs/parity, by file name, from the operation tables of the services as they are made in a running installation. */
export function parityPages(): ReadonlyMap<string, string> {
  const environment: Environment = {
    store: memoryStore(), blobs: new MemoryBlobs(), objects: new MemoryObjects(), clock: new FakeClock(), random: seededRandom(1), reports: noReports, usage: noUsage, limits: awsLimits, beyondAws: new Set(), dnsSuffix: 'localhost', httpsPort: 443,
    functions: { invoke: () => Promise.reject(new Error('the parity pages run no functions')), ready: async () => 0 },
    runtimes: [], functionFolders: [], eventJournal: noJournal,
  };
  const services = servicesOf(environment, new MemoryLogEvents({ clock: environment.clock }), new MetricData(environment.clock));
  const all = parityOf(openModels(), services, serviceParity);
  return new Map([
    ['README.md', parityIndex(all)],
    ['templates.md', resourceTypesPage()],
    ...all.map((parity): [string, string] => [`${parity.service}.md`, parityPage(parity)]),
  ]);
}
