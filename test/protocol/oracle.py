"""botocore as the client side: reads tasks as JSON lines on stdin, answers each with one on stdout.

  {"do": "model", "name", "document" | "path"}         defines a service model
  {"do": "request", "model", "protocol", "operation", "params"}    -> what a client sends
  {"do": "response", "model", "protocol", "operation", "response"} -> what a client reads

Values that JSON lacks are tagged: {"$time": epoch milliseconds}, {"$blob": base64}, {"$number": "NaN"}.
"""
import base64
import datetime
import gzip
import json
import math
import sys
import traceback

from botocore.awsrequest import HeadersDict, create_request_object, prepare_request_dict
from botocore.model import ServiceModel
from botocore.parsers import create_parser
from botocore.serialize import create_serializer

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def untag(value):
    if isinstance(value, list):
        return [untag(item) for item in value]
    if isinstance(value, dict):
        if "$time" in value:
            return EPOCH + datetime.timedelta(milliseconds=value["$time"])
        if "$blob" in value:
            return base64.b64decode(value["$blob"])
        if "$number" in value:
            return float(value["$number"].replace("Infinity", "inf"))
        return {key: untag(item) for key, item in value.items()}
    return value


def tag(value):
    if isinstance(value, datetime.datetime):
        return {"$time": round((value - EPOCH).total_seconds() * 1000)}
    if isinstance(value, (bytes, bytearray)):
        return {"$blob": base64.b64encode(bytes(value)).decode()}
    if isinstance(value, float) and (math.isnan(value) or math.isinf(value)):
        return {"$number": "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")}
    if isinstance(value, (list, tuple)):
        return [tag(item) for item in value]
    if isinstance(value, dict):
        return {key: tag(item) for key, item in value.items()}
    if hasattr(value, "read"):
        return tag(value.read())
    if hasattr(value, "tag") and hasattr(value, "text"):  # an XML element that botocore left as it was
        return value.text
    if hasattr(value, "__iter__") and not isinstance(value, str):
        return [tag(item) for item in value]
    return value


class Body:
    """What urllib3 hands to botocore for streaming outputs."""

    def __init__(self, data):
        self.data = data

    def read(self, *_):
        return self.data

    def stream(self, *_, **__):
        yield self.data

    def close(self):
        pass


class Models:
    def __init__(self):
        self.models = {}

    def define(self, task):
        if "path" in task:
            with gzip.open(task["path"]) as file:
                document = json.load(file)
        else:
            document = task["document"]
        self.models[task["name"]] = ServiceModel(document, task["name"])
        return {}

    def request(self, task):
        operation = self.models[task["model"]].operation_model(task["operation"])
        protocol = task["protocol"]
        # milliseconds where botocore can write them: its CBOR writer takes whole seconds only
        precision = "default" if protocol == "smithy-rpc-v2-cbor" else "millisecond"
        serializer = create_serializer(protocol, include_validation=False, timestamp_precision=precision)
        request = serializer.serialize_to_request(untag(task["params"]), operation)
        prepare_request_dict(request, endpoint_url="http://endpoint.invalid", user_agent=None, context={})
        prepared = create_request_object(request).prepare()
        body = prepared.body if prepared.body is not None else b""
        if isinstance(body, str):
            body = body.encode("utf-8")
        headers = [[key, value.decode("latin-1") if isinstance(value, bytes) else value] for key, value in prepared.headers.items()]
        return {"method": prepared.method, "url": prepared.url, "headers": headers, "body": base64.b64encode(body).decode()}

    def response(self, task):
        model = self.models[task["model"]]
        operation = model.operation_model(task["operation"])
        given = task["response"]
        response = {
            "status_code": given["status"],
            "headers": HeadersDict(given["headers"]),
            "body": base64.b64decode(given["body"]),
            "context": {"operation_name": operation.name},
        }
        parser = create_parser(task["protocol"])
        if given["status"] >= 300:
            parsed = parser.parse(response, operation.output_shape)
            error_shape = model.shape_for_error_code(parsed.get("Error", {}).get("Code"))
            modeled = parser.parse(response, error_shape) if error_shape is not None else {}
            return {"parsed": tag(parsed), "modeled": tag(modeled)}
        if operation.has_event_stream_output or operation.has_streaming_output:
            response["body"] = Body(response["body"])
        parsed = parser.parse(response, operation.output_shape)
        metadata = parsed.pop("ResponseMetadata", {})
        return {"parsed": tag(parsed), "requestId": metadata.get("RequestId")}


def main():
    models = Models()
    for line in sys.stdin:
        task = json.loads(line)
        try:
            answer = {"model": models.define, "request": models.request, "response": models.response}[task["do"]](task)
        except Exception as error:  # the test reports it
            answer = {"error": f"{type(error).__name__}: {error}", "trace": traceback.format_exc(limit=-3)}
        sys.stdout.write(json.dumps(answer) + "\n")


main()
