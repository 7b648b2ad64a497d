/** ELBv2 and ACM as a suite written against AWS would try them with boto3: defaults, names, order, errors, dependencies, pages, waiters. */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { acmService, ec2Service, elbv2Service } from '../../../src/control-plane/services/index.ts';
import { systemClock, systemRandom } from '../../../src/kernel/index.ts';
import { awsEndpoint } from '../../support/aws-endpoint.ts';
import { ClientAuthority } from '../../support/client-authority.ts';
import { testEnvironment } from '../../support/environment.ts';
import { Backend } from '../../support/load/backend.ts';
import { startTurnpike } from '../../support/turnpike.ts';

const skip = spawnSync('python3', ['-c', 'import boto3']).status === 0 ? false : 'python3 with boto3 is not installed';

async function python(script: string, ...args: readonly string[]): Promise<string> {
  return (await promisify(execFile)('python3', [join(import.meta.dirname, script), ...args])).stdout.trim();
}

test('boto3 finds AWS behind ELBv2 and ACM', { skip, timeout: 120_000 }, async (t) => {
  const environment = testEnvironment({ clock: systemClock, random: systemRandom });
  const endpoint = await awsEndpoint([ec2Service(environment), elbv2Service(environment), acmService(environment)]);
  t.after(() => endpoint.close());
  assert.equal(await python('control-plane.py', endpoint.url), 'ok');
  assert.deepEqual(endpoint.failures, []);
});

test('boto3 pages through every description, and waits for every state', { skip, timeout: 120_000 }, async (t) => {
  const dataFolder = mkdtempSync(join(tmpdir(), 'turnpike-boto3-'));
  const bucket = join(dataFolder, 's3', 'bundles');
  mkdirSync(bucket, { recursive: true });
  const authority = await ClientAuthority.root();
  writeFileSync(join(bucket, 'ca.pem'), authority.pem);
  writeFileSync(join(bucket, 'list.crl'), await authority.revoking(['77']));
  await using backend = await Backend.start({ name: 'backend' });
  const turnpike = await startTurnpike({ dataFolder, options: ['--workers', '1', '--drain-seconds', '0', '--port-offset', '8000'] });
  t.after(async () => {
    await turnpike.stop();
    rmSync(dataFolder, { recursive: true, force: true });
  });
  assert.equal(await python('paginators.py', turnpike.endpoint, String(backend.port)), 'ok');
});
