"""Deleting traces and scores in the web app."""

from collections.abc import Sequence
from typing import Any

import httpx2
import pytest

from panope.assembly import AppOptions
from panope.domain.accounts import Role
from panope.domain.ids import ProjectId
from panope.jobs.operations import OperationRunner
from panope.ports.telemetry import Page, Traced
from panope.query.ast import ListQuery
from tests.api.conftest import LIMITS, NOW_US, OTHER_PROJECT, PROJECT, Stage, staged
from tests.api.ui.conftest import Web, sign_in
from tests.support.told import minute, observation, score, trace


@pytest.fixture
async def web(stage: Stage) -> Web:
    """A member, with six traces of two users."""
    made = Web(stage, await sign_in(stage, Role.MEMBER))
    await made.tell(*(trace(f"t{at}", at, user_id=f"u{at % 2}") for at in range(6)))
    return made


async def delete(web: Web, body: Any, project: str = PROJECT, **params: Any) -> httpx2.Response:
    path = f"/api/ui/projects/{project}/traces/deletions"
    return await web.stage.client.post(path, json=body, params=params, headers=web.headers)


async def carry_out(web: Web) -> None:
    runner: OperationRunner = web.stage.app.state.operations
    while await runner.run_due():
        pass


async def test_named_traces_are_deleted(web: Web) -> None:
    response = await delete(web, {"traceIds": ["t1", "t2", "t1"], "count": 2})
    assert (response.status_code, response.json()) == (200, {"deleted": 2})
    assert await web.ids("/traces", orderBy="id-ASC") == ["t0", "t3", "t4", "t5"]


async def test_all_that_match_are_deleted(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("panope.features.explore.deleting._AT_ONCE", 1)
    await web.tell(trace("t9", 2, user_id="u1"), now_us=NOW_US + 1)
    assert (await delete(web, {"count": 2}, q="user:u1", to=minute(4))).status_code == 409
    response = await delete(web, {"count": 3}, q="user:u1", to=minute(4))
    asked = response.json()
    assert (response.status_code, asked["state"], asked["done"], asked["total"]) == (202, "waiting", 0, 3)
    assert len(await web.ids("/traces")) == 7
    await carry_out(web)
    done = (await web.get("/operations"))["operations"]
    assert [(one["id"], one["kind"], one["state"], one["done"], one["changed"]) for one in done] == [
        (asked["id"], "delete", "done", 3, 2)
    ]
    await web.stage.telemetry.delete_traces(PROJECT, ["t9"], at_us=NOW_US + 2)
    assert await web.ids("/traces", orderBy="id-ASC") == ["t0", "t2", "t4", "t5"]


async def test_what_was_confirmed_is_deleted_whatever_the_query_means_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("panope.features.explore.deleting._AT_ONCE", 1)
    now_us = minute(5)
    async with staged(AppOptions(limits=LIMITS), lambda: now_us) as stage:
        web = Web(stage, await sign_in(stage, Role.MEMBER))
        await web.tell(*(trace(f"t{at}", at) for at in range(5)), now_us=now_us)
        await web.tell(*(score(f"s{at}", at, trace_id=f"t{at}", name="n", number=1) for at in range(5)), now_us=now_us)
        response = await delete(web, {"count": 3}, q="score.n:1 start:>=-3m")
        assert response.status_code == 202, response.text
        await web.tell(score("s9", 6, trace_id="t0", name="n", text="good"), now_us=now_us + 1)
        now_us = minute(60)
        await carry_out(web)
        assert await web.ids("/traces", orderBy="id-ASC") == ["t0", "t1"]


async def test_of_traces_that_hold_much_few_are_deleted_at_once(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("panope.domain.projection.deletion._MAX_ROWS", 4)
    held = {"t3": 1, "t1": 6}
    await web.tell(*(observation(f"{of}-{n}", n, trace_id=of) for of, many in held.items() for n in range(many)))
    telemetry, steps = web.stage.telemetry, list[list[str]]()
    delete_traces = telemetry.delete_traces

    async def spy(project_id: ProjectId, trace_ids: Sequence[str], *, at_us: int) -> int:
        steps.append(list(trace_ids))
        return await delete_traces(project_id, trace_ids, at_us=at_us)

    monkeypatch.setattr(telemetry, "delete_traces", spy)
    assert (await delete(web, {"count": 6})).status_code == 202
    await carry_out(web)
    assert steps == [["t5", "t4", "t3"], ["t2"], ["t1"], ["t0"]]
    (done,) = (await web.get("/operations"))["operations"]
    assert (done["state"], done["done"], done["changed"]) == ("done", 6, 6)


async def test_work_that_was_cancelled_deletes_no_more(web: Web) -> None:
    asked = (await delete(web, {"count": 6})).json()
    path = f"/api/ui/projects/{PROJECT}/operations/{asked['id']}"
    viewer = Web(web.stage, await sign_in(web.stage, Role.VIEWER))
    assert (await web.stage.client.delete(path, headers=viewer.headers)).status_code == 403
    ended = await web.stage.client.delete(path, headers=web.headers)
    assert ended.json()["state"] == "cancelled"
    assert (await web.stage.client.delete(f"{path}x", headers=web.headers)).status_code == 404
    await carry_out(web)
    assert len(await web.ids("/traces")) == 6
    assert (await web.get("/operations", project=OTHER_PROJECT))["operations"] == []


async def test_work_that_is_cancelled_while_a_step_looks_deletes_no_more(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = (await delete(web, {"count": 6})).json()
    telemetry = web.stage.telemetry
    list_traces = telemetry.list_traces

    async def look(project_id: ProjectId, query: ListQuery) -> Page[Traced]:
        await telemetry.cancel(project_id, asked["id"])
        return await list_traces(project_id, query)

    with monkeypatch.context() as held:
        held.setattr(telemetry, "list_traces", look)
        await carry_out(web)
    (ended,) = (await web.get("/operations"))["operations"]
    assert (ended["state"], ended["done"]) == ("cancelled", 0)
    assert len(await web.ids("/traces")) == 6


async def test_a_deletion_is_no_repricing_and_only_admins_end_a_repricing(web: Web) -> None:
    admin = Web(web.stage, await sign_in(web.stage, Role.ADMIN))
    client, path = web.stage.client, f"/api/ui/projects/{PROJECT}"
    deletion = (await delete(web, {"count": 6})).json()["id"]
    for method in ("GET", "DELETE"):
        response = await client.request(method, f"{path}/repricings/{deletion}", headers=admin.headers)
        assert (response.status_code, response.json()["error"]) == (404, "operation_not_found")
    asked = await client.post(f"{path}/repricings", json={"sinceUs": 0}, headers=admin.headers)
    repricing = f"{path}/operations/{asked.json()['id']}"
    refused = await client.delete(repricing, headers=web.headers)
    assert (refused.status_code, refused.json()["error"]) == (403, "role_too_low")
    assert {one["state"] for one in (await web.get("/operations"))["operations"]} == {"waiting"}
    assert (await client.delete(repricing, headers=admin.headers)).json()["state"] == "cancelled"


@pytest.mark.parametrize(
    ("body", "params", "status"),
    [
        ({"traceIds": ["t1"], "count": 2}, {}, 409),
        ({"count": 5}, {}, 409),
        ({"count": 3}, {"q": "user:nobody"}, 409),
        ({"traceIds": [], "count": 0}, {}, 400),
        ({"traceIds": ["x" * 801], "count": 1}, {}, 400),
        ({"traceIds": [f"t{at}" for at in range(1_001)], "count": 1_001}, {}, 400),
        ({"traceIds": ["t1"]}, {}, 400),
        ({"count": 6, "force": True}, {}, 400),
        ({"count": "6"}, {}, 400),
        ([], {}, 400),
        ({"count": 6}, {"q": "nofield:1"}, 400),
        ({"count": 0}, {"after": str(NOW_US * 2)}, 400),
        ({"count": 6}, {"limit": "1"}, 400),
        ({"count": 6}, {"orderBy": "id-ASC"}, 400),
    ],
)
async def test_what_was_not_confirmed_is_not_deleted(web: Web, body: Any, params: dict[str, str], status: int) -> None:
    assert (await delete(web, body, **params)).status_code == status
    assert len(await web.ids("/traces")) == 6


async def test_more_than_one_request_deletes_is_refused_whole(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("panope.features.explore.deleting.MAX_COUNTED", 5)
    response = await delete(web, {"count": 6})
    assert (response.status_code, response.json()["error"]) == (422, "query_too_broad")
    assert len(await web.ids("/traces")) == 6


async def test_another_project_loses_nothing(web: Web) -> None:
    await web.tell(trace("t1", 0), project_id=OTHER_PROJECT)
    await delete(web, {"traceIds": ["t1"], "count": 1}, project=OTHER_PROJECT)
    assert len(await web.ids("/traces")) == 6
    assert await web.ids("/traces", project=OTHER_PROJECT) == []


async def test_a_viewer_deletes_nothing_and_neither_does_another_page(web: Web) -> None:
    body = {"traceIds": ["t1"], "count": 1}
    viewer = Web(web.stage, await sign_in(web.stage, Role.VIEWER))
    assert (await delete(viewer, body)).status_code == 403
    stranger = Web(web.stage, {"Cookie": web.headers["Cookie"]})
    assert (await delete(stranger, body)).status_code == 403
    assert len(await web.ids("/traces")) == 6


async def test_scores_are_deleted_by_name_and_by_query(web: Web) -> None:
    await web.tell(*(score(f"c{at}", at, trace_id="t1", name=f"n{at % 2}", number=at) for at in range(5)))
    path = f"/api/ui/projects/{PROJECT}/scores/deletions"
    post = web.stage.client.post
    refused: list[tuple[Any, dict[str, str], int]] = [
        ({"scoreIds": ["c0"], "count": 2}, {}, 409),
        ({"count": 1}, {"q": "name:=n1"}, 409),
        ({"scoreIds": [], "count": 0}, {}, 400),
        ({"traceIds": ["t1"], "count": 1}, {}, 400),
    ]
    for body, params, status in refused:
        assert (await post(path, json=body, params=params, headers=web.headers)).status_code == status
    named = await post(path, json={"scoreIds": ["c0", "c0"], "count": 1}, headers=web.headers)
    assert named.json() == {"deleted": 1}
    matching = await post(path, json={"count": 2}, params={"q": "name:=n1"}, headers=web.headers)
    assert matching.json() == {"deleted": 2}
    assert await web.ids("/scores", orderBy="id-ASC") == ["c2", "c4"]
    assert len(await web.ids("/traces")) == 6
    viewer = Web(web.stage, await sign_in(web.stage, Role.VIEWER))
    assert (await post(path, json={"scoreIds": ["c2"], "count": 1}, headers=viewer.headers)).status_code == 403
