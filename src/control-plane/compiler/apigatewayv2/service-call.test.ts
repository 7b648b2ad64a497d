import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serviceCall } from './service-call.ts';

// https://docs.aws.amazon.com/apigateway/latest/api/API_PutIntegration.html (uri)
test('actions are named in the target or in the query, paths are taken as they are', () => {
  const of = (rest: string, method = 'POST') => serviceCall(`arn:aws:apigateway:eu-west-1:${rest}`, method);
  assert.deepEqual(of('dynamodb:action/PutItem'), { kind: 'aws-service', service: 'dynamodb', region: 'eu-west-1', method: 'POST', path: '/', headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'DynamoDB_20120810.PutItem' } });
  assert.deepEqual(of('sns:action/Publish', 'ANY'), { kind: 'aws-service', service: 'sns', region: 'eu-west-1', method: 'POST', path: '/?Action=Publish', headers: {} });
  assert.deepEqual(of('s3:path/{bucket}/{key}', 'PUT'), { kind: 'aws-service', service: 's3', region: 'eu-west-1', method: 'PUT', path: '/{bucket}/{key}', headers: {} });
  assert.deepEqual(of('sub.sqs:path/000000000000/queue')?.service, 'sqs');
  assert.deepEqual(of('s3:path///other.host/x')?.path, '/other.host/x');
  for (const wrong of ['s3:other/x', 'sns:action/', 'sns:action/A&B=c', 'sns']) assert.equal(of(wrong), null, wrong);
});
