import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { systemClock, systemRandom } from '../../src/kernel/index.ts';
import { ec2Service, iamService, logsService, MemoryLogEvents, stsService } from '../../src/control-plane/services/index.ts';
import { awsEndpoint } from '../support/aws-endpoint.ts';
import { testEnvironment } from '../support/environment.ts';

const skip = spawnSync('python3', ['-c', 'import boto3']).status === 0 ? false : 'python3 with boto3 is not installed';

test('boto3 makes, reads, pages and waits for networks, instances, roles, sessions and logs', { skip, timeout: 240_000 }, async () => {
  const environment = testEnvironment({ clock: systemClock, random: systemRandom });
  const endpoint = await awsEndpoint([ec2Service(environment), iamService(environment), stsService(environment), logsService(environment, new MemoryLogEvents({ clock: systemClock }))]);
  after(() => endpoint.close());
  const { stdout } = await promisify(execFile)('python3', [join(import.meta.dirname, 'network-iam-logs.py'), endpoint.url]);
  assert.equal(stdout.trim(), 'ok');
  assert.deepEqual(endpoint.failures, []);
});
