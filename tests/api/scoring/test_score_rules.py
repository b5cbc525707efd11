"""Scores judged by their configs, by whichever way they arrive."""

from typing import Any

import pytest

from panope.domain.errors import UnavailableError
from panope.domain.ids import ProjectId
from panope.features.diagnosis.clients import check_clients
from tests.api.conftest import BROWSER_AUTH
from tests.api.scoring.conftest import PUBLIC, Desk

MOOD = [{"label": "good", "value": 2}, {"label": "bad", "value": -1}]
CONFIGS: dict[str, dict[str, Any]] = {
    "accuracy": {"data_type": "NUMERIC", "minValue": 0, "maxValue": 1},
    "open": {"data_type": "NUMERIC"},
    "safe": {"data_type": "BOOLEAN"},
    "mood": {"data_type": "CATEGORICAL", "categories": MOOD},
    "note": {"data_type": "TEXT"},
}
KEPT: list[tuple[str, dict[str, Any], tuple[str, Any, Any]]] = [
    ("accuracy", {"value": 0}, ("NUMERIC", 0, None)),
    ("accuracy", {"value": 1, "dataType": "NUMERIC"}, ("NUMERIC", 1, None)),
    ("open", {"value": -1e9}, ("NUMERIC", -1e9, None)),
    ("safe", {"value": 1}, ("BOOLEAN", 1, "True")),
    ("safe", {"value": 0, "dataType": "BOOLEAN"}, ("BOOLEAN", 0, "False")),
    ("mood", {"value": "good"}, ("CATEGORICAL", 2, "good")),
    ("mood", {"value": "bad", "dataType": "CATEGORICAL"}, ("CATEGORICAL", -1, "bad")),
    ("note", {"value": "fine"}, ("TEXT", None, "fine")),
]
BROKEN: list[tuple[str, dict[str, Any], str]] = [
    ("accuracy", {"value": 1.01}, "score_breaks_range"),
    ("accuracy", {"value": -0.01}, "score_breaks_range"),
    ("accuracy", {"value": "good"}, "score_breaks_type"),
    ("accuracy", {"value": 1, "dataType": "BOOLEAN"}, "score_breaks_type"),
    ("safe", {"value": 2}, "score_breaks_type"),
    ("safe", {"value": "True"}, "score_breaks_type"),
    ("mood", {"value": "fair"}, "score_breaks_categories"),
    ("mood", {"value": "Good"}, "score_breaks_categories"),
    ("mood", {"value": 2}, "score_breaks_type"),
    ("mood", {"value": "good", "dataType": "TEXT"}, "score_breaks_type"),
    ("note", {"value": "x" * 501}, "score_breaks_type"),
    ("note", {"value": ""}, "score_breaks_type"),
    ("note", {"value": 1}, "score_breaks_type"),
]


@pytest.fixture
async def ids(desk: Desk) -> dict[str, str]:
    """Ids of the configs by name."""
    return {name: await desk.agree(name, **config) for name, config in CONFIGS.items()}


def event(body: dict[str, Any], event_id: str = "e") -> dict[str, Any]:
    sent = {"traceId": "t", "name": "any", **body}
    return {"id": event_id, "type": "score-create", "timestamp": "2027-01-15T07:00:00Z", "body": sent}


@pytest.mark.parametrize(("name", "body", "shown"), KEPT)
async def test_a_score_takes_name_and_type_from_its_config(
    desk: Desk, ids: dict[str, str], name: str, body: dict[str, Any], shown: tuple[str, Any, Any]
) -> None:
    sent = {"id": "s", "configId": ids[name], **body}
    await desk.score(name="something else", **sent)
    found = await desk.show("s")
    assert (found["dataType"], found.get("value"), found["stringValue"]) == shown
    assert (found["name"], found["configId"]) == (name, ids[name])
    batch = {"batch": [event({**sent, "id": "s2"})]}
    answered = await desk.call("POST", f"{PUBLIC}/ingestion", batch, status=207)
    assert answered == {"successes": [{"id": "e", "status": 201}], "errors": []}
    again = await desk.show("s2")
    assert [again.get(key) for key in ("name", "dataType", "value", "stringValue")] == [
        found.get(key) for key in ("name", "dataType", "value", "stringValue")
    ]


@pytest.mark.parametrize(("name", "body", "code"), BROKEN)
async def test_a_score_that_breaks_its_config_is_refused_wherever_it_arrives(
    desk: Desk, ids: dict[str, str], name: str, body: dict[str, Any], code: str
) -> None:
    sent = {"id": "s", "configId": ids[name], **body}
    refused = await desk.score(400, **sent)
    assert refused["message"] == "Invalid request data"
    assert refused["error"][0]["code"] in {code, "bad_score"}
    good = {"id": "kept", "traceId": "t", "name": "any", "value": 1}
    many = [{"traceId": "t", "name": "any", **sent}, good]
    answered = await desk.call("POST", f"{PUBLIC}/scores", many, status=207)
    assert (answered["accepted"], answered["rejected"]) == (1, 1)
    assert answered["errors"][0]["index"] == 0
    assert "body." in answered["errors"][0]["message"]
    batch = {"batch": [event(sent, "bad"), event({**good, "id": "kept-too"}, "good")]}
    answered = await desk.call("POST", f"{PUBLIC}/ingestion", batch, status=207)
    assert answered["successes"] == [{"id": "good", "status": 201}]
    assert [(error["id"], error["status"]) for error in answered["errors"]] == [("bad", 400)]
    browser = await desk.stage.client.post(f"{PUBLIC}/scores", json=many[0], headers=BROWSER_AUTH)
    assert browser.status_code == 400
    listed = await desk.get(f"{PUBLIC}/v2/scores")
    assert sorted(row["id"] for row in listed["data"]) == ["kept", "kept-too"]


async def test_a_config_that_is_not_there_is_404_and_an_archived_one_400(desk: Desk, ids: dict[str, str]) -> None:
    missing = await desk.score(404, configId="none", value=1)
    assert missing["error"] == "LangfuseNotFoundError"
    assert "configId" in missing["message"]
    await desk.call("PATCH", f"{PUBLIC}/score-configs/{ids['open']}", {"isArchived": True})
    archived = await desk.score(400, configId=ids["open"], value=1)
    assert archived["error"][0]["code"] == "archived_score_config"
    batch = {"batch": [event({"configId": "none", "value": 1})]}
    answered = await desk.call("POST", f"{PUBLIC}/ingestion", batch, status=207)
    assert [(error["id"], error["status"]) for error in answered["errors"]] == [("e", 404)]
    await desk.call("PATCH", f"{PUBLIC}/score-configs/{ids['open']}", {"isArchived": False})
    await desk.score(200, configId=ids["open"], value=1)


@pytest.mark.parametrize(
    ("sdk", "told"),
    [("python 2.60.10", []), ("python 4.14.3", []), ("python 5.0.4", ["bad"]), ("langfuse-js 3.39.1", ["bad"])],
)
async def test_a_client_that_would_send_the_batch_again_is_not_told_but_the_ledger_is(
    desk: Desk, ids: dict[str, str], sdk: str, told: list[str]
) -> None:
    name, version = sdk.split()
    batch = {
        "batch": [
            event({"id": "bad", "configId": ids["accuracy"], "value": 7}, "bad"),
            event({"id": "good", "configId": ids["accuracy"], "value": 1}, "good"),
        ],
        "metadata": {"sdk_name": name, "sdk_version": version},
    }
    answered = await desk.call("POST", f"{PUBLIC}/ingestion", batch, status=207)
    assert [error["id"] for error in answered["errors"]] == told
    assert {success["id"] for success in answered["successes"]} == {"bad", "good"} - {*told}
    await desk.call("GET", f"{PUBLIC}/v2/scores/bad", status=404)
    assert (await desk.show("good"))["value"] == 1
    receipt = await desk.receipt()
    assert (receipt.accepted, receipt.rejected, receipt.reasons) == (1, 1, {"score_breaks_range": 1})


async def test_the_doctor_says_what_was_dropped_and_what_to_do(desk: Desk, ids: dict[str, str]) -> None:
    batch = {
        "batch": [event({"configId": ids["accuracy"], "value": 7}, "bad"), event({"value": 1}, "good")],
        "metadata": {"sdk_name": "python", "sdk_version": "2.60.10"},
    }
    await desk.call("POST", f"{PUBLIC}/ingestion", batch, status=207)
    project = ProjectId("project")
    summary = await desk.stage.telemetry.summarize_ledger(project, 0, 1_000)
    found = [finding for finding in check_clients(project, summary) if finding.code == "client_rejected"]
    assert [finding.subject for finding in found] == ["python 2.60.10"]
    assert "score_breaks_range (1): " in found[0].advice
    assert "widen the config" in found[0].advice


async def test_a_correction_takes_no_config_and_an_annotation_needs_one(desk: Desk, ids: dict[str, str]) -> None:
    await desk.score(400, value="better", dataType="CORRECTION", configId=ids["note"])
    await desk.score(400, value=1, source="ANNOTATION")
    await desk.score(400, value=1, source="EVAL")
    await desk.score(id="s", value=1, source="ANNOTATION", configId=ids["accuracy"])
    assert (await desk.show("s"))["source"] == "ANNOTATION"


async def test_an_update_is_judged_too_and_changes_what_may_change(desk: Desk, ids: dict[str, str]) -> None:
    first = {"id": "s", "value": 0.2, "configId": ids["accuracy"], "comment": "first", "environment": "prod"}
    await desk.call("POST", f"{PUBLIC}/ingestion", {"batch": [event(first)]}, status=207)  # an hour ago
    await desk.score(400, id="s", value=2, configId=ids["accuracy"])
    assert (await desk.show("s"))["value"] == 0.2
    await desk.score(id="s", value=0.9, configId=ids["accuracy"], traceId="elsewhere", environment="dev")
    found = await desk.show("s")
    assert (found["value"], found["comment"]) == (0.9, "first")
    assert (found["traceId"], found["environment"]) == ("t", "prod")


async def test_a_score_without_a_config_asks_the_catalog_nothing(
    desk: Desk, ids: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_: object) -> None:
        raise AssertionError("asked")

    monkeypatch.setattr(type(desk.stage.catalog.score_configs), "list", fail)
    await desk.score(value=1)
    await desk.call("POST", f"{PUBLIC}/ingestion", {"batch": [event({"value": 1})]}, status=207)
    assert ids


async def test_while_the_catalog_is_away_only_scores_with_a_config_wait(
    desk: Desk, ids: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise UnavailableError("The catalog database does not answer: try again later", code="catalog_unavailable")

    monkeypatch.setattr(type(desk.stage.catalog.score_configs), "list", fail)
    await desk.score(503, id="waits", value=1, configId=ids["accuracy"])
    batch = [event({"id": "waits", "value": 1, "configId": ids["accuracy"]}), event({"id": "beside", "value": 1}, "f")]
    await desk.call("POST", f"{PUBLIC}/ingestion", {"batch": batch}, status=503)
    assert (await desk.get(f"{PUBLIC}/v2/scores"))["data"] == []  # nothing half done: the batch comes again
    await desk.score(id="goes", value=1)
    monkeypatch.undo()
    await desk.call("POST", f"{PUBLIC}/ingestion", {"batch": batch}, status=207)
    listed = (await desk.get(f"{PUBLIC}/v2/scores"))["data"]
    assert {row["id"] for row in listed} == {"waits", "beside", "goes"}
