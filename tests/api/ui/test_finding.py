"""Finding things in the web app: by id, by text, beside another."""

import json
from typing import Any

import pytest

from panope.domain.accounts import Role
from tests.api.conftest import OTHER_PROJECT, PROJECT, Stage
from tests.api.ui.conftest import Web, segment, sign_in
from tests.api.ui.test_lists import tell_one
from tests.support.told import observation, score, trace


async def resolve(web: Web, entity_id: str, headers: dict[str, str] | None = None) -> list[tuple[str, str, str | None]]:
    response = await web.stage.client.get("/api/ui/resolve", params={"id": entity_id}, headers=headers or web.headers)
    assert response.status_code == 200
    return [(one["kind"], one["projectId"], one["traceId"]) for one in response.json()["matches"]]


async def test_an_id_is_found_in_every_project_that_the_user_sees(web: Web) -> None:
    await tell_one(web)
    await web.tell(trace("t", 0), project_id=OTHER_PROJECT)
    assert sorted(await resolve(web, "t")) == [("trace", OTHER_PROJECT, "t"), ("trace", PROJECT, "t")]
    assert await resolve(web, "call") == [("observation", PROJECT, "t")]
    assert await resolve(web, "c2") == [("score", PROJECT, "t")]
    assert await resolve(web, "s") == [("session", PROJECT, None)]
    for nothing in ("none", "", "x" * 801, "\0"):
        assert await resolve(web, nothing) == []


async def test_an_id_is_not_found_for_who_sees_no_project(web: Web, stage: Stage) -> None:
    await tell_one(web)
    assert await resolve(web, "t", await sign_in(stage, Role.NONE)) == []


async def hits(web: Web, text: str, trace_id: str = "t") -> list[dict[str, Any]]:
    response = await web.ask(f"/traces/{segment(trace_id)}/search", text=text)
    assert (response.status_code, response.headers["content-type"]) == (200, "application/x-ndjson")
    return [json.loads(line) for line in response.text.splitlines()]


async def test_a_text_is_found_in_inputs_and_outputs(web: Web) -> None:
    await tell_one(web)
    await web.tell(trace("t", 1, input="whatever", is_update=True), trace("other", 1, input="what is up"))
    assert await hits(web, "WHAT") == [
        {"observationId": None, "field": "input", "snippet": "whatever"},
        {"observationId": "call", "field": "input", "snippet": '[{"role":"user","content":"What is up?"}]'},
    ]
    assert await hits(web, ".*") == []
    assert await hits(web, "nothing.") == [
        {"observationId": "call", "field": "output", "snippet": '{"role":"assistant","content":"Nothing."}'},
    ]


async def test_a_snippet_is_one_short_line_around_the_place(web: Web) -> None:
    await web.tell(trace("t", 0, input="x" * 1_000 + "\n\nneedle\n" + "y" * 1_000))
    [hit] = await hits(web, "needle")
    assert hit["snippet"] == "x" * 58 + " needle " + "y" * 59


async def test_a_long_trace_is_searched_whole_and_too_many_hits_are_told(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    await web.tell(*(observation(f"o{at:02}", at % 7, trace_id="t", input="needle") for at in range(60)))
    found = await hits(web, "needle")
    assert len({hit["observationId"] for hit in found}) == len(found) == 60
    monkeypatch.setattr("panope.http.routes.ui.finding.MAX_HITS", 10)
    assert [*map(sorted, await hits(web, "needle"))][-2:] == [["field", "observationId", "snippet"], ["isTruncated"]]


async def test_a_search_needs_a_text_and_a_trace(web: Web) -> None:
    await tell_one(web)
    assert (await web.refusal("/traces/t/search"))[0] == 400
    assert (await web.refusal("/traces/t/search", text="x" * 1_001))[0] == 400
    assert (await web.refusal("/traces/none/search", text="x"))[0] == 404
    assert (await web.refusal("/traces/t/search", text="x", project=OTHER_PROJECT))[0] == 404


@pytest.mark.parametrize("order", ["timestamp-DESC", "name-ASC", "name-DESC", "id-ASC", "sessionId-ASC"])
async def test_neighbours_are_those_of_the_list(web: Web, order: str) -> None:
    names = ["b", None, "a", "c", None, "a"]
    await web.tell(*(trace(f"t/{at}", at % 4, name=name) for at, name in enumerate(names)))
    ids = await web.ids("/traces", orderBy=order)
    for at, found in enumerate(ids):
        beside = await web.get(f"/traces/{segment(found)}/neighbours", orderBy=order)
        assert beside == {
            "previous": ids[at - 1] if at else None,
            "next": ids[at + 1] if at + 1 < len(ids) else None,
        }, (order, found)


async def test_neighbours_match_the_question(web: Web) -> None:
    await web.tell(*(trace(f"t{at}", at, user_id=f"u{at % 2}") for at in range(5)))
    assert await web.get("/traces/t2/neighbours", q="user:u1") == {"previous": "t3", "next": "t1"}
    assert (await web.refusal("/traces/none/neighbours"))[0] == 404
    assert (await web.refusal("/traces/t2/neighbours", project=OTHER_PROJECT))[0] == 404
    assert (await web.refusal("/traces/t2/neighbours", orderBy="colour-ASC"))[0] == 400
    await web.tell(score("c", 1, trace_id="t1", name="n", number=1.0), observation("o", 1, trace_id="t1"))
    for path in ("/scores/c", "/observations/o"):
        assert await web.get(f"{path}/neighbours") == {"previous": None, "next": None}
