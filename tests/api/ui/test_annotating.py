"""Scores that people give in the web app, and the public API that shows them at once."""

from itertools import count
from typing import Any

import httpx2
import pytest

from panope.assembly import AppOptions
from panope.domain.accounts import Role
from panope.domain.ids import ScoreConfigId
from panope.domain.scoring.configs import ScoreCategory, ScoreConfig
from tests.api.conftest import AUTH, LIMITS, NOW_US, OTHER_PROJECT, PROJECT, staged
from tests.api.ui.conftest import Web, segment, sign_in
from tests.support.told import MINUTE_US, NOON_US, observation, score, trace

CONFIGS = (
    ScoreConfig(id=ScoreConfigId("stars"), name="stars", data_type="NUMERIC", min_value=1, max_value=5),
    ScoreConfig(
        id=ScoreConfigId("tone"),
        name="tone",
        data_type="CATEGORICAL",
        categories=(ScoreCategory("kind", 1), ScoreCategory("curt", -1)),
    ),
    ScoreConfig(id=ScoreConfigId("old"), name="old", data_type="TEXT", is_archived=True),
)


@pytest.fixture
async def member(web: Web) -> Web:
    """A member of both projects, with a trace and configs to judge it by."""
    await web.tell(trace("t/1", 1, name="agent", session_id="chat"), observation("o", 1, trace_id="t/1"))
    for config in CONFIGS:
        await web.stage.catalog.score_configs.create(PROJECT, config)
    return Web(web.stage, await sign_in(web.stage, Role.MEMBER))


async def send(web: Web, method: str, path: str, body: Any = None, project: str = PROJECT) -> httpx2.Response:
    return await web.stage.client.request(method, f"/api/ui/projects/{project}{path}", json=body, headers=web.headers)


async def give(web: Web, **said: Any) -> Any:
    response = await send(web, "POST", "/scores", {"objectType": "TRACE", "objectId": "t/1", **said})
    assert response.status_code == 201, response.text
    return response.json()


async def public(web: Web, score_id: str) -> Any:
    response = await web.stage.client.get(f"/api/public/v2/scores/{score_id}", headers=AUTH)
    return response.json() if response.status_code == 200 else None


@pytest.mark.parametrize(
    ("said", "value", "string_value"),
    [
        ({"name": "mine", "dataType": "NUMERIC", "value": 0.25}, 0.25, None),
        ({"name": "mine", "dataType": "BOOLEAN", "value": 0}, 0, "False"),
        ({"name": "mine", "dataType": "CATEGORICAL", "value": "odd / 🙂"}, 0, "odd / 🙂"),
        ({"name": "mine", "dataType": "TEXT", "value": "well\nsaid"}, 0, "well\nsaid"),
        ({"configId": "stars", "value": 4}, 4, None),
        ({"configId": "tone", "value": "curt"}, -1, "curt"),
    ],
)
async def test_a_score_is_given_changed_and_deleted_and_the_api_knows_at_once(
    member: Web, said: dict[str, Any], value: float, string_value: str | None
) -> None:
    made = await give(member, **said, comment=" because ")
    assert (made["value"], made["stringValue"], made["comment"]) == (value, string_value, "because")
    assert (made["source"], made["traceId"], made["observationId"]) == ("ANNOTATION", "t/1", None)
    assert made["authorUserId"]
    shown = await public(member, made["id"])
    assert (shown["source"], shown["authorUserId"]) == ("ANNOTATION", made["authorUserId"])
    assert shown.get("value", 0) == value
    assert shown.get("stringValue") == string_value
    changed = await send(member, "PATCH", f"/scores/{made['id']}", {"value": said["value"], "comment": None})
    assert (changed.json()["comment"], changed.json()["value"]) == (None, value)
    assert (await public(member, made["id"])).get("comment") is None
    assert (await send(member, "DELETE", f"/scores/{made['id']}")).status_code == 204
    assert await public(member, made["id"]) is None


async def test_the_last_of_many_changes_holds(member: Web) -> None:
    """Though all of them come at one moment: the clock of these tests stands still."""
    made = await give(member, configId="stars", value=1)
    for value in (2, 5, 1, 5, 2, 4, 1, 5, 3):
        changed = await send(member, "PATCH", f"/scores/{made['id']}", {"value": value})
        assert changed.json()["value"] == value
    body = await member.get(f"/traces/{segment('t/1')}")
    assert [(one["value"], one["configId"]) for one in body["scores"]] == [(3, "stars")]


async def test_observations_and_sessions_are_judged_too_and_authors_have_names(member: Web) -> None:
    told = {"name": "mine", "dataType": "NUMERIC", "value": 1}
    of_step = await give(member, objectType="OBSERVATION", objectId="o", **told)
    assert (of_step["traceId"], of_step["observationId"]) == ("t/1", "o")
    of_session = await give(member, objectType="SESSION", objectId="chat", **told)
    assert (of_session["traceId"], of_session["sessionId"]) == (None, "chat")
    body = await member.get(f"/traces/{segment('t/1')}")
    assert list(body["scoreAuthors"]) == [of_step["authorUserId"]]
    assert body["scoreAuthors"][of_step["authorUserId"]].endswith("@panope.test")


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        ({"name": "mine", "dataType": "BOOLEAN", "value": 2}, 400, "bad_score"),
        ({"name": "mine", "dataType": "NUMERIC", "value": "1"}, 400, "bad_score"),
        ({"name": "mine", "dataType": "CORRECTION", "value": "x"}, 400, "bad_score"),
        ({"name": " ", "dataType": "TEXT", "value": "x"}, 400, "bad_score"),
        ({"name": "mine", "dataType": "TEXT", "value": "x" * 501}, 400, "bad_score"),
        ({"dataType": "TEXT", "value": "x"}, 400, "bad_score"),
        ({"configId": "stars", "value": 6}, 400, "score_breaks_range"),
        ({"configId": "tone", "value": "cold"}, 400, "score_breaks_categories"),
        ({"configId": "old", "value": "x"}, 400, "archived_score_config"),
        ({"configId": "none", "value": 1}, 404, "unknown_score_config"),
        ({"configId": "stars", "value": 1, "objectId": "none"}, 404, "scored_object_not_found"),
        ({"configId": "stars", "value": 1, "objectId": "\u0000"}, 400, "invalid_request_data"),
        ({"configId": "stars", "value": 1, "comment": "x" * 5_001}, 400, "invalid_request_data"),
        ({"configId": "stars", "value": None}, 400, "invalid_request_data"),
    ],
)
async def test_what_no_score_may_be_is_refused(member: Web, said: dict[str, Any], status: int, code: str) -> None:
    response = await send(member, "POST", "/scores", {"objectType": "TRACE", "objectId": "t/1", **said})
    assert (response.status_code, response.json()["error"]) == (status, code), response.text


async def test_what_a_program_said_can_be_deleted_and_not_changed(member: Web) -> None:
    await member.tell(score("s", 1, trace_id="t/1", name="judge", number=1.0))
    refused = await send(member, "PATCH", "/scores/s", {"value": 0})
    assert (refused.status_code, refused.json()["error"]) == (403, "not_an_annotation")
    assert (await send(member, "DELETE", "/scores/s")).status_code == 204
    assert (await send(member, "DELETE", "/scores/s")).status_code == 404


async def test_an_edit_counts_whatever_a_client_said_whose_clock_is_ahead() -> None:
    ticks = count(NOW_US)
    async with staged(AppOptions(limits=LIMITS), clock=lambda: next(ticks)) as stage:
        member = Web(stage, await sign_in(stage, Role.MEMBER))
        ahead = (NOW_US - NOON_US) / MINUTE_US + 60
        told = {"trace_id": "t", "name": "mine", "source": "ANNOTATION"}
        await member.tell(
            trace("t", 1),
            score("n", ahead, **told, number=1.0, comment="old"),
            score("c", ahead, **told, text="good", data_type="CATEGORICAL"),
        )
        for score_id, values in (("n", [0.0, 0.5]), ("c", ["bad", "worse"])):
            for value in values:
                changed = await send(member, "PATCH", f"/scores/{score_id}", {"value": value, "comment": "new"})
                shown = changed.json()
                assert value in (shown["value"], shown["stringValue"])
                assert shown["comment"] == "new"


async def test_another_projects_scores_are_out_of_reach(member: Web) -> None:
    made = await give(member, configId="stars", value=1)
    for method in ("PATCH", "DELETE"):
        response = await send(member, method, f"/scores/{made['id']}", {"value": 2}, OTHER_PROJECT)
        assert response.status_code == 404
    assert (await public(member, made["id"]))["value"] == 1


async def test_the_configs_that_scores_are_given_by_are_listed(member: Web) -> None:
    by_name = {one["name"]: one for one in (await member.get("/score-configs"))["data"]}
    assert {"stars", "tone"} <= by_name.keys()
    assert by_name["tone"]["categories"] == [{"label": "kind", "value": 1.0}, {"label": "curt", "value": -1.0}]
