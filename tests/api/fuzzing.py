"""What the fuzz tests share: an app that synchronous code can call, filled with odd rows, and who may answer what."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
import pytest

from panope.domain.accounts import Role
from tests.api.bad_inputs import events, scores, spans
from tests.api.bad_inputs.shapes import event, write
from tests.api.conftest import basic
from tests.api.edge import ORGANIZATION, Edge, opened_scene
from tests.api.signin.people import make_user, signed_in

LARGEST_ROW_BYTES = 20_000
KNOWN_STATUSES = frozenset({200, 201, 202, 204, 207, 303, 400, 401, 403, 404, 405, 408, 409, 413, 422, 429})
ERROR_KEYS = frozenset({"message", "error", "errors", "code", "issues"})
SCIM_ERROR_KEYS = frozenset({"schemas", "detail", "status"})


SignIn = Callable[[], Coroutine[None, None, dict[str, str]]]
"""Signs somebody in, and returns the headers of their requests."""


class FuzzedApp:
    """Calls the app as one project's client, and notices every answer that should never be given."""

    def __init__(self, runner: asyncio.Runner, edge: Edge, organization_auth: dict[str, str], sign_in: SignIn) -> None:
        self._sign_in = sign_in
        self._runner = runner
        self._edge = edge
        self.organization_auth = organization_auth
        self.statuses: Counter[int] = Counter()

    @property
    def auth(self) -> dict[str, str]:
        """The valid credentials."""
        return self._edge.auth

    def person_auth(self) -> dict[str, str]:
        """Credentials of an owner who has just signed in."""
        return self._runner.run(self._sign_in())

    def get_json(self, path: str) -> Any:
        """Read what surely is there."""
        return self._runner.run(self._edge.client.get(path)).json()

    def call(self, method: str, url: str | httpx2.URL, **sent: Any) -> httpx2.Response:
        """Send a request; fails the test unless the answer is one that is known and reads as its family does."""
        response: httpx2.Response = self._runner.run(self._edge.client.request(method, url, **sent))
        self.statuses[response.status_code] += 1
        assert response.status_code in KNOWN_STATUSES, (response.status_code, response.text[:500])
        if response.headers.get("content-type", "").startswith("text/html"):
            assert response.status_code < 400 or 'role="alert"' in response.text, response.text
        elif response.status_code >= 400 and method != "HEAD":
            answer = response.json()
            assert answer, "an error without a word"
            assert answer.keys() <= ERROR_KEYS or answer.keys() == SCIM_ERROR_KEYS, answer
        elif response.headers.get("content-type") == "application/json" and method != "HEAD":
            json.loads(response.content, parse_constant=_no_constant)
        return response

    def fill(self) -> None:
        """Store every odd row of the tables, so that reads and filters meet them."""
        rows = [row for row in events.ACCEPTED if len(write(row.sent, row.raw)) < LARGEST_ROW_BYTES]
        sent = [write(_with_ids(row.sent, number), row.raw) for number, row in enumerate(rows)]
        sent += [
            write(event("score-create", {**row.sent, "id": f"score-{number}"}, id=f"score-{number}"), row.raw)
            for number, row in enumerate(scores.ACCEPTED)
            if len(write(row.sent, row.raw)) < LARGEST_ROW_BYTES
        ]
        batch = b'{"batch":[' + b",".join(sent) + b"]}"
        self._send("/api/public/ingestion", batch, 207)
        for row in spans.ACCEPTED:
            encoding = row.encodings[0]
            self._send("/api/public/otel/v1/traces", row.body(encoding), 200, {"Content-Type": encoding})

    def read_everything(self) -> int:
        """Read every row by every list and every trace in full; how many traces there are."""
        traces = self._read_pages("/api/public/traces")
        for path in ("observations", "sessions", "scores", "v2/scores", "models"):
            self._read_pages(f"/api/public/{path}")
        for path in (
            "v2/observations?limit=1000&fields=core,basic,time,io,metadata,model,usage,prompt,metrics",
            "v3/scores",
        ):
            assert self.call("GET", f"/api/public/{path}", headers=self.auth).status_code == 200
        for trace in traces:
            url = f"/api/public/traces/{quote(trace['id'], safe='')}"
            assert self.call("GET", url, headers=self.auth).json()["id"] == trace["id"]
        return len(traces)

    def _read_pages(self, path: str) -> list[Any]:
        rows: list[Any] = []
        page = pages = 1
        while page <= pages:
            answer = self.call("GET", f"{path}?limit=100&page={page}", headers=self.auth).json()
            rows += answer["data"]
            page, pages = page + 1, answer["meta"]["totalPages"]
        assert len({row["id"] for row in rows}) == len(rows)
        return rows

    def _send(self, path: str, body: bytes, expected: int, headers: Mapping[str, str] | None = None) -> None:
        response = self.call("POST", path, content=body, headers={**self.auth, **(headers or {})})
        assert response.status_code == expected, response.text[:500]


def _with_ids(sent: Any, number: int) -> Any:
    body = sent["body"]
    if not isinstance(body, dict):
        return sent
    trace_id = {} if sent["type"] == "trace-create" or "traceId" in body else {"traceId": f"trace-{number % 7}"}
    return {**sent, "id": f"event-{number}", "body": {**body, "id": f"{body['id'][:40]}-{number}", **trace_id}}


def _no_constant(name: str) -> Any:
    text = f"{name} is no JSON"
    raise AssertionError(text)


@contextmanager
def fuzzed_app(name: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[FuzzedApp]:
    """An app over a fresh, filled store of the named engine."""
    with asyncio.Runner() as runner:
        opening = opened_scene(name, request, folder)
        scene = runner.run(opening.__aenter__())
        try:
            made = runner.run(scene.keys.create_for_organization(ORGANIZATION)).pair
            auth = basic(made.public_key, made.secret_key)
            edge = runner.run(scene.new_project())
            owner = runner.run(make_user(scene, "owner", Role.OWNER, organization_id=ORGANIZATION))
            app = FuzzedApp(runner, edge, auth, lambda: signed_in(scene, owner))
            app.fill()
            yield app
            log = scene.log.getvalue()
        finally:
            runner.run(opening.__aexit__(None, None, None))
    assert "request failed unexpectedly" not in log
