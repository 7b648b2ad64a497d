"""
The errors that AWS's API reference lists for each operation of ELBv2, each called forth with boto3. Argument: the endpoint. Prints "ok" when all of it holds.
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Operations.html
"""
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError


def client(service):
    return boto3.client(service, endpoint_url=sys.argv[1], region_name='us-east-1', aws_access_key_id='test', aws_secret_access_key='test', config=Config(retries={'max_attempts': 0}, parameter_validation=False))


elb, ec2, acm = client('elbv2'), client('ec2'), client('acm')
wrong = []


def fails(code, call, **given):
    try:
        call(**given)
        said = 'nothing'
    except ClientError as error:
        said = error.response['Error']['Code']
        if said == code:
            assert error.response['Error']['Type'] == 'Sender' and error.response['ResponseMetadata']['HTTPStatusCode'] == 400, error.response
    if said != code:
        wrong.append((code, said, call.__name__, given))


vpc = ec2.create_vpc(CidrBlock='10.5.0.0/16')['Vpc']['VpcId']
other_vpc = ec2.create_vpc(CidrBlock='10.6.0.0/16')['Vpc']['VpcId']
subnets = [ec2.create_subnet(VpcId=vpc, CidrBlock=f'10.5.{i}.0/24', AvailabilityZone=f'us-east-1{zone}')['Subnet']['SubnetId'] for i, zone in enumerate('abab')]
foreign = ec2.create_subnet(VpcId=other_vpc, CidrBlock='10.6.0.0/24', AvailabilityZone='us-east-1b')['Subnet']['SubnetId']
lb = elb.create_load_balancer(Name='lb', Subnets=subnets[:2])['LoadBalancers'][0]['LoadBalancerArn']
second = elb.create_load_balancer(Name='second', Subnets=subnets[:2])['LoadBalancers'][0]['LoadBalancerArn']
tg = elb.create_target_group(Name='tg', Protocol='HTTP', Port=80, VpcId=vpc, TargetType='ip')['TargetGroups'][0]['TargetGroupArn']
elsewhere = elb.create_target_group(Name='elsewhere', Protocol='HTTP', Port=80, VpcId=other_vpc, TargetType='ip')['TargetGroups'][0]['TargetGroupArn']
fixed = [{'Type': 'fixed-response', 'FixedResponseConfig': {'StatusCode': '200'}}]
forward = [{'Type': 'forward', 'TargetGroupArn': tg}]
listener = elb.create_listener(LoadBalancerArn=lb, Protocol='HTTP', Port=80, DefaultActions=forward)['Listeners'][0]['ListenerArn']
path = [{'Field': 'path-pattern', 'Values': ['/a']}]
rule = elb.create_rule(ListenerArn=listener, Priority=1, Conditions=path, Actions=fixed)['Rules'][0]['RuleArn']
default = elb.describe_rules(ListenerArn=listener)['Rules'][-1]['RuleArn']
certificate = acm.request_certificate(DomainName='a.example.com')['CertificateArn']
secure = elb.create_listener(LoadBalancerArn=lb, Protocol='HTTPS', Port=443, Certificates=[{'CertificateArn': certificate}], DefaultActions=fixed)['Listeners'][0]['ListenerArn']
gone = {kind: arn[:-16] + '0' * 16 for kind, arn in (('lb', lb), ('tg', tg), ('listener', listener), ('rule', rule))}
no_certificate = certificate[:-12] + '0' * 12
store = 'arn:aws:elasticloadbalancing:us-east-1:000000000000:truststore/absent/0123456789abcdef'

# load balancers
fails('LoadBalancerNotFound', elb.describe_load_balancers, LoadBalancerArns=[gone['lb']])
fails('LoadBalancerNotFound', elb.describe_load_balancers, Names=['lb', 'absent'])
fails('ValidationError', elb.describe_load_balancers, Names=['lb'], LoadBalancerArns=[lb])
for call in (elb.describe_load_balancer_attributes, elb.describe_listeners, elb.describe_capacity_reservation):
    fails('LoadBalancerNotFound', call, LoadBalancerArn=gone['lb'])
fails('LoadBalancerNotFound', elb.modify_load_balancer_attributes, LoadBalancerArn=gone['lb'], Attributes=[{'Key': 'idle_timeout.timeout_seconds', 'Value': '30'}])
fails('LoadBalancerNotFound', elb.set_subnets, LoadBalancerArn=gone['lb'], Subnets=subnets[:2])
fails('LoadBalancerNotFound', elb.set_security_groups, LoadBalancerArn=gone['lb'], SecurityGroups=['sg-12345678'])
fails('LoadBalancerNotFound', elb.set_ip_address_type, LoadBalancerArn=gone['lb'], IpAddressType='ipv4')
fails('LoadBalancerNotFound', elb.modify_capacity_reservation, LoadBalancerArn=gone['lb'], MinimumLoadBalancerCapacity={'CapacityUnits': 100})
fails('LoadBalancerNotFound', elb.create_listener, LoadBalancerArn=gone['lb'], Protocol='HTTP', Port=81, DefaultActions=fixed)
fails('LoadBalancerNotFound', elb.describe_target_groups, LoadBalancerArn=gone['lb'])
fails('DuplicateLoadBalancerName', elb.create_load_balancer, Name='lb', Subnets=subnets[2:])
fails('SubnetNotFound', elb.create_load_balancer, Name='x', Subnets=['subnet-01234567', subnets[0]])
fails('InvalidConfigurationRequest', elb.create_load_balancer, Name='x', Subnets=[subnets[0], foreign])
fails('InvalidConfigurationRequest', elb.create_load_balancer, Name='x', Subnets=[subnets[0], subnets[2]])
fails('InvalidSecurityGroup', elb.set_security_groups, LoadBalancerArn=lb, SecurityGroups=['sg-01234567'])
fails('ValidationError', elb.create_load_balancer, Name='x', Subnets=subnets[:2], Scheme='public')
fails('ValidationError', elb.create_load_balancer, Name='x', Subnets=subnets[:2], IpAddressType='ipv6')
fails('ValidationError', elb.create_load_balancer, Name='x', Subnets=subnets[:2], Type='classic')
fails('ValidationError', elb.create_load_balancer, Subnets=subnets[:2])
fails('DuplicateTagKeys', elb.create_load_balancer, Name='x', Subnets=subnets[:2], Tags=[{'Key': 'a', 'Value': '1'}, {'Key': 'a', 'Value': '2'}])
fails('TooManyTags', elb.create_load_balancer, Name='x', Subnets=subnets[:2], Tags=[{'Key': f'k{i}'} for i in range(51)])
elb.delete_load_balancer(LoadBalancerArn=gone['lb'])

# attributes: bounds of each
for key, values in {
    'idle_timeout.timeout_seconds': ('0', '4001', 'x', ''), 'client_keep_alive.seconds': ('59', '604801'), 'routing.http2.enabled': ('yes', 'True '), 'routing.http.desync_mitigation_mode': ('lenient',),
    'routing.http.xff_header_processing.mode': ('drop',), 'deletion_protection.enabled': ('1',), 'routing.http.drop_invalid_header_fields.enabled': ('',), 'no.such.attribute': ('true',),
}.items():
    for value in values:
        fails('ValidationError', elb.modify_load_balancer_attributes, LoadBalancerArn=lb, Attributes=[{'Key': key, 'Value': value}])
fails('ValidationError', elb.modify_load_balancer_attributes, LoadBalancerArn=lb, Attributes=[])
for key, values in {
    'deregistration_delay.timeout_seconds': ('-1', '3601'), 'slow_start.duration_seconds': ('1', '29', '901'), 'stickiness.type': ('cookie',), 'stickiness.lb_cookie.duration_seconds': ('0', '604801'),
    'stickiness.app_cookie.duration_seconds': ('0', '604801'), 'load_balancing.algorithm.type': ('random',), 'load_balancing.cross_zone.enabled': ('maybe',), 'no.such.attribute': ('true',),
    'load_balancing.algorithm.anomaly_mitigation': ('yes',),
}.items():
    for value in values:
        fails('ValidationError', elb.modify_target_group_attributes, TargetGroupArn=tg, Attributes=[{'Key': key, 'Value': value}])
for name in ('AWSALB', 'AWSALBAPP', 'AWSALBTG', 'AWSALBCORS', 'a b'):
    fails('ValidationError', elb.modify_target_group_attributes, TargetGroupArn=tg, Attributes=[{'Key': k, 'Value': v} for k, v in (('stickiness.enabled', 'true'), ('stickiness.type', 'app_cookie'), ('stickiness.app_cookie.cookie_name', name))])

# target groups
fails('TargetGroupNotFound', elb.describe_target_groups, TargetGroupArns=[gone['tg']])
fails('TargetGroupNotFound', elb.describe_target_groups, Names=['absent'])
for call in (elb.describe_target_group_attributes, elb.describe_target_health):
    fails('TargetGroupNotFound', call, TargetGroupArn=gone['tg'])
fails('TargetGroupNotFound', elb.modify_target_group, TargetGroupArn=gone['tg'], HealthCheckPath='/x')
fails('TargetGroupNotFound', elb.modify_target_group_attributes, TargetGroupArn=gone['tg'], Attributes=[{'Key': 'slow_start.duration_seconds', 'Value': '0'}])
fails('TargetGroupNotFound', elb.register_targets, TargetGroupArn=gone['tg'], Targets=[{'Id': '10.5.0.9'}])
fails('TargetGroupNotFound', elb.deregister_targets, TargetGroupArn=gone['tg'], Targets=[{'Id': '10.5.0.9'}])
fails('DuplicateTargetGroupName', elb.create_target_group, Name='tg', Protocol='HTTPS', Port=443, VpcId=vpc)
fails('ResourceInUse', elb.delete_target_group, TargetGroupArn=tg)
elb.delete_target_group(TargetGroupArn=gone['tg'])
for given in ({'Protocol': 'FTP'}, {'Port': 0}, {'Port': 65536}, {'TargetType': 'vm'}, {'HealthCheckIntervalSeconds': 4}, {'HealthCheckIntervalSeconds': 301}, {'HealthCheckTimeoutSeconds': 1}, {'HealthCheckTimeoutSeconds': 121},
              {'HealthyThresholdCount': 1}, {'HealthyThresholdCount': 11}, {'UnhealthyThresholdCount': 1}, {'UnhealthyThresholdCount': 11}, {'HealthCheckPath': 'no-slash'}, {'HealthCheckPath': '/' + 'a' * 1024},
              {'Matcher': {'HttpCode': '199'}}, {'Matcher': {'HttpCode': '500-200'}}, {'Matcher': {'HttpCode': 'ok'}}, {'Matcher': {'GrpcCode': '0'}}, {'ProtocolVersion': 'HTTP3'}, {'VpcId': 'vpc-01234567'}, {'Name': '-a'}, {'Name': 'a-'}, {'Name': ''}):
    fails('ValidationError', elb.create_target_group, **{**dict(Name='x', Protocol='HTTP', Port=80, VpcId=vpc), **given})

# listeners
for call in (elb.describe_listener_attributes, elb.describe_listener_certificates, elb.describe_rules, elb.delete_listener):
    fails('ListenerNotFound', call, ListenerArn=gone['listener'])
fails('ListenerNotFound', elb.describe_listeners, ListenerArns=[gone['listener']])
fails('ListenerNotFound', elb.modify_listener, ListenerArn=gone['listener'], Port=81)
fails('ListenerNotFound', elb.modify_listener_attributes, ListenerArn=gone['listener'], Attributes=[{'Key': 'routing.http.response.server.enabled', 'Value': 'true'}])
fails('ListenerNotFound', elb.create_rule, ListenerArn=gone['listener'], Priority=1, Conditions=path, Actions=fixed)
fails('ListenerNotFound', elb.add_listener_certificates, ListenerArn=gone['listener'], Certificates=[{'CertificateArn': certificate}])
fails('ListenerNotFound', elb.remove_listener_certificates, ListenerArn=gone['listener'], Certificates=[{'CertificateArn': certificate}])
fails('DuplicateListener', elb.modify_listener, ListenerArn=secure, Port=80)
fails('TargetGroupNotFound', elb.create_listener, LoadBalancerArn=lb, Protocol='HTTP', Port=81, DefaultActions=[{'Type': 'forward', 'TargetGroupArn': gone['tg']}])
fails('TargetGroupAssociationLimit', elb.create_listener, LoadBalancerArn=second, Protocol='HTTP', Port=81, DefaultActions=forward)
fails('InvalidConfigurationRequest', elb.create_listener, LoadBalancerArn=second, Protocol='HTTP', Port=81, DefaultActions=[{'Type': 'forward', 'TargetGroupArn': elsewhere}])
fails('CertificateNotFound', elb.create_listener, LoadBalancerArn=lb, Protocol='HTTPS', Port=444, Certificates=[{'CertificateArn': no_certificate}], DefaultActions=fixed)
fails('CertificateNotFound', elb.add_listener_certificates, ListenerArn=secure, Certificates=[{'CertificateArn': no_certificate}])
fails('SSLPolicyNotFound', elb.create_listener, LoadBalancerArn=lb, Protocol='HTTPS', Port=444, Certificates=[{'CertificateArn': certificate}], SslPolicy='bogus', DefaultActions=fixed)
fails('SSLPolicyNotFound', elb.modify_listener, ListenerArn=secure, SslPolicy='bogus')
fails('SSLPolicyNotFound', elb.describe_ssl_policies, Names=['bogus'])
fails('ValidationError', elb.create_listener, LoadBalancerArn=lb, Protocol='HTTPS', Port=444, DefaultActions=fixed)
fails('TrustStoreNotFound', elb.create_listener, LoadBalancerArn=lb, Protocol='HTTPS', Port=444, Certificates=[{'CertificateArn': certificate}], DefaultActions=fixed, MutualAuthentication={'Mode': 'verify', 'TrustStoreArn': store})
for given in ({'Port': 0}, {'Port': 65536}, {'Protocol': 'HTTP2'}, {'Protocol': 'UDP'}, {'DefaultActions': []}):
    fails('ValidationError', elb.create_listener, **{**dict(LoadBalancerArn=lb, Protocol='HTTP', Port=82, DefaultActions=fixed), **given})

# rules
fails('RuleNotFound', elb.describe_rules, RuleArns=[gone['rule']])
fails('RuleNotFound', elb.modify_rule, RuleArn=gone['rule'], Actions=fixed)
fails('RuleNotFound', elb.delete_rule, RuleArn=gone['rule'])
fails('RuleNotFound', elb.set_rule_priorities, RulePriorities=[{'RuleArn': gone['rule'], 'Priority': 2}])
fails('PriorityInUse', elb.create_rule, ListenerArn=listener, Priority=1, Conditions=path, Actions=fixed)
for call, given in ((elb.delete_rule, {}), (elb.modify_rule, {'Actions': fixed})):
    fails('OperationNotPermitted', call, RuleArn=default, **given)
fails('OperationNotPermitted', elb.set_rule_priorities, RulePriorities=[{'RuleArn': default, 'Priority': 5}])
for priority in (0, 50001, -1):
    fails('ValidationError', elb.create_rule, ListenerArn=listener, Priority=priority, Conditions=path, Actions=fixed)
fails('ValidationError', elb.create_rule, ListenerArn=listener, Priority=5, Conditions=path, Actions=[])
fails('ValidationError', elb.create_rule, ListenerArn=listener, Priority=5, Conditions=[], Actions=fixed)
fails('TargetGroupNotFound', elb.create_rule, ListenerArn=listener, Priority=5, Conditions=path, Actions=[{'Type': 'forward', 'TargetGroupArn': gone['tg']}])
fails('InvalidLoadBalancerAction', elb.create_rule, ListenerArn=listener, Priority=5, Conditions=path, Actions=[{'Type': 'authenticate-oidc', 'Order': 1, 'AuthenticateOidcConfig': {'Issuer': 'https://i', 'AuthorizationEndpoint': 'https://a', 'TokenEndpoint': 'https://t', 'UserInfoEndpoint': 'https://u', 'ClientId': 'c', 'ClientSecret': 's'}}, {**fixed[0], 'Order': 2}])
for config in ({'StatusCode': 'HTTP_303'}, {'StatusCode': 'HTTP_301', 'Port': '70000'}, {'StatusCode': 'HTTP_301', 'Protocol': 'FTP'}, {}):
    fails('ValidationError', elb.create_rule, ListenerArn=listener, Priority=5, Conditions=path, Actions=[{'Type': 'redirect', 'RedirectConfig': config}])

# tags
for arn, code in ((gone['lb'], 'LoadBalancerNotFound'), (gone['tg'], 'TargetGroupNotFound'), (gone['listener'], 'ListenerNotFound'), (gone['rule'], 'RuleNotFound'), (store, 'TrustStoreNotFound')):
    fails(code, elb.describe_tags, ResourceArns=[arn])
    fails(code, elb.add_tags, ResourceArns=[arn], Tags=[{'Key': 'a', 'Value': 'b'}])
    fails(code, elb.remove_tags, ResourceArns=[arn], TagKeys=['a'])
fails('DuplicateTagKeys', elb.add_tags, ResourceArns=[lb], Tags=[{'Key': 'a', 'Value': '1'}, {'Key': 'a', 'Value': '2'}])
for key in ('', 'a' * 129, 'aws:reserved'):
    fails('ValidationError', elb.add_tags, ResourceArns=[lb], Tags=[{'Key': key, 'Value': 'x'}])
fails('ValidationError', elb.add_tags, ResourceArns=[lb], Tags=[{'Key': 'a', 'Value': 'x' * 257}])
fails('ValidationError', elb.add_tags, ResourceArns=['arn:aws:s3:::bucket'], Tags=[{'Key': 'a', 'Value': 'b'}])
fails('ValidationError', elb.describe_tags, ResourceArns=[lb] * 21)

# trust stores
for call in (elb.describe_trust_store_associations, elb.describe_trust_store_revocations, elb.get_trust_store_ca_certificates_bundle, elb.delete_trust_store):
    fails('TrustStoreNotFound', call, TrustStoreArn=store)
fails('TrustStoreNotFound', elb.describe_trust_stores, TrustStoreArns=[store])
fails('TrustStoreNotFound', elb.describe_trust_stores, Names=['absent'])
fails('TrustStoreNotFound', elb.remove_trust_store_revocations, TrustStoreArn=store, RevocationIds=[1])
fails('CaCertificatesBundleNotFound', elb.create_trust_store, Name='x', CaCertificatesBundleS3Bucket='absent', CaCertificatesBundleS3Key='absent')

assert not wrong, '\n'.join(f'{call} {given}: {said} instead of {code}' for code, said, call, given in wrong)
print('ok')
