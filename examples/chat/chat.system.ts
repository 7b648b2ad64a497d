import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { freePort } from '../../test/support/free-port.ts';
import { terraformSkip } from '../../test/support/terraform.ts';
import { TerraformExample } from '../../test/support/terraform-example.ts';

const CHROMIUM = '/usr/bin/chromium';

test('two browsers talk to each other', { skip: terraformSkip() || (existsSync(CHROMIUM) ? false : 'chromium is not installed'), timeout: 300_000 }, async (t) => {
  const offset = (await freePort()) - 443;
  // functions are told the address of the control endpoint, which must be known before it listens
  await using example = await TerraformExample.open('chat', ['--workers', '2', '--port-offset', String(offset), '--endpoint', `127.0.0.1:${await freePort()}`]);
  example.zip('src', 'chat.zip');
  await example.initialize();
  await example.apply();
  const told = new URL(await example.output('url'));
  assert.equal(told.port, String(443 + offset));
  const url = told.href;
  assert.match(url, /^wss:\/\/[a-z0-9]{10}\.execute-api\.us-east-1\.localhost:\d+\/live$/);

  // names below localhost are loopback to a browser; its own authority would have to be installed
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--ignore-certificate-errors', `--host-resolver-rules=MAP ${told.hostname} 127.0.0.1`] });
  t.after(() => browser.close());
  const enter = async (name: string): Promise<Page> => {
    const page = await browser.newPage();
    const address = pathToFileURL(join(example.folder, 'index.html'));
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
  await example.destroy();
  await ada.getByText('closed (1001)').waitFor();
});
