/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ask } from '../../e2e/http1/client.ts';
import { freePort } from '../../support/free-port.ts';
import { get, Installation, says, type Balancer, type Door, type Target } from './installation.ts';

const FIELDS = [
  'type', 'time', 'elb', 'client', 'target', 'request_processing_time', 'target_processing_time', 'response_processing_time', 'elb_status_code', 'target_status_code',
  'received_bytes', 'sent_bytes', 'request', 'user_agent', 'ssl_cipher', 'ssl_protocol', 'target_group_arn', 'trace_id', 'domain_name', 'chosen_cert_arn',
  'matched_rule_priority', 'request_creation_time', 'actions_executed', 'redirect_url', 'error_reason', 'target_list', 'target_status_code_list', 'classification',
  'classification_reason', 'conn_trace_id', 'transformed_host', 'transformed_uri', 'request_transform_status',
] as const;
type Fields = Readonly<Record<(typeof FIELDS)[number], string>>;

/** Fields are apart by one space; the quotes of those that have them are kept. */
function parse(line: string): Fields {
  const parts = line.match(/"[^"]*"|[^ ]+/g)!;
  assert.equal(parts.join(' '), line);
  assert.equal(parts.length, FIELDS.length, line);
  return Object.fromEntries(FIELDS.map((name, i) => [name, parts[i]!])) as Fields;
}

let installation: Installation;
let balancer: Balancer;
let door: Door;
let target: Target;
let group: string;
let dead: number;
let deadGroup: string;
const lines = new Map<string, Fields>();

before(async () => {
  installation = await Installation.open();
  balancer = await installation.balancer({ 'access_logs.s3.enabled': 'true', 'access_logs.s3.bucket': 'my-logs', 'access_logs.s3.prefix': 'some/prefix' });
  target = await installation.target((request, response) => {
    if (request.url === '/malformed') response.socket!.end('no HTTP at all\r\n\r\n');
    else if (request.url === '/closes') response.socket!.destroy();
    else response.writeHead(request.url === '/teapot' ? 418 : 200).end('target');
  });
  dead = await freePort();
  group = await installation.group([target.port]);
  deadGroup = await installation.group([dead]);
  const empty = await installation.group([]);
  door = await installation.door(balancer, { Type: 'forward', TargetGroupArn: group });
  const path = (...Values: readonly string[]): readonly object[] => [{ Field: 'path-pattern', PathPatternConfig: { Values } }];
  await installation.rule(door, 7, { when: path('/moved'), action: { Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_302' } } });
  await installation.rule(door, 8, { when: path('/fixed'), action: says('fixed', '410') });
  await installation.rule(door, 9, { when: path('/dead'), action: { Type: 'forward', TargetGroupArn: deadGroup } });
  await installation.rule(door, 10, { when: path('/empty'), action: { Type: 'forward', TargetGroupArn: empty } });
  const host = 'Shop.example.com';
  await get(door.port, { path: '/forwarded?a=1', host, headers: 'User-Agent: agent "quoted"\r\n' });
  await get(door.port, { path: '/teapot', host });
  await get(door.port, { path: '/moved?x=y', host });
  await get(door.port, { path: '/fixed', host });
  await get(door.port, { path: '/dead', host });
  await get(door.port, { path: '/empty', host });
  await get(door.port, { path: '/closes', host, method: 'POST' });
  await get(door.port, { path: '/malformed', host });
  await ask(door.port, 'GET /ambiguous HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n');
  await ask(door.port, 'GET /\r\nHost: a\r\n\r\n');
  await get(door.port, { method: 'TRACE', path: '/trace', host });
  for (const line of await installation.logLines(11)) {
    const fields = parse(line);
    const path = /\/([a-z]+)[? ]/.exec(fields.request.replace(/"[A-Z-]+ http:\/\/[^/]*/, ''))?.[1] ?? 'unreadable';
    lines.set(path, fields);
  }
});
after(() => installation[Symbol.asyncDispose]());

const SECONDS = /^\d+\.\d{3}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;

/** What the fields are compared with: a text, or a form. */
function has(path: string, expected: Readonly<Partial<Record<keyof Fields, string | RegExp>>>): void {
  const fields = lines.get(path);
  assert.ok(fields, `no line of ${path} among ${[...lines.keys()].join(', ')}`);
  for (const [name, value] of Object.entries(expected)) {
    const got: string = fields[name as keyof Fields];
    if (typeof value === 'string') assert.equal(got, value, name);
    else assert.match(got, value, name);
  }
}

const NO_TIMES = { request_processing_time: '-1', target_processing_time: '-1', response_processing_time: '-1' } as const;
const NO_TARGET = { target: '-', target_status_code: '-', target_list: '"-"', target_status_code_list: '"-"' } as const;

test('files are laid out as AWS does', () => {
  const root = join(installation.folder, 'logs');
  const [file] = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const now = new Date().toISOString();
  assert.equal(join(file!.parentPath, '').slice(root.length), `/my-logs/some/prefix/AWSLogs/000000000000/elasticloadbalancing/us-east-1/${now.slice(0, 10).replaceAll('-', '/')}`);
  assert.match(file!.name, new RegExp(`^000000000000_elasticloadbalancing_us-east-1_${balancer.label.replaceAll('/', '\\.')}_\\d{8}T\\d{4}Z_.+_[A-Za-z0-9]{8}\\.log`));
});

test('a forwarded request', () => {
  const at = `127.0.0.1:${target.port}`;
  has('forwarded', {
    type: 'http', time: TIME, elb: balancer.label, client: /^127\.0\.0\.1:\d+$/, target: at, request_processing_time: SECONDS, target_processing_time: SECONDS,
    response_processing_time: SECONDS, elb_status_code: '200', target_status_code: '200', received_bytes: /^\d{2,3}$/, sent_bytes: /^\d{2,3}$/,
    request: `"GET http://shop.example.com:${door.port}/forwarded?a=1 HTTP/1.1"`, user_agent: '"agent \\x22quoted\\x22"', ssl_cipher: '-', ssl_protocol: '-',
    target_group_arn: group, trace_id: /^"Root=1-[0-9a-f]{8}-[0-9a-f]{24}"$/, domain_name: '"-"', chosen_cert_arn: '"-"', matched_rule_priority: '0',
    request_creation_time: TIME, actions_executed: '"forward"', redirect_url: '"-"', error_reason: '"-"', target_list: `"${at}"`, target_status_code_list: '"200"',
    classification: '"-"', classification_reason: '"-"', conn_trace_id: /^TID_[0-9a-f]{32}$/, transformed_host: '"-"', transformed_uri: '"-"', request_transform_status: '"-"',
  });
  has('teapot', { elb_status_code: '418', target_status_code: '418', error_reason: '"-"' });
});

test('a redirect and a fixed response', () => {
  has('moved', { ...NO_TARGET, ...NO_TIMES, elb_status_code: '302', target_group_arn: '-', matched_rule_priority: '7', actions_executed: '"redirect"', redirect_url: '"https://shop.example.com:443/moved?x=y"' });
  has('fixed', { ...NO_TARGET, ...NO_TIMES, elb_status_code: '410', target_group_arn: '-', matched_rule_priority: '8', actions_executed: '"fixed-response"', redirect_url: '"-"', error_reason: '"-"' });
});

test('failures of plain targets: the status says it, error_reason is for functions and logins', () => {
  has('dead', { target: `127.0.0.1:${dead}`, elb_status_code: '502', target_status_code: '-', target_group_arn: deadGroup, matched_rule_priority: '9', actions_executed: '"forward"', error_reason: '"-"' });
  has('empty', { ...NO_TARGET, ...NO_TIMES, elb_status_code: '503', matched_rule_priority: '10', error_reason: '"-"' });
  has('closes', { target: `127.0.0.1:${target.port}`, elb_status_code: '502', target_status_code: '-', request_processing_time: SECONDS, target_processing_time: SECONDS, response_processing_time: '-1', error_reason: '"-"' });
  has('malformed', { elb_status_code: '502', target_status_code: '-', error_reason: '"-"' });
});

test('requests that are refused', () => {
  has('trace', { ...NO_TARGET, ...NO_TIMES, elb_status_code: '405', actions_executed: '"-"', error_reason: '"-"' });
  has('ambiguous', { ...NO_TARGET, ...NO_TIMES, elb_status_code: '400', matched_rule_priority: '-', actions_executed: '"-"', classification: '"Severe"', classification_reason: '"MultipleContentLength"' });
  has('unreadable', { ...NO_TARGET, ...NO_TIMES, elb_status_code: '400', matched_rule_priority: '-', actions_executed: '"-"', error_reason: '"-"' });
});

test('turned off, nothing is written', async () => {
  await installation.attributes(balancer, { 'access_logs.s3.enabled': 'false' });
  await get(door.port, { path: '/unlogged' });
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  assert.equal((await installation.logLines(1)).some((line) => line.includes('/unlogged')), false);
});
