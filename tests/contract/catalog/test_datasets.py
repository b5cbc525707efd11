"""The contract of datasets and their items, unchanged for every engine."""

import asyncio
from collections.abc import Iterator, Sequence

import pytest
from msgspec import UNSET
from msgspec.structs import replace

from panope.domain.datasets.datasets import Dataset, DatasetDraft
from panope.domain.datasets.items import DatasetItem, Existing, ItemDraft, ItemKey, ItemStatus
from panope.domain.errors import ConflictError, InvalidError, NotFoundError
from panope.domain.ids import DatasetId, DatasetItemId, ProjectId
from panope.ports.catalog import Catalog
from panope.ports.datasets import ItemQuery, ItemsWritten
from tests.contract.catalog.test_catalog import CHAT, SHOP, catalog, catalogs, furnished, other

__all__ = ["catalog", "catalogs", "furnished", "other"]  # fixtures

MS = 1_000
NUMBERS = '{"type":"object","required":["n"],"properties":{"n":{"type":"integer"}}}'
_numbers = iter(range(1, 1_000_000))


async def make_dataset(catalog: Catalog, name: str = "capitals", project: ProjectId = CHAT, at_us: int = 10) -> Dataset:
    return await catalog.datasets.upsert(
        project, DatasetDraft(name=name), new_id=DatasetId(f"dataset-{next(_numbers)}"), at_us=at_us
    )


def draft(item_id: str, **fields: object) -> ItemDraft:
    return ItemDraft(**{"id": DatasetItemId(item_id), "input": '{"q":1}', **fields})


async def write(
    catalog: Catalog, dataset: Dataset, *drafts: ItemDraft, at_us: int = 1_000, **options: object
) -> ItemsWritten:
    return await catalog.dataset_items.write(CHAT, dataset.id, drafts, at_us=at_us, **options)


async def ids(catalog: Catalog, **query: object) -> list[str]:
    page = await catalog.dataset_items.list(CHAT, ItemQuery(**query))
    return [item.id for item in page.rows]


async def test_a_dataset_comes_back_as_it_was_given_by_name_and_by_id(furnished: Catalog, other: Catalog) -> None:
    given = DatasetDraft(
        name="folder/../capitals %2F 🏛",
        description="d",
        metadata='{"v":1}',
        input_schema=NUMBERS,
        expected_output_schema="{}",
    )
    made = await furnished.datasets.upsert(CHAT, given, new_id=DatasetId("one"), at_us=5)
    assert made == Dataset(
        id=DatasetId("one"),
        name=given.name,
        description="d",
        metadata='{"v":1}',
        input_schema=NUMBERS,
        expected_output_schema="{}",
        created_us=5,
        updated_us=5,
    )
    assert await other.datasets.find(CHAT, [given.name]) == made
    assert await other.datasets.find(CHAT, ["none", given.name]) == made
    assert await other.datasets.get(CHAT, DatasetId("one")) == made
    assert await other.datasets.find(CHAT, ["none"]) is None
    assert await other.datasets.find(CHAT, []) is None


async def test_the_first_of_the_names_that_there_is_wins(furnished: Catalog) -> None:
    literal, decoded = await make_dataset(furnished, "a%2Fb"), await make_dataset(furnished, "a/b")
    assert await furnished.datasets.find(CHAT, ["a%2Fb", "a/b"]) == literal
    assert await furnished.datasets.find(CHAT, ["a/b", "a%2Fb"]) == decoded


async def test_an_upsert_keeps_what_it_does_not_name_and_clears_a_schema(furnished: Catalog) -> None:
    first = await furnished.datasets.upsert(
        CHAT,
        DatasetDraft(name="x", description="d", metadata="{}", input_schema="{}", expected_output_schema="{}"),
        new_id=DatasetId("one"),
        at_us=5,
    )
    again = await furnished.datasets.upsert(CHAT, DatasetDraft(name="x"), new_id=DatasetId("two"), at_us=9)
    assert again == replace(first, updated_us=9)
    cleared = await furnished.datasets.upsert(
        CHAT,
        DatasetDraft(name="x", metadata="[]", input_schema=None, expected_output_schema=UNSET),
        new_id=DatasetId("three"),
        at_us=7,
    )
    assert cleared == replace(again, metadata="[]", input_schema=None)
    assert (await furnished.datasets.list(CHAT, offset=0, limit=9)).total == 1


async def test_a_dataset_is_of_one_project(furnished: Catalog) -> None:
    mine, theirs = await make_dataset(furnished), await make_dataset(furnished, project=SHOP)
    assert mine.id != theirs.id
    assert await furnished.datasets.get(SHOP, mine.id) is None
    with pytest.raises(NotFoundError):
        await make_dataset(furnished, project=ProjectId("ghost"))
    with pytest.raises(NotFoundError):
        await furnished.dataset_items.write(SHOP, mine.id, [draft("a")], at_us=1)
    await write(furnished, mine, draft("a"))
    assert await furnished.dataset_items.get(SHOP, DatasetItemId("a")) is None
    assert (await furnished.dataset_items.list(SHOP, ItemQuery(dataset_id=mine.id))).rows == []
    assert (await furnished.dataset_items.list(SHOP, ItemQuery())).total == 0
    assert not await furnished.dataset_items.delete(SHOP, DatasetItemId("a"), at_us=2_000)
    await furnished.dataset_items.write(SHOP, theirs.id, [draft("a", input="2")], at_us=1)
    assert await get(furnished, "a") is not None


async def test_datasets_are_listed_newest_first_by_page(furnished: Catalog) -> None:
    made = [await make_dataset(furnished, f"d{number}", at_us=number // 2) for number in range(5)]
    expected = sorted(made, key=lambda row: (-row.created_us, row.id))
    page = await furnished.datasets.list(CHAT, offset=1, limit=3)
    assert (list(page.rows), page.total) == (expected[1:4], 5)


async def get(catalog: Catalog, item_id: str) -> DatasetItem:
    found = await catalog.dataset_items.get(CHAT, DatasetItemId(item_id))
    assert found is not None
    return found


async def test_an_item_comes_back_as_it_was_given(furnished: Catalog, other: Catalog) -> None:
    dataset = await make_dataset(furnished)
    given = draft(
        "a/%2F🏛",
        status=ItemStatus.ARCHIVED,
        input='"x"',
        expected_output="null",
        metadata='{"k":[1]}',
        source_trace_id="t",
        source_observation_id="o",
    )
    written = await write(furnished, dataset, given)
    expected = DatasetItem(
        id=given.id,
        dataset_id=dataset.id,
        dataset_name=dataset.name,
        status=ItemStatus.ARCHIVED,
        input='"x"',
        expected_output="null",
        metadata='{"k":[1]}',
        source_trace_id="t",
        source_observation_id="o",
        created_us=1_000,
        valid_from_us=1_000,
    )
    assert written == ItemsWritten(created=1, written_at_us=1_000, last=expected)
    assert await get(other, given.id) == expected


async def test_an_upsert_of_an_item_keeps_what_it_does_not_name(furnished: Catalog) -> None:
    dataset = await make_dataset(furnished)
    await write(furnished, dataset, draft("a", metadata="1", source_trace_id="t"))
    first = await get(furnished, "a")
    written = await write(furnished, dataset, ItemDraft(id=DatasetItemId("a"), expected_output="2"), at_us=500)
    assert (written.created, written.updated) == (0, 1)
    assert written.written_at_us == 1_001, "time does not go back"
    assert await get(furnished, "a") == replace(first, expected_output="2", valid_from_us=1_001)


async def test_items_are_listed_newest_first_and_those_of_one_write_by_their_place(furnished: Catalog) -> None:
    dataset = await make_dataset(furnished)
    await write(furnished, dataset, draft("z"), draft("y"), draft("x"))
    await write(furnished, dataset, draft("w"), at_us=1_001)
    assert await ids(furnished, dataset_id=dataset.id) == ["w", "x", "y", "z"]
    assert await ids(furnished, dataset_id=dataset.id, oldest_first=True) == ["z", "y", "x", "w"]
    assert await ids(furnished, dataset_id=dataset.id, offset=1, limit=2) == ["x", "y"]
    assert await ids(furnished) == ["w", "x", "y", "z"]
    await write(furnished, dataset, draft("y", input="2"), at_us=5_000)
    assert await ids(furnished, dataset_id=dataset.id) == ["w", "x", "y", "z"], "an update moves nothing"


@pytest.mark.parametrize("oldest_first", [False, True])
async def test_walking_by_place_finds_every_item_once(furnished: Catalog, *, oldest_first: bool) -> None:
    dataset = await make_dataset(furnished)
    await write(furnished, dataset, *(draft(f"i{number:03}") for number in range(25)))
    query = ItemQuery(dataset_id=dataset.id, oldest_first=oldest_first, limit=7)
    walked: list[DatasetItem] = []
    while rows := (await furnished.dataset_items.list(CHAT, query)).rows:
        walked += rows
        query = replace(query, after=ItemKey(rows[-1].created_us, rows[-1].id))
    assert [item.id for item in walked] == sorted((item.id for item in walked), reverse=not oldest_first)
    assert len(walked) == 25


async def test_lists_hold_active_items_unless_asked_otherwise(furnished: Catalog) -> None:
    dataset = await make_dataset(furnished)
    await write(furnished, dataset, draft("a"), draft("b", status=ItemStatus.ARCHIVED))
    assert await ids(furnished, dataset_id=dataset.id) == ["a"]
    assert await ids(furnished, dataset_id=dataset.id, status=ItemStatus.ARCHIVED) == ["b"]
    assert await ids(furnished, dataset_id=dataset.id, status=None) == ["b", "a"]
    assert (await get(furnished, "b")).status is ItemStatus.ARCHIVED


async def test_items_are_found_by_their_source(furnished: Catalog) -> None:
    dataset, second = await make_dataset(furnished), await make_dataset(furnished, "second")
    await write(furnished, dataset, draft("a", source_trace_id="t"), draft("b", source_observation_id="o"), draft("c"))
    await write(furnished, second, draft("d", source_trace_id="t"), at_us=2_000)
    assert await ids(furnished, source_trace_id="t") == ["d", "a"]
    assert await ids(furnished, source_trace_id="t", dataset_id=dataset.id) == ["a"]
    assert await ids(furnished, source_observation_id="o") == ["b"]
    assert (await furnished.dataset_items.list(CHAT, ItemQuery(source_trace_id="t", limit=1))).total == 2
    assert await ids(furnished, source_trace_id="t", source_observation_id="o") == []


async def test_totals_count_what_the_list_holds(furnished: Catalog, other: Catalog) -> None:
    dataset = await make_dataset(furnished)
    await write(furnished, dataset, *(draft(f"i{number}") for number in range(7)))
    await write(furnished, dataset, draft("i0", status=ItemStatus.ARCHIVED), draft("i1", status=ItemStatus.ACTIVE))
    await write(furnished, dataset, draft("i0", status=ItemStatus.ARCHIVED))
    await other.dataset_items.delete(CHAT, DatasetItemId("i2"), at_us=9_000)
    await other.dataset_items.delete(CHAT, DatasetItemId("i0"), at_us=9_000)
    for query in (ItemQuery(dataset_id=dataset.id, limit=2), ItemQuery(limit=2)):
        assert (await other.dataset_items.list(CHAT, query)).total == 5
    found = await other.datasets.get(CHAT, dataset.id)
    assert found is not None
    assert found.item_count == 5
    assert found.updated_us == dataset.updated_us


async def test_every_version_is_read_as_of_its_time(furnished: Catalog) -> None:
    dataset = await make_dataset(furnished)
    await write(furnished, dataset, draft("a", input="1"), draft("b", input="1"), at_us=10 * MS)
    await write(furnished, dataset, draft("a", input="2"), at_us=20 * MS)
    await furnished.dataset_items.delete(CHAT, DatasetItemId("b"), at_us=30 * MS)
    await write(furnished, dataset, draft("a", status=ItemStatus.ARCHIVED, input=None), at_us=40 * MS)
    await write(furnished, dataset, draft("b", input="3"), at_us=50 * MS)

    async def at(ms: int) -> dict[str, str | None]:
        page = await furnished.dataset_items.list(
            CHAT, ItemQuery(dataset_id=dataset.id, before_us=(ms + 1) * MS, limit=9)
        )
        assert page.total == len(page.rows)
        return {item.id: item.input for item in page.rows}

    assert await at(9) == {}
    assert await at(10) == {"a": "1", "b": "1"}
    assert await at(19) == {"a": "1", "b": "1"}
    assert await at(20) == {"a": "2", "b": "1"}
    assert await at(30) == {"a": "2"}
    assert await at(40) == {}
    assert await at(50) == {"b": "3"}
    assert (await get(furnished, "b")).created_us == 50 * MS


async def test_a_write_is_all_or_none(furnished: Catalog, other: Catalog) -> None:
    dataset = await make_dataset(furnished)
    await write(furnished, dataset, draft("a"))
    before = await other.datasets.get(CHAT, dataset.id)

    def breaking() -> Iterator[ItemDraft]:
        yield from (draft(f"i{number}") for number in range(1_200))
        raise InvalidError("line 1200 is broken", code="broken")

    with pytest.raises(InvalidError, match="line 1200"):
        await furnished.dataset_items.write(CHAT, dataset.id, breaking(), at_us=2_000)
    with pytest.raises(InvalidError, match="item 1200 is that of item 3") as repeated:
        await write(furnished, dataset, *(draft(f"i{number}") for number in range(1_200)), draft("i3"))
    assert repeated.value.issues[0].path == (1_200, "id")
    assert await ids(other, status=None) == ["a"]
    assert await other.datasets.get(CHAT, dataset.id) == before


async def test_an_id_is_in_one_dataset_at_a_time(furnished: Catalog) -> None:
    first, second = await make_dataset(furnished), await make_dataset(furnished, "second")
    await write(furnished, first, draft("a"))
    with pytest.raises(ConflictError) as taken:
        await write(furnished, second, draft("b"), draft("a"))
    assert taken.value.code == "dataset_item_taken"
    assert await ids(furnished) == ["a"]
    assert await furnished.dataset_items.delete(CHAT, DatasetItemId("a"), at_us=2_000)
    assert not await furnished.dataset_items.delete(CHAT, DatasetItemId("a"), at_us=2_000)
    await write(furnished, second, draft("a"))
    assert (await get(furnished, "a")).dataset_name == "second"


async def test_many_items_are_written_at_once_and_equal_ones_are_left(furnished: Catalog) -> None:
    dataset = await make_dataset(furnished)
    drafts = [draft(f"i{number}", input=str(number)) for number in range(1_234)]
    told: list[int] = []
    await furnished.dataset_items.write(CHAT, dataset.id, iter(drafts), at_us=1_000, on_written=told.append)
    assert told == sorted(told)
    assert told[-1] == 1_234
    changed = [*drafts[:1_000], *(draft(f"i{number}", input="0") for number in range(1_000, 1_234)), draft("new")]
    written = await write(furnished, dataset, *changed, at_us=5_000, existing=Existing.CHANGE_IF_DIFFERENT)
    assert (written.created, written.updated, written.unchanged) == (1, 234, 1_000)
    assert (await get(furnished, "i3")).valid_from_us == 1_000
    page = await furnished.dataset_items.list(CHAT, ItemQuery(dataset_id=dataset.id, limit=1))
    assert page.total == 1_235
    again = await write(furnished, dataset, *changed, at_us=6_000, existing=Existing.CHANGE_IF_DIFFERENT)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 1_235)
    after = await furnished.dataset_items.list(CHAT, ItemQuery(dataset_id=dataset.id, limit=1))
    assert after.last_write_us == page.last_write_us, "who changed nothing disturbs nobody"


async def test_items_that_are_there_are_left_when_asked_for(furnished: Catalog) -> None:
    dataset = await make_dataset(furnished)
    await write(furnished, dataset, draft("a", input="1"))
    written = await write(furnished, dataset, draft("a", input="2"), draft("b"), existing=Existing.LEAVE)
    assert (written.created, written.updated, written.unchanged) == (1, 0, 1)
    assert (await get(furnished, "a")).input == "1"


async def test_a_dry_run_says_the_same_and_writes_nothing(furnished: Catalog, other: Catalog) -> None:
    dataset = await make_dataset(furnished)
    await write(furnished, dataset, draft("a", input="1"))
    before = await other.datasets.get(CHAT, dataset.id)
    drafts = [draft("a", input="2"), *(draft(f"i{number}") for number in range(600))]
    rehearsed = await write(furnished, dataset, *drafts, at_us=5_000, is_dry_run=True)
    assert (await get(other, "a")).input == "1"
    assert await ids(other, status=None) == ["a"]
    assert await other.datasets.get(CHAT, dataset.id) == before
    assert await write(furnished, dataset, *drafts, at_us=5_000) == rehearsed


async def test_an_empty_write_changes_nothing(furnished: Catalog) -> None:
    dataset = await make_dataset(furnished)
    assert await write(furnished, dataset) == ItemsWritten(written_at_us=1_000)
    assert await furnished.datasets.get(CHAT, dataset.id) == dataset
    with pytest.raises(NotFoundError):
        await furnished.dataset_items.write(CHAT, DatasetId("ghost"), [], at_us=1)


async def test_a_new_item_needs_an_input(furnished: Catalog) -> None:
    dataset = await make_dataset(furnished)
    with pytest.raises(InvalidError, match="input cannot be null"):
        await write(furnished, dataset, draft("a"), draft("b", input=None, expected_output="1"))
    assert await ids(furnished) == []


async def test_items_keep_to_the_schemas(furnished: Catalog) -> None:
    dataset = await furnished.datasets.upsert(
        CHAT,
        DatasetDraft(name="strict", input_schema=NUMBERS, expected_output_schema='{"type":"string"}'),
        new_id=DatasetId("strict"),
        at_us=1,
    )
    await write(furnished, dataset, draft("ok", input='{"n":1}'))
    for broken, path in (
        ({"input": '{"n":"secret"}'}, ("input", "n")),
        ({"input": "{}"}, ("input",)),
        ({"input": None}, ("input",)),
        ({"input": '{"n":1}', "expected_output": "7"}, ("expectedOutput",)),
    ):
        with pytest.raises(InvalidError) as refused:
            await write(furnished, dataset, draft("fine", input='{"n":1}'), draft("bad", **broken))
        assert refused.value.issues[0].path == (1, *path)
        assert "secret" not in refused.value.message
    with pytest.raises(InvalidError):
        await write(furnished, dataset, ItemDraft(id=DatasetItemId("ok"), expected_output="7"))
    assert await ids(furnished, status=None) == ["ok"]


async def test_a_schema_is_set_only_when_all_items_keep_to_it(furnished: Catalog) -> None:
    dataset = await make_dataset(furnished)
    await write(furnished, dataset, *(draft(f"i{number}", input='{"n":1}') for number in range(600)))
    await write(furnished, dataset, draft("odd", input='{"n":"1"}', status=ItemStatus.ARCHIVED), at_us=2_000)
    strict = DatasetDraft(name=dataset.name, input_schema=NUMBERS)
    with pytest.raises(InvalidError) as refused:
        await furnished.datasets.upsert(CHAT, strict, new_id=DatasetId("x"), at_us=3_000)
    assert [issue.path for issue in refused.value.issues] == [("odd", "input", "n")]
    found = await furnished.datasets.get(CHAT, dataset.id)
    assert found is not None
    assert found.input_schema is None
    await furnished.dataset_items.delete(CHAT, DatasetItemId("odd"), at_us=4_000)
    changed = await furnished.datasets.upsert(CHAT, strict, new_id=DatasetId("x"), at_us=5_000)
    assert (changed.input_schema, changed.item_count) == (NUMBERS, 600)


def views(furnished: Catalog, other: Catalog) -> Sequence[Catalog]:
    return [furnished, other] * 12


async def test_many_upserts_of_one_name_at_once_make_one_dataset(furnished: Catalog, other: Catalog) -> None:
    made = await asyncio.gather(
        *(
            view.datasets.upsert(
                CHAT,
                DatasetDraft(name="one", **{("description", "metadata")[number % 2]: f'"{number}"'}),
                new_id=DatasetId(f"id-{number}"),
                at_us=number,
            )
            for number, view in enumerate(views(furnished, other))
        )
    )
    assert len({row.id for row in made}) == 1
    page = await other.datasets.list(CHAT, offset=0, limit=9)
    assert page.total == 1
    assert page.rows[0].description
    assert page.rows[0].metadata


async def test_many_upserts_of_one_item_at_once_lose_no_update(furnished: Catalog, other: Catalog) -> None:
    dataset = await make_dataset(furnished)
    await write(furnished, dataset, draft("a", input="0"))
    fields = ("input", "expected_output", "metadata", "source_trace_id", "source_observation_id", "status")
    values = ("1", "2", "3", "t", "o", ItemStatus.ARCHIVED)
    writes = await asyncio.gather(
        *(
            view.dataset_items.write(
                CHAT,
                dataset.id,
                [ItemDraft(id=DatasetItemId("a"), **{fields[number % 6]: values[number % 6]})],
                at_us=5,
            )
            for number, view in enumerate(views(furnished, other))
        )
    )
    item = await get(other, "a")
    assert tuple(getattr(item, field) for field in fields) == values
    assert sum(written.created for written in writes) == 0
    assert len({written.written_at_us for written in writes}) == len(writes), "each write is a version of its own"
    found = await other.datasets.get(CHAT, dataset.id)
    assert found is not None
    assert found.item_count == 0


async def test_writers_of_many_items_at_once_lose_no_count(furnished: Catalog, other: Catalog) -> None:
    dataset = await make_dataset(furnished)
    await asyncio.gather(
        *(
            view.dataset_items.write(CHAT, dataset.id, [draft(f"{number}-{each}") for each in range(3)], at_us=5)
            for number, view in enumerate(views(furnished, other))
        )
    )
    page = await other.dataset_items.list(CHAT, ItemQuery(dataset_id=dataset.id, limit=100))
    assert (page.total, len(page.rows)) == (72, 72)
    assert len({item.created_us for item in page.rows}) == 72, "no two items of a dataset share their place"
