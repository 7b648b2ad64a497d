"""
Every paginator and waiter of boto3's elbv2 client, run to its end. Arguments: the endpoint and the port of a target that is healthy.
Bucket "bundles" holds ca.pem and list.crl. Prints "ok" when all of it holds.
"""
import sys

from botocore.exceptions import ClientError, WaiterError

from described import DESCRIBED, balancers, client, elb, group, target

SOON = {'Delay': 1, 'MaxAttempts': 10}

for name in [operation for operation in dir(elb) if operation.startswith('describe_') and elb.can_paginate(operation)]:
    given, member, count = DESCRIBED[name]
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

elb.get_waiter('target_in_service').wait(TargetGroupArn=group, Targets=[target], WaiterConfig={'Delay': 1, 'MaxAttempts': 30})
elb.get_waiter('load_balancer_exists').wait(Names=['lb-0'], WaiterConfig=SOON)
elb.get_waiter('load_balancer_available').wait(LoadBalancerArns=balancers[:2], WaiterConfig=SOON)
elb.get_waiter('target_deregistered').wait(TargetGroupArn=group, Targets=[{'Id': '10.4.0.9'}], WaiterConfig=SOON)
elb.register_targets(TargetGroupArn=group, Targets=[{'Id': '10.4.0.9'}])
elb.deregister_targets(TargetGroupArn=group, Targets=[{'Id': '10.4.0.9'}])
elb.get_waiter('target_deregistered').wait(TargetGroupArn=group, Targets=[{'Id': '10.4.0.9'}], WaiterConfig=SOON)
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
