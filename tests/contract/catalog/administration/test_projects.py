"""The contract of what administration changes: projects and the keys of organisations, unchanged for every engine."""

import asyncio

import pytest
from msgspec.structs import replace

from panope.domain.accounts import ApiKey, DeletedProject, Organization, Project, ProjectChange, Role, User
from panope.domain.connections.llm import LlmAdapter, LlmConnection, LlmConnectionId
from panope.domain.datasets.datasets import DatasetDraft
from panope.domain.errors import ConflictError, NotFoundError
from panope.domain.ids import ApiKeyId, DatasetId, OrganizationId, ProjectId, UserId
from panope.ports.catalog import Catalog
from tests.contract.catalog.test_catalog import (
    ACME,
    CHAT,
    SHOP,
    catalog,
    catalogs,
    furnished,
    make_key,
    make_model,
    other,
)

__all__ = ["catalog", "catalogs", "furnished", "other"]
ELSE = OrganizationId("else")
BLOG = Project(
    id=ProjectId("blog"),
    organization_id=ACME,
    name="Blög",
    retention_days=7,
    metadata={"team": {"zeus": [1, None, "ü"]}},
    created_us=9,
    updated_us=9,
)


def make_organization_key(number: int, organization_id: OrganizationId = ACME) -> ApiKey:
    return replace(make_key(number), project_id=None, organization_id=organization_id)


@pytest.fixture
async def two(furnished: Catalog) -> Catalog:
    """Another organisation beside the one with two projects."""
    await furnished.organizations.add(Organization(id=ELSE, name="Else", created_us=2))
    return furnished


async def test_a_project_is_made_whole_under_a_name_of_its_own(two: Catalog, other: Catalog) -> None:
    before = await other.version.current()
    await two.projects.create(BLOG)
    assert await other.projects.get(BLOG.id) == BLOG
    assert (await other.version.current()).accounts > before.accounts
    with pytest.raises(ConflictError, match="Blög"):
        await other.projects.create(replace(BLOG, id=ProjectId("blog-2")))
    with pytest.raises(ConflictError, match="blog"):
        await other.projects.create(replace(BLOG, name="Another"))
    with pytest.raises(NotFoundError):
        await two.projects.create(replace(BLOG, id=ProjectId("x"), organization_id=OrganizationId("ghost")))
    await two.projects.create(replace(BLOG, id=ProjectId("blog-2"), organization_id=ELSE))
    assert [project.id for project in await two.projects.list(ELSE)] == ["blog-2"]


async def test_a_change_keeps_what_it_does_not_name(two: Catalog, other: Catalog) -> None:
    await two.projects.create(BLOG)
    renamed = await two.projects.change(ACME, BLOG.id, ProjectChange(name="New", at_us=10))
    assert renamed == replace(BLOG, name="New", updated_us=10)
    assert await other.projects.get(BLOG.id) == renamed
    change = ProjectChange(name="New", metadata={}, retention_days=0, at_us=11)
    emptied = await other.projects.change(ACME, BLOG.id, change)
    assert emptied == replace(BLOG, name="New", metadata={}, retention_days=None, updated_us=11)
    with pytest.raises(ConflictError, match="Chat"):
        await two.projects.change(ACME, BLOG.id, ProjectChange(name="Chat", at_us=12))
    for organization_id, project_id in ((ELSE, BLOG.id), (ACME, ProjectId("ghost"))):
        with pytest.raises(NotFoundError):
            await two.projects.change(organization_id, project_id, ProjectChange(name="Other", at_us=12))
    assert await two.projects.get(BLOG.id) == emptied


async def test_of_many_projects_of_one_name_made_at_once_one_is_made(two: Catalog, other: Catalog) -> None:
    views = (two, other)
    made = await asyncio.gather(
        *(views[number % 2].projects.create(replace(BLOG, id=ProjectId(f"p{number}"))) for number in range(12)),
        return_exceptions=True,
    )
    assert sorted(type(answer).__name__ for answer in made) == ["ConflictError"] * 11 + ["NoneType"]


async def test_changes_at_once_lose_nothing_of_each_other(two: Catalog, other: Catalog) -> None:
    await two.projects.create(BLOG)
    changes = [
        ProjectChange(name="Blög", metadata={"by": "metadata"}, at_us=1),
        ProjectChange(name="Blög", retention_days=99, at_us=1),
    ]
    views = (two, other)
    for _ in range(5):
        await asyncio.gather(
            *(views[number].projects.change(ACME, BLOG.id, changes[number]) for number in range(2)),
        )
        kept = await other.projects.get(BLOG.id)
        assert kept is not None
        assert (kept.metadata, kept.retention_days) == ({"by": "metadata"}, 99)
        await two.projects.change(ACME, BLOG.id, ProjectChange(name="Blög", metadata={}, retention_days=0, at_us=1))


async def test_a_deleted_project_is_unknown_at_once_with_its_keys(two: Catalog, other: Catalog) -> None:
    await two.keys.create(make_key(1))
    await two.keys.create(make_key(2, SHOP))
    before = await other.version.current()
    assert not await two.projects.delete(ELSE, CHAT, 50)
    assert await two.projects.delete(ACME, CHAT, 50)
    assert (await other.version.current()).accounts > before.accounts
    assert await other.projects.get(CHAT) is None
    assert [project.id for project in await other.projects.list(ACME)] == [SHOP]
    assert [key.id for key in await other.keys.list()] == ["key-2"]
    assert await other.keys.find_by_public_key("pk-1") is None
    assert not await other.projects.delete(ACME, CHAT, 60)
    with pytest.raises(NotFoundError):
        await two.keys.create(make_key(3))
    with pytest.raises(NotFoundError):
        await two.projects.change(ACME, CHAT, ProjectChange(name="Back", at_us=1))
    with pytest.raises(ConflictError):
        await two.projects.create(Project(id=CHAT, organization_id=ACME, name="Again"))
    assert not await two.projects.add(Project(id=CHAT, organization_id=ACME, name="Again"))
    assert await other.projects.list_deleted() == [DeletedProject(id=CHAT, deleted_us=50)]
    await two.projects.create(Project(id=ProjectId("new"), organization_id=ACME, name="Chat"))


async def furnish(catalog: Catalog, project_id: ProjectId) -> None:
    """Some of everything that a project may hold, by the ports that write without a service."""
    await catalog.models.create(project_id, make_model(f"model-{project_id}"))
    connection = LlmConnection(
        id=LlmConnectionId(f"connection-{project_id}"),
        provider="house",
        adapter=LlmAdapter.OPENAI,
        sealed_secret="sealed",
        display_secret="...abcd",
        created_us=1,
        updated_us=1,
    )
    await catalog.llm_connections.upsert(project_id, connection)
    await catalog.datasets.upsert(project_id, DatasetDraft(name="set"), new_id=DatasetId(f"d-{project_id}"), at_us=1)
    user_id = UserId("ann")
    if await catalog.users.get(user_id) is None:
        await catalog.users.create(User(id=user_id, email="ann@example.com", roles={ACME: Role.MEMBER}))
    await catalog.members.put_in_project(ACME, project_id, user_id, Role.ADMIN)


async def test_an_erased_project_leaves_nothing_and_touches_nobody(two: Catalog, other: Catalog) -> None:
    for project_id in (CHAT, SHOP):
        await furnish(two, project_id)
    await two.keys.create(make_key(9))
    await two.keys.revoke(ApiKeyId("key-9"), at_us=1)
    assert not await two.projects.erase(CHAT)
    await two.projects.delete(ACME, CHAT, 50)
    assert not await two.projects.erase(SHOP)
    assert [model.id for model in await other.models.list(CHAT)] == ["model-chat"]
    before = await other.version.current()
    assert await two.projects.erase(CHAT)
    after = await other.version.current()
    assert all(getattr(after, name) > getattr(before, name) for name in ("accounts", "models", "prompts"))
    assert not await two.projects.erase(CHAT)
    assert await other.projects.list_deleted() == []
    assert await two.projects.add(Project(id=CHAT, organization_id=ACME, name="Chat"))
    assert await other.models.list(CHAT) == []
    assert await other.llm_connections.list(CHAT) == []
    assert await other.datasets.find(CHAT, ["set"]) is None
    assert await other.members.list_in_project(ACME, CHAT) == []
    assert [model.id for model in await other.models.list(SHOP)] == ["model-shop"]
    assert len(await other.llm_connections.list(SHOP)) == 1
    assert await other.datasets.find(SHOP, ["set"]) is not None
    assert len(await other.members.list_in_project(ACME, SHOP)) == 1


async def test_an_organisations_key_stands_beside_those_of_its_projects(two: Catalog, other: Catalog) -> None:
    own, foreign, key = make_organization_key(1), make_organization_key(2, ELSE), make_key(3)
    for each in (own, foreign, key):
        await two.keys.create(each)
    assert await other.keys.find_by_public_key("pk-1") == own
    assert await other.keys.list_of_organization(ACME) == [own]
    assert await other.keys.list(CHAT) == [key]
    assert len(await other.keys.list()) == 3
    with pytest.raises(ConflictError):
        await other.keys.create(replace(make_organization_key(4), secret_hash=key.secret_hash))
    with pytest.raises(NotFoundError):
        await two.keys.create(make_organization_key(5, OrganizationId("ghost")))


async def test_a_key_is_revoked_within_its_project_when_one_is_named(two: Catalog) -> None:
    await two.keys.create(make_key(1))
    await two.keys.create(make_organization_key(2))
    assert not await two.keys.revoke(ApiKeyId("key-1"), SHOP, at_us=1)
    assert not await two.keys.revoke(ApiKeyId("key-2"), CHAT, at_us=1)
    assert await two.keys.revoke(ApiKeyId("key-1"), CHAT, at_us=1)
    assert await two.keys.revoke(ApiKeyId("key-2"), at_us=1)
    assert await two.keys.list() == []
