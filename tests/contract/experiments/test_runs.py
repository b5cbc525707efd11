"""The contract of runs of datasets, unchanged for every engine."""

import asyncio

import pytest
from msgspec.structs import replace

from panope.domain.datasets.datasets import Dataset, DatasetDraft
from panope.domain.datasets.items import ItemDraft
from panope.domain.errors import NotFoundError
from panope.domain.experiments.runs import DatasetRun, RunItem, RunItemDraft, derive_item_id, derive_run_id
from panope.domain.ids import DatasetId, DatasetItemId
from panope.ports.catalog import Catalog
from panope.ports.dataset_runs import RunItemFilter, RunItemPage
from tests.contract.catalog.test_catalog import CHAT, SHOP, catalog, catalogs, furnished, other

__all__ = ["catalog", "catalogs", "furnished", "other"]  # fixtures

ALL = RunItemFilter()


async def make_dataset(catalog: Catalog, name: str = "capitals") -> Dataset:
    dataset_id = DatasetId(f"id of {name}")
    return await catalog.datasets.upsert(CHAT, DatasetDraft(name=name), new_id=dataset_id, at_us=1)


def draft(dataset: Dataset, item: str, **fields: object) -> RunItemDraft:
    told = {"dataset_id": dataset.id, "run_name": "first", "item_id": item, "trace_id": f"trace of {item}", **fields}
    return RunItemDraft(**told)


async def ids(catalog: Catalog, where: RunItemFilter = ALL, page: RunItemPage | None = None) -> list[str]:
    return [item.item_id for item in await catalog.dataset_runs.list_items(CHAT, where, page)]


def run_id(dataset: Dataset, name: str = "first") -> str:
    return derive_run_id(CHAT, dataset.id, name)


def run(dataset: Dataset, name: str = "first") -> DatasetRun:
    return DatasetRun(id=run_id(dataset, name), dataset_id=dataset.id, name=name, created_us=1, updated_us=1)


async def test_the_first_link_makes_the_run_and_later_ones_leave_it(furnished: Catalog, other: Catalog) -> None:
    dataset = await make_dataset(furnished)
    told = draft(dataset, "i1", description="d", metadata='{"m":1}', observation_id="o")
    made = await furnished.dataset_runs.link(CHAT, told, at_us=10)
    assert made.run == DatasetRun(
        id=run_id(dataset),
        dataset_id=dataset.id,
        name="first",
        description="d",
        metadata='{"m":1}',
        created_us=10,
        updated_us=10,
    )
    assert made.item == RunItem(
        id=derive_item_id(made.run.id, "i1", "trace of i1"),
        run_id=made.run.id,
        item_id="i1",
        trace_id="trace of i1",
        observation_id="o",
        created_us=10,
        updated_us=10,
    )
    later = await other.dataset_runs.link(CHAT, draft(dataset, "i2", description="other", created_us=5), at_us=20)
    assert later.run == made.run
    assert later.item.created_us == 5
    assert await other.dataset_runs.load(CHAT, [made.run.id, "none"]) == {made.run.id: made.run}
    assert await furnished.dataset_runs.list_items(CHAT, ALL) == [made.item, later.item]


async def test_an_item_is_in_a_run_once_per_trace(furnished: Catalog) -> None:
    dataset = await make_dataset(furnished)
    first = await furnished.dataset_runs.link(CHAT, draft(dataset, "i1"), at_us=10)
    again = await furnished.dataset_runs.link(CHAT, draft(dataset, "i1"), at_us=11)
    assert again == first
    named = await furnished.dataset_runs.link(CHAT, draft(dataset, "i1", observation_id="o"), at_us=12)
    assert named.item == replace(first.item, observation_id="o", updated_us=12)
    assert (await furnished.dataset_runs.link(CHAT, draft(dataset, "i1"), at_us=13)).item == named.item
    await furnished.dataset_runs.link(CHAT, draft(dataset, "i1", trace_id="another"), at_us=14)
    assert await ids(furnished) == ["i1", "i1"]


async def test_a_run_needs_its_dataset(furnished: Catalog) -> None:
    nowhere = Dataset(id=DatasetId("ghost"), name="ghost")
    with pytest.raises(NotFoundError):
        await furnished.dataset_runs.link(CHAT, draft(nowhere, "i1"), at_us=1)
    with pytest.raises(NotFoundError):
        await furnished.dataset_runs.delete(CHAT, run(nowhere), at_us=1)
    dataset = await make_dataset(furnished)
    with pytest.raises(NotFoundError):
        await furnished.dataset_runs.link(SHOP, draft(dataset, "i1"), at_us=1)
    assert await furnished.dataset_runs.list_runs(CHAT) == []


async def test_items_are_filtered_and_paged_from_newest_to_oldest(furnished: Catalog) -> None:
    dataset, second = await make_dataset(furnished), await make_dataset(furnished, "rivers")
    for number, (owner, name) in enumerate([(dataset, "first"), (dataset, "other"), (second, "first")] * 2):
        await furnished.dataset_runs.link(CHAT, draft(owner, f"i{number}", run_name=name), at_us=10 + number)
    assert await ids(furnished, RunItemFilter(run_ids=(run_id(dataset),))) == ["i3", "i0"]
    assert await ids(furnished, RunItemFilter(names=("first",))) == ["i5", "i3", "i2", "i0"]
    assert await ids(furnished, RunItemFilter(dataset_ids=(second.id,), names=("first",))) == ["i5", "i2"]
    assert await ids(furnished, RunItemFilter(item_ids=("i1", "i4", "none"))) == ["i4", "i1"]
    assert await ids(furnished, RunItemFilter(from_us=11, to_us=14)) == ["i3", "i2", "i1"]
    assert await ids(furnished, RunItemFilter(names=())) == []
    paged: list[RunItem] = []
    while page := await furnished.dataset_runs.list_items(
        CHAT, ALL, RunItemPage(4, (paged[-1].created_us, paged[-1].id) if paged else None)
    ):
        paged += page
    assert paged == await furnished.dataset_runs.list_items(CHAT, ALL)
    assert await furnished.dataset_runs.list_items(SHOP, ALL) == []
    runs = await furnished.dataset_runs.list_runs(CHAT, dataset.id)
    assert [found.name for found in runs] == ["other", "first"]
    assert len(await furnished.dataset_runs.list_runs(CHAT)) == 3
    assert await furnished.dataset_runs.list_runs(SHOP, dataset.id) == []


async def test_summaries_say_when_and_how_many(furnished: Catalog) -> None:
    dataset = await make_dataset(furnished)
    for number in range(3):
        await furnished.dataset_runs.link(CHAT, draft(dataset, f"i{number}"), at_us=10 + number)
    await furnished.dataset_runs.link(CHAT, draft(dataset, "i9", run_name="other"), at_us=50)
    [found] = await furnished.dataset_runs.summarize(CHAT, RunItemFilter(names=("first",), from_us=11))
    assert (found.run.id, found.first_us, found.last_us, found.items) == (run_id(dataset), 11, 12, 2)
    everything = await furnished.dataset_runs.summarize(CHAT, ALL)
    assert [summary.items for summary in everything if summary.run.name == "other"] == [1]
    assert [summary.run.id for summary in everything] == sorted(summary.run.id for summary in everything)


async def test_a_deleted_run_does_not_come_back_when_its_items_are_sent_again(furnished: Catalog) -> None:
    dataset = await make_dataset(furnished)
    told = draft(dataset, "i1", description="old")
    first = await furnished.dataset_runs.link(CHAT, told, at_us=10)
    await furnished.dataset_runs.link(CHAT, draft(dataset, "i2", run_name="other"), at_us=10)
    await furnished.dataset_runs.delete(CHAT, run(dataset), at_us=20)
    assert await ids(furnished) == ["i2"]
    again = await furnished.dataset_runs.link(CHAT, told, at_us=30)
    assert again.item.id == first.item.id
    assert await ids(furnished) == ["i2"]
    [gone] = await furnished.dataset_runs.list_deleted(CHAT, [first.run.id])
    assert (gone.item_id, gone.is_deleted) == ("i1", True)
    many = [*(f"run-{number}" for number in range(70_000)), first.run.id]
    assert await furnished.dataset_runs.list_deleted(CHAT, many) == [gone]
    assert (await furnished.dataset_runs.load(CHAT, [first.run.id]))[first.run.id] == replace(
        first.run, updated_us=20, cut_us=20, is_deleted=True
    )
    assert [found.run.name for found in await furnished.dataset_runs.summarize(CHAT, ALL)] == ["other"]


async def test_a_new_item_makes_a_deleted_run_anew(furnished: Catalog) -> None:
    dataset = await make_dataset(furnished)
    await furnished.dataset_runs.link(CHAT, draft(dataset, "i1", description="old"), at_us=10)
    await furnished.dataset_runs.delete(CHAT, run(dataset), at_us=20)
    anew = await furnished.dataset_runs.link(CHAT, draft(dataset, "i2", description="new"), at_us=30)
    assert (anew.run.description, anew.run.created_us, anew.run.cut_us) == ("new", 30, 20)
    assert not anew.run.is_deleted
    assert await ids(furnished) == ["i2"]


async def test_a_run_that_nobody_linked_can_be_deleted(furnished: Catalog) -> None:
    dataset = await make_dataset(furnished)
    await furnished.dataset_runs.delete(CHAT, run(dataset, "told by spans"), at_us=20)
    [gone] = await furnished.dataset_runs.list_runs(CHAT, dataset.id)
    assert (gone.id, gone.cut_us, gone.is_deleted) == (run_id(dataset, "told by spans"), 20, True)


async def test_names_and_ids_may_be_anything(furnished: Catalog) -> None:
    dataset = await make_dataset(furnished)
    names = ["a/b", "%2F", "../x", "🏛", "n" * 800]
    for name in names:
        await furnished.dataset_runs.link(CHAT, draft(dataset, name, run_name=name, trace_id=name), at_us=10)
    found = await furnished.dataset_runs.list_runs(CHAT, dataset.id)
    assert {made.name for made in found} == set(names)
    assert set(await ids(furnished)) == set(names)


async def test_two_processes_make_one_run_and_one_item_of_each(furnished: Catalog, other: Catalog) -> None:
    dataset = await make_dataset(furnished)
    drafts = [draft(dataset, f"i{number % 10}", description=str(number)) for number in range(60)]
    stores = [furnished.dataset_runs, other.dataset_runs]
    linked = await asyncio.gather(
        *(stores[number % 2].link(CHAT, told, at_us=10 + number) for number, told in enumerate(drafts))
    )
    [only] = await furnished.dataset_runs.list_runs(CHAT)
    assert {made.run for made in linked} == {only}
    assert len(await ids(other)) == 10


async def test_items_are_located_without_being_read(furnished: Catalog) -> None:
    dataset, second = await make_dataset(furnished), await make_dataset(furnished, "rivers")
    for owner, names in ((dataset, ("b", "a")), (second, ("c",))):
        drafts = [ItemDraft(id=DatasetItemId(name), input="1") for name in names]
        await furnished.dataset_items.write(CHAT, owner.id, drafts, at_us=5)
    index = furnished.dataset_item_index
    assert await index.locate(CHAT, ["a", "c", "none"]) == {"a": dataset.id, "c": second.id}
    assert await index.locate(SHOP, ["a"]) == {}
    assert await index.list_ids(CHAT, dataset.id) == ["a", "b"]
    assert await index.list_ids(SHOP, dataset.id) == []
    await furnished.dataset_items.delete(CHAT, DatasetItemId("a"), at_us=9)
    assert await index.list_ids(CHAT, dataset.id) == ["b"]
