"""What a client gets wrong is refused by name or repaired with a word in the ledger, and harms nothing beside it."""

import json
import threading
from collections import Counter
from collections.abc import AsyncIterator
from itertools import zip_longest
from typing import Any
from urllib.parse import quote

import pytest
import pytest_asyncio
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from panope.http.fast import ingestion
from panope.wire.langfuse.ingestion import decode_ingestion
from tests.api.bad_inputs import events, legacy, models, scores, spans, wholes
from tests.api.bad_inputs.shapes import Accepted, Refused, event, named, write
from tests.api.edge import Edge, Scene, opened_scene
from tests.support.engines import ENGINES
from tests.unit.wire.otlp.requests import as_json, as_protobuf, group

NOUNS = {"trace": "traces", "score": "v2/scores"}
NEIGHBOURS = [event("trace-create", {"id": f"neighbour-{number}"}, id=f"e{number}") for number in (1, 2)]


pytestmark = pytest.mark.asyncio(loop_scope="module")

before_storage = pytest.mark.parametrize("scene", ["memory"], indirect=True)
"""For what is refused before any engine sees it; that the engines do not see it is one test for all rows."""


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=ENGINES)
async def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    async with opened_scene(request.param, request, tmp_path_factory.mktemp("scene")) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def edge(scene: Scene) -> Edge:
    return await scene.new_project()


def noun_of(sent: Any) -> str:
    return NOUNS.get(sent["type"].partition("-")[0], "observations")


def includes(shown: dict[str, Any], expected: dict[str, Any]) -> bool:
    return {key: shown.get(key) for key in expected} == expected


@before_storage
@pytest.mark.parametrize("row", named(events.REFUSED))
async def test_a_bad_event_is_refused_alone(edge: Edge, row: Refused) -> None:
    batch = {"batch": [NEIGHBOURS[0], row.sent, NEIGHBOURS[1]]}
    response = await edge.send("/ingestion", write(batch, row.raw))
    assert response.status_code == 207
    answer = response.json()
    assert sorted(answer) == ["errors", "successes"]
    assert answer["successes"] == [{"id": "e1", "status": 201}, {"id": "e2", "status": 201}]
    (error,) = answer["errors"]
    assert sorted(error) == ["error", "id", "message", "status"]
    assert (error["id"], error["status"], error["message"]) == (row.event_id, row.status, "Invalid request data")
    assert row.says in error["error"]
    assert len(error["error"]) < 300
    assert await edge.stored("traces") == ["neighbour-1", "neighbour-2"]
    receipt = await edge.newest_receipt()
    assert (receipt.accepted, receipt.rejected, receipt.reasons, receipt.repairs) == (2, 1, {row.code: 1}, {})
    assert (receipt.protocol, receipt.status) == ("langfuse", 207)


@pytest.mark.parametrize("row", named(events.ACCEPTED))
async def test_an_odd_event_is_stored_and_its_repairs_are_in_the_ledger(edge: Edge, row: Accepted) -> None:
    batch = {"batch": [NEIGHBOURS[0], row.sent, NEIGHBOURS[1]]}
    response = await edge.send("/ingestion", write(batch, row.raw))
    assert (response.status_code, response.json()["errors"]) == (207, [])
    assert len(response.json()["successes"]) == 3
    receipt = await edge.newest_receipt()
    assert (receipt.accepted, receipt.rejected, receipt.reasons) == (3, 0, {})
    assert receipt.repairs == dict.fromkeys(row.repairs, 1)
    entity_id = row.shows.get("id", events.ID)
    status, shown = await edge.show(noun_of(row.sent), entity_id)
    assert status == 200
    assert includes(shown, row.shows), {key: shown.get(key) for key in row.shows}


async def test_all_odd_and_bad_events_at_once_are_stored_and_refused_each_by_itself(edge: Edge) -> None:
    rows = [row for pair in zip_longest(events.ACCEPTED, events.REFUSED) for row in pair if row is not None]
    small = [row for row in rows if len(write(row.sent, row.raw)) < 50_000]
    body = b'{"batch":[' + b",".join(write(row.sent, row.raw) for row in small) + b"]}"
    response = await edge.send("/ingestion", body)
    assert response.status_code == 207
    refused = [row for row in small if isinstance(row, Refused)]
    assert len(refused) > 200
    assert [error["id"] for error in response.json()["errors"]] == [row.event_id for row in refused]
    receipt = await edge.newest_receipt()
    assert (receipt.accepted, receipt.rejected) == (len(small) - len(refused), len(refused))
    assert receipt.reasons == Counter(row.code for row in refused)
    assert receipt.repairs == Counter(code for row in small if isinstance(row, Accepted) for code in row.repairs)


async def export(edge: Edge, body: bytes, encoding: str) -> tuple[int, int, str]:
    """Send spans; status, how many were refused, and why."""
    response = await edge.send("/otel/v1/traces", body, {"Content-Type": encoding})
    assert response.headers["content-type"] == encoding
    if encoding == spans.PROTOBUF:
        partial = ExportTraceServiceResponse.FromString(response.content).partial_success
        return response.status_code, partial.rejected_spans, partial.error_message
    answer = response.json()
    assert answer.keys() <= {"partialSuccess"}
    told = answer.get("partialSuccess", {})
    return response.status_code, int(told.get("rejectedSpans", 0)), told.get("errorMessage", "")


@before_storage
@pytest.mark.parametrize(("row", "encoding"), spans.encoded_rows(spans.REFUSED))
async def test_a_bad_span_is_refused_alone(edge: Edge, row: spans.SpanRow, encoding: str) -> None:
    status, refused, message = await export(edge, row.body(encoding), encoding)
    assert (status, refused) == (200, 1)
    assert message.startswith("span 1: ")
    assert len(message) < 300
    assert await edge.stored("observations") == list(spans.NEIGHBOURS)
    receipt = await edge.newest_receipt()
    assert (receipt.accepted, receipt.rejected, receipt.reasons, receipt.repairs) == (2, 1, {row.code: 1}, {})
    assert (receipt.protocol, receipt.status) == (f"otlp-{'json' if encoding == spans.JSON else 'protobuf'}", 200)


@pytest.mark.parametrize(("row", "encoding"), spans.encoded_rows(spans.ACCEPTED))
async def test_an_odd_span_is_stored_and_its_repairs_are_in_the_ledger(
    edge: Edge, row: spans.SpanRow, encoding: str
) -> None:
    assert await export(edge, row.body(encoding), encoding) == (200, 0, "")
    receipt = await edge.newest_receipt()
    assert (receipt.accepted, receipt.rejected, receipt.reasons) == (3, 0, {})
    assert receipt.repairs == dict.fromkeys(row.repairs, 1)
    status, shown = await edge.show("observations", row.shows.get("id", spans.ID))
    assert status == 200
    assert includes(shown, row.shows), {key: shown.get(key) for key in row.shows}
    if row.attributes is not None:
        assert shown["metadata"]["attributes"] == row.attributes
    status, trace = await edge.show("traces", shown["traceId"])
    assert status == 200
    assert includes(trace, row.trace), {key: trace.get(key) for key in row.trace}


def check_one_refusal(answer: dict[str, Any], row: Refused) -> None:
    assert answer["message"] == "Invalid request data"
    (issue,) = answer["error"]
    assert sorted(issue) == ["code", "message", "path"]
    assert issue["code"] == row.code
    assert row.says in issue["message"]


@before_storage
@pytest.mark.parametrize("row", named(scores.REFUSED))
async def test_a_bad_score_is_a_400_alone_and_refused_alone_among_others(edge: Edge, row: Refused) -> None:
    response = await edge.send("/scores", write(row.sent, row.raw))
    assert response.status_code == 400
    check_one_refusal(response.json(), row)
    receipt = await edge.newest_receipt()
    assert (receipt.protocol, receipt.status, receipt.accepted, receipt.reasons) == ("scores", 400, 0, {row.code: 1})
    response = await edge.send("/scores", write([scores.GOOD, row.sent, scores.GOOD], row.raw))
    assert response.status_code == 207
    answer = response.json()
    assert (answer["accepted"], answer["rejected"]) == (2, 1)
    assert [(error["index"], sorted(error)) for error in answer["errors"]] == [(1, ["index", "message"])]
    assert len(await edge.stored("scores")) == 2
    receipt = await edge.newest_receipt()
    assert (receipt.status, receipt.accepted, receipt.rejected, receipt.reasons) == (207, 2, 1, {row.code: 1})


@before_storage
@pytest.mark.parametrize("row", [row for row in named(scores.REFUSED) if isinstance(row.values[0].sent, dict)])
async def test_a_bad_score_event_is_refused_alone(edge: Edge, row: Refused) -> None:
    batch = {"batch": [NEIGHBOURS[0], event("score-create", row.sent), NEIGHBOURS[1]]}
    response = await edge.send("/ingestion", write(batch, row.raw))
    assert response.status_code == 207
    assert [(error["id"], error["status"]) for error in response.json()["errors"]] == [("bad-event", 400)]
    assert (await edge.stored("scores"), len(await edge.stored("traces"))) == ([], 2)
    assert (await edge.newest_receipt()).reasons == {row.code: 1}


@pytest.mark.parametrize("as_event", [False, True])
@pytest.mark.parametrize("row", named(scores.ACCEPTED))
async def test_an_odd_score_is_stored_and_its_repairs_are_in_the_ledger(
    edge: Edge, row: Accepted, *, as_event: bool
) -> None:
    sent, path = row.sent, "/scores"
    if as_event:
        sent, path = {"batch": [event("score-create", row.sent)]}, "/ingestion"
    response = await edge.send(path, write(sent, row.raw))
    assert response.status_code == (207 if as_event else 200)
    receipt = await edge.newest_receipt()
    assert (receipt.accepted, receipt.reasons, receipt.repairs) == (1, {}, dict.fromkeys(row.repairs, 1))
    status, shown = await edge.show("v2/scores", row.shows.get("id", scores.ID))
    assert status == 200
    assert includes(shown, row.shows), {key: shown.get(key) for key in row.shows}


def on_routes(*pairs: tuple[list[tuple[str, str]], list[Any]]) -> list[Any]:
    return [
        pytest.param(row.values[0], route, id=f"{route[0]}-{route[1][1:]}-{row.id}")
        for routes, rows in pairs
        for route in routes
        for row in named(rows)
    ]


@before_storage
@pytest.mark.parametrize(
    ("row", "route"),
    on_routes(
        (legacy.ROUTES, legacy.ANY_REFUSED),
        (legacy.OBSERVATION_ROUTES, legacy.OBSERVATION_REFUSED),
        (legacy.UPDATES, legacy.UPDATE_REFUSED),
    ),
)
async def test_a_bad_entity_on_a_legacy_route_is_a_400(edge: Edge, row: Refused, route: tuple[str, str]) -> None:
    method, path = route
    response = await edge.send(path, write(legacy.placed(row, route), row.raw), method=method)
    assert response.status_code == 400
    check_one_refusal(response.json(), row)
    assert (await edge.stored("traces"), await edge.stored("observations")) == ([], [])
    receipt = await edge.newest_receipt()
    assert (receipt.protocol, receipt.status, receipt.accepted, receipt.reasons) == ("legacy", 400, 0, {row.code: 1})


@pytest.mark.parametrize(
    ("row", "route"),
    on_routes(
        (legacy.ROUTES, legacy.ANY_ACCEPTED),
        (legacy.ROUTES[1:5], legacy.SPAN_ACCEPTED),
        (legacy.GENERATION_ROUTES, legacy.GENERATION_ACCEPTED),
    ),
)
async def test_an_odd_entity_on_a_legacy_route_is_stored(edge: Edge, row: Accepted, route: tuple[str, str]) -> None:
    method, path = route
    response = await edge.send(path, write(legacy.placed(row, route), row.raw), method=method)
    assert (response.status_code, response.json()) == (200, {"id": legacy.ID})
    receipt = await edge.newest_receipt()
    assert (receipt.accepted, receipt.reasons, receipt.repairs) == (1, {}, dict.fromkeys(row.repairs, 1))
    status, shown = await edge.show(legacy.NOUNS.get(path, "observations"), legacy.ID)
    assert status == 200
    assert includes(shown, row.shows), {key: shown.get(key) for key in row.shows}


@before_storage
@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize("row", named(models.REFUSED))
async def test_a_bad_model_is_a_400_that_names_the_place(edge: Edge, row: Refused, method: str) -> None:
    path = "/models" if method == "POST" else f"/models/of-{edge.project_id}"
    response = await edge.send(path, write(row.sent, row.raw), method=method)
    assert response.status_code == 400
    answer = response.json()
    assert answer["message"] == "Invalid request data"
    assert all(sorted(issue) == ["code", "message", "path"] for issue in answer["error"])
    assert row.code in {issue["code"] for issue in answer["error"]}
    assert row.says in str(answer["error"])
    _, listed = await edge.get("/models?limit=1")  # one's own come first
    assert listed["data"][0]["isLangfuseManaged"]


@pytest.mark.parametrize("row", named(models.ACCEPTED))
async def test_an_odd_model_is_stored(edge: Edge, row: Accepted) -> None:
    response = await edge.send("/models", write(row.sent, row.raw))
    assert response.status_code == 200
    status, shown = await edge.show("models", response.json()["id"])
    assert status == 200
    assert includes(shown, row.shows), {key: shown.get(key) for key in row.shows}


EVERY_WRITE = [
    pytest.param(row, route, id=f"{route.name}-{row.name.replace(' ', '-')}")
    for route in wholes.ROUTES
    for row in wholes.ROWS
]


@before_storage
@pytest.mark.parametrize(("row", "route"), EVERY_WRITE)
async def test_what_cannot_be_read_is_refused_whole(edge: Edge, row: wholes.Whole, route: wholes.Route) -> None:
    headers = {"Content-Type": route.content_type, **({"Content-Encoding": row.encoding} if row.encoding else {})}
    response = await edge.send(route.path, row.body, headers, method=route.method)
    assert response.status_code == row.status
    answer = response.json()
    assert sorted(answer) == route.keys.get(row.status, ["error", "message"])
    assert len(response.content) < 500
    snapshot = await edge.engine.reader.snapshot(edge.project_id)
    assert not any(snapshot.values())
    if route.protocol is not None:
        (receipt,) = await edge.receipts()
        code = route.malformed if row.code == wholes.MALFORMED else row.code
        assert (receipt.protocol, receipt.status, receipt.accepted) == (route.protocol, row.status, 0)
        assert receipt.reasons == {code: 1}


@before_storage
@pytest.mark.parametrize("content_type", ["", "text/plain", "application/octet-stream", "application/xml", "json"])
async def test_spans_of_another_content_type_are_refused_whole(edge: Edge, content_type: str) -> None:
    response = await edge.send("/otel/v1/traces", b"{}", {"Content-Type": content_type})
    assert (response.status_code, sorted(response.json())) == (400, ["error"])
    assert (await edge.newest_receipt()).reasons == {"unsupported_content_type": 1}


@before_storage
@pytest.mark.parametrize("version", ["5", "-1", "four", "", "99999999999999999999", "1.5", "4,4"])
async def test_an_unknown_ingestion_version_is_refused_whole(edge: Edge, version: str) -> None:
    headers = {"Content-Type": spans.JSON, "x-langfuse-ingestion-version": version}
    response = await edge.send("/otel/v1/traces", b"{}", headers)
    assert (response.status_code, sorted(response.json())) == (400, ["error"])
    assert (await edge.newest_receipt()).reasons == {"unsupported_ingestion_version": 1}


@before_storage
@pytest.mark.parametrize("encoding", spans.BOTH)
async def test_spans_that_are_all_bad_are_refused_whole_and_counted_one_by_one(edge: Edge, encoding: str) -> None:
    bad = [spans.span(number=1, trace_id=""), spans.span(number=2, start_ns=1), spans.span(number=3, start_ns=2)]
    encode = as_json if encoding == spans.JSON else as_protobuf
    response = await edge.send("/otel/v1/traces", encode(group(bad)), {"Content-Type": encoding})
    assert (response.status_code, sorted(response.json())) == (400, ["error"])
    receipt = await edge.newest_receipt()
    assert (receipt.accepted, receipt.rejected, receipt.status) == (0, 3, 400)
    assert receipt.reasons == {"missing_id": 1, "time_out_of_range": 2}


@before_storage
@pytest.mark.parametrize("signal", ["resourceLogs", "resourceMetrics"])
async def test_another_signal_is_refused_by_its_name(edge: Edge, signal: str) -> None:
    response = await edge.send("/otel/v1/traces", write({signal: [{}]}))
    assert response.status_code == 400
    assert signal.removeprefix("resource").lower() in response.json()["error"]


@before_storage
async def test_more_events_than_a_request_may_hold_are_refused_whole(edge: Edge) -> None:
    response = await edge.send("/ingestion", b'{"batch": [' + b"1," * 20_000 + b"1]}")
    assert (response.status_code, response.json()["error"]) == (413, "PayloadTooLargeError")
    assert (await edge.newest_receipt()).reasons == {"too_many_events": 1}


@before_storage
@pytest.mark.parametrize("body", wholes.BAD_DELETIONS)
async def test_a_deletion_that_makes_no_sense_is_a_400(edge: Edge, body: bytes) -> None:
    response = await edge.send("/traces", body, method="DELETE")
    assert response.status_code == 400
    assert response.json()["message"]


@pytest.mark.parametrize("entity_id", wholes.NO_IDS.values(), ids=wholes.NO_IDS)
async def test_an_id_that_nothing_can_have_is_not_found(edge: Edge, entity_id: str) -> None:
    quoted = quote(entity_id.encode("utf-8", "surrogatepass"), safe="")
    for noun in ("traces", "observations", "sessions", "scores", "v2/scores", "models"):
        status, answer = await edge.get(f"/{noun}/{quoted}")
        assert (status, answer["error"]) == (404, "LangfuseNotFoundError"), noun
    for noun, expected in (("traces", 200), ("scores", 202), ("models", 404)):
        response = await edge.send(f"/{noun}/{quoted}", b"", method="DELETE")
        assert response.status_code in {expected, 404}, noun
    stored = await edge.send(f"/models/{quoted}", write(models.GOOD), method="PUT")
    assert stored.status_code in {200, 400, 404, 409}


@pytest.mark.parametrize("entity_id", ["a\nb", "\n", "a\n", "a\tb", "a?b#c", "a%0Ab", " ", "\u202e", "a//b/"])
async def test_whatever_was_stored_is_found_and_deleted_by_its_id(edge: Edge, entity_id: str) -> None:
    told = [
        event("trace-create", {"id": entity_id, "sessionId": entity_id}, id="e1"),
        event("span-create", {"id": entity_id, "traceId": entity_id}, id="e2"),
        event("score-create", {"id": entity_id, "traceId": entity_id, "name": "q", "value": 1}, id="e3"),
    ]
    assert (await edge.send("/ingestion", write({"batch": told}))).json()["errors"] == []
    for noun in ("traces", "observations", "sessions", "scores", "v2/scores"):
        status, shown = await edge.show(noun, entity_id)
        assert (status, shown.get("id")) == (200, entity_id), noun
    for noun in ("scores", "traces"):
        await edge.send(f"/{noun}/{quote(entity_id, safe='')}", b"", method="DELETE")
        assert (await edge.show(noun, entity_id))[0] == 404, noun


async def tell_everything(edge: Edge, name: str) -> None:
    """One of every kind, under the same ids in whichever project."""
    batch = [
        event("trace-create", {"id": "t", "name": name, "sessionId": "s"}, id="e1"),
        event("span-create", {"id": "o", "traceId": "t", "name": name}, id="e2"),
        event("score-create", {"id": "c", "traceId": "t", "name": name, "value": 1}, id="e3"),
    ]
    response = await edge.send("/ingestion", write({"batch": batch}))
    assert response.json()["errors"] == []


READS = ["/traces/t", "/observations/o", "/sessions/s", "/scores/c", "/v2/scores/c"]
LISTS = ["/traces", "/observations", "/v2/observations", "/sessions", "/scores", "/v2/scores", "/v3/scores"]


async def test_another_projects_ids_lead_nowhere(scene: Scene, edge: Edge) -> None:
    stranger = await scene.new_project()
    await tell_everything(edge, "mine")
    model = (await edge.send("/models", write(models.GOOD))).json()["id"]
    for path in [*READS, f"/models/{model}"]:
        assert (await edge.get(path))[0] == 200, path
        assert (await stranger.get(path))[0] == 404, path
    for path in LISTS:
        assert len((await edge.get(path))[1]["data"]) == 1, path
        assert (await stranger.get(path))[1]["data"] == [], path
    assert (await stranger.send(f"/models/{model}", b"", method="DELETE")).status_code == 404
    replaced = await stranger.send(f"/models/{model}", write({**models.GOOD, "inputPrice": 7}), method="PUT")
    assert replaced.status_code == 409
    assert (await edge.get(f"/models/{model}"))[1]["inputPrice"] == models.GOOD["inputPrice"]


async def test_another_projects_ids_are_ids_of_ones_own_when_written(scene: Scene, edge: Edge) -> None:
    stranger = await scene.new_project()
    await tell_everything(edge, "mine")
    before = await edge.engine.reader.snapshot(edge.project_id)
    await tell_everything(stranger, "theirs")
    for method, path, body in (
        ("POST", "/traces", {"id": "t", "name": "again", "public": True}),
        ("PATCH", "/spans", {"spanId": "o", "output": "again"}),
        ("POST", "/scores", {"id": "c", "traceId": "t", "name": "again", "value": 0}),
        ("POST", "/scores", {"id": "c2", "traceId": "t", "observationId": "o", "name": "again", "value": 0}),
        ("POST", "/otel/v1/traces", json.loads(as_json(group([spans.span(trace_id="t", span_id="o")])))),
    ):
        assert (await stranger.send(path, write(body), method=method)).status_code == 200
    assert (await stranger.get("/traces/t"))[1]["name"] == "again"
    assert (await stranger.get("/observations/o"))[1]["output"] == "again"
    assert await edge.engine.reader.snapshot(edge.project_id) == before
    for path in ("/traces/t", "/scores/c"):
        assert (await stranger.send(path, b"", method="DELETE")).status_code in {200, 202}
    await stranger.send("/traces", write({"traceIds": ["t"]}), method="DELETE")
    assert (await stranger.get("/traces/t"))[0] == 404
    assert await edge.engine.reader.snapshot(edge.project_id) == before


@before_storage
@pytest.mark.parametrize(("size", "is_beside"), [(1_000, False), (1_000_000, True)])
async def test_a_large_body_is_decoded_beside_the_event_loop(
    edge: Edge, monkeypatch: pytest.MonkeyPatch, size: int, *, is_beside: bool
) -> None:
    threads = []

    def decode(*args: Any, **options: Any) -> Any:
        threads.append(threading.current_thread())
        return decode_ingestion(*args, **options)

    monkeypatch.setattr(ingestion, "decode_ingestion", decode)
    response = await edge.send(
        "/ingestion", write({"batch": [event("trace-create", {"id": "t", "input": "x" * size})]})
    )
    assert (response.status_code, len(response.json()["successes"])) == (207, 1)
    assert [thread is not threading.current_thread() for thread in threads] == [is_beside]


async def test_nothing_of_all_this_was_unforeseen(scene: Scene) -> None:
    assert "request failed unexpectedly" not in scene.log.getvalue()
