"""Thousands of requests made up from the API's own description and from nothing: none is answered with a 5xx."""

import sys
from collections.abc import Callable, Iterator
from time import monotonic
from typing import Any

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode

from panope.query.fields import View
from tests.api.body_fuzz import Write, writes
from tests.api.fuzzing import FuzzedApp, fuzzed_app
from tests.api.query_fuzz import HEADERS, NAMES, PATH_PARTS, queries
from tests.support.engines import ENGINES
from tests.support.load import Load

OPENAPI = "/api/openapi.json"
HOST = "http://panope.test"

Record = Callable[[str, object], None]


@pytest.fixture(scope="module", params=ENGINES)
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FuzzedApp]:
    with fuzzed_app(request.param, request, tmp_path_factory.mktemp("fuzz")) as opened:
        yield opened


one_of_each_kind = pytest.mark.parametrize("app", ["sqlite", ENGINES[-1]], indirect=True)
only_memory = pytest.mark.parametrize("app", ["memory"], indirect=True)


def examples(count: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Settings of a test that sends the same requests in every run."""
    return settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )


def described(document: dict[str, Any]) -> dict[str, Any]:
    """The description with what it leaves out of the hot routes: their query parameters and bodies, of any make."""
    parameters = [{"name": name, "in": "query", "schema": {"type": "string"}} for name in dict.fromkeys(NAMES)]
    body = {
        "required": False,
        "content": {"application/json": {"schema": {}}, "application/x-protobuf": {"schema": {}}},
    }
    for operations in document["paths"].values():
        for method, operation in operations.items():
            known = {parameter["name"] for parameter in operation.get("parameters", [])}
            if method == "get" or not operation["security"]:  # else nothing of it could be wrong
                operation["parameters"] = [
                    *operation.get("parameters", []),
                    *(parameter for parameter in parameters if parameter["name"] not in known),
                ]
            if method != "get":
                operation.setdefault("requestBody", body)
    return document


def read_operations(app: FuzzedApp) -> list[Any]:
    """Every operation of the description."""
    schema: Any = schemathesis.openapi.from_dict(described(app.get_json(OPENAPI)))
    return [result.ok() for result in schema.get_all_operations()]


def send(app: FuzzedApp, case: Case[Any], headers: dict[str, str]) -> int:
    sent = case.as_transport_kwargs(base_url=HOST)
    names = {"data": "content", "json": "json", "files": "files"}
    body: dict[str, Any] = {names[name]: sent[name] for name in names if name in sent}
    merged = {**{str(name): str(value) for name, value in sent["headers"].items()}, **headers}
    response = app.call(sent["method"], sent["url"], params=sent.get("params"), headers=merged, **body)
    return response.status_code


def credentials_of(app: FuzzedApp, operation: Any) -> dict[str, str]:
    """What an operation asks of its caller."""
    (scheme, *_), *_ = [[*asked] for asked in operation.definition.raw["security"]] or [["keyPair"]]
    if scheme == "session":
        return app.person_auth()
    return app.organization_auth if scheme == "organizationKeyPair" else app.auth


def view_of(path: str) -> View | None:
    """Which rows a path lists, for filters that fit them."""
    nouns = {"traces": View.TRACES, "observations": View.OBSERVATIONS, "scores": View.SCORES, "aggregates": View.SCORES}
    return nouns.get(path.rpartition("/")[2])


def report(record: Record, what: str, app: FuzzedApp, began_s: float) -> None:
    text = f"{sum(app.statuses.values())} requests, {dict(sorted(app.statuses.items()))}, {monotonic() - began_s:.1f} s"
    record(what, text)
    sys.stdout.write(f"\n{what}: {text}\n")


@one_of_each_kind
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_no_request_that_the_description_suggests_is_answered_with_5xx(
    app: FuzzedApp, load: Load, mode: GenerationMode, record_property: Record
) -> None:
    began_s = monotonic()
    app.statuses.clear()
    operations = read_operations(app)
    assert len(operations) >= 35
    for operation in operations:
        auth = credentials_of(app, operation)

        @examples(load.choose(small=2, bounded=20, full=400))
        @given(case=operation.as_strategy(generation_mode=mode))
        def fuzz(case: Case[Any]) -> None:
            send(app, case, auth)  # noqa: B023 - used at once

        fuzz()
    report(record_property, f"Schemathesis, {mode.value}", app, began_s)


@only_memory
def test_no_made_up_credentials_are_let_in(app: FuzzedApp, load: Load) -> None:
    everything = [(operation, operation.definition.raw["security"]) for operation in read_operations(app)]
    guarded = [operation for operation, security in everything if security and {} not in security]
    assert len(guarded) >= 30
    for operation in guarded:

        @examples(load.choose(small=1, bounded=5, full=100))
        @given(case=operation.as_strategy(), header=st.one_of(st.none(), st.binary(max_size=60)))
        def fuzz(case: Case[Any], header: bytes | None) -> None:
            made_up = {} if header is None else {"Authorization": header.decode("latin-1").replace("\0", "")}
            try:
                status = send(app, case, made_up)
            except (UnicodeEncodeError, httpx2.InvalidURL):
                return
            assert status == 401

        fuzz()


def test_no_query_path_header_or_body_of_a_read_is_answered_with_5xx(
    app: FuzzedApp, load: Load, record_property: Record
) -> None:
    began_s = monotonic()
    app.statuses.clear()
    paths = sorted(path for path, operations in app.get_json(OPENAPI)["paths"].items() if "get" in operations)
    assert len(paths) >= 20

    @examples(load.choose(small=200, bounded=3_000, full=50_000))
    @given(st.data())
    def fuzz(data: st.DataObject) -> None:
        path = data.draw(st.sampled_from(paths))
        before, brace, _ = path.partition("{")
        raw = before + data.draw(PATH_PARTS) if brace else path
        query = data.draw(queries(view_of(path)))
        url = httpx2.URL(HOST).copy_with(raw_path=f"{raw}?{query}".encode())
        headers = {**data.draw(HEADERS), **app.auth}
        body = data.draw(st.sampled_from([b"", b"", b"", b"{}", b"\xff" * 100]))
        sent = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        app.call("GET", url, content=body, headers=sent)

    fuzz()
    report(record_property, "raw reads", app, began_s)


def test_no_mutilated_write_is_answered_with_5xx(app: FuzzedApp, load: Load, record_property: Record) -> None:
    began_s = monotonic()
    app.statuses.clear()

    @examples(load.choose(small=150, bounded=2_500, full=40_000))
    @given(writes())
    def fuzz(write: Write) -> None:
        headers = {**app.auth, "Content-Type": write.content_type}
        app.call(write.method, f"/api/public{write.path}", content=write.body, headers=headers)

    fuzz()
    report(record_property, "mutilated writes", app, began_s)
    assert app.read_everything() > 50
