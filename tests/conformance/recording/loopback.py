"""One server on the loopback: the fake model APIs, and a receiver that keeps every trace export it is sent."""

import gzip
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Final

from tests.conformance.recording.models import anthropic_api, bedrock_api, gemini_api, openai_api
from tests.conformance.recording.models.world import REFUSAL, RefusedError

Export = tuple[str, bytes]
"""Content type and uncompressed body."""

_OPENAI: Final[dict[str, Callable[[dict[str, Any]], Any]]] = {
    "/chat/completions": openai_api.chat,
    "/responses": openai_api.responses,
    "/embeddings": openai_api.embeddings,
    "/messages": anthropic_api.messages,
}
_BEDROCK: Final = re.compile(r"/model/([^/]+)/(converse|converse-stream)$")
_GEMINI: Final = re.compile(r"/models/([^/:]+):(generateContent|streamGenerateContent)")


class Loopback(ThreadingHTTPServer):
    """The server with what it received."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.exports: list[Export] = []
        self.unknown: list[str] = []
        """Paths that nobody answered for."""

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def running_loopback() -> Iterator[Loopback]:
    """A server for as long as the block runs."""
    server = Loopback()
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: Loopback
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        path = self.path.partition("?")[0]
        body = self._body()
        if path.endswith("/v1/traces"):
            self.server.exports.append((self.headers.get("Content-Type", ""), body))
            self._send(200, self.headers.get("Content-Type", ""), b"{}" if b"json" in self._type() else b"")
        elif path.endswith(("/v1/metrics", "/v1/logs")):
            self._send(200, self.headers.get("Content-Type", ""), b"{}" if b"json" in self._type() else b"")
        else:
            self._model(path, json.loads(body or b"{}"))

    def do_GET(self) -> None:
        self.server.unknown.append(self.path)
        self._json(404, {"error": {"message": "not found"}})

    def log_message(self, *_: object) -> None:
        pass

    def _type(self) -> bytes:
        return self.headers.get("Content-Type", "").encode()

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = b""
            while size := int(self.rfile.readline().split(b";")[0], 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        return gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body

    def _model(self, path: str, request: dict[str, Any]) -> None:
        try:
            self._answer(path, request)
        except RefusedError:
            self._refuse(path)

    def _answer(self, path: str, request: dict[str, Any]) -> None:
        if found := _BEDROCK.search(path):
            if found[2] == "converse":
                self._json(200, bedrock_api.converse(request))
            else:
                self._chunks("application/vnd.amazon.eventstream", bedrock_api.converse_stream(request))
        elif found := _GEMINI.search(path):
            if found[2] == "generateContent":
                self._json(200, gemini_api.generate(request, found[1]))
            else:
                self._events(gemini_api.stream(request, found[1]))
        else:
            call = next((call for end, call in _OPENAI.items() if path.endswith(end)), None)
            if call is None:
                self.server.unknown.append(path)
                self._json(404, {"error": {"message": f"no such path: {path}"}})
                return
            answered = call(request)
            if isinstance(answered, dict):
                self._json(200, answered)
            else:
                self._events(answered)

    def _refuse(self, path: str) -> None:
        if _BEDROCK.search(path):
            self._json(400, {"message": REFUSAL}, {"x-amzn-ErrorType": "ValidationException"})
        elif _GEMINI.search(path):
            self._json(400, {"error": {"code": 400, "message": REFUSAL, "status": "INVALID_ARGUMENT"}})
        elif path.endswith("/messages"):
            self._json(400, {"type": "error", "error": {"type": "invalid_request_error", "message": REFUSAL}})
        else:
            error = {"message": REFUSAL, "type": "invalid_request_error", "param": "messages"}
            self._json(400, {"error": {**error, "code": "context_length_exceeded"}})

    def _events(self, events: Iterator[tuple[str | None, Any]]) -> None:
        def encoded() -> Iterator[bytes]:
            for name, event in events:
                head = f"event: {name}\n" if name else ""
                text = event if isinstance(event, str) else json.dumps(event)
                yield f"{head}data: {text}\n\n".encode()

        self._chunks("text/event-stream", encoded())

    def _chunks(self, content_type: str, parts: Iterator[bytes]) -> None:
        first = next(parts)
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self._chunk(first)
        for part in parts:
            self._chunk(part)
        self._chunk(b"")

    def _chunk(self, part: bytes) -> None:
        self.wfile.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")

    def _json(self, status: int, answered: Any, headers: dict[str, str] | None = None) -> None:
        self._send(status, "application/json", json.dumps(answered).encode(), headers)

    def _send(self, status: int, content_type: str, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
