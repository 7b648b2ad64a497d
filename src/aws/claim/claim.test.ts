import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Fields } from '../http.ts';
import { openModels } from '../model/library.ts';
import { defaultLimits } from '../limits.ts';
import { credentialScopeOf } from '../sigv4/credential-scope.ts';
import { parsePairs } from '../wire/form.ts';
import { Claimer } from './claim.ts';

const claimer = new Claimer(openModels());

/** `service operation`, with labels if there are some; or the kind of what is not claimed. */
function claimed(line: string, headers: Readonly<Record<string, string>> = {}, form = ''): string {
  const [method = '', url = ''] = line.split(' ');
  const [path = '', query = ''] = url.split('?');
  const fields = new Fields(Object.entries(headers).flat());
  const pairs = parsePairs(query, defaultLimits);
  const claim = claimer.claim({ method, path, query: pairs, form: parsePairs(form, defaultLimits), headers: fields, scope: credentialScopeOf(fields.get('authorization'), pairs) });
  if (claim.kind !== 'operation') return claim.kind === 'unknown-service' ? claim.kind : `${claim.service.name} ?`;
  const labels = [...claim.labels].map(([name, value]) => ` ${name}=${value}`).join('');
  return `${claim.service.name} ${claim.protocol} ${claim.operation.name}${labels}`;
}

const signed = (service: string): Record<string, string> => ({ authorization: `AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0` });

describe('claiming', () => {
  test('query services by scope, version and action', () => {
    assert.equal(claimed('POST /', signed('elasticloadbalancing'), 'Action=DescribeLoadBalancers&Version=2015-12-01'), 'elbv2 query DescribeLoadBalancers');
    assert.equal(claimed('POST /', signed('elasticloadbalancing'), 'Action=DescribeLoadBalancers&Version=2012-06-01'), 'elb query DescribeLoadBalancers');
    assert.equal(claimed('POST /', signed('elasticloadbalancing'), 'Action=CreateTargetGroup'), 'elbv2 query CreateTargetGroup');
    assert.equal(claimed('POST /', signed('elasticloadbalancing'), 'Action=Nothing'), 'elb ?');
    assert.equal(claimed('POST /', signed('ec2'), 'Action=DescribeVpcs&Version=2014-02-01'), 'ec2 ec2 DescribeVpcs');
    assert.equal(claimed('POST /', {}, 'Action=AssumeRoleWithWebIdentity&Version=2011-06-15'), 'sts query AssumeRoleWithWebIdentity');
    assert.equal(claimed('GET /?Action=GetUser&Version=2010-05-08', signed('iam'), 'Action=GetUser&Version=2010-05-08'), 'iam query GetUser');
    assert.equal(claimed('POST /', { host: 'iam.amazonaws.com' }, 'Action=GetUser&Version=2010-05-08'), 'iam query GetUser');
    assert.equal(claimed('POST /', {}, 'Action=GetUser&Version=1990-01-01'), 'unknown-service');
  });

  test('cloudwatch by whatever it is spoken', () => {
    assert.equal(claimed('POST /', signed('monitoring'), 'Action=ListMetrics&Version=2010-08-01'), 'cloudwatch query ListMetrics');
    assert.equal(claimed('POST /', { ...signed('monitoring'), 'x-amz-target': 'GraniteServiceVersion20100801.ListMetrics' }), 'cloudwatch json ListMetrics');
    assert.equal(claimed('POST /service/GraniteServiceVersion20100801/operation/ListMetrics', { 'smithy-protocol': 'rpc-v2-cbor' }), 'cloudwatch rpc-v2-cbor ListMetrics');
    assert.equal(claimed('POST /prefix/service/com.amazonaws.cloudwatch.GraniteServiceVersion20100801/operation/ListMetrics', { 'smithy-protocol': 'rpc-v2-cbor' }), 'cloudwatch rpc-v2-cbor ListMetrics');
    assert.equal(claimed('POST /service/Nobody/operation/ListMetrics', { 'smithy-protocol': 'rpc-v2-cbor' }), 'unknown-service');
    // a service that does not speak a protocol is not made to
    assert.equal(claimed('POST /service/Logs_20140328/operation/CreateLogGroup', { 'smithy-protocol': 'rpc-v2-cbor' }), 'logs ?');
  });

  test('JSON services by target', () => {
    assert.equal(claimed('POST /', { 'x-amz-target': 'AWSWAF_20190729.CreateWebACL' }), 'wafv2 json CreateWebACL');
    assert.equal(claimed('POST /', { 'x-amz-target': 'com.amazonaws.Logs_20140328.CreateLogGroup' }), 'logs json CreateLogGroup');
    assert.equal(claimed('POST /', { 'x-amz-target': 'AWSWAF_20190729.Bogus' }), 'wafv2 ?');
    assert.equal(claimed('POST /', { 'x-amz-target': '' }), 'unknown-service');
  });

  test('REST services by scope, host or path, and their labels', () => {
    assert.equal(claimed('GET /restapis/abc/resources/def/methods/GET', signed('apigateway')), 'apigateway rest-json GetMethod restapi_id=abc resource_id=def http_method=GET');
    assert.equal(claimed('GET /v2/apis/abc', signed('apigateway')), 'apigatewayv2 rest-json GetApi apiId=abc');
    assert.equal(claimed('POST /@connections/L0SM9cOFvHcCIhw%3D', signed('execute-api')), 'apigatewaymanagementapi rest-json PostToConnection connectionId=L0SM9cOFvHcCIhw%3D');
    assert.equal(claimed('POST /prod/@connections/abc', signed('execute-api')), 'apigatewaymanagementapi rest-json PostToConnection connectionId=abc');
    assert.equal(claimed('POST /restapis?mode=import', signed('apigateway')), 'apigateway rest-json ImportRestApi');
    assert.equal(claimed('POST /restapis', signed('apigateway')), 'apigateway rest-json CreateRestApi');
    assert.equal(claimed('POST /2015-03-31/functions/f/invocations'), 'lambda rest-json Invoke FunctionName=f');
    assert.equal(claimed('GET /2015-03-31/functions/'), 'lambda rest-json ListFunctions');
    assert.equal(claimed('GET /2018-10-31/layers?find=LayerVersion&Arn=a'), 'lambda rest-json GetLayerVersionByArn');
    assert.equal(claimed('GET /2018-10-31/layers'), 'lambda rest-json ListLayers');
    assert.equal(claimed('POST /2020-05-31/distribution?WithTags', signed('cloudfront')), 'cloudfront rest-xml CreateDistributionWithTags');
    assert.equal(claimed('POST /2020-05-31/distribution', signed('cloudfront')), 'cloudfront rest-xml CreateDistribution');
    assert.equal(claimed('POST /2020-05-31/tagging?Operation=Untag&Resource=a', signed('cloudfront')), 'cloudfront rest-xml UntagResource');
    assert.equal(claimed('POST /2013-04-01/hostedzone/Z1/rrset/', signed('route53')), 'route53 rest-xml ChangeResourceRecordSets Id=Z1');
    assert.equal(claimed('GET /functions', { host: 'lambda.us-east-1.amazonaws.com' }), 'lambda ?');
    assert.equal(claimed('GET /'), 'unknown-service');
  });

  test('S3 by query, header and host', () => {
    const s3 = signed('s3');
    const rows: readonly (readonly [string, string, Record<string, string>?])[] = [
      ['GET /', 'ListBuckets'],
      ['GET /bucket', 'ListObjects Bucket=bucket'],
      ['GET /bucket/', 'ListObjects Bucket=bucket'],
      ['GET /bucket?list-type=2&prefix=a', 'ListObjectsV2 Bucket=bucket'],
      ['GET /bucket?location', 'GetBucketLocation Bucket=bucket'],
      ['GET /bucket?analytics', 'ListBucketAnalyticsConfigurations Bucket=bucket'],
      ['GET /bucket?analytics&id=1', 'GetBucketAnalyticsConfiguration Bucket=bucket'],
      ['GET /bucket?lifecycle', 'GetBucketLifecycleConfiguration Bucket=bucket'],
      ['GET /bucket/a/b//c/', 'GetObject Bucket=bucket Key=a/b//c/'],
      ['GET /bucket//lead', 'GetObject Bucket=bucket Key=/lead'],
      ['GET /bucket/key?uploadId=1', 'ListParts Bucket=bucket Key=key'],
      ['PUT /bucket/key', 'PutObject Bucket=bucket Key=key'],
      ['PUT /bucket/key?x-id=PutObject', 'PutObject Bucket=bucket Key=key'],
      ['PUT /bucket/key?partNumber=1&uploadId=2', 'UploadPart Bucket=bucket Key=key'],
      ['PUT /bucket/key', 'CopyObject Bucket=bucket Key=key', { 'x-amz-copy-source': 'a/b' }],
      ['DELETE /bucket/key?uploadId=1', 'AbortMultipartUpload Bucket=bucket Key=key'],
      ['POST /bucket/key?uploads', 'CreateMultipartUpload Bucket=bucket Key=key'],
      ['POST /bucket/key?uploadId=1', 'CompleteMultipartUpload Bucket=bucket Key=key'],
      ['POST /bucket?delete', 'DeleteObjects Bucket=bucket'],
      ['GET /key', 'GetObject Bucket=my.bucket Key=key', { host: 'my.bucket.s3.localhost:4566' }],
      ['GET /', 'ListObjects Bucket=bucket', { host: 'bucket.s3.eu-west-1.amazonaws.com' }],
      ['GET /', 'ListBuckets', { host: 's3.localhost:4566' }],
    ];
    for (const [line, expected, headers = {}] of rows) assert.equal(claimed(line, { ...s3, ...headers }), `s3 rest-xml ${expected}`, line);
  });
});
