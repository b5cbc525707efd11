"""Writing prompts through the whole app."""

from typing import Any

import httpx2
import pytest

from tests.api.conftest import AUTH, OTHER_AUTH, Stage

PROMPTS = "/api/public/v2/prompts"
PANOPE = "/api/panope/v1"


async def create(stage: Stage, name: str = "greet", prompt: Any = "Hello {{who}}", **body: Any) -> httpx2.Response:
    return await stage.client.post(PROMPTS, json={"name": name, "prompt": prompt, **body}, headers=AUTH)


async def get(stage: Stage, path: str) -> httpx2.Response:
    return await stage.client.get(PROMPTS + path, headers=AUTH)


async def test_a_created_prompt_is_answered_with_its_whole_row(stage: Stage) -> None:
    config = {"model": "gpt-4o", "big": 123456789012345678901234567890, "price": 0.10}
    made = await create(stage, "  a/b ", labels=["production"], tags=["x", "x"], config=config, commitMessage="first")
    assert made.status_code == 201
    row = made.json()
    assert {name: row[name] for name in row if name != "id"} == {
        "createdAt": "2027-01-15T08:00:00.000Z",
        "updatedAt": "2027-01-15T08:00:00.000Z",
        "projectId": "project",
        "createdBy": "API",
        "prompt": "Hello {{who}}",
        "name": "a/b",
        "version": 1,
        "type": "text",
        "isActive": None,
        "config": config,
        "tags": ["x"],
        "labels": ["production", "latest"],
        "commitMessage": "first",
    }
    read = (await get(stage, "/a%2Fb")).json()
    assert read == {**row, "isActive": True, "resolutionGraph": None}


async def test_messages_are_kept_as_role_and_content(stage: Stage) -> None:
    sent = [
        {"role": "system", "content": "{{x}}", "type": "chatmessage", "name": "ann"},
        {"type": "placeholder", "name": "history"},
        {"name": "more"},
    ]
    made = await create(stage, prompt=sent, type="chat")
    assert made.json()["prompt"] == [
        {"role": "system", "content": "{{x}}"},
        {"type": "placeholder", "name": "history"},
        {"type": "placeholder", "name": "more"},
    ]


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/folder%2Fname", "folder/name"),
        ("/folder%252Fname", "folder/name"),
        ("/folder/name", "folder/name"),
        ("/..%2F..%2Fup", "../../up"),
        ("/a%20b%3F%23%25", "a b?#%"),
        ("/%F0%9F%A6%8A", "🦊"),
        ("/100%25252F", "100%2F"),
        ("/versions%2F1", "versions/1"),
        ("/" + "x" * 800, "x" * 800),
    ],
)
async def test_names_are_found_however_they_are_encoded(stage: Stage, path: str, names: str) -> None:
    made = await create(stage, names, labels=["production"])
    assert made.status_code == 201, made.text
    for _ in range(2):  # the second answer comes from memory
        assert (await get(stage, path)).json()["name"] == names
    patched = await stage.client.patch(f"{PROMPTS}{path}/versions/1", json={"newLabels": ["x"]}, headers=AUTH)
    assert patched.json()["labels"] == ["production", "x", "latest"]
    versions = await stage.client.get(f"{PANOPE}/prompts{path}/versions", headers=AUTH)
    assert [row["name"] for row in versions.json()["data"]] == [names]
    assert (await stage.client.delete(PROMPTS + path, headers=AUTH)).status_code == 204
    assert (await get(stage, path)).status_code == 404


async def test_a_name_with_a_percent_sign_beats_what_it_would_decode_to(stage: Stage) -> None:
    for name in ("a%2Fb", "a/b"):
        await create(stage, name, labels=["production"])
    assert (await get(stage, "/a%252Fb")).json()["name"] == "a%2Fb"
    assert (await get(stage, "/a%2Fb")).json()["name"] == "a/b"


async def test_labels_are_added_and_taken_from_the_others(stage: Stage) -> None:
    await create(stage, labels=["production"])
    await create(stage)
    patched = await stage.client.patch(
        f"{PROMPTS}/greet/versions/2", json={"newLabels": ["production", "Any Label!"]}, headers=AUTH
    )
    assert patched.json()["labels"] == ["production", "Any Label!", "latest"]
    assert (await get(stage, "/greet?version=1")).json()["labels"] == []
    assert (await get(stage, "/greet?label=Any%20Label!")).json()["version"] == 2
    missing = await stage.client.patch(f"{PROMPTS}/greet/versions/9", json={"newLabels": ["x"]}, headers=AUTH)
    assert (missing.status_code, missing.json()["error"]) == (404, "LangfuseNotFoundError")


async def test_versions_are_deleted(stage: Stage) -> None:
    for label in ("a", "b", "c"):
        await create(stage, labels=[label])
    for query, left in (("?version=3", 2), ("?label=a", 2)):
        deleted = await stage.client.delete(f"{PROMPTS}/greet{query}", headers=AUTH)
        assert (deleted.status_code, deleted.content) == (204, b"")
        assert (await get(stage, "/greet?label=latest")).json()["version"] == left
    again = await stage.client.delete(f"{PROMPTS}/greet?label=a", headers=AUTH)
    assert (again.status_code, again.json()["message"]) == (404, "Prompt not found")


async def test_a_label_is_promoted_in_one_step(stage: Stage) -> None:
    await create(stage, labels=["production"])
    await create(stage, labels=["staging"])
    asked = {"from": "staging", "to": "production"}
    promoted = await stage.client.post(f"{PANOPE}/prompts/greet/promotions", json=asked, headers=AUTH)
    assert (promoted.status_code, promoted.json()["labels"]) == (200, ["staging", "production", "latest"])
    assert (await get(stage, "/greet")).json()["version"] == 2
    missing = await stage.client.post(
        f"{PANOPE}/prompts/greet/promotions", json={"from": "none", "to": "production"}, headers=AUTH
    )
    assert missing.json()["message"] == "Prompt not found: 'greet' with label 'none'"


async def test_a_label_is_removed(stage: Stage) -> None:
    await create(stage, labels=["production"])
    removed = await stage.client.delete(f"{PANOPE}/prompts/greet/labels/production", headers=AUTH)
    assert (removed.status_code, removed.json()["labels"]) == (200, ["latest"])
    assert (await get(stage, "/greet")).status_code == 404
    latest = await stage.client.delete(f"{PANOPE}/prompts/greet/labels/latest", headers=AUTH)
    assert latest.status_code == 400


async def test_a_protected_label_moves_and_goes_only_when_confirmed(stage: Stage) -> None:
    protected = f"{PANOPE}/protected-prompt-labels"
    set_up = await stage.client.put(f"{protected}/production", headers=AUTH)
    assert set_up.json() == {"labels": ["production"]}
    assert (await stage.client.get(protected, headers=OTHER_AUTH)).json() == {"labels": []}
    await create(stage, labels=["production"])
    await create(stage, labels=["staging"])
    client, promotion = stage.client, {"from": "staging", "to": "production"}
    refused = [
        await create(stage, labels=["production"]),
        await client.patch(f"{PROMPTS}/greet/versions/2", json={"newLabels": ["production"]}, headers=AUTH),
        await client.post(f"{PANOPE}/prompts/greet/promotions", json=promotion, headers=AUTH),
        await client.delete(f"{PANOPE}/prompts/greet/labels/production", headers=AUTH),
        await client.delete(f"{PROMPTS}/greet", headers=AUTH),
    ]
    for answer in refused:
        assert answer.status_code == 403
        assert "'production' is protected" in answer.json()["message"]
    confirmed = await client.post(
        f"{PANOPE}/prompts/greet/promotions", json={**promotion, "confirmLabels": ["production"]}, headers=AUTH
    )
    assert confirmed.status_code == 200
    gone = await client.delete(f"{PROMPTS}/greet?confirmLabels=production", headers=AUTH)
    assert gone.status_code == 204
    assert (await client.delete(f"{protected}/production", headers=AUTH)).json() == {"labels": []}
    assert (await client.delete(f"{protected}/production", headers=AUTH)).status_code == 404


async def test_the_first_version_of_the_api_is_served(stage: Stage) -> None:
    path = "/api/public/prompts"
    inactive = {"name": "old", "prompt": "1", "isActive": False}
    assert (await stage.client.post(path, json=inactive, headers=AUTH)).json()["labels"] == ["latest"]
    made = await stage.client.post(path, json={**inactive, "prompt": "2", "isActive": True}, headers=AUTH)
    assert (made.status_code, made.json()["labels"]) == (201, ["production", "latest"])
    shown = (await stage.client.get(f"{path}?name=old", headers=AUTH)).json()
    assert (shown["version"], shown["isActive"], shown["resolutionGraph"]) == (2, True, None)
    assert (await stage.client.get(f"{path}?name=old&version=1", headers=AUTH)).json()["isActive"] is False
    assert (await stage.client.get(path, headers=AUTH)).status_code == 400
    assert (await stage.client.get(f"{path}?name=none", headers=AUTH)).status_code == 404


async def test_every_mistake_of_a_body_is_named_by_its_place(stage: Stage) -> None:
    refused = await create(stage, "a|b", labels=["Not Good"], tags=[""], prompt=[{"role": "user"}], type="chat")
    assert refused.status_code == 400
    assert [issue["path"] for issue in refused.json()["error"]] == [["name"], ["prompt", 0], ["labels", 0], ["tags", 0]]
    assert (await get(stage, "?limit=100")).json()["data"] == []


async def test_a_prompt_beyond_the_limit_is_refused_with_413(stage: Stage) -> None:
    limit = 4 * 1024 * 1024
    answer = await create(stage, prompt="x" * limit)
    assert answer.status_code == 413
    assert str(limit) in answer.json()["message"] or "max_body_bytes" in answer.json()["message"]
