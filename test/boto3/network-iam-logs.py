"""Drives EC2, IAM, STS and Logs as a boto3 user would; prints "ok" at the end. Argument: the endpoint."""
import json, sys, time
import boto3
from botocore.exceptions import ClientError

def client(name, key="test", secret="test", token=None):
    return boto3.client(name, endpoint_url=sys.argv[1], region_name="us-east-1", aws_access_key_id=key, aws_secret_access_key=secret, aws_session_token=token)

def fails(code, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error
        return error.response["Error"]["Message"]
    raise AssertionError(f"{code} was expected")

ec2 = client("ec2")
assert ec2.describe_account_attributes(AttributeNames=["default-vpc"])["AccountAttributes"][0]["AttributeValues"][0]["AttributeValue"].startswith("vpc-")
assert "us-east-1" in [region["RegionName"] for region in ec2.describe_regions()["Regions"]]
vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=[{"ResourceType": "vpc", "Tags": [{"Key": "Name", "Value": "x"}]}])["Vpc"]
ec2.get_waiter("vpc_available").wait(VpcIds=[vpc["VpcId"]])
subnet = ec2.create_subnet(VpcId=vpc["VpcId"], CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
for number in range(1, 8):
    ec2.create_subnet(VpcId=vpc["VpcId"], CidrBlock=f"10.0.{number}.0/24")
pages = list(ec2.get_paginator("describe_subnets").paginate(Filters=[{"Name": "vpc-id", "Values": [vpc["VpcId"]]}], PaginationConfig={"PageSize": 5}))
assert [len(page["Subnets"]) for page in pages] == [5, 3]
ec2.modify_vpc_attribute(VpcId=vpc["VpcId"], EnableDnsHostnames={"Value": True})
assert ec2.describe_vpc_attribute(VpcId=vpc["VpcId"], Attribute="enableDnsHostnames")["EnableDnsHostnames"]["Value"] is True
group = ec2.create_security_group(GroupName="g", Description="d", VpcId=vpc["VpcId"])["GroupId"]
ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "UserIdGroupPairs": [{"GroupId": group}], "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])
message = fails("InvalidPermission.Duplicate", ec2.authorize_security_group_ingress, GroupId=group, IpProtocol="tcp", FromPort=80, ToPort=80, CidrIp="0.0.0.0/0")
assert "already exists" in message
instances = ec2.run_instances(ImageId="ami-12345678", InstanceType="t3.micro", MinCount=2, MaxCount=2, SubnetId=subnet, SecurityGroupIds=[group], UserData="#!/bin/sh")["Instances"]
ids = [instance["InstanceId"] for instance in instances]
ec2.get_waiter("instance_running").wait(InstanceIds=ids)
ec2.get_waiter("instance_status_ok").wait(InstanceIds=ids)
assert ec2.describe_instance_attribute(InstanceId=ids[0], Attribute="userData")["UserData"]["Value"] == "IyEvYmluL3No"
fails("DependencyViolation", ec2.delete_security_group, GroupId=group)
fails("DryRunOperation", ec2.terminate_instances, InstanceIds=ids, DryRun=True)
ec2.stop_instances(InstanceIds=ids)
ec2.get_waiter("instance_stopped").wait(InstanceIds=ids)
ec2.modify_instance_attribute(InstanceId=ids[0], InstanceType={"Value": "t3.small"})
ec2.modify_instance_attribute(InstanceId=ids[0], UserData={"Value": b"hello"})
assert ec2.describe_instance_attribute(InstanceId=ids[0], Attribute="userData")["UserData"]["Value"] == "aGVsbG8="
ec2.terminate_instances(InstanceIds=ids)
ec2.get_waiter("instance_terminated").wait(InstanceIds=ids)
ec2.delete_security_group(GroupId=group)
fails("InvalidGroup.NotFound", ec2.describe_security_groups, GroupIds=[group])
fails("InvalidSubnetID.NotFound", ec2.delete_subnet, SubnetId="subnet-0123456789abcdef0")
assert len(ec2.describe_images(Owners=["amazon"])["Images"]) >= 3
assert ec2.describe_instance_types(InstanceTypes=["m5.large"])["InstanceTypes"][0]["MemoryInfo"]["SizeInMiB"] == 8192

iam = client("iam")
trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::000000000000:root"}, "Action": "sts:AssumeRole"}]}
role = iam.create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
assert iam.get_role(RoleName="r")["Role"]["AssumeRolePolicyDocument"] == trust
iam.get_waiter("role_exists").wait(RoleName="r")
iam.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}))
assert iam.get_role_policy(RoleName="r", PolicyName="p")["PolicyDocument"]["Statement"][0]["Action"] == "*"
fails("DeleteConflict", iam.delete_role, RoleName="r")
fails("MalformedPolicyDocument", iam.create_role, RoleName="bad", AssumeRolePolicyDocument="{}")
fails("NoSuchEntity", iam.get_role, RoleName="none")
for number in range(5):
    iam.create_user(UserName=f"user-{number}")
assert len([user for page in iam.get_paginator("list_users").paginate(PaginationConfig={"PageSize": 2}) for user in page["Users"]]) == 5
key = iam.create_access_key(UserName="user-0")["AccessKey"]
assert iam.list_access_keys(UserName="user-0")["AccessKeyMetadata"][0]["AccessKeyId"] == key["AccessKeyId"]
assert iam.get_account_summary()["SummaryMap"]["Users"] == 5

sts = client("sts")
assert sts.get_caller_identity()["Account"] == "000000000000"
assumed = sts.assume_role(RoleArn=role["Arn"], RoleSessionName="me")
assert assumed["Credentials"]["Expiration"].timestamp() > time.time() + 3500
fails("AccessDenied", sts.assume_role, RoleArn="arn:aws:iam::000000000000:role/none", RoleSessionName="me")

logs = client("logs")
logs.create_log_group(logGroupName="/a", tags={"k": "v"})
logs.create_log_stream(logGroupName="/a", logStreamName="s")
now = int(time.time() * 1000)
logs.put_log_events(logGroupName="/a", logStreamName="s", logEvents=[{"timestamp": now + i, "message": f"m{i}"} for i in range(5)])
assert [event["message"] for event in logs.get_log_events(logGroupName="/a", logStreamName="s")["events"]] == [f"m{i}" for i in range(5)]
found = [event for page in logs.get_paginator("filter_log_events").paginate(logGroupName="/a", filterPattern="?m1 ?m3", PaginationConfig={"PageSize": 1}) for event in page["events"]]
assert [event["message"] for event in found] == ["m1", "m3"]
fails("ResourceAlreadyExistsException", logs.create_log_group, logGroupName="/a")
fails("ResourceNotFoundException", logs.delete_log_group, logGroupName="/none")
assert logs.describe_log_groups()["logGroups"][0]["arn"].endswith(":log-group:/a:*")
print("ok")
