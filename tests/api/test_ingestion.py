import asyncio
import gzip
import json
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from structlog.testing import capture_logs

from panope.assembly import AppOptions
from panope.domain.errors import UnavailableError
from panope.domain.ids import ProjectId
from panope.http.limits import BodyLimits
from panope.ports.telemetry import IngestBatch
from panope.query.ast import ListQuery, Sort
from tests.api.conftest import AUTH, BROWSER_AUTH, NOW_US, OTHER_PROJECT, PROJECT, Stage, staged

AT = "2027-01-15T07:59:00.000Z"
NEWEST_FIRST = ListQuery(sort=Sort("timestamp"))


def event(kind: str, body: dict[str, Any], event_id: str = "e1") -> dict[str, Any]:
    return {"id": event_id, "type": kind, "timestamp": AT, "body": body}


BATCH = {
    "batch": [
        event("trace-create", {"id": "t1", "name": "chat"}, "e1"),
        event("generation-create", {"id": "g1", "traceId": "t1", "model": "gpt-4o", "input": "Hi"}, "e2"),
        event("generation-update", {"id": "g1", "output": "Hello", "usage": {"input": 1, "output": 2}}, "e3"),
        event("score-create", {"name": "quality", "value": 0.5, "traceId": "t1"}, "e4"),
    ],
    "metadata": {"sdk_name": "python", "sdk_version": "2.60.10"},
}


async def trace_ids(stage: Stage, project_id: ProjectId = PROJECT) -> list[str]:
    page = await stage.telemetry.list_traces(project_id, NEWEST_FIRST)
    return [traced.row.id for traced in page.rows]


async def test_a_batch_is_readable_once_it_is_acknowledged(stage: Stage) -> None:
    response = await stage.client.post("/api/public/ingestion", json=BATCH, headers=AUTH)
    assert response.status_code == 207
    assert response.headers["content-type"] == "application/json"
    body = response.json()
    assert body["errors"] == []
    assert sorted(success["id"] for success in body["successes"]) == ["e1", "e2", "e3", "e4"]
    detail = await stage.telemetry.get_trace(PROJECT, "t1")
    assert detail is not None
    assert [observed.row.model for observed in detail.observations] == ["gpt-4o"]
    assert [score.name for score in detail.scores] == ["quality"]
    assert await trace_ids(stage, OTHER_PROJECT) == []


async def test_a_receipt_says_who_sent_how_much_and_what_became_of_it(stage: Stage) -> None:
    bad = event("generation-create", {"id": "g2", "traceId": "t1", "level": 5}, "e9")
    batch = {**BATCH, "batch": [*BATCH["batch"], bad]}
    await stage.client.post("/api/public/ingestion", json=batch, headers={**AUTH, "x-request-id": "r-1"})
    (receipt,) = await stage.telemetry.list_receipts(PROJECT, 10)
    assert receipt.request_id == "r-1"
    assert receipt.received_us == NOW_US
    assert receipt.protocol == "langfuse"
    assert (receipt.sdk_name, receipt.sdk_version) == ("python", "2.60.10")
    assert (receipt.accepted, receipt.rejected, receipt.status) == (4, 1, 207)
    assert sum(receipt.reasons.values()) == 1
    assert receipt.body_bytes == len(json.dumps(batch, separators=(",", ":")))


async def test_one_bad_event_does_not_sink_its_batch(stage: Stage) -> None:
    batch = {"batch": [*BATCH["batch"], event("nonsense-create", {}, "e5"), {"id": "e6"}, 7]}
    response = await stage.client.post("/api/public/ingestion", json=batch, headers=AUTH)
    assert response.status_code == 207
    errors = response.json()["errors"]
    assert [(error["id"], error["status"]) for error in errors] == [("e5", 400), ("e6", 400), ("unknown", 400)]
    assert len(response.json()["successes"]) == 4
    assert await trace_ids(stage) == ["t1"]


async def test_an_empty_batch_is_acknowledged_and_receipted(stage: Stage) -> None:
    response = await stage.client.post("/api/public/ingestion", json={"batch": []}, headers=AUTH)
    assert response.status_code == 207
    assert response.json() == {"successes": [], "errors": []}
    (receipt,) = await stage.telemetry.list_receipts(PROJECT, 10)
    assert (receipt.accepted, receipt.rejected) == (0, 0)


@pytest.mark.parametrize("body", [b"{}", b"[]", b"not json", b'{"batch": 5}', b"", b"\xff\xfe"])
async def test_a_malformed_envelope_is_a_400_with_a_list_of_texts_and_a_receipt(stage: Stage, body: bytes) -> None:
    response = await stage.client.post("/api/public/ingestion", content=body, headers=AUTH)
    assert response.status_code == 400
    answer = response.json()
    assert answer["message"] == "Invalid request data"
    assert [type(error) for error in answer["errors"]] == [str]
    (receipt,) = await stage.telemetry.list_receipts(PROJECT, 10)
    assert (receipt.status, receipt.accepted, list(receipt.reasons.values())) == (400, 0, [1])


async def test_the_same_batch_again_changes_nothing(stage: Stage) -> None:
    await stage.client.post("/api/public/ingestion", json=BATCH, headers=AUTH)
    before = await stage.telemetry.snapshot(PROJECT)
    response = await stage.client.post("/api/public/ingestion", json=BATCH, headers=AUTH)
    assert len(response.json()["successes"]) == 4
    assert await stage.telemetry.snapshot(PROJECT) == before


async def test_a_packed_batch_is_unpacked(stage: Stage) -> None:
    packed = gzip.compress(json.dumps(BATCH).encode())
    headers = {**AUTH, "Content-Encoding": "gzip"}
    response = await stage.client.post("/api/public/ingestion", content=packed, headers=headers)
    assert response.status_code == 207
    assert await trace_ids(stage) == ["t1"]


async def test_a_body_beyond_the_limit_is_a_413_that_names_the_setting_and_is_receipted(stage: Stage) -> None:
    response = await stage.client.post("/api/public/ingestion", content=b"x" * 1_000_001, headers=AUTH)
    assert response.status_code == 413
    assert "max_body_bytes" in response.json()["message"]
    assert response.json()["error"] == "PayloadTooLargeError"
    (receipt,) = await stage.telemetry.list_receipts(PROJECT, 10)
    assert receipt.reasons == {"body_too_large": 1}


async def test_a_store_that_is_away_is_a_503_that_says_when_to_come_back(stage: Stage) -> None:
    stage.telemetry.failure = UnavailableError("The queue is full", code="queue_full", retry_after_s=7)
    response = await stage.client.post("/api/public/ingestion", json=BATCH, headers=AUTH)
    assert response.status_code == 503
    assert response.headers["retry-after"] == "7"
    assert response.json() == {"message": "The queue is full", "error": "ServiceUnavailableError"}
    assert await trace_ids(stage) == []


async def test_a_refusal_that_cannot_be_recorded_is_still_told_to_the_client(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_arguments: object) -> None:
        raise UnavailableError("The queue is full", code="queue_full")

    monkeypatch.setattr(stage.telemetry, "record", fail)
    with capture_logs() as entries:
        response = await stage.client.post("/api/public/ingestion", content=b"junk", headers=AUTH)
    assert response.status_code == 400
    assert [entry["reason"] for entry in entries if entry["event"] == "refusal not recorded"] == ["queue_full"]


async def test_beyond_the_requests_in_flight_senders_are_told_to_wait_and_others_are_served(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    limits = BodyLimits(max_in_flight_requests=1)
    entered, leave = asyncio.Event(), asyncio.Event()
    async with staged(AppOptions(limits=limits)) as stage:
        apply = stage.telemetry.apply

        async def wait(batch: IngestBatch) -> None:
            entered.set()
            await leave.wait()
            await apply(batch)

        monkeypatch.setattr(stage.telemetry, "apply", wait)
        first = asyncio.create_task(stage.client.post("/api/public/ingestion", json=BATCH, headers=AUTH))
        await entered.wait()
        second = await stage.client.post("/api/public/ingestion", json=BATCH, headers=AUTH)
        model = {"modelName": "own", "matchPattern": "^own$", "unit": "TOKENS", "inputPrice": 1}
        catalog = await stage.client.post("/api/public/models", json=model, headers=AUTH)
        leave.set()
        assert (await first).status_code == 207
        assert second.status_code == 429
        assert second.headers["retry-after"] == "1"
        assert second.json()["code"] == "rate_limited"
        assert "max_in_flight_requests" in second.json()["message"]
        assert catalog.status_code == 200
        again = await stage.client.post("/api/public/ingestion", json=BATCH, headers=AUTH)
        assert again.status_code == 207


async def test_a_public_key_alone_may_send_scores_and_nothing_else(stage: Stage) -> None:
    response = await stage.client.post("/api/public/ingestion", json=BATCH, headers=BROWSER_AUTH)
    assert response.status_code == 207
    assert [success["id"] for success in response.json()["successes"]] == ["e4"]
    assert {error["status"] for error in response.json()["errors"]} == {401}
    assert (await stage.telemetry.list_scores(PROJECT, NEWEST_FIRST)).rows[0].row.name == "quality"


async def test_sdk_headers_with_underscores_are_read_when_the_body_says_nothing(stage: Stage) -> None:
    headers = {**AUTH, "x_langfuse_sdk_name": "python", "x_langfuse_sdk_version": "2.60.10"}
    await stage.client.post("/api/public/ingestion", json={"batch": BATCH["batch"]}, headers=headers)
    (receipt,) = await stage.telemetry.list_receipts(PROJECT, 10)
    assert (receipt.sdk_name, receipt.sdk_version) == ("python", "2.60.10")


async def test_a_single_score_answers_with_its_id(stage: Stage) -> None:
    body = {"id": "s1", "name": "quality", "value": 1, "traceId": "t1"}
    response = await stage.client.post("/api/public/scores", json=body, headers=AUTH)
    assert (response.status_code, response.json()) == (200, {"id": "s1"})
    nameless = await stage.client.post("/api/public/scores", json={**body, "id": None}, headers=BROWSER_AUTH)
    assert nameless.status_code == 200
    assert nameless.json()["id"]
    assert len((await stage.telemetry.list_scores(PROJECT, NEWEST_FIRST)).rows) == 2


async def test_a_bad_single_score_is_a_400_and_stores_nothing(stage: Stage) -> None:
    body = {"name": "quality", "value": "high", "dataType": "NUMERIC", "traceId": "t1"}
    response = await stage.client.post("/api/public/scores", json=body, headers=AUTH)
    assert response.status_code == 400
    assert response.json()["message"] == "Invalid request data"
    (receipt,) = await stage.telemetry.list_receipts(PROJECT, 10)
    assert (receipt.rejected, receipt.status) == (1, 400)
    assert (await stage.telemetry.list_scores(PROJECT, NEWEST_FIRST)).rows == []


async def test_an_array_of_scores_is_accepted_or_reported_by_index(stage: Stage) -> None:
    good = {"name": "quality", "value": 1, "traceId": "t1"}
    all_good = await stage.client.post("/api/public/scores", json=[good, good], headers=AUTH)
    assert (all_good.status_code, all_good.json()) == (202, {"message": "Accepted"})
    mixed = await stage.client.post("/api/public/scores", json=[good, {"name": ""}], headers=AUTH)
    assert mixed.status_code == 207
    answer = mixed.json()
    assert (answer["accepted"], answer["rejected"]) == (1, 1)
    assert [error["index"] for error in answer["errors"]] == [1]


async def test_the_single_entity_writes_of_old_still_work(stage: Stage) -> None:
    async def write(method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        response = await stage.client.request(method, f"/api/public/{path}", json=body, headers=AUTH)
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    assert await write("POST", "traces", {"id": "t1", "name": "chat"}) == {"id": "t1"}
    assert await write("POST", "spans", {"id": "s1", "traceId": "t1", "name": "step"}) == {"id": "s1"}
    assert await write("PATCH", "spans", {"spanId": "s1", "output": "done"}) == {"id": "s1"}
    await write("POST", "generations", {"id": "g1", "traceId": "t1", "prompt": "Hi", "model": "gpt-4o"})
    await write("PATCH", "generations", {"generationId": "g1", "completion": "Hello"})
    assert (await write("POST", "events", {"traceId": "t1", "name": "clicked"}))["id"]
    detail = await stage.telemetry.get_trace(PROJECT, "t1")
    assert detail is not None
    found = {observed.row.type: observed for observed in detail.observations}
    assert sorted(found) == ["EVENT", "GENERATION", "SPAN"]
    generation, span = found["GENERATION"].payload, found["SPAN"].payload
    assert generation is not None
    assert span is not None
    assert (generation.input, generation.output, span.output) == ("Hi", "Hello", "done")


def export(names: list[str]) -> ExportTraceServiceRequest:
    request = ExportTraceServiceRequest()
    scope = request.resource_spans.add().scope_spans.add()
    for number, name in enumerate(names, 1):
        span = scope.spans.add()
        span.trace_id = bytes(15) + b"\x01"
        span.span_id = bytes(7) + bytes([number])
        span.name = name
        span.start_time_unix_nano = NOW_US * 1000
        span.end_time_unix_nano = NOW_US * 1000 + 1
    return request


async def test_spans_as_protobuf_are_readable_once_they_are_acknowledged(stage: Stage) -> None:
    headers = {**AUTH, "Content-Type": "application/x-protobuf", "Content-Encoding": "gzip"}
    packed = gzip.compress(export(["root", "child"]).SerializeToString())
    response = await stage.client.post("/api/public/otel/v1/traces", content=packed, headers=headers)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/x-protobuf"
    assert not ExportTraceServiceResponse.FromString(response.content).partial_success.rejected_spans
    detail = await stage.telemetry.get_trace(PROJECT, "0" * 31 + "1")
    assert detail is not None
    assert [observed.row.name for observed in detail.observations] == ["root", "child"]
    (receipt,) = await stage.telemetry.list_receipts(PROJECT, 10)
    assert (receipt.protocol, receipt.accepted, receipt.status) == ("otlp-protobuf", 2, 200)


async def test_spans_as_json_answer_in_json(stage: Stage) -> None:
    span = {
        "traceId": "0" * 31 + "2",
        "spanId": "0" * 15 + "3",
        "name": "root",
        "startTimeUnixNano": str(NOW_US * 1000),
        "endTimeUnixNano": str(NOW_US * 1000),
    }
    body = {"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}
    response = await stage.client.post("/api/public/otel/v1/traces", json=body, headers=AUTH)
    assert (response.status_code, response.json()) == (200, {})
    assert response.headers["content-type"] == "application/json"
    assert await trace_ids(stage) == ["0" * 31 + "2"]


async def test_what_is_no_export_is_a_400_in_the_words_of_otel_and_receipted(stage: Stage) -> None:
    for headers, code in (
        ({"Content-Type": "text/plain"}, "unsupported_content_type"),
        ({"Content-Type": "application/json", "x-langfuse-ingestion-version": "9"}, "unsupported_ingestion_version"),
        ({"Content-Type": "application/x-protobuf", "Content-Encoding": "gzip"}, "broken_gzip"),
    ):
        sent = {**AUTH, **headers}
        response = await stage.client.post("/api/public/otel/v1/traces", content=b"\x08nonsense", headers=sent)
        assert response.status_code == 400
        assert list(response.json()) == ["error"]
        receipt = (await stage.telemetry.list_receipts(PROJECT, 1))[0]
        assert receipt.reasons == {code: 1}


async def test_bad_protobuf_is_a_400(stage: Stage) -> None:
    headers = {**AUTH, "Content-Type": "application/x-protobuf"}
    response = await stage.client.post("/api/public/otel/v1/traces", content=b"\xff\xff\xff", headers=headers)
    assert response.status_code == 400
    assert list(response.json()) == ["error"]


async def test_metrics_count_events_by_protocol_and_refusals_by_code(stage: Stage) -> None:
    await stage.client.post("/api/public/ingestion", json=BATCH, headers=AUTH)
    await stage.client.post("/api/public/ingestion", content=b"x", headers=AUTH)
    text = (await stage.client.get("/metrics")).text
    assert 'panope_ingested_events_total{protocol="langfuse"} 4.0' in text
    assert 'panope_refused_requests_total{code="malformed_envelope",protocol="langfuse"} 1.0' in text
    assert 'panope_http_requests_total{method="POST",route="/api/public/ingestion",status="207"} 1.0' in text
