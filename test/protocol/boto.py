"""Calls every service of test/protocol/operations.ts with boto3 and prints what came back, one JSON object."""
import datetime
import io
import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

endpoint, access_key, secret_key, text = sys.argv[1:5]
session = boto3.session.Session(aws_access_key_id=access_key, aws_secret_access_key=secret_key, region_name="eu-west-1")


def client(name):
    return session.client(name, endpoint_url=endpoint, config=Config(retries={"max_attempts": 0}, s3={"addressing_style": "path"}))


def failure(call):
    try:
        call()
    except ClientError as error:
        answer = error.response
        return [answer["Error"]["Code"], answer["Error"]["Message"], answer["ResponseMetadata"]["HTTPStatusCode"], bool(answer["ResponseMetadata"].get("RequestId"))]
    return None


out = {}
elbv2 = client("elbv2")
out["elbv2"] = elbv2.create_load_balancer(Name="web-1", Subnets=["subnet-1"], Tags=[{"Key": "k", "Value": "a b"}])["LoadBalancers"][0]["AvailabilityZones"]
out["elbv2 error"] = failure(lambda: elbv2.describe_load_balancers(Names=["absent"]))
out["elbv2 unknown"] = failure(lambda: elbv2.describe_ssl_policies())
ec2 = client("ec2")
out["ec2"] = ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=[{"ResourceType": "vpc", "Tags": [{"Key": "Name", "Value": text}]}])["Vpc"]["Tags"]
out["ec2 error"] = failure(lambda: ec2.describe_vpcs(VpcIds=["vpc-9"]))
out["iam"] = client("iam").get_user()["User"]["CreateDate"].isoformat()
out["sts"] = client("sts").get_caller_identity()["Arn"]
acm = client("acm")
out["acm"] = acm.import_certificate(Certificate=b"123", PrivateKey=b"k")["CertificateArn"]
out["acm error"] = failure(lambda: acm.describe_certificate(CertificateArn="arn:aws:acm:eu-west-1:123456789012:certificate/absent"))
out["logs"] = client("logs").describe_log_groups(logGroupNamePrefix="/a")["logGroups"][0]["logGroupName"]
functions = client("lambda")
invoked = functions.invoke(FunctionName="orders", Payload=text.encode())
out["lambda"] = [invoked["StatusCode"], invoked["Payload"].read().decode(), invoked["ExecutedVersion"]]
out["lambda error"] = failure(lambda: functions.get_function(FunctionName="absent"))
out["lambda stream"] = [event.get("PayloadChunk", {}).get("Payload", b"").decode() for event in functions.invoke_with_response_stream(FunctionName="orders", Payload=b"two")["EventStream"]]
cloudfront = client("cloudfront")
batch = {"CallerReference": "r", "Paths": {"Quantity": 1, "Items": ["/" + "a&<b>"]}}
out["cloudfront"] = cloudfront.create_invalidation(DistributionId="E1", InvalidationBatch=batch)["Invalidation"]["InvalidationBatch"] == batch
out["cloudfront error"] = failure(lambda: cloudfront.get_distribution(Id="E9"))
cloudwatch = client("cloudwatch")
out["cloudwatch"] = cloudwatch.list_metrics(Namespace="N")["Metrics"][0]["MetricName"]
start = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
cloudwatch.put_metric_data(Namespace="N", MetricData=[{"MetricName": f"metric-{i}", "Value": i, "Timestamp": start} for i in range(400)])
out["cloudwatch error"] = failure(lambda: cloudwatch.get_dashboard(DashboardName="absent"))
s3 = client("s3")
out["s3 location"] = s3.get_bucket_location(Bucket="b")["LocationConstraint"]
out["s3 put"] = s3.put_object(Bucket="bucket", Key="a/b c/" + text, Body=io.BytesIO(b"x" * 100_000), Metadata={"note": "n"})["ETag"]
got = s3.get_object(Bucket="bucket", Key="a//b/../" + text)
out["s3 get"] = [got["Body"].read().decode(), got["Metadata"], got["LastModified"].isoformat()]
out["s3 list"] = s3.list_objects_v2(Bucket="bucket", Prefix="p q")["Contents"][0]["Key"]
out["s3 error"] = failure(lambda: s3.head_object(Bucket="bucket", Key="k"))
signer = session.client("s3", endpoint_url=endpoint, config=Config(signature_version="s3v4", s3={"addressing_style": "path"}))
out["s3 presigned"] = signer.generate_presigned_url("get_object", Params={"Bucket": "bucket", "Key": "signed key"})
old = session.client("s3", endpoint_url=endpoint, config=Config(signature_version="s3", s3={"addressing_style": "path"}))
out["s3 presigned v2"] = old.generate_presigned_url("get_object", Params={"Bucket": "bucket", "Key": "signed key"})
apigateway = client("apigateway")
created = apigateway.create_rest_api(name=text, binaryMediaTypes=["image/png"])
out["apigateway"] = [created["name"], created["binaryMediaTypes"], created["ResponseMetadata"]["HTTPStatusCode"], created["createdDate"].isoformat()[:10]]
out["apigateway error"] = failure(lambda: apigateway.get_rest_api(restApiId="absent"))
http = client("apigatewayv2")
out["apigatewayv2"] = http.create_api(Name=text, ProtocolType="HTTP")["CreatedDate"].isoformat()
out["apigatewayv2 error"] = failure(lambda: http.get_api(ApiId="absent"))
wrong = session.client("sts", endpoint_url=endpoint, aws_access_key_id=access_key, aws_secret_access_key="wrong", config=Config(retries={"max_attempts": 0}))
out["wrong secret"] = failure(wrong.get_caller_identity)
print(json.dumps(out))
