import gzip
import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from panope.domain.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    Issue,
    NotFoundError,
    PanopeError,
    RateLimitedError,
    TooLargeError,
    UnauthenticatedError,
    UnavailableError,
    UnsupportedError,
)
from panope.http.errors import Family, render_error
from panope.kit.logging import configure_logging
from panope.ports.bounds import ReadBound
from tests.api.conftest import AUTH, PAIR, Stage

PAYLOAD = "what somebody asked their doctor"
BATCH = {
    "batch": [
        {
            "id": "e1",
            "type": "trace-create",
            "timestamp": "2027-01-15T07:59:00.000Z",
            "body": {"id": "t1", "input": PAYLOAD},
        }
    ]
}


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    stream = io.StringIO()
    configure_logging(stream, as_json=True, careful=(PanopeError,))
    yield stream
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


async def test_what_fails_unforeseen_tells_the_client_nothing_and_the_log_everything_but_the_payload(
    stage: Stage, log: io.StringIO
) -> None:
    stage.telemetry.failure = RuntimeError(f"cannot write {PAYLOAD} for {PAIR.secret_key}")
    response = await stage.client.post("/api/public/ingestion", json=BATCH, headers={**AUTH, "x-request-id": "req-42"})
    assert response.status_code == 500
    assert response.json() == {"message": "Internal Server Error", "error": "InternalServerError"}
    assert response.headers["x-request-id"] == "req-42"
    text = log.getvalue()
    failure = next(line for line in map(json.loads, text.splitlines()) if line["level"] == "error")
    assert failure["request_id"] == "req-42"
    assert failure["exception"].startswith("builtins.RuntimeError\n")
    assert "in apply" in failure["exception"]
    for secret in (PAYLOAD, PAIR.secret_key, AUTH["Authorization"].split()[1]):
        assert secret not in text


async def test_a_catalog_route_that_fails_unforeseen_answers_alike(
    stage: Stage, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_project_id: object) -> None:
        raise RuntimeError(PAYLOAD)

    assert (await stage.client.get("/api/public/projects", headers=AUTH)).status_code == 200
    monkeypatch.setattr(stage.catalog.projects, "get", fail)
    response = await stage.client.get("/api/public/projects", headers=AUTH)
    assert response.status_code == 500
    assert response.json() == {"message": "Internal Server Error", "error": "InternalServerError"}
    assert PAYLOAD not in log.getvalue()
    assert "RuntimeError" in log.getvalue()


async def test_the_log_line_of_a_request_names_project_and_code_and_no_key(stage: Stage, log: io.StringIO) -> None:
    await stage.client.post("/api/public/ingestion", content=b"x", headers=AUTH)
    line = json.loads(log.getvalue().splitlines()[-1])
    assert line["event"] == "request"
    assert (line["route"], line["status"]) == ("/api/public/ingestion", 400)
    assert (line["project"], line["code"]) == ("project", "malformed_envelope")
    assert PAIR.public_key not in log.getvalue()


@pytest.mark.parametrize("path", ["traces", "observations", "v2/observations", "v2/scores", "sessions"])
async def test_a_question_that_is_too_broad_is_a_422_that_says_what_to_narrow(stage: Stage, path: str) -> None:
    for kind, body in (
        ("trace-create", {"id": "t1", "sessionId": "s1"}),
        ("span-create", {"id": "o1", "traceId": "t1"}),
        ("score-create", {"id": "c1", "traceId": "t1", "name": "q", "value": 1}),
    ):
        event = {"id": f"event-{kind}", "type": kind, "timestamp": "2027-01-15T07:59:00.000Z", "body": body}
        sent = await stage.client.post("/api/public/ingestion", json={"batch": [event]}, headers=AUTH)
        assert sent.json()["errors"] == []
    stage.telemetry._bound = ReadBound(max_rows=0)
    response = await stage.client.get(f"/api/public/{path}", headers=AUTH)
    assert response.status_code == 422
    answer = response.json()
    assert (answer["error"], answer["code"]) == ("UnprocessableContentError", "query_too_broad")
    assert "a shorter range of time, or an exact filter" in answer["message"]
    assert (await stage.client.get("/api/public/traces/t1", headers=AUTH)).status_code == 200


async def test_an_unknown_route_is_a_404_in_json(stage: Stage) -> None:
    for path in ("/api/public/nonsense", "/nonsense", "/api/public/otel/v1/logs", "/api/public/otel/v1/metrics"):
        response = await stage.client.get(path, headers=AUTH)
        assert response.status_code == 404, path
        assert response.json() == {"message": "Not found: no such route", "error": "LangfuseNotFoundError"}


async def test_an_exporter_with_the_bare_address_is_told_where_spans_are_taken(stage: Stage) -> None:
    response = await stage.client.post("/v1/traces", content=b"", headers=AUTH)
    assert response.status_code == 404
    assert "OTEL_EXPORTER_OTLP_ENDPOINT" in response.json()["message"]
    assert "/api/public/otel" in response.json()["message"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/api/public/ingestion", "POST"),
        ("PUT", "/api/public/scores", "GET, HEAD, POST"),
        ("POST", "/api/public/organizations/projects", "GET"),
        ("DELETE", "/api/public/health", "GET"),
        ("PATCH", "/metrics", "GET, HEAD"),
    ],
)
async def test_a_wrong_method_is_a_405_that_names_the_right_ones(
    stage: Stage, method: str, path: str, allowed: str
) -> None:
    response = await stage.client.request(method, path, headers=AUTH)
    assert response.status_code == 405
    assert response.json() == {"message": "Method not allowed on this route", "error": "MethodNotAllowedError"}
    assert response.headers["allow"] == allowed


async def test_a_parameter_of_the_wrong_type_is_a_400_with_code_path_and_message(stage: Stage) -> None:
    response = await stage.client.get("/api/public/health?failIfDatabaseUnavailable=perhaps")
    assert response.status_code == 400
    answer = response.json()
    assert answer["message"] == "Invalid request data"
    (problem,) = answer["error"]
    assert sorted(problem) == ["code", "message", "path"]
    assert problem["path"] == ["failIfDatabaseUnavailable"]


async def test_a_catalog_body_beyond_the_limit_is_a_413(stage: Stage) -> None:
    response = await stage.client.post(
        "/api/public/models", content=b"{" + b" " * 1_000_001, headers={**AUTH, "Content-Type": "application/json"}
    )
    assert response.status_code == 413
    assert "max_body_bytes" in response.json()["message"]
    assert response.json()["error"] == "PayloadTooLargeError"


async def test_a_catalog_body_may_be_packed(stage: Stage) -> None:
    body = {"modelName": "own", "matchPattern": "^own$", "unit": "TOKENS", "inputPrice": 0.5}
    headers = {**AUTH, "Content-Type": "application/json", "Content-Encoding": "gzip"}
    packed = gzip.compress(json.dumps(body).encode())
    response = await stage.client.post("/api/public/models", content=packed, headers=headers)
    assert (response.status_code, response.json()["modelName"]) == (200, "own")
    broken = await stage.client.post("/api/public/models", content=b"junk", headers=headers)
    assert broken.status_code == 400


@pytest.mark.parametrize(
    ("error", "family", "status", "body"),
    [
        (InvalidError("bad"), Family.TYPED, 400, {"message": "bad", "error": "InvalidRequestError"}),
        (
            InvalidError("bad", issues=[Issue(("a", 0), "wrong")]),
            Family.TYPED,
            400,
            {"message": "Invalid request data", "error": [{"code": "custom", "path": ["a", 0], "message": "wrong"}]},
        ),
        (InvalidError("bad"), Family.INGESTION, 400, {"message": "Invalid request data", "errors": ["bad"]}),
        (InvalidError("bad"), Family.OTEL, 400, {"error": "bad"}),
        (UnauthenticatedError("who"), Family.TYPED, 401, {"message": "who"}),
        (UnauthenticatedError("who"), Family.OTEL, 401, {"message": "who"}),
        (ForbiddenError("no"), Family.TYPED, 403, {"message": "no"}),
        (NotFoundError("gone"), Family.TYPED, 404, {"message": "gone", "error": "LangfuseNotFoundError"}),
        (ConflictError("taken"), Family.TYPED, 409, {"message": "taken", "error": "LangfuseConflictError"}),
        (TooLargeError("big"), Family.INGESTION, 413, {"message": "big", "error": "PayloadTooLargeError"}),
        (
            RateLimitedError("fast"),
            Family.TYPED,
            429,
            {"message": "fast", "error": "TooManyRequestsError", "code": "rate_limited"},
        ),
        (UnsupportedError("later"), Family.TYPED, 501, {"message": "later", "error": "NotImplementedError"}),
        (UnavailableError("away"), Family.TYPED, 503, {"message": "away", "error": "ServiceUnavailableError"}),
        (UnavailableError("away"), Family.OTEL, 503, {"error": "away"}),
    ],
)
def test_every_kind_of_error_has_its_status_and_its_body(
    error: PanopeError, family: Family, status: int, body: dict[str, object]
) -> None:
    response = render_error(error, family)
    assert response.status_code == status
    assert json.loads(bytes(response.body)) == body
    assert ("retry-after" in response.headers) == (status in {429, 503})
    assert ("www-authenticate" in response.headers) == (status == 401)
