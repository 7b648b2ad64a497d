import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatArn, parseArn } from './index.ts';

test('ARNs are taken apart and put together again', () => {
  for (const arn of [
    'arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/name/50dc6c495c0c9188', 'arn:aws:lambda:eu-west-1:123456789012:function:orders:1', 'arn:aws:iam::123456789012:role/path/name', 'arn:aws:s3:::bucket/key with-no-space'.replace(' ', '_'),
    'arn:aws-us-gov:acm:us-gov-west-1:123456789012:certificate/a', 'arn:aws:apigateway:us-east-1::/restapis/abc', 'arn:aws:iam::aws:policy/ReadOnlyAccess', 'arn:aws:execute-api:us-east-1:123456789012:abc/prod/GET/a:b',
  ]) {
    const parsed = parseArn(arn);
    assert.ok(parsed, arn);
    assert.equal(formatArn(parsed), arn);
  }
  assert.deepEqual(parseArn('arn:aws:lambda:eu-west-1:123456789012:function:orders:1'), { partition: 'aws', service: 'lambda', region: 'eu-west-1', account: '123456789012', resource: 'function:orders:1' });
  assert.equal(formatArn({ service: 'iam', region: '', account: '123456789012', resource: 'root' }), 'arn:aws:iam::123456789012:root');
});

test('what is no ARN is none', () => {
  for (const text of ['', 'arn', 'arn:aws', 'arn:aws:iam::123456789012:', 'arn:aws:iam::12345:role/a', 'arn:other:iam::123456789012:role/a', 'arn:aws:IAM::123456789012:role/a', 'arn:aws:ec2:useast1:123456789012:vpc/a', 'arn:aws:ec2:us-east-1:123456789012:vpc/ a', 'urn:aws:ec2:us-east-1:123456789012:vpc/a', `arn:aws:s3:::${'a'.repeat(3000)}`]) assert.equal(parseArn(text), null, text);
});
