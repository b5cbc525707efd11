"""A trace that is open in the web app: header, skeleton, observations, texts."""

import json

import pytest

from panope.domain.review.comments import Comment, CommentId, CommentObjectType
from panope.features.explore import traces as opening
from tests.api.conftest import NOW_US, OTHER_PROJECT, PROJECT
from tests.api.ui.conftest import Web, segment
from tests.api.ui.test_lists import tell_one
from tests.support.told import minute, observation, trace

ODD = ["a/b", "a/io", "a#b", "a?b=c", "100%", "%2F", "a b", "ä/ö", "a;b|c", "..", "skeleton"]


async def comment(web: Web, number: int, object_type: CommentObjectType, object_id: str) -> None:
    told = Comment(
        id=CommentId(f"c{number}"),
        object_type=object_type,
        object_id=object_id,
        content="well",
        created_us=NOW_US,
        updated_us=NOW_US,
    )
    await web.stage.catalog.comments.add(PROJECT, told)


async def test_the_header_says_all_but_the_texts(web: Web) -> None:
    await tell_one(web)
    await web.tell(trace("t", 1, input="hällo", metadata={"deep": {"x": 1}}, is_update=True))
    await comment(web, 1, CommentObjectType.TRACE, "t")
    body = await web.get("/traces/t")
    assert (body["id"], body["input"], body["output"]) == ("t", {"size": 6}, {"size": 0})
    assert body["metadata"] == {"deep": {"x": 1}}
    assert body["unpricedModels"] == ["unknown-model"]
    assert [(score["id"], score["observationId"]) for score in body["scores"]] == [("c1", None), ("c2", "call")]
    assert body["commentCounts"] == {"t": 1}
    assert body["totals"]["rootCount"] == 1
    assert (body["totals"]["totalTokens"], body["totals"]["totalCost"], body["cost"]) == (40, "0", None)


async def test_the_skeleton_is_all_observations_in_columns(web: Web) -> None:
    await tell_one(web)
    await comment(web, 1, CommentObjectType.OBSERVATION, "call")
    await comment(web, 2, CommentObjectType.OBSERVATION, "call")
    body = await web.get("/traces/t/skeleton")
    assert (body["count"], body["page"], body["pages"]) == (2, 0, 1)
    assert body["updatedUs"] == (await web.get("/traces/t"))["updatedUs"]
    columns = body["columns"]
    assert columns == {
        "id": ["root", "call"],
        "parentId": [None, "root"],
        "type": ["AGENT", "GENERATION"],
        "name": ["agent", "llm"],
        "startTimeUs": [minute(0), minute(0.25)],
        "endTimeUs": [minute(1), minute(0.75)],
        "timeToFirstTokenUs": [None, 15_000_000],
        "level": ["DEFAULT", "WARNING"],
        "statusMessage": [None, "slow"],
        "model": [None, "unknown-model"],
        "inputTokens": [0, 30],
        "outputTokens": [0, 10],
        "totalTokens": [0, 40],
        "cost": [None, None],
        "isUnpriced": [False, True],
        "promptName": [None, None],
        "promptVersion": [None, None],
        "scoreCount": [0, 1],
        "commentCount": [0, 2],
    }


async def test_a_large_skeleton_comes_in_pages(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "PAGE_STEPS", 3)
    monkeypatch.setattr("panope.http.routes.ui.traces.PAGE_STEPS", 3)
    await web.tell(*(observation(f"o{number}", number % 3, trace_id="t") for number in range(8)))
    pages = [await web.get("/traces/t/skeleton", page=page) for page in range(4)]
    assert [page["pages"] for page in pages] == [3] * 4
    found = [step for page in pages for step in page["columns"]["id"]]
    assert found == ["o0", "o3", "o6", "o1", "o4", "o7", "o2", "o5"]


async def test_an_observation_says_why_it_costs_what_it_costs(web: Web) -> None:
    await tell_one(web)
    body = await web.get("/observations/call")
    assert (body["id"], body["usageDetails"]) == ("call", {"input": 30, "output": 10, "total": 40})
    assert body["explanation"]["problem"]["code"] == "no_matching_price"
    assert [score["id"] for score in body["scores"]] == ["c2"]
    assert body["input"]["size"] == 41
    assert "What is up" not in json.dumps(body["metadata"])


@pytest.mark.parametrize("path", ["/traces/t/io", "/observations/t/io"])
async def test_a_text_is_read_whole_or_by_range(web: Web, path: str) -> None:
    text = '{"a":"ü' + "x" * 400_000 + '"}'
    texts = {"input": text, "output": "small"}
    await web.tell(trace("t", 0, **texts), observation("t", 0, trace_id="t", **texts))
    small = await web.ask(path, field="output")
    assert (small.text, small.headers["x-panope-size"], small.headers["x-panope-truncated"]) == ("small", "5", "false")
    head = await web.ask(path, field="input")
    encoded = text.encode()
    assert head.content == encoded[: 32 * 1024]
    assert (head.headers["x-panope-size"], head.headers["x-panope-truncated"]) == (str(len(encoded)), "true")
    for start, end in ((0, 8), (7, 9), (399_990, 500_000), (500_000, 500_001)):
        assert (await web.ask(path, field="input", range=f"{start}-{end}")).content == encoded[start:end]
    assert (await web.ask(path, field="input", range="0-")).headers["x-panope-truncated"] == "false"
    assert head.headers["content-type"] == "text/plain; charset=utf-8"
    again = await web.stage.client.get(
        f"/api/ui/projects/{PROJECT}{path}?field=input", headers={**web.headers, "If-None-Match": head.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


async def test_a_range_that_is_none_is_refused(web: Web) -> None:
    await web.tell(trace("t", 0, input="text"))
    for asked in ("x", "-5", "5-2", "5-5", "1-2-3", "9" * 30 + "-"):
        status, text = await web.refusal("/traces/t/io", field="input", range=asked)
        assert (status, "START-END" in text) == (400, True), asked
    assert (await web.refusal("/traces/t/io"))[0] == 400
    assert (await web.refusal("/traces/t/io", field="metadata"))[0] == 400


@pytest.mark.parametrize("odd", ODD)
async def test_an_id_may_hold_anything(web: Web, odd: str) -> None:
    await web.tell(trace(odd, 0, name=odd, input=odd), observation(odd, 0, trace_id=odd, output=odd))
    name = segment(odd).replace(".", "%2E")
    assert (await web.get(f"/traces/{name}"))["name"] == odd
    assert (await web.get(f"/traces/{name}/skeleton"))["columns"]["id"] == [odd]
    assert (await web.ask(f"/traces/{name}/io", field="input")).text == odd
    assert (await web.get(f"/observations/{name}"))["traceId"] == odd
    assert (await web.ask(f"/observations/{name}/io", field="output")).text == odd


async def test_what_is_not_in_the_project_is_not_found(web: Web) -> None:
    await tell_one(web)
    for path in ("/traces/{}", "/traces/{}/skeleton", "/traces/{}/io", "/observations/{}", "/observations/{}/io"):
        params = {"field": "input"} if path.endswith("/io") else {}
        for found, project in (("none", PROJECT), ("x" * 801, PROJECT), ("%00", PROJECT)):
            status, text = await web.refusal(path.format(found), project=project, **params)
            assert (status, "not found" in text) == (404, True), path
        own = "call" if path.startswith("/observations") else "t"
        assert (await web.refusal(path.format(own), project=OTHER_PROJECT, **params))[0] == 404
        assert (await web.ask(path.format(own), **params)).status_code == 200
