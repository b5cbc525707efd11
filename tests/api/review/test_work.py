"""The work on annotation queues over HTTP."""

import asyncio
from typing import Any

import pytest

from panope.domain.errors import UnavailableError
from tests.api.review.conftest import PUBLIC, QUEUES, WORK, Desk


async def test_an_item_becomes_scores_of_its_reviewer(desk: Desk) -> None:
    await desk.send(("trace", {"id": "t", "environment": "production"}))
    number, label = (
        await desk.config("quality", minValue=0, maxValue=1),
        await desk.config("kind", "CATEGORICAL", categories=[{"label": "good", "value": 2}]),
    )
    boolean, text = await desk.config("ok", "BOOLEAN"), await desk.config("note", "TEXT")
    queue_id = await desk.queue(number, label, boolean, text)
    item_id = await desk.item(queue_id, "t")
    item = await desk.next(queue_id, "ANN@example.com", leaseSeconds=60)
    assert (item["id"], item["status"], item["completedBy"]) == (item_id, "PENDING", None)
    token = item["lock"]["token"]
    assert item["lock"] == {"reviewerId": "ann", "expiresAt": "2027-01-15T08:01:00.000Z", "token": token}
    said = [
        {"configId": number, "value": 0.5, "comment": "so so"},
        {"configId": label, "value": "good"},
        {"configId": boolean, "value": 1},
        {"configId": text, "value": "Too long."},
    ]
    done = await desk.complete(item, said)
    assert (done["status"], done["completedBy"], done["lock"], done["scoresWritten"]) == (
        "COMPLETED",
        "ann",
        None,
        True,
    )
    scores = {score["name"]: score for score in await desk.scores(traceId="t")}
    assert {name: score["dataType"] for name, score in scores.items()} == {
        "quality": "NUMERIC",
        "kind": "CATEGORICAL",
        "ok": "BOOLEAN",
        "note": "TEXT",
    }
    for score in scores.values():
        facts = (score["source"], score["queueId"], score["authorUserId"], score["environment"], score["timestamp"])
        assert facts == ("ANNOTATION", queue_id, "ann", "production", "2027-01-15T08:00:00.000Z")
    assert (scores["quality"]["value"], scores["quality"]["comment"]) == (0.5, "so so")
    assert (scores["kind"]["stringValue"], scores["kind"]["value"]) == ("good", 2)
    assert (scores["ok"]["value"], scores["note"]["stringValue"]) == (1, "Too long.")


async def test_scores_are_on_what_the_item_is_about(desk: Desk) -> None:
    await desk.send(("trace", {"id": "t", "sessionId": "s"}), ("span", {"id": "o", "traceId": "t"}))
    config_id = await desk.config()
    queue_id = await desk.queue(config_id)
    for object_type, object_id in (("OBSERVATION", "o"), ("SESSION", "s")):
        await desk.item(queue_id, object_id, object_type)
        desk.wait(1)
        await desk.complete(await desk.next(queue_id), [{"configId": config_id, "value": 1}])
    targets = [(score["traceId"], score["observationId"], score["sessionId"]) for score in await desk.scores()]
    assert set(targets) == {(None, None, "s"), ("t", "o", None)}


async def test_sending_the_same_completion_again_changes_nothing(desk: Desk) -> None:
    await desk.send_traces(1)
    config_id = await desk.config()
    queue_id = await desk.queue(config_id)
    await desk.item(queue_id, "t0")
    item = await desk.next(queue_id)
    said = [{"configId": config_id, "value": 1}]
    first = await desk.complete(item, said)
    desk.wait(10)
    assert await desk.complete(item, said) == first
    await desk.complete(item, [{"configId": config_id, "value": 0}], status=409)
    await desk.complete(item, [], status=409)
    [score] = await desk.scores()
    assert score["value"] == 1


async def test_a_reopened_item_is_judged_anew_and_what_is_not_repeated_goes(desk: Desk) -> None:
    await desk.send_traces(1)
    first, second = await desk.config("first"), await desk.config("second")
    queue_id = await desk.queue(first, second)
    item_id = await desk.item(queue_id, "t0")
    item = await desk.next(queue_id)
    await desk.complete(item, [{"configId": first, "value": 1}, {"configId": second, "value": 1, "comment": "why"}])
    before = {score["name"]: score["id"] for score in await desk.scores()}
    reopened = await desk.post(f"{WORK}/{queue_id}/items/{item_id}/reopen")
    assert (reopened["status"], reopened["completedAt"], reopened["completedBy"]) == ("PENDING", None, None)
    assert len(await desk.scores()) == 2
    await desk.complete(item, [{"configId": first, "value": 1}], status=409)
    await desk.complete(await desk.next(queue_id, "bob"), [{"configId": second, "value": 0}])
    [score] = await desk.scores()
    assert (score["id"], score["value"], score["comment"], score["authorUserId"]) == (before["second"], 0, None, "bob")
    await desk.post(f"{WORK}/{queue_id}/items/{item_id}/reopen")
    await desk.complete(await desk.next(queue_id, "ann"), [{"configId": first, "value": 0.25}])
    [score] = await desk.scores()
    assert (score["id"], score["value"]) == (before["first"], 0.25)


REFUSED: list[tuple[dict[str, Any], list[Any]]] = [
    ({"configId": "other", "value": 1}, ["scores", 0, "configId"]),
    ({"configId": "$", "value": 2}, ["scores", 0, "value"]),
    ({"configId": "$", "value": -0.1}, ["scores", 0, "value"]),
    ({"configId": "$", "value": "good"}, ["scores", 0, "value"]),
    ({"configId": "$", "value": None}, ["scores", 0, "value"]),
    ({"configId": "$", "value": True}, ["scores", 0, "value"]),
    ({"configId": "$"}, ["scores", 0]),
    ({"configId": 7, "value": 1}, ["scores", 0, "configId"]),
    ({"configId": "$", "value": 1, "colour": "red"}, ["scores", 0]),
]


@pytest.mark.parametrize(("score", "place"), REFUSED)
async def test_what_breaks_its_config_completes_nothing(desk: Desk, score: dict[str, Any], place: list[Any]) -> None:
    await desk.send_traces(1)
    config_id = await desk.config("quality", minValue=0, maxValue=1)
    queue_id = await desk.queue(config_id)
    await desk.item(queue_id, "t0")
    item = await desk.next(queue_id)
    sent = {**score, "configId": config_id} if score["configId"] == "$" else score
    answer = await desk.complete(item, [sent], status=400)
    assert answer["error"][0]["path"] == place
    twice = [{"configId": config_id, "value": 1}] * 2
    assert (await desk.complete(item, twice, status=400))["error"][0]["path"] == ["scores", 1, "configId"]
    assert await desk.scores() == []
    assert (await desk.next(queue_id))["lock"]["token"] == item["lock"]["token"]


async def test_two_reviewers_never_have_the_same_item(desk: Desk) -> None:
    await desk.send_traces(2)
    queue_id = await desk.queue()
    for number in range(2):
        await desk.item(queue_id, f"t{number}")
        desk.wait(1)
    first, second = await desk.next(queue_id, "ann"), await desk.next(queue_id, "bob")
    assert (first["objectId"], second["objectId"]) == ("t0", "t1")
    assert (await desk.next(queue_id, "ann"))["id"] == first["id"]
    shown = await desk.get(f"{WORK}/{queue_id}/items/{first['id']}")
    assert shown["lock"] == {"reviewerId": "ann", "expiresAt": first["lock"]["expiresAt"]}


async def test_a_lock_is_renewed_released_and_taken_over_when_stale(desk: Desk) -> None:
    await desk.send_traces(1)
    queue_id = await desk.queue()
    item_id = await desk.item(queue_id, "t0")
    item = await desk.next(queue_id, "ann", leaseSeconds=60)
    token, lock = item["lock"]["token"], f"{WORK}/{queue_id}/items/{item_id}/lock"
    desk.wait(59)
    renewed = await desk.call("PUT", lock, {"token": token, "leaseSeconds": 60})
    assert renewed["lock"]["expiresAt"] == "2027-01-15T08:01:59.000Z"
    desk.wait(59)
    assert await desk.next(queue_id, "bob") is None
    desk.wait(1)
    taken = await desk.next(queue_id, "bob")
    assert taken["id"] == item_id
    for method, path, body, params in (
        ("PUT", lock, {"token": token}, {}),
        ("DELETE", lock, None, {"token": token}),
        ("POST", f"{WORK}/{queue_id}/items/{item_id}/complete", {"token": token}, {}),
    ):
        answer = await desk.call(method, path, body, status=409, **params)
        assert "not yours" in answer["message"]
    assert (await desk.call("DELETE", lock, token=taken["lock"]["token"]))["lock"] is None
    assert (await desk.next(queue_id, "ann"))["id"] == item_id


async def test_items_without_their_object_are_passed_over_and_looked_for_again(desk: Desk) -> None:
    await desk.send_traces(2)
    queue_id = await desk.queue()
    for object_id in ("late", "t0", "t1"):
        await desk.item(queue_id, object_id)
        desk.wait(1)
    await desk.call("DELETE", f"{PUBLIC}/traces/t0")
    assert (await desk.next(queue_id, leaseSeconds=3600))["objectId"] == "t1"
    progress = await desk.get(f"{WORK}/{queue_id}/progress")
    assert progress == {
        "pending": 0,
        "locked": 1,
        "completed": 0,
        "missing": 2,
        "total": 3,
        "reviewers": [{"userId": "ann", "locked": 1, "completed": 0}],
        "assigned": [],
    }
    await desk.send(("trace", {"id": "late"}))
    assert await desk.next(queue_id, "bob") is None
    desk.wait(600)
    assert (await desk.next(queue_id, "bob"))["objectId"] == "late"


async def test_what_is_deleted_while_it_is_annotated_is_no_longer_scored(desk: Desk) -> None:
    await desk.send_traces(1)
    config_id = await desk.config()
    queue_id = await desk.queue(config_id)
    await desk.item(queue_id, "t0")
    item = await desk.next(queue_id)
    await desk.call("DELETE", f"{PUBLIC}/traces/t0")
    await desk.complete(item, [{"configId": config_id, "value": 1}], status=404)
    assert await desk.scores() == []


async def test_scores_that_could_not_be_written_follow(desk: Desk) -> None:
    await desk.send_traces(1)
    config_id = await desk.config()
    queue_id = await desk.queue(config_id)
    await desk.item(queue_id, "t0")
    item = await desk.next(queue_id)
    desk.stage.telemetry.failure = UnavailableError("The store is away")
    done = await desk.complete(item, [{"configId": config_id, "value": 1}])
    assert (done["status"], done["scoresWritten"]) == ("COMPLETED", False)
    runner = desk.stage.app.state.annotations
    with pytest.raises(UnavailableError):
        await runner.run_once()
    await desk.call("DELETE", f"{WORK}/{queue_id}", status=409, confirm="Review")
    desk.stage.telemetry.failure = None
    await runner.run_once()
    [score] = await desk.scores()
    assert (score["value"], score["authorUserId"]) == (1, "ann")
    assert (await desk.get(f"{WORK}/{queue_id}/items/{item['id']}"))["scoresWritten"] is True


async def test_the_runner_waits_until_it_is_woken(desk: Desk) -> None:
    await desk.send_traces(1)
    config_id = await desk.config()
    queue_id = await desk.queue(config_id)
    await desk.item(queue_id, "t0")
    item = await desk.next(queue_id)
    runner = desk.stage.app.state.annotations
    running = asyncio.create_task(runner.run())
    await asyncio.sleep(0)  # it looks, finds nothing, and rests
    desk.stage.telemetry.failure = UnavailableError("The store is away")
    await desk.complete(item, [{"configId": config_id, "value": 1}])
    desk.stage.telemetry.failure = None
    runner.wake()
    async with asyncio.timeout(10):
        while not await desk.scores():  # noqa: ASYNC110 - scores that were written send no event
            await asyncio.sleep(0)
    runner.stop()
    await running


async def test_many_traces_are_added_by_filter_each_once(desk: Desk, stranger: Desk) -> None:
    for start in range(0, 1_200, 400):
        batch = [
            ("trace", {"id": f"{number:04}", "name": "chat" if number % 2 else "other", "tags": ["a"]})
            for number in range(start, start + 400)
        ]
        await desk.send(*batch)
    queue_id = await desk.queue()
    path = f"{WORK}/{queue_id}/items/from-traces"
    await desk.item(queue_id, "1199")
    assert await desk.post(path, {"maxItems": 10}, name="chat", tags="a") == {"added": 10, "alreadyQueued": 0}
    condition = '[{"type":"string","column":"name","operator":"=","value":"chat"}]'
    rest = await desk.post(path, None, filter=condition)
    assert rest == {"added": 589, "alreadyQueued": 11}
    assert await desk.post(path, {}, name="chat") == {"added": 0, "alreadyQueued": 600}
    assert (await desk.get(f"{QUEUES}/{queue_id}/items"))["meta"]["totalItems"] == 600
    for wrong in ({"filter": "["}, {"limit": "5"}, {"colour": "red"}, {"fromTimestamp": "now"}):
        await desk.post(path, {}, status=400, **wrong)
    for body in ({"maxItems": 0}, {"maxItems": 10_001}, {"maxItems": "5"}, {"most": 5}, []):
        await desk.post(path, body, status=400)
    await stranger.post(path, {}, status=404)


async def test_a_reviewer_is_a_member(desk: Desk) -> None:
    queue_id = await desk.queue()
    for reviewer in ("eve", "eve@example.com", "nobody", "é" * 900):
        answer = await desk.post(f"{WORK}/{queue_id}/next", {"reviewer": reviewer}, status=400)
        assert answer["error"][0]["path"] == ["reviewer"]
    for body in (
        {},
        {"reviewer": ""},
        {"reviewer": "ann", "leaseSeconds": 0},
        {"reviewer": "ann", "leaseSeconds": 1e9},
    ):
        await desk.post(f"{WORK}/{queue_id}/next", body, status=400)


async def test_another_project_reaches_no_item(desk: Desk, stranger: Desk) -> None:
    await desk.send_traces(1)
    queue_id = await desk.queue()
    await desk.item(queue_id, "t0")
    item = await desk.next(queue_id)
    path, token = f"{WORK}/{queue_id}/items/{item['id']}", {"token": item["lock"]["token"]}
    await stranger.post(f"{WORK}/{queue_id}/next", {"reviewer": "ann"}, status=404)
    await stranger.post(f"{path}/complete", token, status=404)
    await stranger.post(f"{path}/reopen", status=404)
    await stranger.call("PUT", f"{path}/lock", token, status=404)
    await stranger.call("DELETE", f"{path}/lock", status=404, **token)
    await stranger.get(path, status=404)
    assert (await desk.get(path))["lock"]["reviewerId"] == "ann"


async def test_an_annotated_trace_becomes_an_item_of_a_dataset(desk: Desk) -> None:
    sent = {"id": "t", "input": {"q": 1}, "output": "five"}
    await desk.send(("trace", sent), ("span", {"id": "o", "traceId": "t", "input": "in", "output": "out"}))
    await desk.post(f"{PUBLIC}/v2/datasets", {"name": "golden"})
    config_id = await desk.config()
    queue_id = await desk.queue(config_id)
    await desk.item(queue_id, "t")
    desk.wait(1)
    await desk.item(queue_id, "o", "OBSERVATION")
    first = await desk.next(queue_id)
    wish = {"datasetName": "golden", "expectedOutput": {"a": 4}, "metadata": {"by": "ann"}}
    said = [{"configId": config_id, "value": 1}]
    for _ in range(2):
        await desk.complete(first, said, datasetItem=wish)
    await desk.complete(first, said, status=409, datasetItem={"datasetName": "golden"})
    await desk.complete(await desk.next(queue_id), datasetItem={"datasetName": "golden"})
    items = (await desk.get(f"{PUBLIC}/dataset-items", datasetName="golden"))["data"]
    shown = [
        (item["input"], item["expectedOutput"], item["metadata"], item["sourceTraceId"], item["sourceObservationId"])
        for item in items
    ]
    assert shown == [("in", "out", None, "t", "o"), ({"q": 1}, {"a": 4}, {"by": "ann"}, "t", None)]
    await desk.post(f"{WORK}/{queue_id}/items/{first['id']}/reopen")
    await desk.complete(await desk.next(queue_id), said, datasetItem={**wish, "expectedOutput": None})
    [_, changed] = (await desk.get(f"{PUBLIC}/dataset-items", datasetName="golden"))["data"]
    assert (changed["id"], changed["metadata"]) == (items[1]["id"], {"by": "ann"})


async def test_a_dataset_item_needs_its_dataset_and_keeps_to_its_schema(desk: Desk) -> None:
    await desk.send(("trace", {"id": "t", "sessionId": "s", "input": "text"}))
    queue_id = await desk.queue()
    await desk.item(queue_id, "s", "SESSION")
    desk.wait(1)
    await desk.item(queue_id, "t")
    session, trace = await desk.next(queue_id, "ann"), await desk.next(queue_id, "bob")
    await desk.post(f"{PUBLIC}/v2/datasets", {"name": "strict", "inputSchema": {"type": "object"}})
    for item, name in ((session, "strict"), (trace, "none"), (trace, "a\0b"), (trace, "strict"), (trace, "é" * 900)):
        await desk.complete(item, status=400, datasetItem={"datasetName": name})
    assert (await desk.get(f"{PUBLIC}/dataset-items", datasetName="strict"))["data"] == []
    assert (await desk.get(f"{WORK}/{queue_id}/progress"))["completed"] == 0


async def test_a_dataset_that_is_gone_when_its_item_is_written_stops_nobody(desk: Desk) -> None:
    await desk.send(("trace", {"id": "t", "input": "text"}))
    await desk.post(f"{PUBLIC}/v2/datasets", {"name": "golden"})
    config_id = await desk.config()
    queue_id = await desk.queue(config_id)
    await desk.item(queue_id, "t")
    item = await desk.next(queue_id)
    desk.stage.telemetry.failure = UnavailableError("The store is away")
    said = [{"configId": config_id, "value": 1}]
    assert not (await desk.complete(item, said, datasetItem={"datasetName": "golden"}))["scoresWritten"]
    await desk.post(f"{PUBLIC}/v2/datasets", {"name": "golden", "inputSchema": {"type": "object"}})
    desk.stage.telemetry.failure = None
    await desk.stage.app.state.annotations.run_once()
    assert len(await desk.scores()) == 1
    assert (await desk.get(f"{PUBLIC}/dataset-items", datasetName="golden"))["data"] == []
    assert (await desk.get(f"{WORK}/{queue_id}/items/{item['id']}"))["scoresWritten"] is True
