"""A target made of Python's http.server: answers `METHOD target`, and prints a line of JSON for each request that it has seen whole."""
import http.server
import json
import sys


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __getattr__(self, name):
        if name.startswith("do_"):
            return self.serve
        raise AttributeError(name)

    def body(self):
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            parts = []
            while True:
                size = int(self.rfile.readline().split(b";")[0], 16)
                if size == 0:
                    while self.rfile.readline() not in (b"\r\n", b"\n"):
                        pass
                    return b"".join(parts)
                part = self.rfile.read(size)
                if len(part) < size or self.rfile.read(2) != b"\r\n":
                    return None
                parts.append(part)
        length = int(self.headers.get("Content-Length", "0"))
        data = self.rfile.read(length)
        return data if len(data) == length else None

    def serve(self):
        try:
            body = self.body()
        except ValueError:
            body = None
        if body is None:
            self.close_connection = True
            return
        # `self.path` has been tidied; the request line is as it came
        target = self.requestline.split(" ")[1]
        print(json.dumps(f"{self.command} {target} {body.decode('latin1')}"), flush=True)
        answer = f"{self.command} {target}\n".encode("latin1")
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer)

    def send_error(self, code, message=None, explain=None):
        # what it takes for a broken request it has seen, too
        print(json.dumps(f"ERROR {code} {self.raw_requestline.decode('latin1')}"), flush=True)
        super().send_error(code, message, explain)

    def log_message(self, *args):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
