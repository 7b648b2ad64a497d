"""The Python runtime of an execution environment: loads the handler, then serves one invocation after the other over the Lambda Runtime API.

Runs in a process of its own with nothing but what AWS documents in its environment; imports nothing but the standard library.
"""
import datetime
import importlib
import io
import json
import logging
import os
import re
import signal
import socket
import struct
import sys
import time
import traceback

PREFIX = "/2018-06-01/runtime"
FRAME_TYPE = 0xA55A0003
LONGEST = 256 * 1024
LEVELS = {"TRACE": 5, "DEBUG": 10, "INFO": 20, "WARN": 30, "ERROR": 40, "FATAL": 50}
JSON_LOG = False


class HostGone(Exception):
    """Without its host nobody can reach this environment."""


class Client:
    """The function's side of the Runtime API, over one keep-alive connection; a result leaves together with the question for more."""

    def __init__(self, address):
        self.address = address
        descriptor = os.environ.pop("_TURNPIKE_RUNTIME_API_FD", None)
        if descriptor is not None:
            # A connection that the host has opened already.
            self.socket = socket.socket(fileno=int(descriptor))
            self.socket.setblocking(True)
        else:
            host, port = address.rsplit(":", 1)
            self.socket = socket.create_connection((host, int(port)))
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        os.set_inheritable(self.socket.fileno(), False)
        self.received = b""
        self.outgoing = b""
        self.unread = 0

    def next(self):
        self.outgoing += ("GET %s/invocation/next HTTP/1.1\r\nHost: %s\r\n\r\n" % (PREFIX, self.address)).encode()
        self.flush()
        return self.answer()

    def post(self, path, body, headers=""):
        head = "POST %s%s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\n%sContent-Length: %d\r\n\r\n" % (PREFIX, path, self.address, headers, len(body))
        self.outgoing += head.encode("latin-1", "replace") + body
        self.unread += 1

    def flush(self):
        data, self.outgoing = self.outgoing, b""
        self.socket.sendall(data)
        while self.unread > 0:
            self.unread -= 1
            self.answer()

    def answer(self):
        while True:
            end = self.received.find(b"\r\n\r\n")
            if end >= 0:
                break
            self.read()
        fields = {}
        for line in self.received[:end].decode("latin-1").split("\r\n")[1:]:
            name, _, value = line.partition(":")
            fields[name.strip().lower()] = value.strip()
        total = end + 4 + int(fields.get("content-length", "0"))
        if len(self.received) < total:
            parts, have = [self.received], len(self.received)
            while have < total:
                part = self.socket.recv(1 << 20)
                if not part:
                    raise HostGone()
                parts.append(part)
                have += len(part)
            self.received = b"".join(parts)
        body, self.received = self.received[end + 4 : total], self.received[total:]
        return fields, body

    def read(self):
        part = self.socket.recv(65536)
        if not part:
            raise HostGone()
        self.received += part


class Sink:
    """Log records leave through a descriptor of their own, framed, so that a record may hold newlines and stays one log event."""

    def __init__(self):
        self.descriptor = None
        self.records = 0

    def open(self):
        text = os.environ.pop("_LAMBDA_TELEMETRY_LOG_FD", None)
        self.descriptor = int(text) if text else None

    def write(self, text):
        if self.descriptor is None:
            sys.stdout.write(text + "\n")
            sys.stdout.flush()
            return
        data = text.encode("utf-8", "replace")[:LONGEST]
        frame = struct.pack(">IIQ", FRAME_TYPE, len(data), int(time.time() * 1000000)) + data
        self.records += 1
        while frame:
            frame = frame[os.write(self.descriptor, frame) :]


SINK = Sink()


# CloudWatch's console would not show plain spaces.
INDENTATION = re.compile("^ +", re.MULTILINE)


class LambdaHandler(logging.Handler):
    def __init__(self):
        logging.Handler.__init__(self)
        self.request_id = None

    def emit(self, record):
        try:
            SINK.write(self.format(record))
        except Exception:
            self.handleError(record)

    def format(self, record):
        when = datetime.datetime.fromtimestamp(record.created, datetime.timezone.utc)
        if not JSON_LOG:
            if self.formatter is not None:
                return self.formatter.format(record)
            text = "[%s]\t%s.%03dZ\t%s\t%s" % (record.levelname, when.strftime("%Y-%m-%dT%H:%M:%S"), int(record.msecs), self.request_id or "", record.getMessage())
            if record.exc_info:
                text += "\n" + "".join(traceback.format_exception(*record.exc_info)).rstrip("\n")
            return text
        document = {
            "timestamp": when.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "level": {"WARNING": "WARN", "CRITICAL": "FATAL"}.get(record.levelname, record.levelname),
            "message": record.getMessage(),
            "logger": record.name,
        }
        if self.request_id:
            document["requestId"] = self.request_id
        if record.exc_info and record.exc_info[0] is not None:
            document["stackTrace"] = traceback.format_exception(*record.exc_info)
            document["errorType"] = record.exc_info[0].__name__
            document["errorMessage"] = str(record.exc_info[1])
        for key, value in record.__dict__.items():
            if key not in PLAIN_RECORD and key not in document:
                document[key] = value
        return json.dumps(document, default=str)


PLAIN_RECORD = set(logging.LogRecord("", 0, "", 0, "", None, None).__dict__) | {"message", "asctime", "taskName"}


class Identity:
    def __init__(self, document):
        self.cognito_identity_id = document.get("cognitoIdentityId")
        self.cognito_identity_pool_id = document.get("cognitoIdentityPoolId")


class ClientContextClient:
    def __init__(self, document):
        self.installation_id = document.get("installation_id")
        self.app_title = document.get("app_title")
        self.app_version_name = document.get("app_version_name")
        self.app_version_code = document.get("app_version_code")
        self.app_package_name = document.get("app_package_name")


class ClientContext:
    def __init__(self, document):
        self.client = ClientContextClient(document.get("client") or {}) if document.get("client") else None
        self.custom = document.get("custom")
        self.env = document.get("env")


class Context:
    """https://docs.aws.amazon.com/lambda/latest/dg/python-context.html"""

    def __init__(self, fields):
        self.function_name = os.environ.get("AWS_LAMBDA_FUNCTION_NAME")
        self.function_version = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.memory_limit_in_mb = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.log_group_name = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.aws_request_id = fields.get("lambda-runtime-aws-request-id")
        self.invoked_function_arn = fields.get("lambda-runtime-invoked-function-arn")
        self.tenant_id = None
        self.identity = Identity(parsed(fields.get("lambda-runtime-cognito-identity")) or {})
        context = parsed(fields.get("lambda-runtime-client-context"))
        self.client_context = ClientContext(context) if isinstance(context, dict) else None
        self._deadline = int(fields.get("lambda-runtime-deadline-ms", "0"))

    def get_remaining_time_in_millis(self):
        return max(self._deadline - int(time.time() * 1000), 0)

    def log(self, message):
        sys.stdout.write(str(message))
        sys.stdout.flush()

    def __repr__(self):
        return "LambdaContext([%s])" % ",".join("%s=%s" % item for item in vars(self).items() if not item[0].startswith("_"))


class Failure(Exception):
    """A failure that the runtime itself reports."""

    def __init__(self, error_type, message, trace=()):
        Exception.__init__(self, message)
        self.error_type = error_type
        self.trace = list(trace)


def parsed(text):
    try:
        return json.loads(text) if text else None
    except ValueError:
        return None


def frames_of(error):
    frames = traceback.extract_tb(error.__traceback__)
    own = os.path.dirname(os.path.abspath(__file__))
    while frames and (os.path.abspath(frames[0].filename).startswith(own) or frames[0].filename.startswith("<frozen importlib")):
        frames = frames[1:]
    # without the columns, so that no line of carets is drawn: AWS has none
    return traceback.format_list([(frame.filename, frame.lineno, frame.name, frame.line) for frame in frames])


def document_of(error, request_id):
    if isinstance(error, Failure):
        kind, message, trace = error.error_type, str(error), error.trace
    else:
        kind, message, trace = type(error).__name__, str(error), frames_of(error)
    return {"errorMessage": message, "errorType": kind, "requestId": request_id or "", "stackTrace": trace}


def log_failure(document):
    if JSON_LOG:
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        SINK.write(json.dumps({"timestamp": now, "level": "ERROR", **document}))
        return
    said = ": " + document["errorMessage"] if document["errorMessage"] else ""
    trace = INDENTATION.sub(lambda found: "\u00a0" * len(found.group()), "".join(document["stackTrace"]))
    SINK.write(("[ERROR] %s%s\nTraceback (most recent call last):\n%s" % (document["errorType"], said, trace)).rstrip("\n"))


def load(name):
    module_name, dot, function_name = name.rpartition(".")
    if not dot or not module_name or not function_name:
        raise Failure("Runtime.MalformedHandlerName", "Bad handler '%s': not enough values to unpack (expected 2, got 1)" % name)
    if module_name.split(".")[0] in sys.builtin_module_names:
        raise Failure("Runtime.BuiltInModuleConflict", "Cannot use built-in module %s as a handler module" % module_name)
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        raise Failure("Runtime.ImportModuleError", "Unable to import module '%s': %s" % (module_name, error))
    except SyntaxError as error:
        trace = ['  File "%s" Line %s\n    %s' % (error.filename, error.lineno, error.text)]
        raise Failure("Runtime.UserCodeSyntaxError", "Syntax error in module '%s': %s" % (module_name, error), trace)
    handler = module
    for part in function_name.split("."):
        handler = getattr(handler, part, None)
    if handler is None:
        raise Failure("Runtime.HandlerNotFound", "Handler '%s' missing on module '%s'" % (function_name, module_name))
    return handler


def encoded(result):
    try:
        return json.dumps(result, default=decimal, ensure_ascii=False).encode("utf-8")
    except Exception as error:
        raise Failure("Runtime.MarshalError", "Unable to marshal response: %s" % error)


def decimal(value):
    if type(value).__name__ == "Decimal":
        return float(value)
    raise TypeError("Object of type %s is not JSON serializable" % type(value).__name__)


def error_headers(document):
    kind = "".join(c if "\x21" <= c <= "\x7e" else "?" for c in str(document["errorType"]))
    return "Lambda-Runtime-Function-Error-Type: %s\r\n" % kind


def end_group():
    try:
        os.killpg(os.getpgrp(), signal.SIGKILL)
    finally:
        os._exit(1)


def become_assigned(client):
    """A process that was started before anybody knew for which function: it waits until the host says, and becomes that function's."""
    assignment = json.loads(client.answer()[1])
    os.environ.clear()
    os.environ.update(assignment["variables"])
    os.environ.pop("_TURNPIKE_RUNTIME_API_FD", None)
    time.tzset()
    os.chdir(assignment["folder"])
    client.post("/turnpike/assigned", b"")
    client.flush()


def main():
    global JSON_LOG
    client = Client(os.environ.get("AWS_LAMBDA_RUNTIME_API", ""))
    if "_TURNPIKE_SPARE" in os.environ:
        become_assigned(client)
    JSON_LOG = os.environ.get("AWS_LAMBDA_LOG_FORMAT") == "JSON"
    SINK.open()
    log_handler = LambdaHandler()
    logging.addLevelName(logging.CRITICAL, "CRITICAL")
    root = logging.getLogger()
    root.addHandler(log_handler)
    if JSON_LOG:
        root.setLevel(LEVELS.get(os.environ.get("AWS_LAMBDA_LOG_LEVEL", "INFO"), 20))
    sys.path[0] = os.environ["LAMBDA_TASK_ROOT"]
    sys.dont_write_bytecode = True
    for stream in ("stdout", "stderr"):
        wrapped = io.TextIOWrapper(getattr(sys, stream).buffer, encoding="utf-8", errors="replace", line_buffering=True, write_through=True)
        setattr(sys, stream, wrapped)
    try:
        handler = load(os.environ["_HANDLER"])
    except SystemExit:
        raise
    except BaseException as error:
        document = document_of(error, None)
        log_failure(document)
        client.post("/init/error", json.dumps(document).encode("utf-8"), error_headers(document))
        client.flush()
        sys.exit(1)
    while True:
        fields, body = client.next()
        request_id = fields.get("lambda-runtime-aws-request-id", "")
        log_handler.request_id = request_id
        trace_id = fields.get("lambda-runtime-trace-id")
        if trace_id:
            os.environ["_X_AMZN_TRACE_ID"] = trace_id
        else:
            os.environ.pop("_X_AMZN_TRACE_ID", None)
        try:
            try:
                event = json.loads(body)
            except ValueError as error:
                raise Failure("Runtime.UnmarshalError", "Unable to unmarshal input: %s" % error)
            result = encoded(handler(event, Context(fields)))
        except Exception as error:
            document = document_of(error, request_id)
            log_failure(document)
            client.post("/invocation/%s/error" % request_id, json.dumps(document).encode("utf-8"), error_headers(document) + "Turnpike-Log-Records: %d\r\n" % SINK.records)
        else:
            client.post("/invocation/%s/response" % request_id, result, "Turnpike-Log-Records: %d\r\n" % SINK.records)


try:
    main()
except (HostGone, ConnectionError):
    end_group()
