import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { eventually } from '../../test/support/eventually.ts';
import { systemClock } from '../kernel/index.ts';
import { commands, runCommandLine, SERVER_OPTIONS, type CliHost } from './index.ts';

interface Ran {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
  readonly served: readonly object[];
}

const folder = mkdtempSync(join(tmpdir(), 'turnpike-cli-'));
after(() => rmSync(folder, { recursive: true }));

async function run(args: readonly string[], more: Partial<CliHost> = {}): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const served: object[] = [];
  const exit = await runCommandLine(args, {
    version: '1.2.3',
    cwd: folder,
    clock: systemClock,
    variables: {},
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    serve: async (options) => (served.push(options), 0),
    startServer: () => Promise.reject(new Error('nobody asked for a server')),
    freePort: async () => 12345,
    interrupted: Promise.resolve(),
    ...more,
  });
  return { exit, out: out.join('\n'), err: err.join('\n'), served };
}

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly body: string;
}

/** A server that answers `METHOD PATH` from a table and records what it was asked. */
async function answering(answers: Readonly<Record<string, { readonly status?: number; readonly body: unknown }>>): Promise<{ readonly endpoint: string; readonly seen: Seen[]; readonly server: Server }> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const url = request.url ?? '';
      seen.push({ method: request.method ?? '', url, body: Buffer.concat(parts).toString() });
      const answer = answers[`${request.method} ${url}`];
      response.statusCode = answer === undefined ? 404 : (answer.status ?? 200);
      const body = answer === undefined ? { error: { code: 'NoSuchPath', message: `no ${url}` } } : answer.body;
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address() as { readonly port: number };
  return { endpoint: `http://127.0.0.1:${address.port}`, seen, server };
}

test('the overview lists every command', async () => {
  const { exit, out } = await run(['help']);
  assert.equal(exit, 0);
  assert.equal(
    out,
    `Turnpike 1.2.3: API gateway, load balancer, edge and functions in one program that speaks AWS's own APIs.

Usage: turnpike COMMAND [arguments] [options]

  up         apply a CloudFormation template; starts Turnpike where none answers
  down       delete the stack of a template, and all that it made
  serve      run Turnpike until it is stopped
  terraform  print or write the provider block that points Terraform's AWS provider here
  explain    say what would happen to a request, and why
  status     say what a running Turnpike serves, and what is wrong
  parity     say what is implemented, refused, or kept without effect
  ca         print the local authority's root certificate
  reset      delete every resource of a running Turnpike
  version    print the version
  help       explain a command

Help with a command: turnpike help COMMAND. Every command has --json.

Exit codes: 0 done, 1 failed, 2 the command was not understood, 3 no Turnpike answers.`,
  );
});

test('help of a command is made of its data', async () => {
  const { out } = await run(['explain', '--help']);
  assert.equal(
    out,
    `Say what would happen to a request, and why.

Usage: turnpike explain METHOD URL [options]

Follows the request through the code that serves: the listener, every rule considered and what of it
did or did not match, the action, the targets. Nothing is sent.

Arguments
  METHOD  GET, POST, ...
  URL     https://name/path?query; the port of the configuration or the one that is bound

Options
  -H, --header 'NAME: VALUE' ...  a header field of the request
  --source-ip ADDRESS             where it comes from; 127.0.0.1
  --endpoint URL                  where Turnpike is; TURNPIKE_ENDPOINT, else http://127.0.0.1:4566
  --json                          print JSON instead of text
  -h, --help                      print this

Examples
  turnpike explain GET https://shop.test/orders/1 -H 'x-beta: yes'
  turnpike explain POST http://app.test:8080/ --source-ip 10.0.0.9

Exit codes: 0 done, 1 failed, 2 the command was not understood, 3 no Turnpike answers.`,
  );
});

for (const command of commands) {
  test(`${command.name} has help in text and JSON, with an example that parses`, async () => {
    assert.match((await run(['help', command.name])).out, /Exit codes/);
    const { out } = await run(['help', command.name, '--json']);
    assert.equal((JSON.parse(out) as { name: string }).name, command.name);
    assert.ok(command.examples.length > 0);
  });
}

const MISUSED: readonly (readonly [readonly string[], RegExp])[] = [
  [['frobnicate'], /There is no command "frobnicate": up, down/],
  [['status', '--nope'], /turnpike status: Unknown option '--nope'.*It has: --endpoint, --json, --help/],
  [['status', 'extra'], /takes no arguments; "extra" is too much/],
  [['explain', 'GET'], /needs METHOD URL/],
  [['explain', 'GET', 'http://x/', '-H', 'broken'], /The header is "broken"/],
  [['up', '-p', 'broken', '.'], /There is no|has no template|--param is "broken"/],
  [['up', 'nowhere'], /There is no .*nowhere: give a folder/],
  [['status', '--endpoint', 'a b'], /The endpoint is "a b"/],
  [['help', 'frobnicate'], /There is no command/],
];

for (const [args, expected] of MISUSED) {
  test(`turnpike ${args.join(' ')} is not understood`, async () => {
    const { exit, err } = await run(args);
    assert.equal(exit, 2);
    assert.match(err, expected);
    assert.match(err, /See: turnpike help$/);
  });
}

test('where nothing answers, the exit code is 3 and the error says what to do', async () => {
  const { exit, err } = await run(['status', '--endpoint', '127.0.0.1:1']);
  assert.equal(exit, 3);
  assert.match(err, /No Turnpike answers at http:\/\/127\.0\.0\.1:1 .*turnpike serve/);
  const inJson = await run(['status', '--json', '--endpoint', '127.0.0.1:1']);
  assert.equal((JSON.parse(inJson.err) as { error: { exit: number } }).error.exit, 3);
});

test('another program on the port is not taken for Turnpike', async () => {
  const { endpoint, server } = await answering({ 'GET /_admin/status': { body: '<html>' } });
  const { exit, err } = await run(['status', '--endpoint', endpoint]);
  server.close();
  assert.equal(exit, 3);
  assert.match(err, /not as a Turnpike does/);
});

test('serve hands on the options that were given', async () => {
  assert.deepEqual((await run(['serve', '--data', 'x', '--workers', '2'])).served, [{ data: 'x', workers: '2' }]);
  assert.equal(new Set(SERVER_OPTIONS.map(({ name }) => name)).size, SERVER_OPTIONS.length);
});

const STATUS = {
  version: '1', endpoint: 'http://127.0.0.1:4566', revision: 3, snapshotRevision: 3, servedRevision: 3, workers: [{ id: 0, state: 'serving', revision: 3 }],
  listeners: [{ arn: 'arn:l', owner: 'app/web/1', protocol: 'https', routes: 2, urls: ['https://web.localhost:8443/'], serving: ['127.0.0.1:8443'], failures: ['127.0.1.1:443: denied'], portNote: null }],
  counts: { 'elbv2/rule': 2, 'ec2/vpc': 0 }, diagnostics: [{ severity: 'warning', resource: 'arn:r', field: 'X', message: 'odd' }],
};

test('status prints what is served and what is wrong', async () => {
  const { endpoint, server } = await answering({ 'GET /_admin/status': { body: STATUS } });
  const { exit, out } = await run(['status', '--endpoint', endpoint]);
  const inJson = await run(['status', '--json'], { variables: { TURNPIKE_ENDPOINT: endpoint } });
  server.close();
  assert.equal(exit, 0);
  assert.equal(
    out,
    `turnpike   1 at http://127.0.0.1:4566
revision   3, served
workers    0 serving
resources  2 elbv2/rule

Listeners
  https://web.localhost:8443/  app/web/1  2 rules
  app/web/1 does not listen: 127.0.1.1:443: denied

warning: arn:r
  X: odd`,
  );
  assert.deepEqual(JSON.parse(inJson.out), STATUS);
});

const CREATED = {
  outcome: 'created', failure: null,
  stack: { name: 'shop', status: 'CREATE_COMPLETE', outputs: [{ name: 'Url', value: 'https://x/' }], resources: [] },
  events: [
    { logicalId: 'shop', type: 'AWS::CloudFormation::Stack', physicalId: 'a', status: 'CREATE_COMPLETE', reason: null },
    { logicalId: 'Vpc', type: 'AWS::EC2::VPC', physicalId: 'vpc-1', status: 'CREATE_COMPLETE', reason: null },
  ],
};

test('up sends the template with its parameters and folder to a Turnpike that runs, and ends', async () => {
  writeFileSync(join(folder, 'template.yaml'), 'Resources: {}\n');
  writeFileSync(join(folder, 'turnpike.yaml'), 'name: shop\nparameters: { A: 1, B: two }\n');
  const { endpoint, seen, server } = await answering({ 'GET /_admin/status': { body: STATUS }, 'POST /_admin/stacks': { body: CREATED } });
  const { exit, out } = await run(['up', '-p', 'B=three=3', '--endpoint', endpoint]);
  server.close();
  assert.equal(exit, 0, out);
  assert.deepEqual(JSON.parse(seen.find(({ method }) => method === 'POST')!.body), { template: 'Resources: {}\n', name: 'shop', parameters: { A: '1', B: 'three=3' }, baseFolder: folder });
  assert.match(out, /^shop has been created\.\n {2}create complete {2}Vpc {2}AWS::EC2::VPC\nOutputs\n {2}Url {2}https:\/\/x\/\nListeners\n/);
});

test('up says why a run failed, and exits with 1', async () => {
  writeFileSync(join(folder, 'other.yaml'), 'Resources: {}\n');
  const failed = { ...CREATED, outcome: 'failed', failure: 'no such subnet', stack: { ...CREATED.stack, status: 'ROLLBACK_COMPLETE' } };
  const { endpoint, server } = await answering({ 'GET /_admin/status': { body: STATUS }, 'POST /_admin/stacks': { status: 422, body: failed } });
  const { exit, out } = await run(['up', 'other.yaml', '--endpoint', endpoint]);
  server.close();
  assert.equal(exit, 1);
  assert.match(out, /could not be brought to what the template says: no such subnet[\s\S]*Its state is ROLLBACK_COMPLETE/);
});

test('up starts a server where none answers, and the services with their ports, and stops all of it', async () => {
  const project = mkdtempSync(join(tmpdir(), 'turnpike-cli-services-'));
  writeFileSync(join(project, 'template.yaml'), 'Resources: {}\n');
  writeFileSync(join(project, 'turnpike.yaml'), 'services:\n  - { name: hello, command: [node, -e, "console.log(process.env.PORT); setInterval(() => {}, 1e6)"], port: HelloPort }\n');
  const { endpoint, seen, server } = await answering({ 'GET /_admin/status': { body: STATUS }, 'POST /_admin/stacks': { body: CREATED } });
  let stopped = false;
  const heard = Promise.withResolvers<void>();
  const errors: string[] = [];
  const { exit } = await run(['up', project, '--endpoint', '127.0.0.1:1', '--data', 'd'], {
    startServer: async (options) => {
      assert.deepEqual(options, { endpoint: '127.0.0.1:1', data: 'd' });
      return { endpoint, stop: async () => void (stopped = true) };
    },
    err: (text) => {
      errors.push(text);
      if (text === '[hello] 12345') heard.resolve();
    },
    interrupted: heard.promise,
  });
  server.close();
  rmSync(project, { recursive: true });
  assert.equal(exit, 0);
  assert.ok(stopped);
  assert.deepEqual((JSON.parse(seen.find(({ method }) => method === 'POST')!.body) as { parameters: object }).parameters, { HelloPort: '12345' });
  assert.ok(!errors.some((text) => text.includes('has ended')), errors.join('\n'));
});

test('--watch applies again after a change, and goes on after a template that is refused', async () => {
  const project = mkdtempSync(join(tmpdir(), 'turnpike-cli-watch-'));
  const template = join(project, 'template.yaml');
  writeFileSync(template, 'Resources: { A: 1 }\n');
  const { endpoint, seen, server } = await answering({
    'GET /_admin/status': { body: STATUS },
    'POST /_admin/stacks': { status: 400, body: { error: { code: 'TemplateError', message: 'Resources.A: got 1' } } },
  });
  const stop = Promise.withResolvers<void>();
  const running = run(['up', project, '--watch', '--endpoint', endpoint], { interrupted: stop.promise });
  const posts = (): number => seen.filter(({ method }) => method === 'POST').length;
  await eventually('it is applied', () => posts() >= 1);
  // at once: the watch does not begin when the first time is over
  writeFileSync(template, 'Resources: { A: 2 }\n');
  await eventually('it is applied again', () => posts() >= 2);
  stop.resolve();
  const { exit, err } = await running;
  server.close();
  rmSync(project, { recursive: true });
  assert.equal(exit, 0);
  assert.match(err, /cannot be applied\.\nResources\.A: got 1/);
  assert.match(seen.findLast(({ method }) => method === 'POST')!.body, /A: 2/);
});

test('a turnpike.yaml with mistakes is refused with all of them', async () => {
  const project = mkdtempSync(join(tmpdir(), 'turnpike-cli-project-'));
  writeFileSync(join(project, 'template.json'), '{}');
  writeFileSync(join(project, 'turnpike.yaml'), 'nmae: x\nservices:\n  - { name: a, command: node x }\n  - { command: [a], port: 3, prot: 4 }\n');
  const { exit, err } = await run(['up', project]);
  rmSync(project, { recursive: true });
  assert.equal(exit, 1);
  assert.match(err, /nmae: allowed are[\s\S]*services\[0\]\.command: give a list[\s\S]*services\[1\]\.prot[\s\S]*services\[1\]\.name[\s\S]*services\[1\]\.port/);
});

test('terraform writes an override where there is a provider block, a provider block where there is none', async () => {
  const { endpoint, seen, server } = await answering({ 'GET /_admin/terraform?region=': { body: 'provider "aws" {}\n' }, 'GET /_admin/terraform?region=us-east-1': { body: 'provider "aws" {}\n' } });
  const config = mkdtempSync(join(tmpdir(), 'turnpike-cli-terraform-'));
  const read = (name: string): string => readFileSync(join(config, name), 'utf8');
  assert.equal((await run(['terraform', config, '--write', '--endpoint', endpoint])).exit, 0);
  assert.match(read('turnpike_provider.tf'), /^# Written by[^\n]*\nprovider "aws" \{\}\n$/);
  writeFileSync(join(config, 'main.tf'), 'provider "aws" {\n  region = "eu-west-1"\n}\n');
  await run(['terraform', config, '--write', '--endpoint', endpoint]);
  assert.match(read('turnpike_override.tf'), /provider "aws"/);
  assert.equal(seen.at(-1)?.url, '/_admin/terraform?region=');
  writeFileSync(join(config, 'turnpike_override.tf'), 'mine');
  const refused = await run(['terraform', config, '--write', '--endpoint', endpoint]);
  assert.equal(refused.exit, 1);
  assert.match(refused.err, /exists and was not written by turnpike/);
  server.close();
  rmSync(config, { recursive: true });
});

test('explain prints the decision step by step', async () => {
  const explanation = {
    served: true,
    listener: { id: 'arn:listener', owner: 'arn:lb', binding: '127.0.0.1:8443', claimedBy: 'host shop.test' },
    routing: {
      chosen: { id: 'arn:rule2', priority: 20, fallback: false },
      considered: [
        { id: 'arn:rule1', priority: 10, matched: false, conditions: [{ held: false, why: 'the path is "/b"; wanted: "/a"' }] },
        { id: 'arn:rule2', priority: 20, matched: true, conditions: [{ held: true, why: 'the path is "/b", which "/b" allows' }] },
      ],
      notReached: 1,
    },
    policies: [{ kind: 'jwt', settings: { issuer: 'https://idp.test', keys: { url: 'https://idp.test/keys' } } }],
    action: { kind: 'forward' },
    pools: [{ id: 'arn:tg', label: 'targetgroup/tg/1', share: 1, failingOpen: false, endpoints: [{ target: '10.0.0.1', address: '10.0.0.1:80', health: 'healthy', eligible: true, why: 'is healthy' }], functionArn: null, refused: null }],
  };
  const request = { protocol: 'https', method: 'GET', host: 'shop.test', port: 8443, path: '/b', query: null, sourceAddress: '127.0.0.1' };
  const { endpoint, seen, server } = await answering({ 'POST /_admin/explain': { body: { request, explanation } } });
  const { exit, out } = await run(['explain', 'GET', 'https://shop.test/b', '-H', 'X-Beta: yes', '--endpoint', endpoint]);
  server.close();
  assert.equal(exit, 0);
  assert.deepEqual(JSON.parse(seen[0]!.body), { method: 'GET', url: 'https://shop.test/b', headers: [['X-Beta', 'yes']] });
  assert.equal(
    out,
    `GET https://shop.test:8443/b from 127.0.0.1

Listener  arn:listener
          on 127.0.0.1:8443, claimed by host shop.test

Rules
     10  does not match  arn:rule1
         no   the path is "/b"; wanted: "/a"
     20  matches  arn:rule2
         yes  the path is "/b", which "/b" allows
  1 more after it is not reached

Policies
  token of https://idp.test, verified with the keys at https://idp.test/keys

Action    forward
  100% to targetgroup/tg/1
    serves  10.0.0.1  10.0.0.1:80  is healthy`,
  );
});
