import { ENDPOINT_OPTION } from '../server-options.ts';
import { EXIT, type Command } from '../command.ts';
import { textTable } from '../text-table.ts';

/** As GET /_admin/parity answers. */
interface ServiceParity {
  readonly service: string;
  readonly title: string;
  readonly operations: readonly { readonly name: string; readonly state: 'implemented' | 'refused' | 'not-implemented'; readonly reason?: string }[];
  readonly notes: readonly { readonly setting: string; readonly state: string; readonly why: string }[];
}

export const parityCommand: Command = {
  name: 'parity',
  summary: 'say what is implemented, refused, or kept without effect',
  details: 'Without SERVICE, a line a service. With it, every operation that is not implemented and every setting that is not simply executed.',
  arguments: [{ name: 'SERVICE', required: false, description: 'elbv2, lambda, ec2, ...' }],
  options: [ENDPOINT_OPTION],
  examples: ['turnpike parity', 'turnpike parity elbv2'],
  async run({ positionals: [service] }, { client, show }) {
    const query = service === undefined ? '' : `?service=${encodeURIComponent(service)}`;
    const all = (await client.json('GET', `/_admin/parity${query}`)) as readonly ServiceParity[];
    show(all, () => (service === undefined ? overview(all) : all.map(page).join('\n\n')));
    return EXIT.done;
  },
};

function count(parity: ServiceParity, state: string): string {
  return String(parity.operations.filter((operation) => operation.state === state).length);
}

function overview(all: readonly ServiceParity[]): string {
  return textTable([
    ['SERVICE', 'IMPLEMENTED', 'REFUSED', 'NOT IMPLEMENTED', 'SETTINGS NOTED'],
    ...all.map((parity) => [parity.service, count(parity, 'implemented'), count(parity, 'refused'), count(parity, 'not-implemented'), String(parity.notes.length)]),
  ]);
}

function page(parity: ServiceParity): string {
  const others = parity.operations.filter(({ state }) => state !== 'implemented');
  return [
    `${parity.title}: ${count(parity, 'implemented')} of ${parity.operations.length} operations are implemented.`,
    ...(others.length > 0 ? [textTable(others.map(({ name, state, reason }) => [name, state.replace('-', ' '), reason ?? '']), '  ')] : []),
    ...(parity.notes.length > 0 ? ['Settings that are not simply executed:', textTable(parity.notes.map(({ setting, state, why }) => [setting, state, why]), '  ')] : []),
  ].join('\n');
}
