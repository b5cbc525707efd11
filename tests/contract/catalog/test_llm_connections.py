"""The contract of the store of LLM connections, unchanged for every engine."""

import asyncio

import pytest
from msgspec.structs import replace

from panope.domain.connections.llm import MAX_CONNECTIONS, LlmAdapter, LlmConnection, LlmConnectionId
from panope.domain.errors import ConflictError, NotFoundError
from panope.domain.ids import ProjectId
from panope.ports.catalog import Catalog
from tests.contract.catalog.test_catalog import CHAT, SHOP, catalog, catalogs, furnished, other

__all__ = ["catalog", "catalogs", "furnished", "other"]


def make_connection(number: int, provider: str | None = None) -> LlmConnection:
    return LlmConnection(
        id=LlmConnectionId(f"c{number:03}"),
        provider=provider or f"provider-{number}",
        adapter=LlmAdapter.BEDROCK,
        sealed_secret="sealed",
        display_secret="...abcd",
        base_url="https://llm.example/v1",
        custom_models=("b", 'a "quoted"'),
        with_default_models=False,
        sealed_headers="sealed too",
        header_names=("X-One",),
        config={"region": "eu-central-1"},
        created_us=10 + number // 2,
        updated_us=11,
    )


async def test_a_connection_is_read_back_replaced_and_deleted(furnished: Catalog, other: Catalog) -> None:
    store = furnished.llm_connections
    connection = make_connection(1, "ü" * 255)
    assert await store.upsert(CHAT, connection)
    assert await other.llm_connections.find(CHAT, connection.provider) == connection
    assert await other.llm_connections.list(CHAT) == [connection]
    assert await other.llm_connections.list(SHOP) == []
    assert await other.llm_connections.find(SHOP, connection.provider) is None
    changed = replace(connection, adapter=LlmAdapter.OPENAI, config=None, sealed_headers=None, base_url=None)
    assert not await store.upsert(CHAT, replace(changed, created_us=99))
    assert await other.llm_connections.find(CHAT, connection.provider) == changed
    assert not await store.delete(SHOP, connection.id)
    assert await store.delete(CHAT, connection.id)
    assert not await store.delete(CHAT, connection.id)
    assert await other.llm_connections.list(CHAT) == []


async def test_lists_are_newest_first(furnished: Catalog) -> None:
    for number in (2, 1, 3):
        await furnished.llm_connections.upsert(CHAT, make_connection(number))
    assert [row.id for row in await furnished.llm_connections.list(CHAT)] == ["c003", "c002", "c001"]


async def test_a_provider_has_one_connection_and_a_project_so_many(furnished: Catalog, other: Catalog) -> None:
    with pytest.raises(NotFoundError):
        await furnished.llm_connections.upsert(ProjectId("ghost"), make_connection(1))
    made = await asyncio.gather(
        *(
            (furnished, other)[number % 2].llm_connections.upsert(CHAT, make_connection(1, "same"))
            for number in range(8)
        )
    )
    assert sum(made) == 1
    with pytest.raises(ConflictError):
        await furnished.llm_connections.upsert(CHAT, make_connection(2, "same"))
    for number in range(2, MAX_CONNECTIONS + 1):
        await furnished.llm_connections.upsert(CHAT, make_connection(number))
    with pytest.raises(ConflictError, match="delete one"):
        await furnished.llm_connections.upsert(CHAT, make_connection(999))
    assert not await furnished.llm_connections.upsert(CHAT, make_connection(2))
