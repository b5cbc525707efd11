"""Score configs over HTTP."""

from typing import Any
from urllib.parse import quote

import pytest

from panope.domain.scoring.configs import MAX_LABEL_CHARS
from tests.api.scoring.conftest import EXTENSION, PUBLIC, Desk

PATH = f"{PUBLIC}/score-configs"
GOOD_MOOD = [{"label": "good", "value": 1}, {"label": "bad", "value": -1.5}]


async def test_a_config_is_agreed_on_shown_and_listed_newest_first(desk: Desk) -> None:
    made = await desk.call("POST", PATH, {"name": "accuracy", "dataType": "NUMERIC", "minValue": 0, "maxValue": 1})
    assert made == {
        "id": made["id"],
        "projectId": "project",
        "name": "accuracy",
        "dataType": "NUMERIC",
        "isArchived": False,
        "minValue": 0,
        "maxValue": 1,
        "categories": None,
        "description": None,
        "direction": "none",
        "createdAt": "2027-01-15T08:00:00.000Z",
        "updatedAt": "2027-01-15T08:00:00.000Z",
    }
    mood = await desk.agree("mood (v1.0)", "CATEGORICAL", categories=GOOD_MOOD, direction="higher")
    assert await desk.get(f"{PATH}/{made['id']}") == made
    shown = await desk.get(f"{PATH}/{mood}")
    assert (shown["categories"], shown["direction"]) == (GOOD_MOOD, "higher")
    listed = await desk.get(PATH, limit=1)
    assert listed["meta"] == {"page": 1, "limit": 1, "totalItems": 2, "totalPages": 2}
    ids = [(await desk.get(PATH, limit=1, page=page))["data"][0]["id"] for page in (1, 2)]
    assert sorted(ids) == sorted([made["id"], mood])


async def test_a_boolean_has_its_two_categories_and_a_text_none(desk: Desk) -> None:
    boolean = await desk.get(f"{PATH}/{await desk.agree('safe', 'BOOLEAN')}")
    assert boolean["categories"] == [{"label": "True", "value": 1}, {"label": "False", "value": 0}]
    assert (await desk.get(f"{PATH}/{await desk.agree('note', 'TEXT')}"))["categories"] is None


@pytest.mark.parametrize("sdk", ["2.60.10", "4.14.3"])
async def test_a_text_config_is_a_category_to_a_client_that_would_fail_on_it(desk: Desk, sdk: str) -> None:
    await desk.agree("note", "TEXT")
    headers = {"X-Langfuse-Sdk-Name": "python", "X-Langfuse-Sdk-Version": sdk}
    shown = await desk.call("GET", PATH, headers=headers)
    assert shown["data"][0]["dataType"] == ("CATEGORICAL" if sdk.startswith("2") else "TEXT")


async def test_the_longest_names_and_labels_are_taken(desk: Desk) -> None:
    label = "x" * MAX_LABEL_CHARS
    await desk.agree("Ünïcode 1_.()-" + "n" * 21, "CATEGORICAL", categories=[{"label": label, "value": 1e308}])


async def test_fields_are_changed_one_by_one_and_bounds_taken_away(desk: Desk) -> None:
    config_id = await desk.agree("accuracy", minValue=0, maxValue=1, description="as agreed", direction="higher")
    at = f"{PATH}/{config_id}"
    assert (await desk.call("PATCH", at, {"name": "right"}))["name"] == "right"
    assert (await desk.call("PATCH", at, {"maxValue": None, "name": None}))["maxValue"] is None
    assert (await desk.call("PATCH", at, {"direction": "lower", "isArchived": True}))["direction"] == "lower"
    shown = await desk.get(at)
    assert (shown["name"], shown["minValue"], shown["description"]) == ("right", 0, "as agreed")
    assert shown["isArchived"] is True
    assert (await desk.call("PATCH", at, {"isArchived": False}))["isArchived"] is False
    refused: list[Any] = [{}, {"dataType": "TEXT"}, {"name": None}, {"maxValue": -1}, {"categories": GOOD_MOOD}, []]
    for wrong in refused:
        await desk.call("PATCH", at, wrong, status=400)
    assert await desk.get(at) == {**shown, "isArchived": False}


async def test_categories_can_grow(desk: Desk) -> None:
    config_id = await desk.agree("mood", "CATEGORICAL", categories=GOOD_MOOD)
    await desk.score(400, configId=config_id, value="fair")
    grown = [*GOOD_MOOD, {"label": "fair", "value": 0}]
    await desk.call("PATCH", f"{PATH}/{config_id}", {"categories": grown})
    await desk.score(200, configId=config_id, value="fair")


async def test_another_project_sees_and_changes_nothing(desk: Desk, stranger: Desk) -> None:
    config_id = await desk.agree("accuracy")
    assert (await stranger.get(PATH))["data"] == []
    for method, body in (("GET", None), ("PATCH", {"isArchived": True})):
        refused = await stranger.call(method, f"{PATH}/{config_id}", body, status=404)
        assert refused == {
            "message": "Score config not found within authorized project",
            "error": "LangfuseNotFoundError",
        }
    await stranger.score(404, configId=config_id, value=1)
    assert (await desk.get(f"{PATH}/{config_id}"))["isArchived"] is False


@pytest.mark.parametrize("name", ["a/b", "../x", "🙂", "x" * 800, "%2F", "a?b", "a#b"])
async def test_any_id_in_a_path_is_a_plain_not_found(desk: Desk, name: str) -> None:
    for quoted in (quote(name, safe=""), quote(quote(name, safe=""), safe="")):
        await desk.call("GET", f"{PATH}/{quoted}", status=404)
        await desk.call("PATCH", f"{PATH}/{quoted}", {"isArchived": True}, status=404)


async def test_presets_are_made_once_and_leave_alone_what_is_there(desk: Desk) -> None:
    await desk.agree("toxicity", maxValue=5)
    made = await desk.call("POST", f"{EXTENSION}/score-configs/presets")
    names = {"semantic-similarity", "factual-accuracy", "user-feedback", "latency-sla", "cost-efficiency"}
    assert {config["name"] for config in made["data"]} == names
    assert {(config["minValue"], config["maxValue"], config["direction"]) for config in made["data"]} == {
        (0, 1, "higher")
    }
    assert (await desk.call("POST", f"{EXTENSION}/score-configs/presets"))["data"] == []
    assert (await desk.get(PATH))["meta"]["totalItems"] == 6
