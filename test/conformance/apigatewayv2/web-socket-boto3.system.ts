import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { SocketInstallation } from './web-socket-api.ts';

const skip = spawnSync('python3', ['-c', 'import boto3']).status === 0 ? false : 'boto3 is not installed';

const SCRIPT = `
import boto3, json, socket, sys
endpoint, host, port, connection = sys.argv[1:5]
# not every machine resolves names below localhost
look_up = socket.getaddrinfo
socket.getaddrinfo = lambda name, *more, **named: look_up('127.0.0.1' if name == host else name, *more, **named)
def client(url):
    return boto3.client('apigatewaymanagementapi', endpoint_url=url, region_name='us-east-1', aws_access_key_id='test', aws_secret_access_key='test')
api = client(endpoint)
api.post_to_connection(ConnectionId=connection, Data='from boto3')
client('http://%s:%s/prod' % (host, port)).post_to_connection(ConnectionId=connection, Data='at the address of the API')
client(endpoint + '/prod').post_to_connection(ConnectionId=connection, Data=b'with a stage')
told = api.get_connection(ConnectionId=connection)
out = {'source': told['Identity']['SourceIp'], 'agent': told['Identity']['UserAgent'], 'connected': told['ConnectedAt'].isoformat(), 'errors': []}
for call in (lambda: api.post_to_connection(ConnectionId='AAAAAAAAAAAAAAA=', Data='x'), lambda: api.get_connection(ConnectionId='nobody'), lambda: api.post_to_connection(ConnectionId=connection, Data=b'x' * 131073)):
    try:
        call()
    except api.exceptions.ClientError as error:
        out['errors'].append([error.response['Error']['Code'], error.response['ResponseMetadata']['HTTPStatusCode']])
api.delete_connection(ConnectionId=connection)
try:
    api.get_connection(ConnectionId=connection)
except api.exceptions.GoneException as error:
    out['gone'] = error.response['ResponseMetadata']['HTTPStatusCode']
print(json.dumps(out))
`;

test('boto3 sends, tells and ends', { skip }, async () => {
  await using at = await SocketInstallation.open();
  const api = await at.api();
  const echo = await at.lambda(api, await at.apis.function('exports.handler = async (event) => ({ statusCode: 200, body: event.requestContext.connectionId });'));
  await at.route(api, '$default', echo, { responds: true });
  const client = await at.connect(api, { headers: { 'User-Agent': 'tester/1' } });
  const id = await client.ask('who am I');
  const child = spawn('python3', ['-c', SCRIPT, at.apis.inside.system.endpointUrl, api.host, String(at.apis.port), id]);
  let printed = '';
  let failed = '';
  child.stdout.on('data', (part: Buffer) => (printed += part.toString()));
  child.stderr.on('data', (part: Buffer) => (failed += part.toString()));
  await new Promise((resolve) => child.on('close', resolve));
  assert.equal(failed, '');
  const out = JSON.parse(printed) as Readonly<Record<string, unknown>>;
  assert.deepEqual([out['source'], out['agent'], out['gone']], ['127.0.0.1', 'tester/1', 410]);
  assert.deepEqual(out['errors'], [['GoneException', 410], ['BadRequestException', 400], ['PayloadTooLargeException', 413]]);
  assert.equal(await client.text(), 'from boto3');
  assert.equal(await client.text(), 'at the address of the API');
  assert.equal(await client.text(), 'with a stage');
  assert.equal((await client.end()).code, 1000);
});
