"""Reading scores, v1 to v3."""

from typing import Any

import pytest

from tests.support.read_api import Api, asking, tell_scores
from tests.support.told import score, trace


async def test_v1_scores_are_those_of_traces_without_corrections(api: Api) -> None:
    await tell_scores(api)
    shown = await api.get("/scores")
    assert [row["id"] for row in shown["data"]] == ["text", "bool", "cat", "num"]
    assert shown["meta"]["totalItems"] == 4
    by_id = {row["id"]: row for row in shown["data"]}
    assert "value" not in by_id["text"]
    assert by_id["text"]["stringValue"] == "long"
    assert (by_id["bool"]["value"], by_id["bool"]["stringValue"]) == (0, "False")
    assert (by_id["cat"]["value"], by_id["cat"]["stringValue"], by_id["cat"]["observationId"]) == (0, "good", "o")
    assert (by_id["num"]["value"], by_id["num"]["dataType"], by_id["num"]["source"]) == (0.5, "NUMERIC", "API")
    assert by_id["num"]["trace"] == {"userId": "u", "tags": ["x", "y"], "environment": "staging"}
    assert by_id["num"]["metadata"] == {}
    assert (await api.get("/scores/num"))["value"] == 0.5
    for hidden in ("fix", "sess"):
        assert (await api.refusal(f"/scores/{hidden}"))[0] == 404
    correction = asking(type="string", column="dataType", operator="=", value="CORRECTION")
    assert await api.ids("/scores", filter=correction) == []


async def test_v2_scores_show_every_kind(api: Api) -> None:
    await tell_scores(api)
    by_id = {row["id"]: row for row in (await api.get("/v2/scores"))["data"]}
    assert list(by_id) == ["run", "sess", "fix", "text", "bool", "cat", "num"]
    assert (by_id["fix"]["value"], by_id["fix"]["stringValue"]) == (0, "better")
    assert (by_id["sess"]["sessionId"], by_id["sess"]["traceId"], by_id["sess"]["trace"]) == ("s", None, None)
    assert by_id["num"]["trace"]["sessionId"] == "s0"
    assert "trace" not in (await api.get("/v2/scores", fields="score"))["data"][0]
    assert (await api.get("/v2/scores/run"))["datasetRunId"] == "r"


async def test_v2_scores_are_filtered(api: Api) -> None:
    await tell_scores(api)
    for params, ids in (
        ({"name": "rating"}, ["run", "sess", "num"]),
        ({"userId": "u", "dataType": "NUMERIC"}, ["num"]),
        ({"source": "EVAL"}, ["sess"]),
        ({"scoreIds": "num,cat"}, ["cat", "num"]),
        ({"configId": "cfg"}, ["bool"]),
        ({"queueId": "q"}, ["run"]),
        ({"sessionId": "s"}, ["sess"]),
        ({"datasetRunId": "r"}, ["run"]),
        ({"traceId": "t", "observationId": "o,p"}, ["cat"]),
        ({"traceTags": "x,y", "name": "mood"}, ["cat"]),
        ({"operator": ">=", "value": 2}, ["run", "sess"]),
        ({"operator": "!=", "value": 2, "name": "rating"}, ["run", "num"]),
        ({"value": 2, "name": "rating"}, ["run", "sess", "num"]),
        ({"fromTimestamp": "2025-10-09T08:59:20Z"}, ["run", "sess"]),
    ):
        assert await api.ids("/v2/scores", **params) == ids, params


async def test_v3_scores_have_one_value_of_their_type_and_a_subject(api: Api) -> None:
    await tell_scores(api)
    shown = await api.get("/v3/scores", fields="core,details,subject,annotation", limit=100)
    assert shown["meta"] == {"limit": 100}
    by_id = {row["id"]: row for row in shown["data"]}
    values = {"run": 3, "sess": 2, "fix": "better", "text": "long", "bool": False, "cat": "good", "num": 0.5}
    assert {row_id: row["value"] for row_id, row in by_id.items()} == values
    assert by_id["bool"]["value"] is False
    assert {row_id: row["subject"] for row_id, row in by_id.items() if row_id in {"run", "sess", "cat", "num"}} == {
        "run": {"kind": "experiment", "id": "r"},
        "sess": {"kind": "session", "id": "s"},
        "cat": {"kind": "observation", "id": "o", "traceId": "t"},
        "num": {"kind": "trace", "id": "t"},
    }
    assert (by_id["run"]["authorUserId"], by_id["run"]["queueId"], by_id["num"]["comment"]) == ("me", "q", "c")
    core = {"id", "projectId", "name", "value", "dataType", "source", "timestamp", "environment"}
    assert set((await api.get("/v3/scores"))["data"][0]) == core | {"createdAt", "updatedAt"}


async def test_v3_scores_are_filtered_and_follow_the_cursor(api: Api) -> None:
    await tell_scores(api)
    for params, ids in (
        ({"name": "rating,mood"}, ["run", "sess", "cat", "num"]),
        ({"dataType": "numeric"}, ["run", "sess", "num"]),
        ({"dataType": "NUMERIC", "value": "3,0.5"}, ["run", "num"]),
        ({"dataType": "BOOLEAN", "value": "false"}, ["bool"]),
        ({"dataType": "CATEGORICAL", "value": "good,bad"}, ["cat"]),
        ({"dataType": "NUMERIC", "valueMin": 1, "valueMax": 2}, ["sess"]),
        ({"traceId": "t", "observationId": "o"}, ["cat"]),
        ({"experimentId": "r"}, ["run"]),
        ({"authorUserId": "me"}, ["run"]),
        ({"source": "eval"}, ["sess"]),
    ):
        assert await api.ids("/v3/scores", **params) == ids, params
    seen: list[str] = []
    cursor: dict[str, Any] = {"limit": 3}
    while "limit" in cursor:
        shown = await api.get("/v3/scores", **cursor)
        seen += [row["id"] for row in shown["data"]]
        cursor = shown["meta"] if "cursor" in shown["meta"] else {}
    assert seen == ["run", "sess", "fix", "text", "bool", "cat", "num"]


@pytest.mark.parametrize(
    ("sdk", "shown"), [("python 2.60.10", ("CATEGORICAL", 0.0)), ("python 4.14.3", ("TEXT", None))]
)
async def test_a_text_score_is_a_category_to_a_client_that_would_fail_on_it(
    api: Api, sdk: str, shown: tuple[str, float | None]
) -> None:
    await api.tell(trace("t"), score("note", 1, trace_id="t", name="note", text="long", data_type="TEXT"))
    name, version = sdk.split()
    headers = {"authorization": "reader", "x-langfuse-sdk-name": name, "x-langfuse-sdk-version": version}
    for path in ("/api/public/traces/t", "/api/public/scores/note", "/api/public/scores"):
        told = (await api.client.get(path, headers=headers)).json()
        found = told.get("scores", told.get("data", [told]))[0]
        assert (found["dataType"], found.get("value")) == shown
        assert found["stringValue"] == "long"
