"""Annotation queues, items and assignments over the public API."""

from tests.api.review.conftest import QUEUES, WORK, Desk

META = {"page": 1, "limit": 50, "totalItems": 1, "totalPages": 1}
NOW = "2027-01-15T08:00:00.000Z"


async def test_a_queue_is_made_shown_and_listed(desk: Desk, stranger: Desk) -> None:
    config_id = await desk.config()
    body = {"name": "Review", "description": "What looks odd", "scoreConfigIds": [config_id, config_id]}
    made = await desk.post(QUEUES, body)
    assert made == {**body, "scoreConfigIds": [config_id], "id": made["id"], "createdAt": NOW, "updatedAt": NOW}
    assert await desk.get(f"{QUEUES}/{made['id']}") == made
    assert await desk.get(QUEUES) == {"data": [made], "meta": META}
    assert (await stranger.get(QUEUES))["data"] == []
    for path in (f"{QUEUES}/{made['id']}", f"{QUEUES}/{made['id']}/items", f"{WORK}/{made['id']}/progress"):
        answer = await stranger.get(path, status=404)
        assert answer["error"] == "LangfuseNotFoundError"


async def test_names_and_score_configs_are_checked(desk: Desk, stranger: Desk) -> None:
    config_id, foreign = await desk.config(), await stranger.config()
    archived = await desk.config("old")
    await desk.call("PATCH", f"/api/public/score-configs/{archived}", {"isArchived": True})
    await desk.post(QUEUES, {"name": "Review", "scoreConfigIds": [config_id]})
    taken = await desk.post(QUEUES, {"name": "Review", "scoreConfigIds": [config_id]}, status=400)
    assert taken["error"][0]["path"] == ["name"]
    for wrong in ("none", foreign, archived):
        answer = await desk.post(QUEUES, {"name": "New", "scoreConfigIds": [config_id, wrong]}, status=400)
        assert answer["error"][0]["path"] == ["scoreConfigIds", 1]
    assert (await desk.get(QUEUES))["meta"]["totalItems"] == 1


async def test_an_item_goes_through_its_life(desk: Desk) -> None:
    queue_id = await desk.queue()
    items = f"{QUEUES}/{queue_id}/items"
    made = await desk.post(items, {"objectId": "not there yet", "objectType": "SESSION"})
    assert made == {
        "id": made["id"],
        "queueId": queue_id,
        "objectId": "not there yet",
        "objectType": "SESSION",
        "status": "PENDING",
        "completedAt": None,
        "createdAt": NOW,
        "updatedAt": NOW,
    }
    assert await desk.get(f"{items}/{made['id']}") == made
    assert await desk.get(items) == {"data": [made], "meta": META}
    desk.wait(1)
    assert await desk.call("PATCH", f"{items}/{made['id']}", {}) == made
    done = await desk.call("PATCH", f"{items}/{made['id']}", {"status": "COMPLETED"})
    later = "2027-01-15T08:00:01.000Z"
    assert done == {**made, "status": "COMPLETED", "completedAt": later, "updatedAt": later}
    assert await desk.get(f"{items}?status=COMPLETED") == {"data": [done], "meta": META}
    assert (await desk.get(f"{items}?status=PENDING"))["data"] == []
    again = await desk.call("PATCH", f"{items}/{made['id']}", {"status": "PENDING"})
    assert (again["status"], again["completedAt"]) == ("PENDING", None)
    gone = await desk.call("DELETE", f"{items}/{made['id']}")
    assert gone == {"success": True, "message": "Annotation queue item deleted successfully"}
    for method in ("GET", "DELETE"):
        await desk.call(method, f"{items}/{made['id']}", status=404)
    await desk.call("PATCH", f"{items}/{made['id']}", {"status": "COMPLETED"}, status=404)
    born_done = await desk.post(items, {"objectId": "x", "objectType": "TRACE", "status": "COMPLETED"})
    assert born_done["completedAt"] == later


async def test_assignments_are_of_members(desk: Desk, stranger: Desk) -> None:
    queue_id = await desk.queue()
    path = f"{QUEUES}/{queue_id}/assignments"
    for _ in range(2):
        made = await desk.post(path, {"userId": "ann"})
        assert made == {"userId": "ann", "queueId": queue_id, "projectId": "project"}
    assert (await desk.get(f"{WORK}/{queue_id}/progress"))["assigned"] == ["ann"]
    for user_id in ("eve", "none", "é" * 900):
        await desk.post(path, {"userId": user_id}, status=404)
    await stranger.post(path, {"userId": "ann"}, status=404)
    await stranger.call("DELETE", path, {"userId": "ann"}, status=404)
    for _ in range(2):
        assert await desk.call("DELETE", path, {"userId": "ann"}) == {"success": True}
    assert (await desk.get(f"{WORK}/{queue_id}/progress"))["assigned"] == []


async def test_a_queue_is_changed_archived_and_taken_back(desk: Desk, stranger: Desk) -> None:
    queue_id = await desk.queue()
    await desk.queue(name="Other")
    path = f"{WORK}/{queue_id}"
    changed = await desk.call("PATCH", path, {"name": "Renamed", "description": None})
    assert (changed["name"], changed["archivedAt"]) == ("Renamed", None)
    await desk.call("PATCH", path, {"name": "Other"}, status=400)
    await desk.call("PATCH", path, {"scoreConfigIds": ["none"]}, status=400)
    await stranger.call("PATCH", path, {"name": "Mine"}, status=404)
    await desk.send_traces(1)
    archived = await desk.call("PATCH", path, {"archived": True})
    assert archived["archivedAt"] == NOW
    assert await desk.get(path) == archived
    await desk.post(f"{QUEUES}/{queue_id}/items", {"objectId": "t0", "objectType": "TRACE"}, status=409)
    await desk.post(f"{path}/next", {"reviewer": "ann"}, status=409)
    await desk.post(f"{path}/items/from-traces", {}, status=409)
    await desk.call("PATCH", path, {"archived": False})
    await desk.item(queue_id, "t0")


async def test_a_queue_is_deleted_by_who_names_it(desk: Desk, stranger: Desk) -> None:
    queue_id = await desk.queue(name="Ünï code")
    await desk.item(queue_id, "t")
    path = f"{WORK}/{queue_id}"
    for confirm in ({}, {"confirm": ""}, {"confirm": "ünï code"}):
        answer = await desk.call("DELETE", path, status=400, **confirm)
        assert answer["error"][0]["path"] == ["confirm"]
    await stranger.call("DELETE", path, status=404, confirm="Ünï code")
    assert (await desk.call("DELETE", path, confirm="Ünï code"))["success"] is True
    await desk.get(f"{QUEUES}/{queue_id}", status=404)
    await desk.get(f"{QUEUES}/{queue_id}/items", status=404)
