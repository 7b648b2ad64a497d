"""Drives CloudWatch as boto3 users do; prints "ok" at the end. Argument: the endpoint."""
import datetime, sys
import boto3
from botocore.exceptions import ClientError

cloudwatch = boto3.client("cloudwatch", endpoint_url=sys.argv[1], region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
now = datetime.datetime.now(datetime.timezone.utc)
cloudwatch.put_metric_data(Namespace="Shop", MetricData=[
    {"MetricName": "Latency", "Dimensions": [{"Name": "Service", "Value": "cart"}], "Values": [0.1, 0.2, 0.9], "Counts": [50, 49, 1], "Unit": "Seconds"},
    {"MetricName": "Errors", "Dimensions": [{"Name": "Service", "Value": "cart"}], "StatisticValues": {"SampleCount": 4, "Sum": 8, "Minimum": 1, "Maximum": 5}},
])
span = {"StartTime": now - datetime.timedelta(minutes=5), "EndTime": now + datetime.timedelta(minutes=5)}
points = cloudwatch.get_metric_statistics(Namespace="Shop", MetricName="Latency", Dimensions=[{"Name": "Service", "Value": "cart"}], Period=60, ExtendedStatistics=["p50", "p99", "p100"], **span)["Datapoints"]
assert points[0]["ExtendedStatistics"] == {"p50": 0.1, "p99": 0.2, "p100": 0.9}, points
assert points[0]["Unit"] == "Seconds"
def query(name, stat):
    return {"Id": name.lower(), "MetricStat": {"Metric": {"Namespace": "Shop", "MetricName": name, "Dimensions": [{"Name": "Service", "Value": "cart"}]}, "Period": 60, "Stat": stat}}
pages = list(cloudwatch.get_paginator("get_metric_data").paginate(MetricDataQueries=[query("Latency", "SampleCount"), query("Errors", "Sum"), {"Id": "rate", "Expression": "100 * errors / latency", "Label": "Error rate"}], **span))
results = {result["Id"]: result["Values"] for page in pages for result in page["MetricDataResults"]}
assert results == {"latency": [100.0], "errors": [8.0], "rate": [8.0]}, results
names = [metric["MetricName"] for page in cloudwatch.get_paginator("list_metrics").paginate(Namespace="Shop") for metric in page["Metrics"]]
assert sorted(names) == ["Errors", "Latency"], names
assert cloudwatch.describe_alarms()["MetricAlarms"] == []
for code, call in [
    ("InvalidParameterCombination", lambda: cloudwatch.get_metric_statistics(Namespace="Shop", MetricName="Latency", Period=1, Statistics=["Sum"], **span | {"StartTime": now - datetime.timedelta(days=1)})),
    ("InvalidParameterValue", lambda: cloudwatch.put_metric_data(Namespace="AWS/Shop", MetricData=[{"MetricName": "m", "Value": 1}])),
    ("ValidationError", lambda: cloudwatch.get_metric_data(MetricDataQueries=[{"Id": "e", "Expression": "SEARCH('x', 'Sum', 60)"}], **span)),
]:
    try:
        call()
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error
    else:
        raise AssertionError(code)
try:
    cloudwatch.put_metric_alarm(AlarmName="a", ComparisonOperator="GreaterThanThreshold", EvaluationPeriods=1)
except ClientError as error:
    assert "Alarms are not served" in error.response["Error"]["Message"], error
else:
    raise AssertionError("alarms are refused")
print("ok")
