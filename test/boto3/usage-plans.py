"""API keys and usage plans through boto3: prints ok."""
import sys
import boto3
from botocore.exceptions import ClientError

def client(service):
    return boto3.client(service, endpoint_url=sys.argv[1], region_name='us-east-1', aws_access_key_id='test', aws_secret_access_key='test')

v1, v2 = client('apigateway'), client('apigatewayv2')

def refused(code, status, call, **args):
    try:
        call(**args)
    except ClientError as error:
        assert (error.response['Error']['Code'], error.response['ResponseMetadata']['HTTPStatusCode']) == (code, status), error.response
    else:
        raise AssertionError(code)

api = v2.create_api(Name='chat', ProtocolType='WEBSOCKET', RouteSelectionExpression='$request.body.action')['ApiId']
v2.create_route(ApiId=api, RouteKey='send', ApiKeyRequired=True)
v2.create_stage(ApiId=api, StageName='prod')

key = v1.create_api_key(name='one', enabled=True, tags={'a': '1'})
assert key['ResponseMetadata']['HTTPStatusCode'] == 201
assert key['createdDate'].year >= 2020 and key['stageKeys'] == []
assert 'value' not in v1.get_api_key(apiKey=key['id'])
assert v1.get_api_key(apiKey=key['id'], includeValue=True)['value'] == key['value']
plan = v1.create_usage_plan(name='gold', apiStages=[{'apiId': api, 'stage': 'prod', 'throttle': {'send': {'rateLimit': 2.5, 'burstLimit': 3}}}], quota={'limit': 10, 'period': 'MONTH'})
assert v1.create_usage_plan_key(usagePlanId=plan['id'], keyId=key['id'], keyType='API_KEY')['ResponseMetadata']['HTTPStatusCode'] == 201
assert [item['id'] for item in v1.get_usage_plans(keyId=key['id'])['items']] == [plan['id']]
for n in range(7):
    v1.create_api_key(name='more-%d' % n)
pages = list(v1.get_paginator('get_api_keys').paginate(PaginationConfig={'PageSize': 3}))
assert [len(page['items']) for page in pages] == [3, 3, 2], pages
patched = v1.update_usage_plan(usagePlanId=plan['id'], patchOperations=[{'op': 'replace', 'path': '/throttle/rateLimit', 'value': '4'}, {'op': 'remove', 'path': '/apiStages/%s:prod/throttle/send' % api}])
assert patched['throttle'] == {'rateLimit': 4.0} and patched['apiStages'] == [{'apiId': api, 'stage': 'prod'}], patched
arn = 'arn:aws:apigateway:us-east-1::/apikeys/' + key['id']
v1.tag_resource(resourceArn=arn, tags={'b': '2'})
v1.untag_resource(resourceArn=arn, tagKeys=['a'])
assert v1.get_tags(resourceArn=arn)['tags'] == {'b': '2'}
imported = v1.import_api_keys(format='csv', body=b'name,key,usageplanids\nfile,a-value-of-twenty-characters,%s\n' % plan['id'].encode())
assert len(imported['ids']) == 1 and imported['warnings'] == [], imported
assert len(v1.get_usage_plan_keys(usagePlanId=plan['id'])['items']) == 2
assert v1.get_account()['features'] == ['UsagePlans']

refused('NotFoundException', 404, v1.get_api_key, apiKey='absent')
refused('ConflictException', 409, v1.create_api_key, value=key['value'])
refused('BadRequestException', 400, v1.create_api_key, value='short')
refused('BadRequestException', 400, v1.delete_usage_plan, usagePlanId=plan['id'])
refused('UnsupportedOperationException', 400, v1.create_rest_api, name='rest')

assert v1.delete_usage_plan_key(usagePlanId=plan['id'], keyId=key['id'])['ResponseMetadata']['HTTPStatusCode'] == 202
v1.update_usage_plan(usagePlanId=plan['id'], patchOperations=[{'op': 'remove', 'path': '/apiStages', 'value': api + ':prod'}])
v1.delete_usage_plan(usagePlanId=plan['id'])
v1.delete_api_key(apiKey=key['id'])
print('ok')
