/**
 * Applications of several functions, of the shape that public SAM samples have (one of them in Python, one in Node): shared layers, an authorizer that a role calls, log groups,
 * parameters, function URLs. What such samples ask for and is not here is refused by name, all of it in one run.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { ask, served, ServerlessStage, urlIn } from '../support/serverless-stage.ts';

const PYTHON_TEMPLATE = `
AWSTemplateFormatVersion: 2010-09-09
Transform: [AWS::Serverless-2016-10-31]
Description: Rooms and who has booked them
Globals:
  Function: { Runtime: python3.12, MemorySize: 128, Timeout: 20, Tracing: Active, Layers: [!Ref Shared] }
Parameters:
  Token: { Type: String, Default: let-me-in, NoEcho: true }
Resources:
  Shared:
    Type: AWS::Serverless::LayerVersion
    Properties: { ContentUri: layer/, CompatibleRuntimes: [python3.12] }
  Rooms:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src
      Handler: rooms.lambda_handler
      Environment: { Variables: { STACK: !Sub '\${AWS::StackName}', LIMIT: 3 } }
      Tags: { Stack: !Ref AWS::StackName }
      Events:
        List: { Type: HttpApi, Properties: { ApiId: !Ref HttpApi, Path: /rooms, Method: GET } }
        One: { Type: HttpApi, Properties: { ApiId: !Ref HttpApi, Path: '/rooms/{roomid}', Method: GET } }
        Put: { Type: HttpApi, Properties: { ApiId: !Ref HttpApi, Path: /rooms, Method: PUT } }
  RoomsLogs:
    Type: AWS::Logs::LogGroup
    Properties: { LogGroupName: !Sub '/aws/lambda/\${Rooms}', RetentionInDays: 7 }
  Bookings:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src
      Handler: bookings.lambda_handler
      Policies: [AWSXrayWriteOnlyAccess, { Statement: [{ Effect: Allow, Action: 'logs:*', Resource: '*' }] }]
      FunctionUrlConfig: { AuthType: NONE, Cors: { AllowOrigins: ['*'] } }
      Events:
        OfRoom: { Type: HttpApi, Properties: { ApiId: !Ref HttpApi, Path: '/rooms/{roomid}/bookings', Method: GET } }
  Authorizer:
    Type: AWS::Serverless::Function
    Properties: { CodeUri: src, Handler: authorizer.lambda_handler, Environment: { Variables: { TOKEN: !Ref Token } } }
  InvokerRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: Allow, Principal: { Service: [apigateway.amazonaws.com] }, Action: [sts:AssumeRole] }] }
      Policies: [{ PolicyName: call, PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: Allow, Action: lambda:InvokeFunction, Resource: !GetAtt Authorizer.Arn }] } }]
  HttpApi:
    Type: AWS::Serverless::HttpApi
    Properties:
      FailOnWarnings: true
      CorsConfiguration: { AllowMethods: [GET, PUT, OPTIONS], AllowHeaders: [Authorization], AllowOrigins: ['*'] }
      Auth:
        Authorizers:
          token: { AuthorizerPayloadFormatVersion: 1.0, FunctionArn: !GetAtt Authorizer.Arn, FunctionInvokeRole: !GetAtt InvokerRole.Arn, Identity: { Headers: [Authorization] } }
        DefaultAuthorizer: token
      AccessLogSettings: { DestinationArn: !GetAtt AccessLogs.Arn, Format: '$context.requestId $context.routeKey $context.status' }
  AccessLogs: { Type: AWS::Logs::LogGroup, Properties: { RetentionInDays: 30 } }
Outputs:
  ApiUrl: { Value: !GetAtt HttpApi.ApiEndpoint }
  DirectUrl: { Value: !GetAtt BookingsUrl.FunctionUrl }
`;

const PYTHON_APPLICATION = {
  'template.yaml': PYTHON_TEMPLATE,
  'layer/python/answers.py': 'import json\n\ndef answer(status, document):\n    return {"statusCode": status, "headers": {"Content-Type": "application/json"}, "body": json.dumps(document)}\n',
  'src/rooms.py': `import json, os
from answers import answer

def lambda_handler(event, context):
    if event["routeKey"] == "GET /rooms":
        return answer(200, {"rooms": ["r%d" % n for n in range(int(os.environ["LIMIT"]))], "stack": os.environ["STACK"], "who": event["requestContext"]["authorizer"]["lambda"]["user"]})
    if event["routeKey"] == "PUT /rooms":
        return answer(201, {"made": json.loads(event["body"])["name"]})
    return answer(200, {"room": event["pathParameters"]["roomid"]})
`,
  'src/bookings.py': 'from answers import answer\n\ndef lambda_handler(event, context):\n    return answer(200, {"path": event["rawPath"], "room": (event.get("pathParameters") or {}).get("roomid")})\n',
  'src/authorizer.py': `import os

def lambda_handler(event, context):
    effect = "Allow" if event["headers"].get("authorization") == os.environ["TOKEN"] else "Deny"
    return {"principalId": "ann", "policyDocument": {"Version": "2012-10-17", "Statement": [{"Action": "execute-api:Invoke", "Effect": effect, "Resource": event["methodArn"]}]}, "context": {"user": "ann"}}
`,
};

const NODE_TEMPLATE = `
AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: { Runtime: nodejs22.x, CodeUri: ., Timeout: 20, Architectures: [x86_64], Environment: { Variables: { GREETING: hello } } }
Resources:
  GetAll:
    Type: AWS::Serverless::Function
    Properties: { Handler: src/handlers/get-all.getAllHandler, Events: { Http: { Type: HttpApi, Properties: { Path: /, Method: GET } } } }
  GetById:
    Type: AWS::Serverless::Function
    Properties: { Handler: src/handlers/get-by-id.getByIdHandler, Events: { Http: { Type: HttpApi, Properties: { Path: '/{id}', Method: GET } } } }
  Put:
    Type: AWS::Serverless::Function
    Properties: { Handler: src/handlers/put.putHandler, Events: { Http: { Type: HttpApi, Properties: { Path: /, Method: POST } } } }
  Stream:
    Type: AWS::Serverless::Function
    Properties: { Handler: src/handlers/stream.handler, FunctionUrlConfig: { AuthType: NONE, InvokeMode: RESPONSE_STREAM } }
  Signed:
    Type: AWS::Serverless::Function
    Properties: { Handler: src/handlers/put.putHandler, FunctionUrlConfig: { AuthType: AWS_IAM } }
Outputs:
  ApiUrl: { Value: !Sub 'https://\${ServerlessHttpApi}.execute-api.\${AWS::Region}.\${AWS::URLSuffix}/' }
  ApiEndpointUrl: { Value: !GetAtt ServerlessHttpApi.ApiEndpoint }
  StreamUrl: { Value: !GetAtt StreamUrl.FunctionUrl }
  SignedUrl: { Value: !GetAtt SignedUrl.FunctionUrl }
`;

const NODE_APPLICATION = {
  'template.yaml': NODE_TEMPLATE,
  'package.json': '{ "name": "items", "type": "module" }',
  'src/shared/answer.mjs': 'export const answer = (statusCode, document) => ({ statusCode, body: JSON.stringify(document) });',
  'src/handlers/get-all.mjs': "import { answer } from '../shared/answer.mjs';\nexport const getAllHandler = async () => answer(200, { items: [process.env.GREETING] });",
  'src/handlers/get-by-id.js': "import { answer } from '../shared/answer.mjs';\nexport const getByIdHandler = async (event) => answer(200, { id: event.pathParameters.id });",
  'src/handlers/put.cjs': 'exports.putHandler = (event, context, callback) => callback(null, { statusCode: 201, body: event.body });',
  'src/handlers/stream.mjs': "export const handler = awslambda.streamifyResponse(async (event, stream) => { const out = awslambda.HttpResponseStream.from(stream, { statusCode: 202 }); out.write('one,'); out.write('two'); out.end(); });",
};

const REFUSED = `
AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Globals: { Function: { Runtime: nodejs22.x, Handler: index.handler, InlineCode: 'exports.handler = async () => 1' } }
Resources:
  Rest: { Type: AWS::Serverless::Function, Properties: { Events: { Api: { Type: Api, Properties: { Path: /, Method: GET } } } } }
  Queue: { Type: AWS::Serverless::Function, Properties: { Policies: [{ MadeUpPolicy: {} }], Events: { Work: { Type: SQS, Properties: { Queue: !GetAtt Jobs.Arn } } } } }
  Published: { Type: AWS::Serverless::Function, Properties: { AutoPublishAlias: live, DeploymentPreference: { Type: Canary10Percent5Minutes } } }
  Table: { Type: AWS::Serverless::SimpleTable }
  Jobs: { Type: AWS::SQS::Queue }
`;

test('a Python application of several functions is served from its template', { timeout: 300_000 }, async (t) => {
  const stage = await ServerlessStage.open(t);
  const printed = await stage.up(stage.project('rooms', PYTHON_APPLICATION));
  const api = urlIn(printed, 'ApiUrl');
  const headers = { authorization: 'let-me-in' };
  const rooms = await served(api, '/rooms', { headers });
  assert.deepEqual([rooms.status, JSON.parse(rooms.body)], [200, { rooms: ['r0', 'r1', 'r2'], stack: 'rooms', who: 'ann' }]);
  assert.deepEqual(await ask(api, '/rooms/r2', { headers }), { status: 200, body: '{"room": "r2"}' });
  assert.deepEqual(await ask(api, '/rooms', { method: 'PUT', headers: { ...headers, 'content-type': 'application/json' }, body: '{"name":"attic"}' }), { status: 201, body: '{"made": "attic"}' });
  assert.deepEqual(await ask(api, '/rooms/r1/bookings', { headers }), { status: 200, body: '{"path": "/rooms/r1/bookings", "room": "r1"}' });
  assert.equal((await ask(api, '/rooms', { headers: { authorization: 'wrong' } })).status, 403);
  assert.equal((await ask(api, '/rooms')).status, 401);
  assert.deepEqual(await served(urlIn(printed, 'DirectUrl'), '/direct'), { status: 200, body: '{"path": "/direct", "room": null}' });
  // another apply changes nothing, and the layer stays the same version
  assert.match(await stage.up(`${stage.folder}/rooms`), /unchanged|up to date|nothing/i);
});

test('a Node application of several functions is served from its template', { timeout: 300_000 }, async (t) => {
  const stage = await ServerlessStage.open(t);
  const printed = await stage.up(stage.project('items', NODE_APPLICATION));
  const api = urlIn(printed, 'ApiEndpointUrl');
  assert.deepEqual(await served(api, '/'), { status: 200, body: '{"items":["hello"]}' });
  assert.deepEqual(await ask(api, '/17'), { status: 200, body: '{"id":"17"}' });
  assert.deepEqual(await ask(api, '/', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"id":1}' }), { status: 201, body: '{"id":1}' });
  assert.equal((await ask(api, '/', { method: 'DELETE' })).status, 404);
  const stream = urlIn(printed, 'StreamUrl');
  await eventually('the stream is served', async () => {
    const answer = await ask(stream, '/').catch(() => null);
    if (answer !== null) assert.deepEqual(answer, { status: 202, body: 'one,two' });
    return answer !== null;
  });
  assert.equal((await ask(urlIn(printed, 'SignedUrl'), '/')).status, 403);
});

test('what an application asks for and is not here is refused by name, and nothing is made', { timeout: 240_000 }, async (t) => {
  const stage = await ServerlessStage.open(t);
  const printed = await stage.up(stage.project('refused', { 'template.yaml': REFUSED }), 1);
  for (const named of ['Resources.Rest.Properties.Events.Api.Type', 'Resources.Queue.Properties.Policies[0]', 'Resources.Queue.Properties.Events.Work.Type', 'Resources.Published.Properties.DeploymentPreference', 'Resources.Table.Type', 'Resources.Jobs.Type']) {
    assert.ok(printed.includes(named), `${named} is not named in:\n${printed}`);
  }
});
