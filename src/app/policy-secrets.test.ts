import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { policySecrets, publicKeys } from './policy-secrets.ts';

test('the keys of an installation are made once, for its owner only, and damage is told', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-secrets-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const secrets = policySecrets(folder);
  assert.equal(statSync(join(folder, 'login-keys.json')).mode & 0o777, 0o600);
  const again = policySecrets(folder);
  assert.deepEqual([Buffer.from(again.sealing), again.signing], [Buffer.from(secrets.sealing), secrets.signing]);

  const serve = publicKeys(secrets);
  const ask = (url: string, host = '127.0.0.1:4566', method = 'GET') => serve({ method, url, rawHeaders: ['Host', host], body: Buffer.alloc(0), remoteAddress: '127.0.0.1' });
  const { kid } = secrets.signing;
  for (const answer of [await ask(`/_elb/public-keys/${kid}`), await ask(`/${kid}`, 'public-keys.auth.elb.us-east-1.localhost:4566')]) {
    assert.equal(answer!.status, 200);
    assert.equal(createPublicKey(answer!.body as Buffer).asymmetricKeyDetails!.namedCurve, 'prime256v1');
  }
  assert.equal((await ask('/_elb/public-keys/other'))!.status, 404);
  assert.equal((await ask(`/_elb/public-keys/${kid}`, '127.0.0.1', 'PUT'))!.status, 404);
  assert.equal(await ask(`/${kid}`), null, 'AWS calls are not taken for it');

  writeFileSync(join(folder, 'login-keys.json'), JSON.stringify({ sealing: 'AAAA', signing: secrets.signing }));
  assert.throws(() => policySecrets(folder), /is damaged: delete it/);
});
