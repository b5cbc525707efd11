"""Indexes are started and dropped as the projects and the server say."""

from collections.abc import Sequence

from msgspec.structs import replace

from panope.adapters.memory.catalog.whole import MemoryCatalog
from panope.adapters.memory.text_index import MemoryTextIndex
from panope.domain.accounts import Organization, Project, ProjectChange
from panope.domain.ids import OrganizationId, ProjectId
from panope.features.texts.indexing import TextIndexing
from panope.ports.texts.index import TextIndexState

ACME = OrganizationId("acme")
SHOP, BLOG = ProjectId("shop"), ProjectId("blog")


async def _catalog() -> MemoryCatalog:
    catalog = MemoryCatalog()
    await catalog.organizations.add(Organization(id=ACME, name="Acme"))
    for project_id in (SHOP, BLOG):
        await catalog.projects.add(Project(id=project_id, organization_id=ACME, name=project_id))
    return catalog


async def _settled(indexing: TextIndexing) -> list[str]:
    return [state.project_id for state in await indexing.settle()]


async def test_every_project_has_one_until_it_is_switched_off_or_deleted() -> None:
    catalog = await _catalog()
    indexing = TextIndexing(catalog.projects, MemoryTextIndex(), "me", is_on=True)
    assert await _settled(indexing) == [BLOG, SHOP]
    await catalog.projects.change(ACME, SHOP, ProjectChange(name="shop", text_index=False, at_us=1))
    assert await _settled(indexing) == [BLOG]
    await catalog.projects.change(ACME, SHOP, ProjectChange(name="shop", text_index=True, at_us=2))
    assert await _settled(indexing) == [BLOG, SHOP]
    await catalog.projects.delete(ACME, BLOG, 3)
    assert await _settled(indexing) == [SHOP]
    assert await indexing.find(BLOG) is None
    assert not await indexing.claim(BLOG)
    assert await indexing.claim(SHOP)


async def test_a_server_without_indexes_drops_them() -> None:
    catalog, store = await _catalog(), MemoryTextIndex()
    await TextIndexing(catalog.projects, store, "me", is_on=True).settle()
    assert await _settled(TextIndexing(catalog.projects, store, "me", is_on=False)) == []


class Interrupted(MemoryTextIndex):
    """Whose indexes somebody began to drop."""

    def __init__(self) -> None:
        super().__init__()
        self.going = {SHOP, BLOG}

    async def describe(self) -> Sequence[TextIndexState]:
        return [replace(state, is_going=state.project_id in self.going) for state in await super().describe()]

    async def start(self, project_id: ProjectId) -> None:
        await super().start(project_id)
        self.going.discard(project_id)


async def test_one_that_is_switched_on_before_it_is_gone_is_started_again() -> None:
    catalog, store = await _catalog(), Interrupted()
    for project_id in (SHOP, BLOG):
        await MemoryTextIndex.start(store, project_id)
    await catalog.projects.change(ACME, BLOG, ProjectChange(name="blog", text_index=False, at_us=1))
    indexing = TextIndexing(catalog.projects, store, "me", is_on=True)
    assert await _settled(indexing) == [SHOP]
    assert store.going == {BLOG}
