/** ELBv2 and ACM as a suite written against AWS would try them with boto3: defaults, names, order, errors, dependencies, pages. */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { acmService, ec2Service, elbv2Service } from '../../../src/control-plane/services/index.ts';
import { systemClock, systemRandom } from '../../../src/kernel/index.ts';
import { awsEndpoint } from '../../support/aws-endpoint.ts';
import { testEnvironment } from '../../support/environment.ts';

const skip = spawnSync('python3', ['-c', 'import boto3']).status === 0 ? false : 'python3 with boto3 is not installed';

for (const [what, script] of [['finds AWS behind ELBv2 and ACM', 'control-plane.py'], ['pages through every description, and waits for every state', 'paginators.py']] as const) test(`boto3 ${what}`, { skip, timeout: 120_000 }, async () => {
  const environment = testEnvironment({ clock: systemClock, random: systemRandom });
  const endpoint = await awsEndpoint([ec2Service(environment), elbv2Service(environment), acmService(environment)]);
  after(() => endpoint.close());
  const { stdout } = await promisify(execFile)('python3', [join(import.meta.dirname, script), endpoint.url]);
  assert.equal(stdout.trim(), 'ok');
  assert.deepEqual(endpoint.failures, []);
});
