import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { terraformIn, terraformSkip } from '../../test/support/terraform.ts';
import { ROOT, startTurnpike } from '../../test/support/turnpike.ts';

interface Status {
  readonly listeners: readonly { readonly urls: readonly string[] }[];
  readonly counts: Readonly<Record<string, number>>;
}

test('the configuration of the guide is applied, served, changed in place and destroyed', { skip: terraformSkip(), timeout: 800_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-alb-lambda-'));
  const dataFolder = mkdtempSync(join(tmpdir(), 'turnpike-data-'));
  const turnpike = await startTurnpike({ dataFolder, options: ['--workers', '1', '--drain-seconds', '0'] });
  t.after(async () => {
    await turnpike.stop();
    rmSync(folder, { recursive: true, force: true });
    rmSync(dataFolder, { recursive: true, force: true });
  });
  cpSync(join(ROOT, 'examples', 'alb-lambda'), folder, { recursive: true, filter: (path) => !/(\.terraform|tfstate|_override\.tf|\.zip)/.test(path) });
  const terraform = terraformIn(folder);
  const build = (): Buffer => execFileSync(process.execPath, ['build.mjs'], { cwd: folder });
  const edit = (file: string, from: string, to: string): void => {
    const text = readFileSync(join(folder, file), 'utf8');
    assert.ok(text.includes(from), `${file} has no ${from}`);
    writeFileSync(join(folder, file), text.replace(from, to));
  };
  const succeeds = async (...args: readonly string[]): Promise<string> => {
    const { code, output } = await terraform(...args);
    assert.equal(code, 0, `terraform ${args.join(' ')}:\n${output}\n${turnpike.printed()}`);
    return output;
  };
  const status = async (): Promise<Status> => (await (await fetch(`${turnpike.endpoint}/_admin/status`)).json()) as Status;

  const before = (await status()).counts;
  build();
  const wrote = spawnSync(process.execPath, [join(ROOT, 'bin', 'turnpike.mjs'), 'terraform', '--write', folder, '--endpoint', turnpike.endpoint], { encoding: 'utf8' });
  assert.equal(wrote.status, 0, wrote.stderr);
  await succeeds('init', '-no-color');
  await succeeds('apply', '-auto-approve', '-no-color');

  const root = await (await fetch(`${turnpike.endpoint}/_admin/ca.pem`)).text();
  const name = (await succeeds('output', '-raw', 'dns_name')).trim();
  assert.match(name, /^app-alb-\d+\.us-east-1\.elb\.localhost$/);
  assert.equal((await succeeds('output', '-raw', 'port')).trim(), '443');
  const served = new URL((await status()).listeners[0]!.urls[0]!);
  assert.equal(served.hostname, name);
  const ask = (path: string): Promise<{ readonly status: number; readonly body: string }> =>
    new Promise((resolve, reject) => {
      request({ host: '127.0.0.1', port: served.port === '' ? 443 : served.port, servername: name, path, ca: root, headers: { host: name } }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => void parts.push(part));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString() }));
      }).on('error', reject).end();
    });

  assert.deepEqual(await ask('/orders/1'), { status: 200, body: '{"id":1,"items":["lantern"]}' });
  assert.equal((await ask('/orders/9')).status, 404);
  assert.deepEqual(await ask('/elsewhere'), { status: 404, body: 'There is nothing here.' });
  assert.equal((await terraform('plan', '-detailed-exitcode', '-no-color')).code, 0, 'there is drift after the first apply');

  edit('main.tf', 'priority     = 10', 'priority     = 20');
  edit('main.tf', 'target_type = "lambda"', 'target_type = "lambda"\n  lambda_multi_value_headers_enabled = true');
  edit('src/index.mjs', "['lantern']", "['lantern', 'oil']");
  build();
  const changed = await succeeds('apply', '-auto-approve', '-no-color');
  assert.match(changed, /0 added, 3 changed, 0 destroyed/);
  assert.deepEqual(await ask('/orders/1'), { status: 200, body: '{"id":1,"items":["lantern","oil"]}' });
  assert.equal((await terraform('plan', '-detailed-exitcode', '-no-color')).code, 0, 'there is drift after the change');

  await succeeds('destroy', '-auto-approve', '-no-color');
  // the default VPC comes into being when it is looked at first
  const left = (await status()).counts;
  for (const kind of ['elbv2/load-balancer', 'elbv2/listener', 'elbv2/rule', 'elbv2/target-group', 'lambda/function', 'acm/certificate', 'iam/role']) assert.equal(left[kind], before[kind], kind);
});
