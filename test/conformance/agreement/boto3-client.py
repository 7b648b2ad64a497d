"""boto3, driven by lines of JSON: a request a line on standard input, its answer a line on standard output."""
import base64
import datetime
import json
import sys

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError

endpoint, region, key, secret = sys.argv[1:5]
clients = {}


def client(service):
    if service not in clients:
        clients[service] = boto3.client(
            service, endpoint_url=endpoint, region_name=region, aws_access_key_id=key, aws_secret_access_key=secret,
            config=Config(retries={'max_attempts': 0}),
        )
    return clients[service]


def bytes_of(value):
    if isinstance(value, dict):
        if '$blob' in value:
            return base64.b64decode(value['$blob'])
        return {name: bytes_of(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [bytes_of(item) for item in value]
    return value


def text_of(value):
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(type(value))


for line in sys.stdin:
    request = json.loads(line)
    aws = client(request['service'])
    given = bytes_of(request['input'])
    try:
        if request['kind'] == 'call':
            output = getattr(aws, xform_name(request['operation']))(**given)
            output.pop('ResponseMetadata')
            answer = {'kind': 'output', 'output': output}
        elif request['kind'] == 'paginate':
            pages = aws.get_paginator(xform_name(request['operation'])).paginate(PaginationConfig={'PageSize': request['pageSize']} if request['pageSize'] else {}, **given)
            answer = {'kind': 'output', 'output': [item for page in pages for item in page.get(request['list'], [])]}
        else:
            aws.get_waiter(xform_name(request['waiter'])).wait(WaiterConfig={'Delay': 1, 'MaxAttempts': 30}, **given)
            answer = {'kind': 'output', 'output': None}
    except ClientError as error:
        said = error.response
        answer = {'kind': 'error', 'error': {'code': said['Error']['Code'], 'message': said['Error']['Message'], 'status': said['ResponseMetadata']['HTTPStatusCode']}}
    print(json.dumps(answer, default=text_of), flush=True)
