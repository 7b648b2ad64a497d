import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { terraformIn, terraformSkip } from '../../test/support/terraform.ts';
import { ROOT, startTurnpike } from '../../test/support/turnpike.ts';

const CHROMIUM = '/usr/bin/chromium';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { readonly port: number };
  await new Promise<void>((resolve) => void server.close(() => resolve()));
  return port;
}

test('two browsers talk to each other', { skip: terraformSkip() || (existsSync(CHROMIUM) ? false : 'chromium is not installed'), timeout: 300_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-chat-'));
  const dataFolder = mkdtempSync(join(tmpdir(), 'turnpike-data-'));
  const offset = (await freePort()) - 443;
  // functions are told the address of the control endpoint, which must be known before it listens
  const turnpike = await startTurnpike({ dataFolder, options: ['--workers', '2', '--drain-seconds', '0', '--port-offset', String(offset), '--endpoint', `127.0.0.1:${await freePort()}`] });
  t.after(async () => {
    await turnpike.stop();
    rmSync(folder, { recursive: true, force: true });
    rmSync(dataFolder, { recursive: true, force: true });
  });
  cpSync(join(ROOT, 'examples', 'chat'), folder, { recursive: true, filter: (path) => !/(\.terraform|tfstate|_override\.tf|\.zip)/.test(path) });
  const terraform = terraformIn(folder);
  const succeeds = async (...args: readonly string[]): Promise<string> => {
    const { code, output } = await terraform(...args);
    assert.equal(code, 0, `terraform ${args.join(' ')}:\n${output}\n${turnpike.printed()}`);
    return output;
  };
  execFileSync(process.execPath, ['build.mjs'], { cwd: folder });
  const wrote = spawnSync(process.execPath, [join(ROOT, 'bin', 'turnpike.mjs'), 'terraform', '--write', folder, '--endpoint', turnpike.endpoint], { encoding: 'utf8' });
  assert.equal(wrote.status, 0, wrote.stderr);
  await succeeds('init', '-no-color');
  await succeeds('apply', '-auto-approve', '-no-color');
  assert.equal((await terraform('plan', '-detailed-exitcode', '-no-color')).code, 0, 'there is drift after the apply');
  const told = new URL((await succeeds('output', '-raw', 'url')).trim());
  assert.equal(told.port, String(443 + offset));
  const url = told.href;
  assert.match(url, /^wss:\/\/[a-z0-9]{10}\.execute-api\.us-east-1\.localhost:\d+\/live$/);

  // names below localhost are loopback to a browser; its own authority would have to be installed
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--ignore-certificate-errors', `--host-resolver-rules=MAP ${told.hostname} 127.0.0.1`] });
  t.after(() => browser.close());
  const enter = async (name: string): Promise<Page> => {
    const page = await browser.newPage();
    const address = pathToFileURL(join(folder, 'index.html'));
    address.search = new URLSearchParams({ url, name }).toString();
    await page.goto(address.href);
    await page.getByText(`connected as ${name}`).waitFor();
    return page;
  };
  const ada = await enter('ada');
  await ada.getByText('here: ada').waitFor();
  const grace = await enter('grace');
  await grace.getByText('here: ada, grace').waitFor();
  await ada.locator('#text').fill('good evening');
  await ada.locator('#text').press('Enter');
  for (const page of [ada, grace]) assert.equal(await page.locator('#log li', { hasText: 'good evening' }).textContent(), 'adagood evening');
  await grace.close();
  await ada.getByText('grace has left').waitFor();
  await succeeds('destroy', '-auto-approve', '-no-color');
  await ada.getByText('closed (1001)').waitFor();
});
