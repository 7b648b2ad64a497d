/** Lambda as boto3 sees it: every call over HTTP, through the protocol layer, to functions that run. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { LambdaEndpoint } from '../../support/lambda-endpoint.ts';

const SCRIPT = String.raw`
import base64, hashlib, io, json, sys, time, zipfile
import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

client = boto3.client('lambda', endpoint_url=sys.argv[1], region_name='us-east-1', aws_access_key_id='123456789012', aws_secret_access_key='x', config=Config(retries={'max_attempts': 0}))

def package(text):
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as archive:
        archive.writestr('index.js', text)
    return out.getvalue()

def refused(code, status, call, **input):
    try:
        call(**input)
    except ClientError as error:
        assert error.response['Error']['Code'] == code, error
        assert error.response['ResponseMetadata']['HTTPStatusCode'] == status, error.response
        return error.response
    raise AssertionError('not refused: ' + code)

ROLE = 'arn:aws:iam::123456789012:role/lambda'
code = package('''exports.handler = async (event, context) => {
  if (event.fail) throw new TypeError('asked to');
  console.log('seen', event.n);
  return { n: event.n, custom: context.clientContext?.custom, version: context.functionVersion, text: 'ü' };
};''')
made = client.create_function(FunctionName='orders', Runtime='nodejs22.x', Handler='index.handler', Role=ROLE, Code={'ZipFile': code}, Environment={'Variables': {'STAGE': 'test'}}, Tags={'a': 'b'})
assert made['ResponseMetadata']['HTTPStatusCode'] == 201
assert made['CodeSha256'] == base64.b64encode(hashlib.sha256(code).digest()).decode()
client.get_waiter('function_active_v2').wait(FunctionName='orders')
assert client.get_function(FunctionName=made['FunctionArn'])['Tags'] == {'a': 'b'}
refused('ResourceConflictException', 409, client.create_function, FunctionName='orders', Runtime='nodejs22.x', Handler='index.handler', Role=ROLE, Code={'ZipFile': code})
refused('InvalidParameterValueException', 400, client.create_function, FunctionName='java', Runtime='java21', Handler='i.h', Role=ROLE, Code={'ZipFile': code})
refused('ResourceNotFoundException', 404, client.get_function, FunctionName='absent')

answer = client.invoke(FunctionName='orders', Payload=json.dumps({'n': 1}), LogType='Tail', ClientContext=base64.b64encode(b'{"custom":{"k":1}}').decode())
assert answer['StatusCode'] == 200 and answer['ExecutedVersion'] == '$LATEST' and 'FunctionError' not in answer, answer
assert json.loads(answer['Payload'].read()) == {'n': 1, 'custom': {'k': 1}, 'version': '$LATEST', 'text': 'ü'}
log = base64.b64decode(answer['LogResult']).decode()
assert log.startswith('START RequestId: ' + answer['ResponseMetadata']['RequestId']) and '\tINFO\tseen 1\n' in log and 'REPORT' in log, log
failed = client.invoke(FunctionName='orders', Payload=json.dumps({'fail': True}))
assert failed['FunctionError'] == 'Unhandled' and failed['StatusCode'] == 200
document = json.loads(failed['Payload'].read())
assert document['errorType'] == 'TypeError' and document['errorMessage'] == 'asked to' and document['trace'][0] == 'TypeError: asked to', document
assert client.invoke(FunctionName='orders', InvocationType='Event', Payload=b'{}')['StatusCode'] == 202
assert client.invoke(FunctionName='orders', InvocationType='DryRun')['StatusCode'] == 204
refused('InvalidRequestContentException', 400, client.invoke, FunctionName='orders', Payload=b'{')
refused('RequestTooLargeException', 413, client.invoke, FunctionName='orders', Payload=b'"' + b'x' * 6291456 + b'"')

version = client.publish_version(FunctionName='orders')
assert version['Version'] == '1' and version['ResponseMetadata']['HTTPStatusCode'] == 201
client.create_alias(FunctionName='orders', Name='live', FunctionVersion='1')
answer = client.invoke(FunctionName='orders:live', Payload=b'{"n":2}')
assert answer['ExecutedVersion'] == '1' and json.loads(answer['Payload'].read())['version'] == '1'

client.update_function_code(FunctionName='orders', ZipFile=package('exports.handler = async () => "new"'))
client.get_waiter('function_updated_v2').wait(FunctionName='orders')
client.update_function_configuration(FunctionName='orders', Timeout=7, MemorySize=256)
assert json.loads(client.invoke(FunctionName='orders')['Payload'].read()) == 'new'
assert json.loads(client.invoke(FunctionName='orders', Qualifier='1', Payload=b'{"n":3}')['Payload'].read())['n'] == 3
refused('PreconditionFailedException', 412, client.update_function_configuration, FunctionName='orders', RevisionId='old', Timeout=5)

client.put_function_concurrency(FunctionName='orders', ReservedConcurrentExecutions=0)
throttled = refused('TooManyRequestsException', 429, client.invoke, FunctionName='orders')
assert throttled['Reason'] == 'ReservedFunctionConcurrentInvocationLimitExceeded', throttled
client.delete_function_concurrency(FunctionName='orders')

client.add_permission(FunctionName='orders', StatementId='elb', Action='lambda:InvokeFunction', Principal='elasticloadbalancing.amazonaws.com', SourceArn='arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/t/0123456789abcdef')
policy = json.loads(client.get_policy(FunctionName='orders')['Policy'])
assert policy['Statement'][0]['Condition'] == {'ArnLike': {'AWS:SourceArn': 'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/t/0123456789abcdef'}}
client.remove_permission(FunctionName='orders', StatementId='elb')
refused('ResourceNotFoundException', 404, client.get_policy, FunctionName='orders')

client.tag_resource(Resource=made['FunctionArn'], Tags={'c': 'd'})
client.untag_resource(Resource=made['FunctionArn'], TagKeys=['a'])
assert client.list_tags(Resource=made['FunctionArn'])['Tags'] == {'c': 'd'}
assert [v['Version'] for v in client.list_versions_by_function(FunctionName='orders')['Versions']] == ['$LATEST', '1']
assert [f['FunctionName'] for page in client.get_paginator('list_functions').paginate() for f in page['Functions']] == ['orders']
client.put_function_event_invoke_config(FunctionName='orders', MaximumRetryAttempts=0)
assert client.get_function_event_invoke_config(FunctionName='orders')['MaximumRetryAttempts'] == 0
assert 'CodeSigningConfigArn' not in client.get_function_code_signing_config(FunctionName='orders')
assert client.get_account_settings()['AccountUsage']['FunctionCount'] == 1

layer = client.publish_layer_version(LayerName='tools', Content={'ZipFile': package('module.exports = 1')}, CompatibleRuntimes=['nodejs22.x'])
assert client.get_layer_version(LayerName='tools', VersionNumber=layer['Version'])['Content']['CodeSize'] > 0
assert client.get_layer_version_by_arn(Arn=layer['LayerVersionArn'])['Version'] == 1
assert [each['LayerName'] for each in client.list_layers()['Layers']] == ['tools']
client.update_function_configuration(FunctionName='orders', Layers=[layer['LayerVersionArn']])
assert client.get_function_configuration(FunctionName='orders')['Layers'][0]['Arn'] == layer['LayerVersionArn']
assert client.delete_layer_version(LayerName='tools', VersionNumber=1)['ResponseMetadata']['HTTPStatusCode'] == 204
url = client.create_function_url_config(FunctionName='orders', AuthType='NONE', Cors={'AllowOrigins': ['*'], 'MaxAge': 60})
assert url['ResponseMetadata']['HTTPStatusCode'] == 201 and '.lambda-url.us-east-1.' in url['FunctionUrl'], url
assert client.update_function_url_config(FunctionName='orders', InvokeMode='RESPONSE_STREAM')['InvokeMode'] == 'RESPONSE_STREAM'
assert len(client.list_function_url_configs(FunctionName='orders')['FunctionUrlConfigs']) == 1
client.delete_function_url_config(FunctionName='orders')
refused('ResourceNotFoundException', 404, client.get_function_url_config, FunctionName='orders')
put = client.put_provisioned_concurrency_config(FunctionName='orders', Qualifier='1', ProvisionedConcurrentExecutions=1)
assert put['ResponseMetadata']['HTTPStatusCode'] == 202, put
for _ in range(600):
    if client.get_provisioned_concurrency_config(FunctionName='orders', Qualifier='1')['Status'] == 'READY':
        break
    time.sleep(0.1)
else:
    raise AssertionError('its environment never became ready')
client.delete_provisioned_concurrency_config(FunctionName='orders', Qualifier='1')
refused('ProvisionedConcurrencyConfigNotFoundException', 404, client.get_provisioned_concurrency_config, FunctionName='orders', Qualifier='1')
assert client.get_runtime_management_config(FunctionName='orders')['UpdateRuntimeOn'] == 'Auto'
assert client.put_function_recursion_config(FunctionName='orders', RecursiveLoop='Allow')['RecursiveLoop'] == 'Allow'
stream = client.invoke_with_response_stream(FunctionName='orders', Qualifier='1', Payload=b'{"n":5}', LogType='Tail')
events = list(stream['EventStream'])
assert json.loads(b''.join(event['PayloadChunk']['Payload'] for event in events if 'PayloadChunk' in event))['n'] == 5, events
assert 'REPORT' in base64.b64decode(events[-1]['InvokeComplete']['LogResult']).decode()
refused('UnsupportedOperationException', 400, client.create_event_source_mapping, FunctionName='orders', EventSourceArn='arn:aws:sqs:us-east-1:123456789012:q')

out = io.BytesIO()
with zipfile.ZipFile(out, 'w') as archive:
    archive.writestr('app.py', 'def handler(event, context):\n    return {"python": event["n"], "id": context.aws_request_id}\n')
client.create_function(FunctionName='py', Runtime='python3.12', Handler='app.handler', Role=ROLE, Code={'ZipFile': out.getvalue()})
answer = client.invoke(FunctionName='py', Payload=b'{"n":6}')
assert json.loads(answer['Payload'].read()) == {'python': 6, 'id': answer['ResponseMetadata']['RequestId']}
client.delete_function(FunctionName='py')
client.delete_alias(FunctionName='orders', Name='live')
assert client.delete_function(FunctionName='orders')['ResponseMetadata']['HTTPStatusCode'] == 204
refused('ResourceNotFoundException', 404, client.invoke, FunctionName='orders')
print('all of it')
`;

const missing = spawnSync('python3', ['-c', 'import boto3']).status === 0 ? false : 'needs python3 with boto3';

test('boto3 drives functions through their whole life', { skip: missing }, async () => {
  await using endpoint = await LambdaEndpoint.open();
  const python = spawn('python3', ['-c', SCRIPT, endpoint.url], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let complained = '';
  python.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  python.stderr.on('data', (chunk: Buffer) => (complained += chunk.toString()));
  const status = await new Promise((resolve) => python.on('close', resolve));
  assert.equal(status, 0, complained);
  assert.equal(said, 'all of it\n');
  assert.deepEqual(endpoint.failures, []);
});
