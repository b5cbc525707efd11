"""Reading prompts through the whole app: composed, from memory, and never older than the last change."""

import json
from typing import Any

import pytest

from panope.bootstrap import AppOptions
from panope.domain.accounts import ApiKey
from panope.domain.errors import UnavailableError
from panope.domain.ids import ApiKeyId
from panope.features.accounts.secrets import SecretHasher
from tests.api.conftest import AUTH, BROWSER_AUTH, LIMITS, NOW_US, OTHER_AUTH, PROJECT, Stage, basic, staged
from tests.api.prompts.test_writes import PANOPE, PROMPTS, create, get


def tag(wanted: str, name: str = "part") -> str:
    return f"@@@langfusePrompt:name={name}|{wanted}@@@"


async def test_production_is_meant_when_nothing_is_said(stage: Stage) -> None:
    await create(stage, labels=["production"])
    await create(stage, labels=["staging"])
    versions = {
        query: (await get(stage, f"/greet{query}")).json()["version"]
        for query in ("", "?label=", "?version=0", "?label=production", "?version=1")
    }
    assert set(versions.values()) == {1}
    assert (await get(stage, "/greet?label=latest")).json()["version"] == 2
    active = [(await get(stage, f"/greet?version={number}")).json()["isActive"] for number in (1, 2)]
    assert active == [True, False]


@pytest.mark.parametrize(
    ("query", "status", "message"),
    [
        ("?version=1&label=production", 400, "Cannot specify both version and label"),
        ("?version=x", 400, "Invalid request data"),
        ("?version=-1", 400, "Invalid request data"),
        ("?version=1.5", 400, "Invalid request data"),
        ("?version=99999999999999999999", 400, "Invalid request data"),
        ("?version=1&version=2", 400, "Invalid request data"),
        ("?resolve=maybe", 400, "Invalid request data"),
        ("?version=3", 404, "Prompt not found: 'greet' with version 3"),
        ("?label=none", 404, "Prompt not found: 'greet' with label 'none'"),
    ],
)
async def test_what_cannot_be_found_is_said_clearly(stage: Stage, query: str, status: int, message: str) -> None:
    await create(stage, labels=["production"])
    answer = await get(stage, f"/greet{query}")
    assert (answer.status_code, answer.json()["message"]) == (status, message)


@pytest.mark.parametrize("path", ["/", "/%00", "/%ED%A0%80", "/" + "x" * 801, "/a%0Ab", "/%25"])
async def test_names_that_no_prompt_can_have_are_not_found(stage: Stage, path: str) -> None:
    for _ in range(2):
        assert (await get(stage, path)).status_code == 404
    assert (await stage.client.delete(PROMPTS + path, headers=AUTH)).status_code == 404


async def test_references_are_filled_in_on_reading(stage: Stage) -> None:
    leaf = (await create(stage, "leaf", "leaf", labels=["production"])).json()
    part = (await create(stage, "part", f"<{tag('label=production', 'leaf')}>", labels=["eu"])).json()
    written = f"{tag('version=1')} {tag('label=eu')} {tag('version=1', 'leaf')}"
    whole = (await create(stage, "whole", written, labels=["production"])).json()
    assert whole["prompt"] == written
    assert "resolutionGraph" not in whole
    read = (await get(stage, "/whole")).json()
    assert read["prompt"] == "<leaf> <leaf> leaf"
    nodes = {row["name"]: {key: row[key] for key in ("id", "name", "version")} for row in (leaf, part, whole)}
    assert read["resolutionGraph"] == {
        "root": nodes["whole"],
        "dependencies": {whole["id"]: [nodes["part"], nodes["leaf"]], part["id"]: [nodes["leaf"]]},
    }
    raw = (await get(stage, "/whole?resolve=false")).json()
    assert (raw["prompt"], raw["resolutionGraph"]) == (written, None)
    await create(stage, "leaf", "new leaf", labels=["production"])
    assert (await get(stage, "/whole")).json()["prompt"] == "<new leaf> <new leaf> leaf"


async def test_messages_are_composed_too(stage: Stage) -> None:
    await create(stage, "part", 'say "hi"\n', labels=["production"])
    messages = [{"role": "system", "content": tag("label=production")}, {"type": "placeholder", "name": "history"}]
    await create(stage, "chat", messages, type="chat", labels=["production"])
    assert (await get(stage, "/chat")).json()["prompt"] == [{"role": "system", "content": 'say "hi"\n'}, messages[1]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (tag("label=none"), "Prompt dependency not found: 'part' with label 'none'"),
        (tag("version=1", "chat"), "Prompt dependency is not a text prompt: 'chat' with version 1"),
        (tag("version=1", "whole"), "Circular dependency detected involving prompt 'whole'"),
        (tag("version=1", "level 4"), "Maximum nesting depth exceeded"),
    ],
)
async def test_references_that_cannot_be_filled_in_are_refused(stage: Stage, text: str, message: str) -> None:
    await create(stage, "part", "part", labels=["production"])
    await create(stage, "chat", [], type="chat")
    await create(stage, "whole", "whole")
    below = ("part", "label=production")
    for level in range(5):
        answer = await create(stage, f"level {level}", tag(below[1], below[0]))
        assert answer.status_code == (201 if level < 4 else 400), answer.text
        below = (f"level {level}", "version=1")
    refused = await create(stage, "whole", text)
    assert refused.status_code == 400
    expected = message if "level" not in text else "Prompt dependency not found"
    assert refused.json()["message"].startswith(expected)


async def test_prompts_are_listed(stage: Stage) -> None:
    await create(stage, "b", labels=["production"], tags=["t"], config={"n": 1})
    await create(stage, "b", config={"n": 2})
    await create(stage, "a")
    listed = (await get(stage, "")).json()
    meta = {"page": 1, "limit": 10, "totalItems": 2, "totalPages": 1}
    assert (listed["meta"], listed["pagination"]) == (meta, meta)
    assert [row["name"] for row in listed["data"]] == ["a", "b"]
    assert listed["data"][1] == {
        "name": "b",
        "type": "text",
        "versions": [1, 2],
        "labels": ["production", "latest"],
        "tags": ["t"],
        "lastUpdatedAt": "2027-01-15T08:00:00.000Z",
        "lastConfig": {"n": 2},
    }
    for query, names in (
        ("?name=a", ["a"]),
        ("?tag=t", ["b"]),
        ("?label=production", ["b"]),
        ("?version=2", ["b"]),
        ("?fromUpdatedAt=2027-01-15T08:00:00Z", ["a", "b"]),
        ("?toUpdatedAt=2027-01-15T08:00:00Z", []),
        ("?page=2&limit=1", ["b"]),
    ):
        assert [row["name"] for row in (await get(stage, query)).json()["data"]] == names, query
    assert (await get(stage, "?limit=101")).status_code == 400


def condition(kind: str, column: str, operator: str, value: Any, **key: Any) -> dict[str, Any]:
    return {"type": kind, "column": column, "operator": operator, "value": value, **key}


async def listed_by(stage: Stage, *conditions: Any, **params: str) -> list[tuple[str, list[int]]]:
    query = {"filter": json.dumps(conditions), **params}
    answer = await stage.client.get(PROMPTS, params=query, headers=AUTH)
    assert answer.status_code == 200, answer.text
    return [(row["name"], row["versions"]) for row in answer.json()["data"]]


async def test_a_filter_stands_for_all_other_conditions(stage: Stage) -> None:
    await create(stage, "tools/a_b/description", labels=["production"], tags=["t"], config={"model": "GPT", "n": 1})
    await create(stage, "tools/a_b/description", config={"model": None, "n": {"deep": [1]}})
    await create(stage, "tools/axb", tags=["t", "u"])
    one, both, other = ("tools/a_b/description", [1]), ("tools/a_b/description", [1, 2]), ("tools/axb", [1])
    second = (one[0], [2])
    name, noon = ("string", "name"), "2027-01-15T08:00:00Z"
    for conditions, expected in (
        ([], [both, other]),
        ([condition(*name, "starts with", "TOOLS/"), condition(*name, "ends with", "/description")], [both]),
        ([condition(*name, "=", "Tools/axb")], []),
        ([condition(*name, "contains", "a_b")], [both, other]),
        ([condition(*name, "contains", r"a\_b")], [both]),
        ([condition(*name, "does not contain", "_b/")], [other]),
        ([condition(*name, "contains", "*")], []),
        ([condition(*name, "is not empty", "")], [both, other]),
        ([condition("stringOptions", "type", "none of", ["chat"])], [both, other]),
        ([condition("stringOptions", "name", "any of", ["tools/axb", "x"])], [other]),
        ([condition("number", "version", ">", 1)], [second]),
        ([condition("number", "version", ">=", 1.5)], [second]),
        ([condition("number", "version", "<", 1.5)], [one, other]),
        ([condition("number", "version", "<=", 1)], [one, other]),
        ([condition("number", "version", "=", 1.5)], []),
        ([condition("number", "version", ">", -(10**30))], [both, other]),
        ([condition("number", "version", ">", 1e300)], []),
        (
            [condition("datetime", "createdAt", ">=", noon), condition("datetime", "updatedAt", "<=", noon)],
            [both, other],
        ),
        ([condition("datetime", "updatedAt", ">", noon)], []),
        ([condition("datetime", "updatedAt", "<", noon)], []),
        ([condition("arrayOptions", "labels", "none of", ["latest"])], [one]),
        ([condition("arrayOptions", "tags", "all of", ["t", "u"])], [other]),
        ([condition("stringObject", "config", "contains", "gp", key="model")], [one]),
        ([condition("stringObject", "config", "=", "1", key="n")], [one]),
        ([condition("stringObject", "config", "contains", '"deep"', key="n")], [second]),
        ([condition("stringObject", "config", "starts with", "", key="model")], [both]),
        ([condition("stringObject", "config", "is set", "", key="model")], [both]),
        ([condition("stringObject", "config", "is not set", "", key="model")], [other]),
    ):
        found = await listed_by(stage, *conditions, name="nothing", label="nothing", toUpdatedAt="2000-01-01T00:00:00Z")
        assert found == expected, conditions
    assert await listed_by(stage, limit="1", page="2") == [other]


@pytest.mark.parametrize(
    ("sent", "place"),
    [
        ("{", None),
        ("{}", ["filter"]),
        ("[1]", ["filter"]),
        ('[{"type":"string"}]', ["filter"]),
        (json.dumps([condition("string", "name", "=", "x")] * 101), ["filter"]),
        *(
            (json.dumps([condition("number", "version", "=", 1), wrong]), ["filter", 1, place])
            for place, wrong in (
                ("type", condition("null", "name", "is null", "")),
                ("column", condition("string", "label", "=", "x")),
                ("column", condition("number", "name", "=", 1)),
                ("operator", condition("string", "name", "matches", "x")),
                ("operator", condition("datetime", "createdAt", "=", "2027-01-15T08:00:00Z")),
                ("value", condition("string", "name", "=", 1)),
                ("value", condition("string", "name", "contains", "a\\")),
                ("value", condition("string", "name", "=", "x" * 1_001)),
                ("value", condition("stringOptions", "name", "any of", [])),
                ("value", condition("arrayOptions", "tags", "all of", "t")),
                ("value", condition("number", "version", "=", "1")),
                ("value", condition("datetime", "createdAt", ">", "yesterday")),
                ("key", condition("stringObject", "config", "=", "x")),
            )
        ),
    ],
)
async def test_a_bad_filter_is_refused_by_its_place(stage: Stage, sent: str, place: list[str | int] | None) -> None:
    answer = await stage.client.get(PROMPTS, params={"filter": sent}, headers=AUTH)
    assert answer.status_code == 400
    if place is None:
        assert answer.json()["message"] == "Invalid JSON in filter parameter"
    else:
        assert [issue["path"] for issue in answer.json()["error"]] == [place]


async def test_versions_are_listed_with_what_changed(stage: Stage) -> None:
    await create(stage, config={"a": 1, "b": 2}, commitMessage="first")
    await create(stage, "part", "x")
    await create(stage, config={"b": 2, "a": 1})
    await create(stage, prompt=f"Bye {{{{ who }}}} {tag('version=1')}", config={"a": 2})
    path = f"{PANOPE}/prompts/greet/versions"
    listed = (await stage.client.get(f"{path}?limit=2", headers=AUTH)).json()
    assert listed["meta"] == {"limit": 2, "before": 2}
    newest, middle = listed["data"]
    assert (newest["version"], newest["previousVersion"], newest["changedFields"]) == (3, 2, ["prompt", "config"])
    assert (newest["variables"], newest["placeholders"]) == (["who"], [])
    assert newest["references"] == [{"name": "part", "version": 1, "label": None}]
    assert (middle["version"], middle["previousVersion"], middle["changedFields"]) == (2, 1, [])
    rest = (await stage.client.get(f"{path}?limit=2&before=2", headers=AUTH)).json()
    (first,) = rest["data"]
    assert (first["commitMessage"], first["previousVersion"], first["changedFields"]) == ("first", None, None)
    assert rest["meta"] == {"limit": 2, "before": None}


async def ask(stage: Stage, headers: dict[str, str] = AUTH, path: str = "/greet") -> tuple[int, Any]:
    answer = await stage.client.get(PROMPTS + path, headers=headers)
    return answer.status_code, answer.json()


async def test_an_answer_from_memory_is_the_answer(stage: Stage) -> None:
    await create(stage, labels=["production"])
    first = await get(stage, "/greet")
    second = await get(stage, "/greet")
    assert first.content == second.content
    assert {name for name in first.headers if first.headers[name] != second.headers[name]} == {"x-request-id"}
    text = (await stage.client.get("/metrics")).text
    counted = 'panope_http_requests_total{method="GET",route="/api/public/v2/prompts/{name:path}",status="200"} 2.0'
    assert counted in text
    duration = 'panope_http_request_duration_seconds_count{route="/api/public/v2/prompts/{name:path}"} 2.0'
    assert duration in text


async def test_browsers_may_read_an_answer_from_memory(stage: Stage) -> None:
    await create(stage, labels=["production"])
    for _ in range(2):
        answer = await stage.client.get(f"{PROMPTS}/greet", headers={**AUTH, "Origin": "https://app.example"})
        assert answer.headers["access-control-allow-origin"] == "https://app.example"
        assert answer.headers["vary"] == "Origin"


async def test_every_change_is_seen_at_once(stage: Stage) -> None:
    await create(stage, prompt="1", labels=["production"])
    for number in (2, 3):
        assert (await ask(stage))[1]["version"] == number - 1
        await create(stage, prompt=str(number))
        assert (await ask(stage))[1]["version"] == number - 1
        promoted = {"from": "latest", "to": "production"}
        await stage.client.post(f"{PANOPE}/prompts/greet/promotions", json=promoted, headers=AUTH)
        assert (await ask(stage))[1]["version"] == number
    await stage.client.delete(f"{PROMPTS}/greet", headers=AUTH)
    assert (await ask(stage))[0] == 404


async def test_memory_serves_nobody_else(stage: Stage) -> None:
    await create(stage, labels=["production"])
    for _ in range(2):
        assert (await ask(stage))[0] == 200
    assert (await ask(stage, OTHER_AUTH))[0] == 404
    assert (await ask(stage, BROWSER_AUTH))[0] == 403
    assert (await ask(stage, {}))[0] == 401
    assert (await ask(stage, basic("pk-lf-one", "sk-lf-wrong")))[0] == 401
    assert (await ask(stage, path="/greet?version=2"))[0] == 404
    theirs = {"name": "greet", "prompt": "theirs", "labels": ["production"]}
    await stage.client.post(PROMPTS, json=theirs, headers=OTHER_AUTH)
    for _ in range(2):
        assert (await ask(stage, OTHER_AUTH))[1]["prompt"] == "theirs"
        assert (await ask(stage))[1]["prompt"] == "Hello {{who}}"


async def test_a_revoked_key_is_refused_at_once(stage: Stage) -> None:
    await create(stage, labels=["production"])
    for _ in range(2):
        assert (await ask(stage))[0] == 200
    (key,) = await stage.catalog.keys.list(PROJECT)
    await stage.catalog.keys.revoke(ApiKeyId(key.id), at_us=1)
    assert (await ask(stage))[0] == 401


async def test_an_expired_key_is_refused_at_once() -> None:
    now = [NOW_US]
    async with staged(AppOptions(limits=LIMITS), clock=lambda: now[0]) as stage:
        await create(stage, labels=["production"])
        key = ApiKey(
            id=ApiKeyId("brief"),
            project_id=PROJECT,
            public_key="pk-lf-brief",
            secret_hash=SecretHasher("salt").hash("sk-lf-brief"),
            display_secret_key="sk-lf-...rief",
            expires_us=NOW_US + 10,
        )
        await stage.catalog.keys.create(key)
        brief = basic("pk-lf-brief", "sk-lf-brief")
        for _ in range(2):
            assert (await ask(stage, brief))[0] == 200
        now[0] += 10
        assert (await ask(stage, brief))[0] == 401
        assert (await ask(stage))[0] == 200


async def test_nothing_is_served_from_memory_while_the_catalog_is_away(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await create(stage, labels=["production"])
    for _ in range(2):
        assert (await ask(stage))[0] == 200

    async def fail() -> None:
        raise UnavailableError("The catalog database does not answer: try again later")

    monkeypatch.setattr(stage.catalog.version, "current", fail)
    assert (await ask(stage))[0] == 503


async def test_prompts_are_served_under_a_prefix() -> None:
    async with staged(AppOptions(limits=LIMITS, root_path="/panope")) as stage:
        await create(stage, "a/b", labels=["production"])
        for _ in range(2):
            answer = await stage.client.get(f"/panope{PROMPTS}/a%2Fb", headers=AUTH)
            assert answer.json()["name"] == "a/b"


async def test_observations_carry_the_id_of_their_prompt(stage: Stage) -> None:
    made = (await create(stage, "a/b", labels=["production"])).json()
    events = [
        {
            "id": f"e{number}",
            "type": "generation-create",
            "timestamp": "2027-01-15T07:59:00.000Z",
            "body": {"id": f"g{number}", "traceId": "t", "promptName": "a/b", "promptVersion": number},
        }
        for number in (1, 2)
    ]
    await stage.client.post("/api/public/ingestion", json={"batch": events}, headers=AUTH)

    async def ids() -> dict[str, Any]:
        listed = (await stage.client.get("/api/public/observations", headers=AUTH)).json()["data"]
        by_cursor = (await stage.client.get("/api/public/v2/observations?fields=prompt", headers=AUTH)).json()["data"]
        trace = (await stage.client.get("/api/public/traces/t", headers=AUTH)).json()["observations"]
        one = (await stage.client.get("/api/public/observations/g1", headers=AUTH)).json()
        found = [{row["id"]: row["promptId"] for row in rows} for rows in (listed, by_cursor, trace)]
        assert found[0] == found[1] == found[2]
        assert found[0]["g1"] == one["promptId"]
        assert {row["promptName"] for row in [*listed, *by_cursor, *trace, one]} == {"a/b"}
        return found[0]

    assert await ids() == {"g1": made["id"], "g2": None}
    second = (await create(stage, "a/b")).json()
    assert await ids() == {"g1": made["id"], "g2": second["id"]}
    await stage.client.delete(f"{PROMPTS}/a%2Fb", headers=AUTH)
    assert await ids() == {"g1": None, "g2": None}
