"""Columns of lists that the metadata, the scores and the parts of a trace make."""

import csv
import io
import json
from typing import Any

import pytest

from panope.domain.ids import ProjectId
from panope.ports.telemetry import Page, Traced
from panope.query.ast import ListQuery
from tests.api.ui.conftest import Web
from tests.support.told import observation, score, trace

KEYS = ("a,b%", "n", "nested")


async def tell(web: Web) -> None:
    await web.tell(
        trace("t1", 1, metadata={"a,b%": '"x"', "n": 5, "nested": {"k": [1]}, "other": "not asked for"}),
        trace("t2", 2),
        score("s1", 1, trace_id="t1", name="tone, all", number=1.0),
        score("s2", 2, trace_id="t1", name="tone, all", number=0.0),
    )


async def test_rows_carry_the_metadata_that_is_asked_for(web: Web) -> None:
    await tell(web)
    rows = (await web.get("/traces", orderBy="id-ASC", meta=list(KEYS)))["rows"]
    assert [row["meta"] for row in rows] == [{"a,b%": "x", "n": 5, "nested": {"k": [1]}}, {}]
    assert all("meta" not in row for row in (await web.get("/traces"))["rows"])
    assert (await web.refusal("/traces", meta=[str(at) for at in range(11)]))[0] == 400
    assert (await web.refusal("/sessions", meta="a"))[0] == 400


async def test_payloads_are_read_a_few_at_a_time(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    await web.tell(*(trace(f"t{at:02}", at, metadata={"n": at}) for at in range(12)))
    asked: list[int] = []
    real = web.stage.telemetry.list_traces

    async def list_traces(project_id: ProjectId, query: ListQuery) -> Page[Traced]:
        asked.append(query.limit)
        return await real(project_id, query)

    monkeypatch.setattr("panope.http.routes.ui.lists._PER_PAGE_WITH_PAYLOAD", 4)
    monkeypatch.setattr(web.stage.telemetry, "list_traces", list_traces)
    first = await web.get("/traces", orderBy="id-ASC", meta="n", limit=10)
    assert [row["meta"]["n"] for row in first["rows"]] == list(range(10))
    rest = await web.get("/traces", orderBy="id-ASC", meta="n", limit=10, cursor=first["next"])
    assert ([row["id"] for row in rest["rows"]], rest["next"]) == (["t10", "t11"], None)
    assert max(asked) == 5


async def test_a_page_carries_the_newest_scores_and_says_that_there_are_more(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("panope.features.explore.lists._MAX_SCORES", 3)
    owner: dict[str, Any] = {"trace_id": "t1", "name": "n", "data_type": "NUMERIC"}
    await web.tell(trace("t1", 1, session_id="s"), observation("o", 1, trace_id="t1"), trace("t2", 2))
    await web.tell(*(score(f"c{at}", at, **owner, number=at, observation_id="o") for at in range(3)))
    await web.tell(*(score(f"d{at}", at, session_id="s", name="n", number=at) for at in range(4)))
    assert "hasMoreScores" not in await web.get("/traces")
    assert "hasMoreScores" not in await web.get("/observations/o")
    await web.tell(score("c3", 3, **owner, number=3, observation_id="o"))
    for path, of in (("/traces", "t1"), ("/observations", "o"), ("/sessions", "s")):
        body = await web.get(path)
        chips = next(row["scores"] for row in body["rows"] if row["id"] == of)
        assert ([chip["value"] for chip in chips], body["hasMoreScores"]) == ([3, 2, 1], True), path
    for path, name, values in (
        ("/traces/t1", "scores", [1, 2, 3]),
        ("/observations/o", "scores", [1, 2, 3]),
        ("/sessions/s", "allScores", [3, 2, 1]),
    ):
        body = await web.get(path)
        assert ([one["value"] for one in body[name]], body["hasMoreScores"]) == (values, True), path
    await web.tell(score("e", 4, trace_id="t2", name="n", number=7))
    response = await web.ask("/traces/export", format="csv", columns="id,score.n")
    assert next(csv.DictReader(io.StringIO(response.text))) == {"id": "t2", "score.n": "7.0"}


async def test_a_file_holds_them_too(web: Web) -> None:
    await tell(web)
    columns = "id,meta.a%2Cb%25,meta.nested,score.tone%2C all"
    asked: dict[str, Any] = {"orderBy": "id-ASC", "columns": columns}
    response = await web.ask("/traces/export", format="csv", **asked)
    assert list(csv.DictReader(io.StringIO(response.text))) == [
        {"id": "t1", "meta.a,b%": "x", "meta.nested": '{"k":[1]}', "score.tone, all": "0.5"},
        {"id": "t2", "meta.a,b%": "", "meta.nested": "", "score.tone, all": ""},
    ]
    response = await web.ask("/traces/export", format="jsonl", **asked)
    assert json.loads(response.text.splitlines()[0])["score.tone, all"] == 0.5
    assert (await web.refusal("/users/export", format="csv", columns="meta.a"))[0] == 400


CALL = '{"role":"assistant","tool_calls":[{"name":"book"},{"name":"book"}]}'


async def tell_parts(web: Web) -> None:
    await web.tell(
        trace("t1", 1),
        trace("t2", 2),
        observation(
            "o1", 1, trace_id="t1", type="GENERATION", model="m2", input='{"tools":[{"name":"pay"}]}', output=CALL
        ),
        observation("o2", 2, trace_id="t1", type="GENERATION", model="m1"),
        observation("o3", 3, trace_id="t1", type="TOOL", tool="book", name="book"),
    )


async def test_traces_carry_the_models_and_tools_of_their_observations_when_asked(web: Web) -> None:
    await tell_parts(web)
    rows = (await web.get("/traces", orderBy="id-ASC", parts="true"))["rows"]
    assert [(row["models"], row["tools"]) for row in rows] == [(["m1", "m2"], ["book"]), ([], [])]
    rows = (await web.get("/traces"))["rows"]
    assert all("models" not in row and "tools" not in row for row in rows)
    assert (await web.refusal("/observations", parts="true"))[0] == 400


async def test_a_file_holds_models_where_they_are_named(web: Web) -> None:
    await tell_parts(web)
    response = await web.ask("/traces/export", format="jsonl", columns="id,models", orderBy="id-ASC")
    assert [json.loads(line) for line in response.text.splitlines()] == [
        {"id": "t1", "models": ["m1", "m2"]},
        {"id": "t2", "models": []},
    ]
    assert "models" not in (await web.ask("/traces/export", format="jsonl")).text


async def test_what_would_take_too_long_is_unknown(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("panope.features.explore.lists._MAX_PARTS", 2)
    await tell_parts(web)
    rows = (await web.get("/traces", orderBy="id-ASC", parts="true"))["rows"]
    assert [(row["models"], row["tools"]) for row in rows] == [(None, None), ([], [])]


async def test_observations_carry_their_tools(web: Web) -> None:
    await tell_parts(web)
    rows = (await web.get("/observations", orderBy="id-ASC"))["rows"]
    assert [(row["tool"], row["toolsCalled"]) for row in rows] == [(None, ["book", "book"]), (None, []), ("book", [])]
    assert (await web.get("/observations/o1"))["toolsAvailable"] == ["pay"]


async def test_values_of_tools_and_usage_are_counted(web: Web) -> None:
    await tell_parts(web)
    await web.tell(observation("o4", 4, trace_id="t2", usage={"cached": 7, "total": 7}))
    counted = await web.get("/traces/facets", field="tool.called")
    assert counted["values"] == [{"value": "book", "count": 1}]
    assert await web.ids("/traces", q="tool.called:book tool.calls:2 tool.available:pay") == ["t1"]
    assert await web.ids("/traces", q="usage.cached:>5") == ["t2"]
    assert [one["count"] for one in (await web.get("/traces/facets", field="usage.cached"))["buckets"]] == [1]
    assert (await web.refusal("/traces/facets", field="comment"))[0] == 400
