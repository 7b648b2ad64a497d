"""
Every paginator and waiter of boto3's elbv2 client, run to its end. Arguments: the endpoint and the port of a target that is healthy.
Bucket "bundles" holds ca.pem and list.crl. Prints "ok" when all of it holds.
"""
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, WaiterError


def client(service, **more):
    config = Config(retries={'max_attempts': 0}, **more)
    return boto3.client(service, endpoint_url=sys.argv[1], region_name='us-east-1', aws_access_key_id='test', aws_secret_access_key='test', config=config)


elb, ec2, acm = client('elbv2'), client('ec2'), client('acm')
SOON = {'Delay': 1, 'MaxAttempts': 10}

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

bundle = {'CaCertificatesBundleS3Bucket': 'bundles', 'CaCertificatesBundleS3Key': 'ca.pem'}
stores = [elb.create_trust_store(Name=f'store-{i}', **bundle)['TrustStores'][0]['TrustStoreArn'] for i in range(5)]
for i in range(3):
    elb.add_trust_store_revocations(TrustStoreArn=stores[0], RevocationContents=[{'S3Bucket': 'bundles', 'S3Key': 'list.crl', 'RevocationType': 'CRL'}])
    verify = {'Mode': 'verify', 'TrustStoreArn': stores[0]}
    elb.create_listener(LoadBalancerArn=balancers[i], Protocol='HTTPS', Port=8443, Certificates=[{'CertificateArn': certificates[0]}], DefaultActions=not_found, MutualAuthentication=verify)

EXPECTED = {
    'describe_account_limits': ({}, 'Limits', None),
    'describe_listener_certificates': ({'ListenerArn': secure}, 'Certificates', 4),
    'describe_listeners': ({'LoadBalancerArn': balancers[0]}, 'Listeners', 6),
    'describe_load_balancers': ({}, 'LoadBalancers', 5),
    'describe_rules': ({'ListenerArn': listeners[0]}, 'Rules', 7),
    'describe_ssl_policies': ({}, 'SslPolicies', None),
    'describe_target_groups': ({}, 'TargetGroups', 5),
    'describe_trust_store_associations': ({'TrustStoreArn': stores[0]}, 'TrustStoreAssociations', 3),
    'describe_trust_store_revocations': ({'TrustStoreArn': stores[0]}, 'TrustStoreRevocations', 3),
    'describe_trust_stores': ({}, 'TrustStores', 5),
}
for name in [operation for operation in dir(elb) if operation.startswith('describe_') and elb.can_paginate(operation)]:
    given, member, count = EXPECTED[name]
    pages = list(elb.get_paginator(name).paginate(**given, PaginationConfig={'PageSize': 2}))
    assert all(len(page[member]) <= 2 for page in pages), name
    items = [str(item) for page in pages for item in page[member]]
    assert len(items) == len(set(items)) and len(pages) == (len(items) + 1) // 2, (name, len(items), len(pages))
    assert count is None or len(items) == count, (name, len(items))
    whole = list(elb.get_paginator(name).paginate(**given, PaginationConfig={'MaxItems': 3}))
    assert sum(len(page[member]) for page in whole) == min(3, len(items)), name
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeLoadBalancers.html: 1 to 400; a marker is one of ours
    loose = client('elbv2', parameter_validation=False)
    for odd in ({'PageSize': 0}, {'PageSize': 401}, {'PageSize': -1}, {'Marker': 'bogus'}, {'Marker': 'MTA'}):
        try:
            getattr(loose, name)(**given, **odd)
            raise AssertionError(f'{name} takes {odd}')
        except ClientError as error:
            assert error.response['Error']['Code'] == 'ValidationError', (name, odd, error.response)

elb.create_listener(LoadBalancerArn=balancers[2], Protocol='HTTP', Port=80, DefaultActions=[{'Type': 'forward', 'TargetGroupArn': groups[0]}])
elb.modify_target_group_attributes(TargetGroupArn=groups[0], Attributes=[{'Key': 'deregistration_delay.timeout_seconds', 'Value': '1'}])
target = {'Id': '127.0.0.1', 'Port': int(sys.argv[2]), 'AvailabilityZone': 'all'}
elb.register_targets(TargetGroupArn=groups[0], Targets=[target])
elb.get_waiter('target_in_service').wait(TargetGroupArn=groups[0], Targets=[target], WaiterConfig={'Delay': 1, 'MaxAttempts': 30})
elb.get_waiter('load_balancer_exists').wait(Names=['lb-0'], WaiterConfig=SOON)
elb.get_waiter('load_balancer_available').wait(LoadBalancerArns=balancers[:2], WaiterConfig=SOON)
elb.get_waiter('target_deregistered').wait(TargetGroupArn=groups[0], Targets=[{'Id': '10.4.0.9'}], WaiterConfig=SOON)
elb.register_targets(TargetGroupArn=groups[0], Targets=[{'Id': '10.4.0.9'}])
elb.deregister_targets(TargetGroupArn=groups[0], Targets=[{'Id': '10.4.0.9'}])
elb.get_waiter('target_deregistered').wait(TargetGroupArn=groups[0], Targets=[{'Id': '10.4.0.9'}], WaiterConfig=SOON)
elb.delete_load_balancer(LoadBalancerArn=balancers[4])
elb.get_waiter('load_balancers_deleted').wait(LoadBalancerArns=[balancers[4]], WaiterConfig=SOON)
try:
    elb.get_waiter('load_balancer_exists').wait(Names=['absent'], WaiterConfig={'Delay': 0, 'MaxAttempts': 2})
    raise AssertionError('a balancer that is absent exists')
except WaiterError:
    pass
waiters = {'load_balancer_exists', 'load_balancer_available', 'load_balancers_deleted', 'target_deregistered', 'target_in_service'}
assert set(elb.waiter_names) == waiters, elb.waiter_names
print('ok')
