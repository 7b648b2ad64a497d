"""
Makes several of everything that ELBv2 describes in pages, and one target that becomes healthy. Arguments: the endpoint and the port of the target.
Bucket "bundles" holds ca.pem and list.crl. Run by itself, it prints as JSON what there is to be described.
"""
import json
import sys

import boto3
from botocore.config import Config


def client(service, **more):
    config = Config(retries={'max_attempts': 0}, **more)
    return boto3.client(service, endpoint_url=sys.argv[1], region_name='us-east-1', aws_access_key_id='test', aws_secret_access_key='test', config=config)


elb, ec2, acm = client('elbv2'), client('ec2'), client('acm')

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

# operation -> its input, the member that is paged, and how many there are where that is known
DESCRIBED = {
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

group = groups[0]
elb.create_listener(LoadBalancerArn=balancers[2], Protocol='HTTP', Port=80, DefaultActions=[{'Type': 'forward', 'TargetGroupArn': group}])
elb.modify_target_group_attributes(TargetGroupArn=group, Attributes=[{'Key': 'deregistration_delay.timeout_seconds', 'Value': '1'}])
target = {'Id': '127.0.0.1', 'Port': int(sys.argv[2]), 'AvailabilityZone': 'all'}
elb.register_targets(TargetGroupArn=group, Targets=[target])

if __name__ == '__main__':
    print(json.dumps({'described': DESCRIBED, 'balancers': balancers, 'group': group, 'target': target}))
