"""The contract of the store of saved views, unchanged for every engine."""

import pytest
from msgspec.structs import replace

from panope.adapters.memory.catalog.people import views as memory
from panope.adapters.sql.people import views as sql
from panope.domain.errors import ConflictError, NotFoundError
from panope.domain.ids import ProjectId, UserId
from panope.domain.people.views import ColumnChoice, DefaultView, SavedView, SavedViewId, ViewState
from panope.ports.catalog import Catalog
from tests.contract.catalog.test_catalog import CHAT, SHOP, catalog, catalogs, furnished, other

__all__ = ["catalog", "catalogs", "furnished", "other"]
ANN, BEN = UserId("ann"), UserId("ben")


def make_view(number: int, owner: UserId = ANN, *, name: str | None = "", is_shared: bool = False) -> SavedView:
    return SavedView(
        id=SavedViewId(f"v{number}"),
        level="traces",
        name=f"view {number}" if name == "" else name,
        owner_id=owner,
        is_shared=is_shared,
        state=ViewState(
            q='name:"50 % ü" \\ ',
            date_range="7d",
            env=("prod", "dev"),
            order_by="cost-DESC",
            columns=ColumnChoice(hidden=("cost",), shown=("meta.a b",), order=("name", "cost"), widths={"name": 90}),
            row_lines=3,
        ),
        created_us=number,
        updated_us=number,
    )


async def test_a_view_is_read_back_replaced_and_deleted(furnished: Catalog, other: Catalog) -> None:
    store, view = furnished.saved_views, make_view(1)
    assert await store.put(CHAT, view)
    assert await other.saved_views.find(CHAT, view.id) == view
    assert await other.saved_views.find(SHOP, view.id) is None
    changed = replace(view, name="other", is_shared=True, state=ViewState(), updated_us=9)
    assert not await store.put(CHAT, replace(changed, owner_id=BEN, created_us=99))
    assert await other.saved_views.find(CHAT, view.id) == changed
    with pytest.raises(ConflictError):
        await store.put(SHOP, view)
    assert not await store.delete(SHOP, view.id)
    assert await store.delete(CHAT, view.id)
    assert not await store.delete(CHAT, view.id)
    with pytest.raises(NotFoundError):
        await store.put(ProjectId("ghost"), view)


async def test_a_view_without_a_name_stays_until_it_is_the_oldest_of_too_many(
    furnished: Catalog, other: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (memory, sql):
        monkeypatch.setattr(module, "MAX_UNNAMED", 2)
        monkeypatch.setattr(module, "MAX_VIEWS", 1)
    store, first = furnished.saved_views, make_view(1, name=None)
    await store.put(CHAT, make_view(9))
    await store.keep(SHOP, make_view(8, name=None))
    assert await store.keep(CHAT, first) == first
    assert await store.keep(CHAT, replace(first, owner_id=BEN, state=ViewState(), created_us=7)) == first
    with pytest.raises(ConflictError):
        await store.keep(SHOP, first)
    with pytest.raises(NotFoundError):
        await store.keep(ProjectId("ghost"), make_view(7, name=None))
    await store.set_default(CHAT, "traces", ANN, first.id)
    for number in (2, 3):
        await store.keep(CHAT, make_view(number, name=None))
    kept = [await other.saved_views.find(CHAT, SavedViewId(f"v{number}")) is not None for number in (1, 2, 3, 9)]
    assert kept == [False, True, True, True]
    assert await other.saved_views.find(SHOP, SavedViewId("v8")) is not None
    assert await other.saved_views.list_defaults(CHAT, ANN) == []
    with pytest.raises(ConflictError):
        await store.put(CHAT, make_view(10))


async def test_one_lists_what_is_shared_and_what_is_ones_own_by_name(furnished: Catalog, other: Catalog) -> None:
    store = furnished.saved_views
    views = [make_view(3), make_view(1), make_view(2, BEN), make_view(4, BEN, is_shared=True), make_view(5, name=None)]
    for view in views:
        await store.put(CHAT, view)
    await store.put(SHOP, make_view(6))
    assert [view.id for view in await other.saved_views.list(CHAT, ANN)] == ["v1", "v3", "v4"]
    assert [view.id for view in await other.saved_views.list(CHAT, BEN)] == ["v2", "v4"]


async def test_a_list_begins_with_a_default_for_one_or_for_everybody(furnished: Catalog, other: Catalog) -> None:
    store = furnished.saved_views
    for view in (make_view(1), make_view(2, is_shared=True)):
        await store.put(CHAT, view)
    await store.set_default(CHAT, "traces", None, SavedViewId("v1"))
    await store.set_default(CHAT, "traces", None, SavedViewId("v2"))
    await store.set_default(CHAT, "traces", ANN, SavedViewId("v1"))
    await store.set_default(CHAT, "sessions", BEN, SavedViewId("v1"))
    everybody = DefaultView("traces", SavedViewId("v2"), None)
    own = DefaultView("traces", SavedViewId("v1"), ANN)
    assert await other.saved_views.list_defaults(CHAT, ANN) == [everybody, own]
    assert await other.saved_views.list_defaults(SHOP, ANN) == []
    await store.set_default(CHAT, "traces", None, None)
    await store.set_default(CHAT, "traces", None, None)
    assert await other.saved_views.list_defaults(CHAT, ANN) == [own]
    with pytest.raises(NotFoundError):
        await store.set_default(SHOP, "traces", ANN, SavedViewId("v1"))
    await store.delete(CHAT, SavedViewId("v1"))
    assert await other.saved_views.list_defaults(CHAT, ANN) == []
    assert await other.saved_views.list_defaults(CHAT, BEN) == []


async def test_views_go_with_their_project(furnished: Catalog, other: Catalog) -> None:
    for project_id, number in ((CHAT, 1), (SHOP, 2)):
        await furnished.saved_views.put(project_id, make_view(number))
        await furnished.saved_views.set_default(project_id, "traces", None, SavedViewId(f"v{number}"))
    project = await furnished.projects.get(CHAT)
    assert project is not None
    await furnished.projects.delete(project.organization_id, CHAT, 5)
    assert await furnished.projects.erase(CHAT)
    assert await other.saved_views.find(CHAT, SavedViewId("v1")) is None
    assert await other.saved_views.list_defaults(CHAT, ANN) == []
    assert len(await other.saved_views.list_defaults(SHOP, ANN)) == 1
