"""What AWS documents of ELBv2 and ACM, asked with boto3. Prints "ok" when all of it holds."""
import re
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError


def client(service):
    return boto3.client(service, endpoint_url=sys.argv[1], region_name='us-east-1', aws_access_key_id='test', aws_secret_access_key='test', config=Config(retries={'max_attempts': 0}))


elb, ec2, acm = client('elbv2'), client('ec2'), client('acm')


def refused(code, call, **given):
    try:
        call(**given)
    except ClientError as error:
        assert error.response['Error']['Code'] == code, (code, error.response)
        assert error.response['ResponseMetadata']['HTTPStatusCode'] == 400, error.response
        return error.response['Error']['Message']
    raise AssertionError(f'not refused with {code}: {given}')


vpc = ec2.create_vpc(CidrBlock='10.3.0.0/16')['Vpc']
assert vpc['Ipv6CidrBlockAssociationSet'] == []
vpc = vpc['VpcId']
subnets = [ec2.create_subnet(VpcId=vpc, CidrBlock=f'10.3.{i}.0/24', AvailabilityZone=zone)['Subnet']['SubnetId'] for i, zone in enumerate(['us-east-1a', 'us-east-1b'])]
group = ec2.create_security_group(GroupName='web', Description='web', VpcId=vpc)['GroupId']

def says(message, code, call, **given):
    said = refused(code, call, **given)
    assert said == message, said


# load balancers: shape, idempotence, names, placement
wanted = dict(Name='my-lb', Subnets=subnets, SecurityGroups=[group], Scheme='internal', Tags=[{'Key': 'k', 'Value': 'v'}])
lb = elb.create_load_balancer(**wanted)['LoadBalancers'][0]
arn = lb['LoadBalancerArn']
# https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html: the sample answer is of one that is being provisioned
assert lb['State'] == {'Code': 'provisioning'} and elb.describe_load_balancers(LoadBalancerArns=[arn])['LoadBalancers'][0]['State'] == {'Code': 'active'}
assert re.fullmatch(r'arn:aws:elasticloadbalancing:us-east-1:\d{12}:loadbalancer/app/my-lb/[0-9a-f]{16}', arn), arn
assert lb['DNSName'].startswith('internal-my-lb-') and lb['Type'] == 'application' and lb['IpAddressType'] == 'ipv4' and lb['VpcId'] == vpc
assert [zone['ZoneName'] for zone in lb['AvailabilityZones']] == ['us-east-1a', 'us-east-1b']
assert elb.create_load_balancer(**wanted)['LoadBalancers'][0]['LoadBalancerArn'] == arn
refused('DuplicateLoadBalancerName', elb.create_load_balancer, **{**wanted, 'Scheme': 'internet-facing'})
for name in ('bad_name', '-x', 'x-', 'internal-x', 'x' * 33):
    refused('ValidationError', elb.create_load_balancer, Name=name, Subnets=subnets)
refused('ValidationError', elb.create_load_balancer, Name='one', Subnets=subnets[:1])
refused('ValidationError', elb.create_load_balancer, Name='none')
refused('SubnetNotFound', elb.create_load_balancer, Name='w', Subnets=['subnet-12345678', subnets[0]])
says("The security group 'sg-12345678' does not exist", 'InvalidSecurityGroup', elb.create_load_balancer, Name='w', Subnets=subnets, SecurityGroups=['sg-12345678'])
elsewhere = ec2.create_security_group(GroupName='elsewhere', Description='in the default VPC')['GroupId']
says('One or more security groups are invalid', 'InvalidConfigurationRequest', elb.create_load_balancer, Name='w', Subnets=subnets, SecurityGroups=[elsewhere])
ec2.delete_security_group(GroupId=elsewhere)
says("Security group 'web' is not valid", 'ValidationError', elb.set_security_groups, LoadBalancerArn=arn, SecurityGroups=['web'])
says("Load balancers '[absent]' not found", 'LoadBalancerNotFound', elb.describe_load_balancers, Names=['absent'])
says('You must specify either listener ARNs or a load balancer ARN', 'ValidationError', elb.describe_listeners)
refused('InvalidConfigurationRequest', elb.create_load_balancer, Name='w', Subnets=subnets, Scheme='internal', IpAddressType='dualstack-without-public-ipv4')
refused('LoadBalancerNotFound', elb.describe_load_balancers, Names=['absent'])
refused('ValidationError', elb.describe_load_balancers, LoadBalancerArns=['arn:aws:s3:::bucket'])
attributes = {each['Key']: each['Value'] for each in elb.describe_load_balancer_attributes(LoadBalancerArn=arn)['Attributes']}
assert attributes['idle_timeout.timeout_seconds'] == '60' and attributes['routing.http2.enabled'] == 'true' and attributes['access_logs.s3.bucket'] == ''
refused('ValidationError', elb.modify_load_balancer_attributes, LoadBalancerArn=arn, Attributes=[{'Key': 'bogus', 'Value': '1'}])
refused('ValidationError', elb.modify_load_balancer_attributes, LoadBalancerArn=arn, Attributes=[{'Key': 'idle_timeout.timeout_seconds', 'Value': '0'}])

# target groups: defaults by type, idempotence
tg = elb.create_target_group(Name='web', Protocol='HTTP', Port=80, VpcId=vpc)['TargetGroups'][0]
assert (tg['TargetType'], tg['ProtocolVersion'], tg['HealthCheckPort'], tg['HealthCheckPath'], tg['Matcher']) == ('instance', 'HTTP1', 'traffic-port', '/', {'HttpCode': '200'})
assert (tg['HealthCheckIntervalSeconds'], tg['HealthCheckTimeoutSeconds'], tg['HealthyThresholdCount'], tg['UnhealthyThresholdCount']) == (30, 5, 5, 2)
assert elb.create_target_group(Name='web', Protocol='HTTP', Port=80, VpcId=vpc)['TargetGroups'][0]['TargetGroupArn'] == tg['TargetGroupArn']
refused('DuplicateTargetGroupName', elb.create_target_group, Name='web', Protocol='HTTP', Port=81, VpcId=vpc)
function = elb.create_target_group(Name='function', TargetType='lambda')['TargetGroups'][0]
assert not function['HealthCheckEnabled'] and 'Port' not in function and 'VpcId' not in function and function['HealthCheckIntervalSeconds'] == 35
for missing in ({'Port': 80, 'VpcId': vpc}, {'Protocol': 'HTTP', 'VpcId': vpc}, {'Protocol': 'HTTP', 'Port': 80}, {'Protocol': 'HTTP', 'Port': 80, 'VpcId': 'vpc-12345678'}):
    refused('ValidationError', elb.create_target_group, Name='missing', **missing)
refused('ValidationError', elb.create_target_group, Name='codes', Protocol='HTTP', Port=80, VpcId=vpc, Matcher={'HttpCode': '999'})
refused('ValidationError', elb.create_target_group, Name='times', Protocol='HTTP', Port=80, VpcId=vpc, HealthCheckIntervalSeconds=5, HealthCheckTimeoutSeconds=20)
says('One or more target groups not found', 'TargetGroupNotFound', elb.describe_target_groups, Names=['absent'])
for missing, message in (({}, 'A protocol must be specified'), ({'Protocol': 'HTTP'}, 'A port must be specified'), ({'Protocol': 'HTTP', 'Port': 80}, 'A VPC ID must be specified'), ({'Protocol': 'HTTP', 'Port': 80, 'VpcId': 'absent'}, "The VPC ID 'absent' is not found")):
    says(message, 'ValidationError', elb.create_target_group, Name='missing', **missing)
for given, name in (({'Port': 80}, 'Port'), ({'VpcId': vpc}, 'VPC ID'), ({'Protocol': 'HTTP'}, 'Protocol')):
    says(f"{name} cannot be specified for target groups with target type 'lambda'", 'ValidationError', elb.create_target_group, Name='function-2', TargetType='lambda', **given)
says(f"Target group name '{'x' * 33}' cannot be longer than '32' characters", 'ValidationError', elb.create_target_group, Name='x' * 33, Protocol='HTTP', Port=80, VpcId=vpc)
says("Target group name 'a.b' can only contain characters that are alphanumeric characters or hyphens(-)", 'ValidationError', elb.create_target_group, Name='a.b', Protocol='HTTP', Port=80, VpcId=vpc)
# observed: one text for all but functions whose times are the same
for timeout in (5, 20):
    says('Health check interval must be greater than the timeout.', 'ValidationError', elb.create_target_group, Name='times', Protocol='HTTP', Port=80, VpcId=vpc, HealthCheckIntervalSeconds=5, HealthCheckTimeoutSeconds=timeout)
says("Health check timeout '5' must be smaller than the interval '5'", 'ValidationError', elb.create_target_group, Name='times', TargetType='lambda', HealthCheckIntervalSeconds=5, HealthCheckTimeoutSeconds=5)
target = tg['TargetGroupArn']
refused('ValidationError', elb.modify_target_group_attributes, TargetGroupArn=target, Attributes=[{'Key': 'deregistration_delay.timeout_seconds', 'Value': '5000'}])
refused('InvalidConfigurationRequest', elb.modify_target_group_attributes, TargetGroupArn=function['TargetGroupArn'], Attributes=[{'Key': 'deregistration_delay.timeout_seconds', 'Value': '5'}])

# listeners and rules: ports, certificates, order of priorities, the default rule last
forward = [{'Type': 'forward', 'TargetGroupArn': target}]
http = elb.create_listener(LoadBalancerArn=arn, Protocol='HTTP', Port=80, DefaultActions=forward)['Listeners'][0]
assert http['DefaultActions'][0]['ForwardConfig']['TargetGroups'] == [{'TargetGroupArn': target, 'Weight': 1}]
assert 'SslPolicy' not in http and 'Certificates' not in http
refused('DuplicateListener', elb.create_listener, LoadBalancerArn=arn, Protocol='HTTP', Port=80, DefaultActions=[{'Type': 'fixed-response', 'FixedResponseConfig': {'StatusCode': '200'}}])
refused('ValidationError', elb.create_listener, LoadBalancerArn=arn, Protocol='HTTPS', Port=443, DefaultActions=forward)
refused('ValidationError', elb.create_listener, LoadBalancerArn=arn, Protocol='TCP', Port=81, DefaultActions=forward)
refused('InvalidLoadBalancerAction', elb.create_listener, LoadBalancerArn=arn, Protocol='HTTP', Port=82, DefaultActions=[{'Type': 'fixed-response', 'FixedResponseConfig': {'StatusCode': '200', 'ContentType': 'text/x'}}])
refused('InvalidLoadBalancerAction', elb.create_listener, LoadBalancerArn=arn, Protocol='HTTP', Port=82, DefaultActions=[{'Type': 'redirect', 'RedirectConfig': {'StatusCode': 'HTTP_301'}}])
rules = {}
for priority, condition in ((100, {'Field': 'host-header', 'Values': ['a.example']}), (50, {'Field': 'path-pattern', 'Values': ['/x']})):
    rules[priority] = elb.create_rule(ListenerArn=http['ListenerArn'], Priority=priority, Conditions=[condition], Actions=forward)['Rules'][0]['RuleArn']
assert [rule['Priority'] for rule in elb.describe_rules(ListenerArn=http['ListenerArn'])['Rules']] == ['50', '100', 'default']
refused('PriorityInUse', elb.create_rule, ListenerArn=http['ListenerArn'], Priority=100, Conditions=[{'Field': 'host-header', 'Values': ['b.example']}], Actions=forward)
refused('PriorityInUse', elb.set_rule_priorities, RulePriorities=[{'RuleArn': rules[100], 'Priority': 50}])
elb.set_rule_priorities(RulePriorities=[{'RuleArn': rules[100], 'Priority': 50}, {'RuleArn': rules[50], 'Priority': 100}])
assert [rule['RuleArn'] for rule in elb.describe_rules(ListenerArn=http['ListenerArn'])['Rules'][:2]] == [rules[100], rules[50]]
for conditions in ([{'Field': 'bogus', 'Values': ['x']}], [{'Field': 'host-header', 'Values': []}], [{'Field': 'path-pattern', 'Values': [f'/{i}' for i in range(6)]}], [{'Field': 'host-header', 'Values': ['x' * 129]}]):
    refused('ValidationError', elb.create_rule, ListenerArn=http['ListenerArn'], Priority=60, Conditions=conditions, Actions=forward)
for field, config, message in (
    ('host-header', {'HostHeaderConfig': {'Values': ['x' * 129]}}, "The 'host-header' value is too long; the limit is '128'"),
    ('path-pattern', {'PathPatternConfig': {'Values': []}}, 'A condition value must be specified'),
    ('http-header', {'HttpHeaderConfig': {'HttpHeaderName': 'x' * 41, 'Values': ['y']}}, "The 'HttpHeaderName' value is too long; the limit is '40'"),
    ('http-request-method', {}, "A 'HttpRequestMethodConfig' must be specified with 'http-request-method'"),
    ('http-request-method', {'HttpRequestMethodConfig': {'Values': ['get']}}, "The 'http-request-method' value is invalid; the allowed characters are A-Z, hyphen and underscore"),
    ('query-string', {'QueryStringConfig': {'Values': [{'Key': 'k'}]}}, "A 'Value' must be specified in 'QueryStringKeyValuePair'"),
    ('source-ip', {'SourceIpConfig': {'Values': []}}, "A 'source-ip' value must be specified"),
):
    says(message, 'ValidationError', elb.create_rule, ListenerArn=http['ListenerArn'], Priority=60, Conditions=[{'Field': field, **config}], Actions=forward)
for given in ({}, {'RuleArns': []}, {'ListenerArn': http['ListenerArn'], 'RuleArns': [rules[100]]}):
    refused('ValidationError', elb.describe_rules, **given)
default = elb.describe_rules(ListenerArn=http['ListenerArn'])['Rules'][-1]['RuleArn']
refused('OperationNotPermitted', elb.delete_rule, RuleArn=default)
elb.delete_rule(RuleArn=rules[50])
refused('RuleNotFound', elb.delete_rule, RuleArn=rules[50])

# targets: what is not registered is unused, what is in use stays
refused('InvalidTarget', elb.register_targets, TargetGroupArn=target, Targets=[{'Id': 'i-12345678'}])
health = elb.describe_target_health(TargetGroupArn=target, Targets=[{'Id': 'i-12345678'}])['TargetHealthDescriptions'][0]['TargetHealth']
assert (health['State'], health['Reason']) == ('unused', 'Target.NotRegistered'), health
elb.deregister_targets(TargetGroupArn=target, Targets=[{'Id': 'i-12345678'}])
refused('ResourceInUse', elb.delete_target_group, TargetGroupArn=target)
assert elb.describe_target_groups(LoadBalancerArn=arn)['TargetGroups'][0]['LoadBalancerArns'] == [arn]

# tags
refused('TooManyTags', elb.add_tags, ResourceArns=[arn], Tags=[{'Key': f'k{i}', 'Value': ''} for i in range(60)])
elb.add_tags(ResourceArns=[arn], Tags=[{'Key': 'k', 'Value': 'other'}, {'Key': 'a', 'Value': 'b'}])
elb.remove_tags(ResourceArns=[arn], TagKeys=['a', 'absent'])
assert elb.describe_tags(ResourceArns=[arn])['TagDescriptions'] == [{'ResourceArn': arn, 'Tags': [{'Key': 'k', 'Value': 'other'}]}]

# members that could not be honoured are refused, those that ask for nothing pass
refused('InvalidConfigurationRequest', elb.register_targets, TargetGroupArn=target, Targets=[{'Id': '10.3.0.9', 'QuicServerId': '0x0123456789abcdef'}])
refused('UnsupportedOperation', ec2.create_vpc, CidrBlock='10.8.0.0/16', Ipv6Pool='ipv6pool-ec2-0123456789abcdef0', Ipv6CidrBlock='2001:db8::/56')
other = ec2.create_vpc(CidrBlock='10.8.0.0/16', AmazonProvidedIpv6CidrBlock=False)['Vpc']['VpcId']
ec2.delete_vpc(VpcId=other)

# removal: protection, then listeners and rules go along, the security group and the subnets are free again
elb.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=[{'Key': 'deletion_protection.enabled', 'Value': 'true'}])
refused('OperationNotPermitted', elb.delete_load_balancer, LoadBalancerArn=arn)
elb.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=[{'Key': 'deletion_protection.enabled', 'Value': 'false'}])
refused('DependencyViolation', ec2.delete_security_group, GroupId=group)
refused('DependencyViolation', ec2.delete_subnet, SubnetId=subnets[0])
elb.delete_load_balancer(LoadBalancerArn=arn)
elb.delete_load_balancer(LoadBalancerArn=arn)
refused('ListenerNotFound', elb.describe_listeners, ListenerArns=[http['ListenerArn']])
elb.delete_target_group(TargetGroupArn=target)
ec2.delete_security_group(GroupId=group)
for subnet in subnets:
    ec2.delete_subnet(SubnetId=subnet)
ec2.delete_vpc(VpcId=vpc)

# certificates
certificate = acm.request_certificate(DomainName='example.com', SubjectAlternativeNames=['www.example.com'], ValidationMethod='DNS', IdempotencyToken='token')['CertificateArn']
assert acm.request_certificate(DomainName='example.com', ValidationMethod='DNS', IdempotencyToken='token')['CertificateArn'] == certificate
detail = acm.describe_certificate(CertificateArn=certificate)['Certificate']
assert detail['Status'] == 'ISSUED' and detail['InUseBy'] == [] and detail['SubjectAlternativeNames'] == ['example.com', 'www.example.com']
refused('ResourceNotFoundException', acm.get_certificate, CertificateArn=certificate[:-1] + ('0' if certificate[-1] != '0' else '1'))
refused('ValidationException', acm.import_certificate, Certificate=b'x', PrivateKey=b'y')
refused('ValidationException', acm.export_certificate, CertificateArn=certificate, Passphrase=b'pass')
assert acm.list_certificates(CertificateStatuses=['EXPIRED'])['CertificateSummaryList'] == []
acm.delete_certificate(CertificateArn=certificate)
refused('ResourceNotFoundException', acm.delete_certificate, CertificateArn=certificate)
print('ok')
