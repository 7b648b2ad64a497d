/** The login of authenticate-oidc in a real browser against a real provider. Needs Debian's chromium. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { loginStage, type LoginStage } from '../../support/login-stage.ts';

const ACCESS_SECONDS = 3;
const SESSION = 'AWSELBAuthSessionCookie-0';

let stage: LoginStage;
let browser: Browser;
before(async () => {
  stage = await loginStage({ provider: { accessTokenSeconds: ACCESS_SECONDS } });
  browser = await chromium.launch({ executablePath: execFileSync('which', ['chromium']).toString().trim(), args: ['--no-sandbox', '--disable-gpu'] });
});
after(async () => {
  await browser.close();
  await stage[Symbol.asyncDispose]();
});

async function person(): Promise<{ readonly context: BrowserContext; readonly page: Page }> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  context.setDefaultTimeout(60_000);
  return { context, page: await context.newPage() };
}

/** Logs in and consents where the provider asks for it. */
async function logIn(page: Page, name: string): Promise<void> {
  await page.fill('input[name=login]', name);
  await page.fill('input[name=password]', 'x');
  await page.click('button[type=submit]');
  await page.waitForSelector('input[name=prompt][value=consent]', { state: 'attached' });
  await page.click('button[type=submit]');
  await page.waitForSelector('#who');
}

const who = (page: Page): Promise<string> => page.innerText('#who');

test('a first visit to a protected page leads to the provider and back to that page', async () => {
  const { context, page } = await person();
  await page.goto(`${stage.origin}/deep/page?a=b`);
  assert.ok(page.url().startsWith(stage.provider.issuer), page.url());
  await logIn(page, 'jane');
  assert.deepEqual([page.url(), await who(page), await page.innerText('#at')], [`${stage.origin}/deep/page?a=b`, 'jane', '/deep/page?a=b']);
  const cookie = (await context.cookies(stage.origin)).find(({ name }) => name === SESSION)!;
  assert.deepEqual([cookie.secure, cookie.httpOnly, cookie.path], [true, true, '/']);
  // seven days, as AWS has it by default
  assert.ok(Math.abs(cookie.expires - (Date.now() / 1000 + 604_800)) < 60);
  assert.deepEqual((await context.cookies(stage.origin)).map(({ name }) => name).filter((name) => name === 'AWSALBAuthNonce'), []);
  await context.close();
});

test('when the access token expires, the session is refreshed behind the scenes', async () => {
  const { context, page } = await person();
  await page.goto(`${stage.origin}/`);
  await logIn(page, 'rose');
  const before = await page.innerText('#access');
  const cookie = (await context.cookies(stage.origin)).find(({ name }) => name === SESSION)!.value;
  await page.waitForTimeout((ACCESS_SECONDS + 1) * 1000);
  await page.goto(`${stage.origin}/again`);
  assert.equal(await who(page), 'rose');
  assert.notEqual(await page.innerText('#access'), before);
  assert.notEqual((await context.cookies(stage.origin)).find(({ name }) => name === SESSION)!.value, cookie);
  await context.close();
});

test('after a logout (the cookie is expired) the next visit logs in again', async () => {
  const { context, page } = await person();
  await page.goto(`${stage.origin}/`);
  await logIn(page, 'mary');
  // what AWS documents for applications: set the expiry of the session cookie to the past, and end the provider's session
  await context.clearCookies();
  await page.goto(`${stage.origin}/`);
  assert.ok(page.url().startsWith(stage.provider.issuer), page.url());
  await context.close();
});

test('a cookie that was tampered with is none', async () => {
  const { context, page } = await person();
  await page.goto(`${stage.origin}/`);
  await logIn(page, 'anne');
  const cookie = (await context.cookies(stage.origin)).find(({ name }) => name === SESSION)!;
  await context.clearCookies();
  await context.addCookies([{ ...cookie, value: `${cookie.value.slice(0, 40)}AAAA${cookie.value.slice(44)}` }]);
  await page.goto(`${stage.origin}/`);
  assert.ok(page.url().startsWith(stage.provider.issuer), page.url());
  await context.close();
});

test('an answer of the provider that is played again is refused', async () => {
  const { context, page } = await person();
  let callback = '';
  page.on('request', (request) => {
    if (request.url().includes('/oauth2/idpresponse')) callback = request.url();
  });
  await page.goto(`${stage.origin}/`);
  await logIn(page, 'judy');
  assert.ok(callback.startsWith(`${stage.origin}/oauth2/idpresponse?`));
  const replayed = await page.goto(callback);
  assert.equal(replayed!.status(), 401);
  // and in another browser
  const other = await person();
  assert.equal((await other.page.goto(callback))!.status(), 401);
  await other.context.close();
  await context.close();
});

test('with the provider down, sessions go on until they must be refreshed, then it is a 500', async () => {
  const { context, page } = await person();
  await page.goto(`${stage.origin}/`);
  await logIn(page, 'ruth');
  await stage.provider.stop();
  await page.waitForTimeout((ACCESS_SECONDS + 1) * 1000);
  const answer = await page.goto(`${stage.origin}/`);
  assert.equal(answer!.status(), 500);
  await context.close();
});
