import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ENDPOINT_OPTION } from '../server-options.ts';
import { EXIT, type Command } from '../command.ts';

export const caCommand: Command = {
  name: 'ca',
  summary: "print the local authority's root certificate",
  details: 'Certificates that are requested (not imported) are issued by an authority of the installation. Clients that trust this root can check them.',
  arguments: [],
  options: [{ name: 'out', short: 'o', value: 'FILE', description: 'write it there instead' }, ENDPOINT_OPTION],
  examples: ['turnpike ca -o root.pem', 'curl --cacert root.pem https://shop.test:8443/ --resolve shop.test:8443:127.0.0.1'],
  async run({ texts }, { host, client, show }) {
    const pem = await client.text('/_admin/ca.pem');
    const file = texts['out'] === undefined ? null : resolve(host.cwd, texts['out']);
    if (file !== null) await writeFile(file, pem);
    show({ certificate: pem, file }, () => (file === null ? pem.trimEnd() : `The root certificate is in ${file}`));
    return EXIT.done;
  },
};
