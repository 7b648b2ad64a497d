"""Every paginator and waiter of boto3's elbv2 client, run to its end. Prints "ok" when all of it holds."""
import sys

import boto3
from botocore.config import Config


def client(service):
    return boto3.client(service, endpoint_url=sys.argv[1], region_name='us-east-1', aws_access_key_id='test', aws_secret_access_key='test', config=Config(retries={'max_attempts': 0}))


elb, ec2, acm = client('elbv2'), client('ec2'), client('acm')
SOON = {'Delay': 1, 'MaxAttempts': 3}

vpc = ec2.create_vpc(CidrBlock='10.4.0.0/16')['Vpc']['VpcId']
subnets = [ec2.create_subnet(VpcId=vpc, CidrBlock=f'10.4.{i}.0/24', AvailabilityZone=zone)['Subnet']['SubnetId'] for i, zone in enumerate(['us-east-1a', 'us-east-1b'])]
balancers = [elb.create_load_balancer(Name=f'lb-{i}', Subnets=subnets)['LoadBalancers'][0]['LoadBalancerArn'] for i in range(5)]
groups = [elb.create_target_group(Name=f'tg-{i}', Protocol='HTTP', Port=80, VpcId=vpc, TargetType='ip')['TargetGroups'][0]['TargetGroupArn'] for i in range(5)]
certificates = [acm.request_certificate(DomainName=f'{i}.example.com', ValidationMethod='DNS')['CertificateArn'] for i in range(4)]
not_found = [{'Type': 'fixed-response', 'FixedResponseConfig': {'StatusCode': '404'}}]
listeners = [elb.create_listener(LoadBalancerArn=balancers[0], Protocol='HTTP', Port=80 + i, DefaultActions=not_found)['Listeners'][0]['ListenerArn'] for i in range(4)]
secure = elb.create_listener(LoadBalancerArn=balancers[0], Protocol='HTTPS', Port=443, Certificates=[{'CertificateArn': certificates[0]}], DefaultActions=not_found)['Listeners'][0]['ListenerArn']
for arn in certificates[1:]:
    elb.add_listener_certificates(ListenerArn=secure, Certificates=[{'CertificateArn': arn}])
for priority in range(1, 7):
    elb.create_rule(ListenerArn=listeners[0], Priority=priority, Conditions=[{'Field': 'path-pattern', 'Values': [f'/{priority}']}], Actions=not_found)

EXPECTED = {
    'describe_account_limits': ({}, 'Limits', None),
    'describe_listener_certificates': ({'ListenerArn': secure}, 'Certificates', 4),
    'describe_listeners': ({'LoadBalancerArn': balancers[0]}, 'Listeners', 5),
    'describe_load_balancers': ({}, 'LoadBalancers', 5),
    'describe_rules': ({'ListenerArn': listeners[0]}, 'Rules', 7),
    'describe_ssl_policies': ({}, 'SslPolicies', None),
    'describe_target_groups': ({}, 'TargetGroups', 5),
}
for name in [operation for operation in dir(elb) if operation.startswith('describe_') and elb.can_paginate(operation)]:
    if name.startswith('describe_trust_store'):
        continue
    given, member, count = EXPECTED[name]
    pages = list(elb.get_paginator(name).paginate(**given, PaginationConfig={'PageSize': 2}))
    assert all(len(page[member]) <= 2 for page in pages), name
    items = [str(item) for page in pages for item in page[member]]
    assert len(items) == len(set(items)) and len(pages) == (len(items) + 1) // 2, (name, len(items), len(pages))
    assert count is None or len(items) == count, (name, len(items))
    whole = list(elb.get_paginator(name).paginate(**given, PaginationConfig={'MaxItems': 3}))
    assert sum(len(page[member]) for page in whole) == min(3, len(items)), name

elb.get_waiter('load_balancer_exists').wait(Names=['lb-0'], WaiterConfig=SOON)
elb.get_waiter('load_balancer_available').wait(LoadBalancerArns=balancers[:2], WaiterConfig=SOON)
elb.get_waiter('target_deregistered').wait(TargetGroupArn=groups[0], Targets=[{'Id': '10.4.0.9'}], WaiterConfig=SOON)
elb.register_targets(TargetGroupArn=groups[0], Targets=[{'Id': '10.4.0.9'}])
elb.deregister_targets(TargetGroupArn=groups[0], Targets=[{'Id': '10.4.0.9'}])
elb.get_waiter('target_deregistered').wait(TargetGroupArn=groups[0], Targets=[{'Id': '10.4.0.9'}], WaiterConfig=SOON)
elb.delete_load_balancer(LoadBalancerArn=balancers[4])
elb.get_waiter('load_balancers_deleted').wait(LoadBalancerArns=[balancers[4]], WaiterConfig=SOON)
waiters = {'load_balancer_exists', 'load_balancer_available', 'load_balancers_deleted', 'target_deregistered', 'target_in_service'}
assert set(elb.waiter_names) == waiters, elb.waiter_names
print('ok')
