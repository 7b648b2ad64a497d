import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { FakeClock, Secret, seededRandom } from '../kernel/index.ts';
import { AwsError, FrontDoor, noCredentials, openModels, type CallRecord, type FrontDoorOptions, type HttpResponse, type Service } from './index.ts';

const models = openModels();

interface Sent {
  readonly method?: string;
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

function doorOf(services: readonly Service[], more: Partial<FrontDoorOptions> = {}): { readonly send: (sent: Sent) => Promise<{ status: number; headers: HttpResponse['headers']; text: string }>; readonly records: CallRecord[] } {
  const records: CallRecord[] = [];
  const door = new FrontDoor({ services, models, clock: new FakeClock(), random: seededRandom(7), credentials: noCredentials, verify: 'never', onCall: (record) => records.push(record), ...more });
  return {
    records,
    async send({ method = 'POST', url = '/', headers = {}, body = '' }) {
      const answer = await door.handle({ method, url, rawHeaders: Object.entries(headers).flat(), body: Buffer.from(body), remoteAddress: '127.0.0.1' });
      assert.ok(Buffer.isBuffer(answer.body));
      return { status: answer.status, headers: answer.headers, text: answer.body.toString('utf8') };
    },
  };
}

const echo = (name: string, operations: Service['operations'], refusals: Service['refusals'] = {}): Service => ({ name, operations, refusals });
const scope = (service: string, key = '111122223333'): Record<string, string> => ({ authorization: `AWS4-HMAC-SHA256 Credential=${key}/20260101/eu-west-1/${service}/aws4_request, SignedHeaders=host, Signature=0` });
const form = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
const ELB = '2015-12-01';

describe('the front door', () => {
  test('hands an operation its input and the call, and answers with a request id', async () => {
    const seen: unknown[] = [];
    const { send, records } = doorOf([echo('elbv2', { DescribeTags: (input, call) => (seen.push(input, call), { TagDescriptions: [] }) })]);
    const answer = await send({ headers: { ...form, ...scope('elasticloadbalancing'), Host: 'localhost:4566' }, body: `Action=DescribeTags&Version=${ELB}&ResourceArns.member.1=a&ResourceArns.member.2=b` });
    assert.equal(answer.status, 200);
    assert.match(answer.text, /^<\?xml version="1.0" encoding="UTF-8"\?>\n<DescribeTagsResponse xmlns="http:\/\/elasticloadbalancing.amazonaws.com\/doc\/2015-12-01\/"><DescribeTagsResult><TagDescriptions><\/TagDescriptions><\/DescribeTagsResult><ResponseMetadata><RequestId>[0-9a-f-]{36}<\/RequestId><\/ResponseMetadata><\/DescribeTagsResponse>$/);
    const [input, call] = seen as [unknown, Record<string, unknown>];
    assert.deepEqual(input, { ResourceArns: ['a', 'b'] });
    assert.deepEqual(call, {
      service: 'elbv2', operation: 'DescribeTags', requestId: answer.headers['x-amzn-RequestId'], account: '111122223333', region: 'eu-west-1',
      accessKeyId: '111122223333', principal: 'arn:aws:iam::111122223333:root', host: 'localhost:4566', prefix: '', remoteAddress: '127.0.0.1', userAgent: null,
    });
    assert.deepEqual(records.map((record) => [record.service, record.operation, record.protocol, record.status, record.code]), [['elbv2', 'DescribeTags', 'query', 200, null]]);
  });

  test('tells what is refused from what is not implemented, what is unknown and what it cannot place', async () => {
    const { send, records } = doorOf([echo('elbv2', {}, { CreateTrustStore: 'Trust stores are not served: use mutual TLS in passthrough mode.' })]);
    const call = (action: string): Promise<{ status: number; text: string }> => send({ headers: { ...form, ...scope('elasticloadbalancing') }, body: `Action=${action}&Version=${ELB}` });
    const rows: readonly [Promise<{ status: number; text: string }>, number, RegExp][] = [
      [call('CreateTrustStore'), 400, /<Code>UnsupportedOperation<\/Code><Message>Trust stores are not served: use mutual TLS/],
      [call('DescribeTags'), 501, /<Code>UnsupportedOperation<\/Code><Message>DescribeTags of Elastic Load Balancing v2 is not implemented by Turnpike/],
      [call('Bogus'), 400, /<Type>Sender<\/Type><Code>InvalidAction<\/Code><Message>Could not find operation Bogus for version 2015-12-01</],
      [call('constructor'), 400, /<Code>InvalidAction</],
      [send({ headers: { ...form, ...scope('ec2') }, body: 'Action=Bogus&Version=2016-11-15' }), 400, /<Response><Errors><Error><Code>InvalidAction<\/Code>.*<RequestID>/s],
      [send({ headers: { 'x-amz-target': 'CertificateManager.Bogus' }, body: '{}' }), 400, /"__type":"UnknownOperationException"/],
      [send({ headers: { 'x-amz-target': 'CertificateManager.ListCertificates' }, body: '{}' }), 501, /"__type":"UnsupportedOperationException"/],
      [send({ headers: { 'x-amz-target': 'Nothing.Bogus' }, body: '{}' }), 404, /"__type":"UnknownOperationException","message":"Turnpike cannot tell which AWS service/],
      [send({ method: 'GET', url: '/nowhere' }), 404, /cannot tell which AWS service is meant by GET \/nowhere/],
      [send({ method: 'GET', url: '/2015-03-31/nothing', headers: scope('lambda') }), 404, /No operation of Lambda answers to GET/],
      [send({ method: 'GET', url: '/2015-03-31/functions/', headers: scope('lambda') }), 501, /ListFunctions of Lambda is not implemented/],
      [send({ method: 'PATCH', url: '/bucket/key', headers: scope('s3') }), 405, /^<\?xml.*\n<Error><Code>MethodNotAllowed</],
      [send({ method: 'GET', url: '/bucket/key', headers: scope('s3') }), 501, /<Code>NotImplemented</],
      [send({ method: 'GET', url: '/2020-05-31/distribution', headers: scope('cloudfront') }), 501, /<ErrorResponse xmlns="http:\/\/cloudfront.*<Code>UnsupportedOperation</],
      [send({ url: '/service/GraniteServiceVersion20100801/operation/Bogus', headers: { 'smithy-protocol': 'rpc-v2-cbor' } }), 404, /UnknownOperationException/],
      [send({ headers: form, body: 'Action=Who&Version=1999-01-01' }), 404, /<ErrorResponse><Error><Type>Sender<\/Type><Code>UnknownOperationException</],
    ];
    for (const [answer, status, text] of rows) {
      const { status: got, text: body } = await answer;
      assert.match(body, text);
      assert.equal(got, status, body);
    }
    assert.equal(records.length, rows.length);
    assert.ok(records.every((record) => record.code !== null));
  });

  test('looks an error up by code or by shape, and sends the other where the protocol wants it', async () => {
    const fail = (code: string, members = {}) => () => {
      throw new AwsError(code, 'because', { members });
    };
    const { send } = doorOf([
      echo('elbv2', { DescribeTags: fail('LoadBalancerNotFoundException'), DescribeRules: fail('RuleNotFound'), DescribeListeners: fail('Unheard', { more: 1 }) }),
      echo('lambda', { GetFunction: fail('ResourceNotFoundException'), ListFunctions: fail('TooManyRequestsException', { retryAfterSeconds: '5', Reason: 'CallerRateLimitExceeded' }), GetPolicy: fail('ServiceException') }),
      echo('cloudwatch', { GetDashboard: fail('DashboardNotFoundError') }),
      echo('route53', { GetHostedZone: fail('NoSuchHostedZone'), ChangeResourceRecordSets: fail('InvalidChangeBatch', { messages: ['one', 'two'] }) }),
    ]);
    const elb = (action: string): Promise<{ text: string; status: number }> => send({ headers: { ...form, ...scope('elasticloadbalancing') }, body: `Action=${action}&Version=${ELB}&ResourceArns.member.1=a` });
    assert.match((await elb('DescribeTags')).text, /<Code>LoadBalancerNotFound<\/Code><Message>because<\/Message>/);
    assert.match((await elb('DescribeRules')).text, /<Code>RuleNotFound<\/Code>/);
    assert.match((await elb('DescribeListeners')).text, /<Code>Unheard<\/Code>/);
    const lambda = await send({ method: 'GET', url: '/2015-03-31/functions/f', headers: scope('lambda') });
    assert.deepEqual([lambda.status, lambda.headers['x-amzn-ErrorType'], JSON.parse(lambda.text)], [404, 'ResourceNotFoundException', { Type: 'User', Message: 'because' }]);
    const throttled = await send({ method: 'GET', url: '/2015-03-31/functions', headers: scope('lambda') });
    assert.deepEqual([throttled.status, throttled.headers['Retry-After'], JSON.parse(throttled.text)], [429, '5', { Type: 'User', message: 'because', Reason: 'CallerRateLimitExceeded' }]);
    assert.deepEqual(JSON.parse((await send({ method: 'GET', url: '/2015-03-31/functions/f/policy', headers: scope('lambda') })).text), { Type: 'Service', Message: 'because' });
    const dashboard = await send({ headers: { 'x-amz-target': 'GraniteServiceVersion20100801.GetDashboard' }, body: '{"DashboardName":"d"}' });
    assert.deepEqual([dashboard.status, dashboard.headers['x-amzn-query-error'], (JSON.parse(dashboard.text) as { __type: string }).__type], [404, 'ResourceNotFound;Sender', 'DashboardNotFoundError']);
    assert.match((await send({ method: 'POST', url: '/2013-04-01/hostedzone/Z1/rrset/', headers: scope('route53'), body: '<ChangeResourceRecordSetsRequest><ChangeBatch><Changes><Change><Action>CREATE</Action><ResourceRecordSet><Name>a</Name><Type>A</Type></ResourceRecordSet></Change></Changes></ChangeBatch></ChangeResourceRecordSetsRequest>' })).text, /<Code>InvalidChangeBatch<\/Code><Message>because<\/Message><messages><Message>one<\/Message><Message>two<\/Message><\/messages>/);
  });

  test('answers its own defects with an internal failure, and tells the observer only', async () => {
    const { send, records } = doorOf([
      echo('sts', {
        GetCallerIdentity: () => {
          throw new TypeError('the secret reason');
        },
        GetSessionToken: () => ({ Credentials: { AccessKeyId: 12 } }),
      }),
    ]);
    for (const action of ['GetCallerIdentity', 'GetSessionToken']) {
      const answer = await send({ headers: { ...form, ...scope('sts') }, body: `Action=${action}&Version=2011-06-15` });
      assert.equal(answer.status, 500);
      assert.match(answer.text, /<Type>Receiver<\/Type><Code>InternalFailure<\/Code><Message>The request processing has failed because of an unknown error/);
      assert.doesNotMatch(answer.text, /secret|AccessKeyId/);
    }
    assert.match(String(records[0]?.cause), /the secret reason/);
    assert.match(String(records[1]?.cause), /AccessKeyId must be a string, the operation returned a number/);
  });

  test('reads compressed bodies, up to the limit', async () => {
    let seen: unknown;
    const { send } = doorOf([echo('logs', { CreateLogGroup: (input) => void (seen = input) }), echo('sts', { GetCallerIdentity: () => ({ Account: '1' }) })], { limits: { bodyBytes: 10_000 } });
    const target = { 'x-amz-target': 'Logs_20140328.CreateLogGroup', 'content-encoding': 'gzip' };
    assert.equal((await send({ headers: target, body: gzipSync('{"logGroupName":"a"}') })).status, 200);
    assert.deepEqual(seen, { logGroupName: 'a' });
    assert.equal((await send({ headers: { ...form, ...scope('sts'), 'content-encoding': 'gzip' }, body: gzipSync('Action=GetCallerIdentity&Version=2011-06-15') })).status, 200);
    const bomb = await send({ headers: target, body: gzipSync(Buffer.alloc(20_000_000)).subarray(0, 9_000) });
    assert.equal(bomb.status, 413);
    const large = await send({ headers: target, body: gzipSync(Buffer.alloc(1_000_000, 32)) });
    assert.deepEqual([large.status, (JSON.parse(large.text) as { __type: string }).__type], [413, 'RequestEntityTooLargeException']);
  });

  test('knows a caller without demanding a signature, and demands one where it is told to', async () => {
    const credentials = { find: (id: string) => (id === 'AKIDEXAMPLE' ? { secret: new Secret('s'), account: '444455556666', principal: 'arn:aws:iam::444455556666:user/u' } : null) };
    const service = echo('sts', { GetCallerIdentity: (_input, call) => ({ Account: call.account, Arn: call.principal }) });
    const request = (headers: Record<string, string>): Sent => ({ headers: { ...form, ...headers }, body: 'Action=GetCallerIdentity&Version=2011-06-15' });
    const trusting = doorOf([service], { credentials });
    assert.match((await trusting.send(request(scope('sts', 'AKIDEXAMPLE')))).text, /<Arn>arn:aws:iam::444455556666:user\/u<\/Arn>/);
    assert.match((await trusting.send(request(scope('sts', 'anything')))).text, /<Account>000000000000<\/Account>/);
    assert.match((await trusting.send(request({}))).text, /<Account>000000000000<\/Account>/);
    const strict = doorOf([service], { credentials, verify: 'always' });
    const missing = await strict.send(request({}));
    assert.deepEqual([missing.status, /<Code>MissingAuthenticationToken<\/Code>/.test(missing.text)], [403, true]);
    assert.match((await strict.send(request({ ...scope('sts', 'AKIDEXAMPLE'), host: 'h', 'x-amz-date': '20260101T000000Z' }))).text, /<Code>SignatureDoesNotMatch</);
    assert.match((await strict.send(request({ ...scope('iam', 'AKIDEXAMPLE'), host: 'h', 'x-amz-date': '20260101T000000Z' }))).text, /<Code>(InvalidAction|SignatureDoesNotMatch)</);
    assert.match((await strict.send(request({ ...scope('sts', 'AKIDEXAMPLE'), host: 'h' }))).text, /<Code>IncompleteSignature<.*X-Amz-Date/s);
  });

  test('refuses to start with a service that has no model', () => {
    assert.throws(() => doorOf([echo('nothing', {})]), /there is no model for the service "nothing"/);
    assert.throws(() => doorOf([echo('sts', {}), echo('sts', {})]), /two services have the same name/);
  });
});

describe('malformed input ends in an error of AWS in the caller\'s protocol', () => {
  const accept = (): undefined => undefined;
  const services: readonly Service[] = [
    echo('elbv2', { CreateLoadBalancer: accept, DescribeLoadBalancers: accept }), echo('ec2', { DescribeVpcs: accept, RunInstances: accept }), echo('wafv2', { CreateWebACL: accept }), echo('lambda', { CreateFunction: accept, ListFunctions: accept }),
    echo('cloudfront', { CreateInvalidation: accept }), echo('s3', { PutBucketTagging: accept, PutObject: accept }), echo('cloudwatch', { ListMetrics: accept, PutMetricData: accept }), echo('acm', { ImportCertificate: accept }),
  ];
  const { send, records } = doorOf(services, { limits: { formBytes: 100_000, items: 5000 } });
  const elb = (parameters: string): Sent => ({ headers: { ...form, ...scope('elasticloadbalancing') }, body: `Action=DescribeLoadBalancers&Version=${ELB}&${parameters}` });
  const waf = (body: string | Buffer): Sent => ({ headers: { 'x-amz-target': 'AWSWAF_20190729.CreateWebACL' }, body });
  const xml = (body: string | Buffer): Sent => ({ url: '/2020-05-31/distribution/E1/invalidation', headers: scope('cloudfront'), body });
  const cbor = (body: Buffer): Sent => ({ url: '/service/GraniteServiceVersion20100801/operation/ListMetrics', headers: { 'smithy-protocol': 'rpc-v2-cbor' }, body });
  const rows: readonly (readonly [string, Sent, number, RegExp])[] = [
    ['a number that is none', elb('PageSize=ten'), 400, /<Code>MalformedInput<\/Code><Message>'ten' is not an integer \(at 'PageSize'\)/],
    ['a number out of range', elb('PageSize=99999999999'), 400, /<Code>MalformedInput</],
    ['an index that is none', elb('Names.member.x=1'), 400, /<Code>MalformedInput</],
    ['a value for a list', elb('Names=a'), 400, /<Code>MalformedInput<.*a list was expected/],
    ['a broken escape', elb('Names.member.1=%zz'), 400, /<Code>MalformedInput<.*percent escape/],
    ['an escape that is not UTF-8', elb('Names.member.1=%ff'), 400, /<Code>MalformedInput</],
    ['names nested too deep', elb(`${'a.'.repeat(5000)}b=1`), 413, /<Code>RequestEntityTooLarge</],
    ['too many parameters', elb('a=1&'.repeat(6000)), 413, /<Code>RequestEntityTooLarge</],
    ['a form too large', elb(`a=${'x'.repeat(200_000)}`), 413, /<Code>RequestEntityTooLarge</],
    ['ec2: a boolean that is none', { headers: { ...form, ...scope('ec2') }, body: 'Action=DescribeVpcs&Version=2016-11-15&DryRun=perhaps' }, 400, /<Code>InvalidParameterValue<.*DryRun/],
    ['ec2: what is required is missing', { headers: { ...form, ...scope('ec2') }, body: 'Action=RunInstances&Version=2016-11-15&MinCount=1' }, 400, /<Code>MissingParameter<\/Code><Message>The request must contain the parameter MaxCount</],
    ['a body that is not JSON', waf('{"Name":'), 400, /"__type":"SerializationException"/],
    ['a body that is not UTF-8', waf(Buffer.from([0x7b, 0xff, 0x7d])), 400, /"__type":"SerializationException"/],
    ['JSON of another type', waf('[]'), 400, /SerializationException.*Start of list found where not expected/],
    ['a number for a string', waf('{"Name":1}'), 400, /NUMBER_VALUE can not be converted to a String \(at 'Name'\)/],
    ['JSON nested too deep', waf('{"Rules":'.repeat(300)), 413, /RequestEntityTooLargeException/],
    ['a million brackets', waf('['.repeat(1_000_000)), 413, /RequestEntityTooLargeException/],
    ['too many values', waf(`{"Tags":[${'0,'.repeat(10_000)}0]}`), 413, /RequestEntityTooLargeException/],
    ['not base64', { headers: { 'x-amz-target': 'CertificateManager.ImportCertificate' }, body: '{"Certificate":"***","PrivateKey":"aa"}' }, 400, /SerializationException.*Invalid base64/],
    ['rest-json: a broken body', { url: '/2015-03-31/functions', headers: scope('lambda'), body: '{' }, 400, /not valid JSON/],
    ['rest-json: a parameter of another type', { method: 'GET', url: '/2015-03-31/functions?MaxItems=many', headers: scope('lambda') }, 400, /'many' is not an integer/],
    ['XML that is not closed', xml('<InvalidationBatch><Paths>'), 400, /<Code>MalformedInput</],
    ['a document type', xml('<!DOCTYPE a [<!ENTITY b "c">]><InvalidationBatch/>'), 400, /<Code>MalformedInput<.*document type declaration is not allowed/],
    ['a billion laughs', xml('<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><l>&b;</l>'), 400, /<Code>MalformedInput</],
    ['an unknown entity', xml('<InvalidationBatch>&xxe;</InvalidationBatch>'), 400, /<Code>MalformedInput</],
    ['another encoding', xml('<?xml version="1.0" encoding="UTF-16"?><InvalidationBatch/>'), 400, /<Code>MalformedInput</],
    ['elements nested too deep', xml('<a>'.repeat(1000)), 413, /<Code>RequestEntityTooLarge</],
    ['too many elements', xml(`<a>${'<b/>'.repeat(6000)}</a>`), 413, /<Code>RequestEntityTooLarge</],
    ['bytes that are not XML', xml(Buffer.from([0, 1, 2, 255])), 400, /<Code>MalformedInput</],
    ['s3: broken XML', { method: 'PUT', url: '/b?tagging', headers: scope('s3'), body: '<Tagging>' }, 400, /<Error><Code>MalformedXML</],
    ['s3: the schema of the body', { method: 'PUT', url: '/b?tagging', headers: scope('s3'), body: '<Tagging/>' }, 400, /<Error><Code>MalformedXML</],
    ['s3: a chunk that lies', { method: 'PUT', url: '/b/k', headers: { ...scope('s3'), 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' }, body: 'ffff\r\nshort' }, 400, /<Code>InvalidRequest</],
    ['s3: another length than was said', { method: 'PUT', url: '/b/k', headers: { ...scope('s3'), 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER', 'x-amz-decoded-content-length': '9' }, body: '1\r\na\r\n0\r\n\r\n' }, 400, /<Code>IncompleteBody</],
    ['CBOR cut short', cbor(Buffer.from([0xbf, 0x61])), 400, /SerializationException/],
    ['CBOR that promises gigabytes', cbor(Buffer.from([0x5b, 0, 0, 0, 1, 0, 0, 0, 0])), 400, /SerializationException/],
    ['a CBOR array of 2^32 items', cbor(Buffer.from([0x9a, 0xff, 0xff, 0xff, 0xff])), 400, /SerializationException/],
    ['CBOR nested too deep', cbor(Buffer.alloc(100_000, 0x81)), 413, /RequestEntityTooLargeException/],
    ['CBOR of another type', cbor(Buffer.from([0x01])), 400, /SerializationException/],
    ['CBOR with a tail', cbor(Buffer.from([0xa0, 0x00])), 400, /SerializationException/],
    ['an unknown coding', { headers: { 'x-amz-target': 'AWSWAF_20190729.CreateWebACL', 'content-encoding': 'zstd' }, body: '{}' }, 400, /content coding/],
    ['a broken gzip', { headers: { 'x-amz-target': 'AWSWAF_20190729.CreateWebACL', 'content-encoding': 'gzip' }, body: '{}' }, 400, /not gzip/],
    ['an Authorization that is nonsense', { headers: { authorization: 'Basic Zm9v' } }, 404, /cannot tell which AWS service/],
    ['a label that is not UTF-8', { method: 'POST', url: '/2020-05-31/distribution/%ff/invalidation', headers: scope('cloudfront'), body: '<a/>' }, 400, /<Code>MalformedInput</],
    ['a target too long', { method: 'GET', url: `/${'a'.repeat(70_000)}` }, 413, /longer than 65536 bytes/],
    ['no method, no path', { method: '', url: '' }, 404, /cannot tell/],
  ];
  for (const [name, sent, status, text] of rows) {
    test(name, async () => {
      const answer = await send(sent);
      assert.match(answer.text, text);
      assert.equal(answer.status, status);
      assert.ok(answer.headers['x-amzn-RequestId'] ?? answer.headers['x-amz-request-id'], 'a request id');
      assert.equal(records.at(-1)?.cause, null, 'no internal failure');
    });
  }

  test('names of prototypes are names', async () => {
    const { send: ask } = doorOf([echo('lambda', { TagResource: (input: { Tags: Record<string, string> }) => void assert.deepEqual(Object.keys(input.Tags).sort(), ['__proto__', 'constructor']) })]);
    const answer = await ask({ url: '/2017-03-31/tags/arn%3Aaws%3Alambda%3Aeu-west-1%3A111122223333%3Afunction%3Af', headers: scope('lambda'), body: '{"Tags":{"__proto__":"a","constructor":"b"}}' });
    assert.equal(answer.status, 204, answer.text);
  });
});
