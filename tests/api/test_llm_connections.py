"""LLM connections over HTTP, and the sealing of their secrets."""

import logging
from typing import Any

import pytest

from panope.adapters.memory.catalog.whole import MemoryCatalog
from panope.domain.errors import UnavailableError
from panope.features.connections.llm import LlmConnectionDraft, LlmConnectionService
from panope.features.connections.sealing import Sealer
from panope.kit.ids import new_id
from tests.api.conftest import AUTH, OTHER_AUTH, PROJECT, Stage

PATH = "/api/public/llm-connections"
SECRET = "sk-very-secret-WXYZ"
BODY = {"provider": "house", "adapter": "openai", "secretKey": SECRET}
FULL = {
    **BODY,
    "baseURL": "https://llm.example/v1",
    "customModels": ["house-7b"],
    "withDefaultModels": False,
    "extraHeaders": {"X-Team": "hidden-value"},
    "config": {"useResponsesApi": True},
}


async def call(stage: Stage, method: str, body: Any = None, path: str = PATH, status: int = 200, **auth: Any) -> Any:
    response = await stage.client.request(method, path, json=body, headers=auth.get("headers", AUTH))
    assert response.status_code == status, response.text
    return response.json()


async def test_a_connection_is_made_replaced_listed_and_deleted(stage: Stage) -> None:
    made = await call(stage, "PUT", FULL, status=201)
    assert made == {
        "id": made["id"],
        "provider": "house",
        "adapter": "openai",
        "displaySecretKey": "...WXYZ",
        "baseURL": "https://llm.example/v1",
        "customModels": ["house-7b"],
        "withDefaultModels": False,
        "extraHeaderKeys": ["X-Team"],
        "config": {"useResponsesApi": True},
        "createdAt": "2027-01-15T08:00:00.000Z",
        "updatedAt": "2027-01-15T08:00:00.000Z",
    }
    replaced = await call(stage, "PUT", {**BODY, "secretKey": "short"})
    assert replaced["id"] == made["id"]
    facts = ("displaySecretKey", "baseURL", "customModels", "withDefaultModels", "extraHeaderKeys", "config")
    assert [replaced[name] for name in facts] == ["...", None, [], True, [], None]
    listed = await call(stage, "GET")
    assert listed["data"] == [replaced]
    assert listed["meta"] == {"page": 1, "limit": 50, "totalItems": 1, "totalPages": 1}
    assert (await call(stage, "GET", headers=OTHER_AUTH))["data"] == []
    one = f"{PATH}/{made['id']}"
    await call(stage, "DELETE", path=one, status=404, headers=OTHER_AUTH)
    assert "deleted" in (await call(stage, "DELETE", path=one))["message"]
    await call(stage, "DELETE", path=one, status=404)
    await call(stage, "DELETE", path=f"{PATH}/a%00b", status=404)


async def test_secrets_are_neither_shown_nor_logged_nor_kept_in_the_open(
    stage: Stage, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    await call(stage, "PUT", FULL, status=201)
    await call(stage, "PUT", {**FULL, "secretKey": [SECRET]}, status=400)
    shown = str(await call(stage, "GET"))
    kept = repr(await stage.catalog.llm_connections.list(PROJECT))
    draft = repr(LlmConnectionDraft(provider="p", adapter="openai", secret=SECRET))  # type: ignore[arg-type]  # its repr
    for place in (shown, kept, caplog.text, capsys.readouterr().out, draft):
        assert "very-secret" not in place
        assert "hidden-value" not in place


def service(catalog: MemoryCatalog, key: str | None) -> LlmConnectionService:
    return LlmConnectionService(catalog.llm_connections, Sealer(catalog.settings, key, new_id), lambda: 1)


@pytest.mark.parametrize("key", [None, "ab" * 32])
async def test_who_calls_reads_the_secrets_back_with_the_same_key_alone(stage: Stage, key: str | None) -> None:
    catalog = stage.catalog
    draft = LlmConnectionDraft(provider="p", adapter="openai", secret=SECRET, headers={"X": "ü"})  # type: ignore[arg-type]
    await service(catalog, key).put_connection(PROJECT, draft)
    assert await service(catalog, key).reveal(PROJECT, "p") == (SECRET, {"X": "ü"})
    assert await service(catalog, key).reveal(PROJECT, "none") is None
    with pytest.raises(UnavailableError, match="ENCRYPTION_KEY"):
        await service(catalog, "cd" * 32).reveal(PROJECT, "p")


async def test_a_sealed_text_is_another_each_time_and_opens_in_its_place_alone() -> None:
    sealer = Sealer(MemoryCatalog().settings, None, new_id)
    first, second = await sealer.seal("text", "here"), await sealer.seal("text", "here")
    assert first != second
    assert await sealer.open(first, "here") == await sealer.open(second, "here") == "text"
    with pytest.raises(UnavailableError):
        await sealer.open(first, "there")
    with pytest.raises(UnavailableError):
        await sealer.open(first[:-5] + "AAAA=", "here")


BAD: list[dict[str, Any]] = [
    {"provider": ""},
    {"provider": "p" * 256},
    {"provider": None},
    {"adapter": "mistral"},
    {"secretKey": ""},
    {"secretKey": "s" * 20_001},
    {"secretKey": None},
    {"baseURL": "ftp://llm.example"},
    {"baseURL": "llm.example"},
    {"baseURL": "https://user:password@llm.example"},
    {"baseURL": "http://[::1"},
    {"customModels": [""]},
    {"customModels": "gpt"},
    {"extraHeaders": {"X": "a\r\nY: b"}},
    {"extraHeaders": {"X": 1}},
    {"adapter": "bedrock"},
    {"adapter": "bedrock", "config": {}},
    {"adapter": "bedrock", "config": {"region": ""}},
    {"adapter": "bedrock", "config": {"region": "eu", "more": 1}},
    {"adapter": "anthropic", "config": {"region": "eu"}},
    {"adapter": "openai", "config": {"useResponsesApi": "yes"}},
    {"adapter": "google-vertex-ai", "config": {"location": 7}},
    {"config": []},
    {"provider": "a\0b"},
]


@pytest.mark.parametrize("wrong", BAD)
async def test_what_makes_no_connection_is_refused_by_its_place(stage: Stage, wrong: dict[str, Any]) -> None:
    answer = await call(stage, "PUT", {**BODY, **wrong}, status=400)
    assert answer["message"] == "Invalid request data"
    assert SECRET not in str(answer)
    assert (await call(stage, "GET"))["data"] == []


@pytest.mark.parametrize(
    "right",
    [
        {"adapter": "bedrock", "config": {"region": "eu-central-1"}},
        {"adapter": "google-vertex-ai", "config": {"location": "global"}},
        {"adapter": "azure", "baseURL": "http://127.0.0.1:8080/openai"},
        {"adapter": "anthropic", "config": {}},
        {"customModels": None, "withDefaultModels": None, "extraHeaders": None, "config": None},
    ],
)
async def test_each_adapter_has_its_config(stage: Stage, right: dict[str, Any]) -> None:
    made = await call(stage, "PUT", {**BODY, **right}, status=201)
    assert made["config"] == right.get("config")
