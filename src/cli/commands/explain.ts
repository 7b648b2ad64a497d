import { EXIT, usageError, type Command } from '../command.ts';
import { explainText, type ExplainAnswer } from '../explain-answer.ts';
import { ENDPOINT_OPTION } from '../server-options.ts';

export const explainCommand: Command = {
  name: 'explain',
  summary: 'say what would happen to a request, and why',
  details: 'Follows the request through the code that serves: the listener, every rule considered and what of it did or did not match, the action, the targets. Nothing is sent.',
  arguments: [
    { name: 'METHOD', required: true, description: 'GET, POST, ...' },
    { name: 'URL', required: true, description: 'https://name/path?query; the port of the configuration or the one that is bound' },
  ],
  options: [
    { name: 'header', short: 'H', value: "'NAME: VALUE'", repeatable: true, description: 'a header field of the request' },
    { name: 'source-ip', value: 'ADDRESS', description: 'where it comes from; 127.0.0.1' },
    ENDPOINT_OPTION,
  ],
  examples: ["turnpike explain GET https://shop.test/orders/1 -H 'x-beta: yes'", 'turnpike explain POST http://app.test:8080/ --source-ip 10.0.0.9'],
  async run({ positionals: [method, url], texts, lists }, { client, show }) {
    const headers = (lists['header'] ?? []).map((field) => {
      const at = field.indexOf(':');
      if (at < 1) throw usageError(`The header is "${field}": give 'NAME: VALUE'.`);
      return [field.slice(0, at).trim(), field.slice(at + 1).trim()];
    });
    const body = { method, url, headers, ...(texts['source-ip'] === undefined ? {} : { sourceIp: texts['source-ip'] }) };
    const answer = (await client.json('POST', '/_admin/explain', { body })) as ExplainAnswer;
    show(answer, () => explainText(answer));
    return answer.explanation.served ? EXIT.done : EXIT.failed;
  },
};
