"""The contract of prompts, unchanged for every engine."""

import asyncio
from typing import Any

import pytest

from panope.domain.errors import ForbiddenError, InvalidError, NotFoundError
from panope.domain.ids import ProjectId, PromptId
from panope.domain.prompts.prompt import (
    LabelChange,
    Message,
    Placeholder,
    PromptDraft,
    PromptKey,
    PromptLink,
    PromptPage,
    PromptQuery,
    PromptSummary,
    PromptType,
    PromptVersion,
)
from panope.domain.prompts.sifting import (
    ConfigHas,
    NumberField,
    NumberWithin,
    Quantity,
    TextField,
    TextIs,
    TextLike,
    WordsField,
    WordsHold,
)
from panope.kit.ids import new_id
from panope.ports.catalog import Catalog
from tests.contract.catalog.test_catalog import CHAT, SHOP

EMOJI = "folder/🦊 ../%2F x"


def at(now_us: int, *confirmed: str) -> LabelChange:
    return LabelChange(now_us=now_us, confirmed=frozenset(confirmed))


def draft(name: str = "greet", text: str = "Hello {{who}}", **told: Any) -> PromptDraft:
    return PromptDraft(name=name, type=PromptType.TEXT, body=text, **told)


async def create(catalog: Catalog, made: PromptDraft, now_us: int = 1, *confirmed: str) -> PromptVersion:
    return await catalog.prompts.create(CHAT, made, PromptId(new_id()), at(now_us, *confirmed))


async def get(catalog: Catalog, name: str, version: int | None = None, label: str | None = None) -> PromptVersion:
    key = PromptKey(name, version, label)
    return (await catalog.prompts.find(CHAT, [key]))[key]


async def labels_of(catalog: Catalog, name: str) -> dict[int, tuple[str, ...]]:
    return {found.version: found.labels for found in await catalog.prompts.list_versions(CHAT, name)}


def names(page: PromptPage) -> list[str]:
    return [row.name for row in page.rows]


async def test_a_version_comes_back_exactly_as_it_was_given(furnished: Catalog, other: Catalog) -> None:
    body = (Message("system", 'You are "kind" 🦊\n'), Placeholder("history"), Message("user", "{{q}}"))
    made = PromptDraft(
        name=EMOJI,
        type=PromptType.CHAT,
        body=body,
        config='{"temperature": 0.10, "big": 123456789012345678901234567890}',
        labels=("production", "a"),
        tags=("z", "a"),
        commit_message="first: 100% :x",
        created_by="API",
    )
    version_id = PromptId(new_id())
    created = await furnished.prompts.create(CHAT, made, version_id, at(5))
    assert created == PromptVersion(
        id=version_id,
        name=EMOJI,
        version=1,
        type=PromptType.CHAT,
        body=body,
        config=made.config,
        labels=("production", "a", "latest"),
        tags=("z", "a"),
        commit_message="first: 100% :x",
        created_us=5,
        updated_us=5,
    )
    assert await get(other, EMOJI, 1) == await get(other, EMOJI, label="latest") == created
    assert await other.prompts.list_versions(CHAT, EMOJI) == [created]


async def test_a_new_version_takes_its_labels_from_the_others(furnished: Catalog) -> None:
    await create(furnished, draft(labels=("production", "eu")), 1)
    await create(furnished, draft(labels=("staging",)), 2)
    third = await create(furnished, draft(labels=("production",)), 3)
    assert third.version == 3
    assert await labels_of(furnished, "greet") == {3: ("production", "latest"), 2: ("staging",), 1: ("eu",)}
    found = await furnished.prompts.list_versions(CHAT, "greet")
    assert [version.updated_us for version in found] == [3, 2, 3]


async def test_tags_are_inherited_or_replaced_for_all_versions(furnished: Catalog) -> None:
    await create(furnished, draft(tags=("b", "a")), 1)
    assert (await create(furnished, draft(), 2)).tags == ("b", "a")
    assert (await get(furnished, "greet", 1)).updated_us == 1
    assert (await create(furnished, draft(tags=("c",)), 3)).tags == ("c",)
    assert [(found.tags, found.updated_us) for found in await furnished.prompts.list_versions(CHAT, "greet")] == [
        (("c",), 3)
    ] * 3
    assert (await create(furnished, draft(tags=()), 4)).tags == ()


async def test_versions_are_listed_in_stretches(furnished: Catalog) -> None:
    for _ in range(5):
        await create(furnished, draft())

    async def listed(**asked: int) -> list[int]:
        return [found.version for found in await furnished.prompts.list_versions(CHAT, "greet", **asked)]

    assert await listed(limit=2) == [5, 4]
    assert await listed(limit=2, before=4) == [3, 2]
    assert await listed(before=3) == [2, 1]
    assert await listed(before=1) == []


async def test_all_versions_have_one_type(furnished: Catalog) -> None:
    await create(furnished, draft())
    chat = PromptDraft(name="greet", type=PromptType.CHAT, body=())
    with pytest.raises(InvalidError, match="text"):
        await create(furnished, chat)
    assert len(await labels_of(furnished, "greet")) == 1


async def test_a_prompt_needs_its_project(furnished: Catalog) -> None:
    with pytest.raises(NotFoundError, match="ghost"):
        await furnished.prompts.create(ProjectId("ghost"), draft(), PromptId("x"), at(1))
    with pytest.raises(NotFoundError, match="ghost"):
        await furnished.prompts.protect(ProjectId("ghost"), "production")


async def test_another_project_has_none_of_it(furnished: Catalog) -> None:
    mine = await create(furnished, draft(labels=("production",)))
    prompts, key = furnished.prompts, PromptKey("greet", 1)
    assert await prompts.find(SHOP, [key]) == {}
    assert await furnished.prompt_index.find_ids(SHOP, [PromptLink("greet", 1)]) == {}
    assert await prompts.list(SHOP, PromptQuery()) == PromptPage([], 0)
    for call in (
        prompts.list_versions(SHOP, "greet"),
        prompts.add_labels(SHOP, "greet", 1, ["x"], at(2)),
        prompts.promote(SHOP, "greet", "production", "x", at(2)),
        prompts.remove_label(SHOP, "greet", "production", at(2)),
        prompts.delete(SHOP, "greet", None, None, at(2)),
    ):
        with pytest.raises(NotFoundError, match="Prompt not found"):
            await call
    theirs = await prompts.create(SHOP, draft(), PromptId("theirs"), at(2))
    assert theirs.version == 1
    await prompts.protect(SHOP, "production")
    assert await prompts.list_protected(CHAT) == []
    assert await get(furnished, "greet", 1) == mine


async def test_keys_are_looked_up_together(furnished: Catalog) -> None:
    await create(furnished, draft(labels=("production",)))
    await create(furnished, draft())
    await create(furnished, draft("bye"))
    keys = [
        PromptKey("greet", 1),
        PromptKey("greet", label="production"),
        PromptKey("greet", label="latest"),
        PromptKey("bye", 1),
        PromptKey("bye", label="production"),
        PromptKey("bye", 2),
        PromptKey("bye", 2**40),
        PromptKey("nobody", 1),
        *(PromptKey(f"none {number}", label="x") for number in range(250)),
    ]
    found = await furnished.prompts.find(CHAT, keys)
    assert {key: (version.name, version.version) for key, version in found.items()} == {
        keys[0]: ("greet", 1),
        keys[1]: ("greet", 1),
        keys[2]: ("greet", 2),
        keys[3]: ("bye", 1),
    }


async def test_links_find_ids(furnished: Catalog) -> None:
    first, second = await create(furnished, draft()), await create(furnished, draft())
    links = [PromptLink("greet", number) for number in (1, 2, 3, 2**40)] + [PromptLink("none", 1)]
    found = await furnished.prompt_index.find_ids(CHAT, links)
    assert found == {links[0]: first.id, links[1]: second.id}


async def test_ids_find_links_of_their_project_until_the_version_is_gone(furnished: Catalog) -> None:
    versions = [await create(furnished, draft(name)) for name in ("greet", "greet", "a/b")]
    index = furnished.prompt_index
    found = [await index.find_link(CHAT, version.id) for version in versions]
    assert found == [PromptLink("greet", 1), PromptLink("greet", 2), PromptLink("a/b", 1)]
    assert await index.find_link(SHOP, versions[0].id) is None
    assert await index.find_link(CHAT, PromptId("none")) is None
    await furnished.prompts.delete(CHAT, "greet", 1, None, at(9))
    assert await index.find_link(CHAT, versions[0].id) is None
    assert await index.find_link(CHAT, versions[1].id) == PromptLink("greet", 2)


async def test_labels_move_and_keep_their_order(furnished: Catalog) -> None:
    await create(furnished, draft(labels=("production", "eu")), 1)
    await create(furnished, draft(labels=("staging",)), 2)
    before = await furnished.version.current()
    assert (await furnished.prompts.add_labels(CHAT, "greet", 1, ["eu", "production"], at(9))).updated_us == 1
    assert await furnished.version.current() == before
    moved = await furnished.prompts.add_labels(CHAT, "greet", 2, ["production", "us", "us", "staging"], at(3))
    assert (moved.labels, moved.updated_us) == (("staging", "production", "us", "latest"), 3)
    assert await labels_of(furnished, "greet") == {2: ("staging", "production", "us", "latest"), 1: ("eu",)}
    assert (await furnished.version.current()).prompts == before.prompts + 1
    with pytest.raises(NotFoundError, match="'greet' with version 7"):
        await furnished.prompts.add_labels(CHAT, "greet", 7, ["x"], at(4))
    with pytest.raises(NotFoundError, match="'none'"):
        await furnished.prompts.add_labels(CHAT, "none", 1, ["x"], at(4))


async def test_promotion_moves_a_label_to_where_another_is(furnished: Catalog) -> None:
    await create(furnished, draft(labels=("production",)))
    await create(furnished, draft(labels=("staging",)))
    promoted = await furnished.prompts.promote(CHAT, "greet", "staging", "production", at(3))
    assert (promoted.version, promoted.labels) == (2, ("staging", "production", "latest"))
    await create(furnished, draft())
    assert (await furnished.prompts.promote(CHAT, "greet", "latest", "production", at(4))).version == 3
    with pytest.raises(NotFoundError, match="with label 'none'"):
        await furnished.prompts.promote(CHAT, "greet", "none", "production", at(5))


async def test_a_label_is_removed(furnished: Catalog) -> None:
    await create(furnished, draft(labels=("production", "eu")), 1)
    removed = await furnished.prompts.remove_label(CHAT, "greet", "production", at(2))
    assert (removed.labels, removed.updated_us) == (("eu", "latest"), 2)
    assert await furnished.prompts.find(CHAT, [PromptKey("greet", label="production")]) == {}
    with pytest.raises(NotFoundError, match="with label 'production'"):
        await furnished.prompts.remove_label(CHAT, "greet", "production", at(3))


async def test_versions_are_deleted_by_number_by_label_or_all(furnished: Catalog) -> None:
    for label in ("a", "b", "c", "d"):
        await create(furnished, draft(labels=(label,), tags=("t",)))
    delete = furnished.prompts.delete
    await delete(CHAT, "greet", 4, None, at(8))
    assert (await labels_of(furnished, "greet"))[3] == ("c", "latest")
    assert (await get(furnished, "greet", 3)).updated_us == 8
    await delete(CHAT, "greet", None, "latest", at(9))
    await delete(CHAT, "greet", 1, "a", at(10))
    assert await labels_of(furnished, "greet") == {2: ("b", "latest")}
    for version, label in ((1, None), (2, "a"), (None, "gone")):
        with pytest.raises(NotFoundError, match="Prompt not found"):
            await delete(CHAT, "greet", version, label, at(11))
    assert (await create(furnished, draft())).version == 3
    await delete(CHAT, "greet", None, None, at(12))
    with pytest.raises(NotFoundError):
        await furnished.prompts.list_versions(CHAT, "greet")
    again = await create(furnished, PromptDraft(name="greet", type=PromptType.CHAT, body=()))
    assert (again.version, again.tags, again.labels) == (1, (), ("latest",))


def tag(wanted: str, name: str = "part") -> str:
    return f"@@@langfusePrompt:name={name}|{wanted}@@@"


async def test_references_are_checked_when_a_prompt_is_written(furnished: Catalog) -> None:
    await create(furnished, draft("part", "piece", labels=("production",)))
    await create(furnished, PromptDraft(name="chat", type=PromptType.CHAT, body=()))
    made = await create(furnished, draft("whole", f"<{tag('version=1')}{tag('label=production')}>"))
    assert made.body == f"<{tag('version=1')}{tag('label=production')}>"
    for text, code in (
        (tag("version=2"), "reference_not_found"),
        (tag("label=none"), "reference_not_found"),
        (tag("version=1", "chat"), "reference_to_chat"),
        (tag("version=1", "new one"), "reference_cycle"),
    ):
        with pytest.raises(InvalidError) as refused:
            await create(furnished, draft("new one", text, labels=("x",), tags=("x",)))
        assert refused.value.code == code
    assert names(await furnished.prompts.list(CHAT, PromptQuery())) == ["chat", "part", "whole"]
    with pytest.raises(InvalidError, match="Circular") as refused:
        await create(furnished, draft("part", tag("version=1", "whole")))
    assert "'part' version 2 → 'whole' version 1 → 'part' version 1" in refused.value.message
    assert await labels_of(furnished, "part") == {1: ("production", "latest")}


async def test_a_label_does_not_move_where_references_would_go_in_circles(furnished: Catalog) -> None:
    await create(furnished, draft("a", "leaf", labels=("production",)))
    await create(furnished, draft("b", "leaf", labels=("production",)))
    await create(furnished, draft("a", tag("label=production", "b")))
    before = await furnished.version.current()
    with pytest.raises(InvalidError, match="Circular"):
        await create(furnished, draft("b", tag("label=latest", "a"), labels=("next",)))
    await create(furnished, draft("b", tag("label=production", "a"), labels=("next",)))
    await furnished.prompts.promote(CHAT, "b", "next", "production", at(5))
    with pytest.raises(InvalidError, match="Circular"):
        await furnished.prompts.add_labels(CHAT, "a", 2, ["production"], at(6))
    assert (await labels_of(furnished, "a"))[1] == ("production",)
    assert (await furnished.version.current()).prompts == before.prompts + 2


async def test_what_others_refer_to_is_not_deleted(furnished: Catalog) -> None:
    await create(furnished, draft("part", "1", labels=("eu",)))
    await create(furnished, draft("part", "2", labels=("us",)))
    await create(furnished, draft("part", "3"))
    await create(furnished, draft("by number", tag("version=2")))
    await create(furnished, draft("by label", tag("label=eu")))
    await create(furnished, draft("by latest", tag("label=latest")))
    prompts = furnished.prompts
    for version, label in ((2, None), (None, "us"), (1, None), (None, "eu"), (None, None)):
        with pytest.raises(InvalidError, match="Other prompts refer to it: 'by"):
            await prompts.delete(CHAT, "part", version, label, at(2))
    with pytest.raises(InvalidError, match="'by label' version 1"):
        await prompts.remove_label(CHAT, "part", "eu", at(2))
    await prompts.remove_label(CHAT, "part", "us", at(2))
    await prompts.delete(CHAT, "part", 3, None, at(3))
    await prompts.add_labels(CHAT, "part", 2, ["eu"], at(3))
    await prompts.delete(CHAT, "part", 1, None, at(4))
    for name in ("by number", "by label"):
        await prompts.delete(CHAT, name, None, None, at(5))
    with pytest.raises(InvalidError, match="'by latest'"):
        await prompts.delete(CHAT, "part", None, None, at(6))
    await prompts.delete(CHAT, "by latest", None, None, at(7))
    await prompts.delete(CHAT, "part", None, None, at(8))


async def test_protected_labels_stay_unless_confirmed(furnished: Catalog) -> None:
    prompts = furnished.prompts
    assert await prompts.protect(CHAT, "production")
    assert not await prompts.protect(CHAT, "production")
    await prompts.protect(CHAT, "a")
    assert await prompts.list_protected(CHAT) == ["a", "production"]
    await create(furnished, draft(labels=("production",)))
    await create(furnished, draft(labels=("staging",)))
    await prompts.add_labels(CHAT, "greet", 1, ["production"], at(2))
    for call in (
        create(furnished, draft(labels=("production",))),
        create(furnished, draft(labels=("production",)), 2, "staging"),
        prompts.add_labels(CHAT, "greet", 2, ["production"], at(2)),
        prompts.promote(CHAT, "greet", "staging", "production", at(2)),
        prompts.remove_label(CHAT, "greet", "production", at(2)),
        prompts.delete(CHAT, "greet", 1, None, at(2)),
        prompts.delete(CHAT, "greet", None, None, at(2)),
    ):
        with pytest.raises(ForbiddenError, match="'production' is protected") as refused:
            await call
        assert refused.value.code == "label_protected"
    assert await labels_of(furnished, "greet") == {2: ("staging", "latest"), 1: ("production",)}
    assert (await prompts.promote(CHAT, "greet", "staging", "production", at(3, "production"))).version == 2
    assert await prompts.unprotect(CHAT, "production")
    assert not await prompts.unprotect(CHAT, "production")
    assert (await create(furnished, draft(labels=("production",)))).version == 3


async def test_prompts_are_listed_by_name_with_what_matches(furnished: Catalog) -> None:
    await create(furnished, draft("b/1", config='{"n": 1}', labels=("production",), tags=("x", "y")), 10)
    await create(furnished, draft("b/1", config='{"n": 2}', labels=("zeta", "eta")), 20)
    await create(furnished, draft("É", tags=("y",)), 30)
    await create(furnished, PromptDraft(name="a", type=PromptType.CHAT, body=()), 40)
    list_prompts = furnished.prompts.list

    async def found(**asked: Any) -> list[str]:
        return names(await list_prompts(CHAT, PromptQuery(**asked)))

    first = PromptSummary(
        name="b/1",
        type=PromptType.TEXT,
        versions=(1, 2),
        labels=("eta", "production", "zeta", "latest"),
        tags=("x", "y"),
        updated_us=20,
        config='{"n": 2}',
    )
    page = await list_prompts(CHAT, PromptQuery())
    assert names(page) == ["a", "b/1", "É"]
    assert (page.total, page.rows[1]) == (3, first)
    assert await list_prompts(CHAT, PromptQuery(limit=1, offset=1)) == PromptPage([first], 3)
    assert await list_prompts(CHAT, PromptQuery(offset=3)) == PromptPage([], 3)
    [old] = (await list_prompts(CHAT, PromptQuery(label="production"))).rows
    assert (old.versions, old.labels, old.updated_us, old.config) == ((1,), ("production",), 10, '{"n": 1}')
    assert await found(label="latest") == ["a", "b/1", "É"]
    assert await found(name="a") == ["a"]
    assert await found(tag="y") == ["b/1", "É"]
    assert await found(version=2) == ["b/1"]
    assert await found(label="none") == []
    assert await found(label="production", version=2) == []
    assert await found(from_updated_us=20, to_updated_us=40) == ["b/1", "É"]
    assert await found(to_updated_us=20) == ["b/1"]


async def test_every_change_moves_the_version_of_prompts_alone(furnished: Catalog, other: Catalog) -> None:
    prompts = furnished.prompts
    before = await other.version.current()
    await create(furnished, draft(labels=("a",)))
    await create(furnished, draft())
    await prompts.add_labels(CHAT, "greet", 2, ["b"], at(2))
    await prompts.promote(CHAT, "greet", "b", "a", at(2))
    await prompts.remove_label(CHAT, "greet", "a", at(2))
    await prompts.delete(CHAT, "greet", 2, None, at(2))
    after = await other.version.current()
    assert after.prompts == before.prompts + 6
    assert (after.accounts, after.models, after.score_configs) == (before.accounts, before.models, before.score_configs)
    for call in (
        create(furnished, PromptDraft(name="greet", type=PromptType.CHAT, body=())),
        prompts.delete(CHAT, "greet", 2, None, at(3)),
        prompts.remove_label(CHAT, "greet", "a", at(3)),
    ):
        with pytest.raises((InvalidError, NotFoundError)):
            await call
    assert await other.version.current() == after


async def test_versions_made_at_once_get_numbers_of_their_own(furnished: Catalog, other: Catalog) -> None:
    made = await asyncio.gather(
        *(
            create(store, draft(text=str(number), labels=("production",)))
            for number in range(12)
            for store in (furnished, other)
        )
    )
    assert sorted(version.version for version in made) == list(range(1, 25))
    labels = await labels_of(furnished, "greet")
    assert labels[24] == ("production", "latest")
    assert [version for version, own in labels.items() if own] == [24]


async def test_labels_promoted_at_once_are_never_on_two_versions(furnished: Catalog, other: Catalog) -> None:
    count = 6
    for number in range(count):
        await create(furnished, draft(labels=(f"from {number}",)))

    async def promote(store: Catalog, number: int) -> None:
        for _ in range(5):
            await store.prompts.promote(CHAT, "greet", f"from {number % count}", "production", at(2))

    async def watch(store: Catalog, done: asyncio.Event) -> None:
        while not done.is_set():
            await asyncio.sleep(0)  # a store in memory never waits
            labels = await labels_of(store, "greet")
            assert sum("production" in own for own in labels.values()) <= 1, labels

    done = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        watcher = tasks.create_task(watch(other, done))
        await asyncio.gather(*(promote(store, number) for number in range(count) for store in (furnished, other)))
        done.set()
        await watcher
    assert sum("production" in own for own in (await labels_of(furnished, "greet")).values()) == 1


async def test_a_prompt_that_is_referred_to_at_the_moment_of_its_deletion_stays_or_is_refused(
    furnished: Catalog, other: Catalog
) -> None:
    for number in range(6):
        await create(furnished, draft(f"part {number}", "piece"))
        outcomes = await asyncio.gather(
            create(furnished, draft(f"whole {number}", tag("version=1", f"part {number}"))),
            other.prompts.delete(CHAT, f"part {number}", None, None, at(2)),
            return_exceptions=True,
        )
        assert sum(isinstance(outcome, InvalidError) for outcome in outcomes) == 1, outcomes


async def test_a_list_is_sifted_by_version(furnished: Catalog, other: Catalog) -> None:
    await create(furnished, draft("tools/a", config='{"n": "Fast"}', labels=("production",), tags=("x", "y")), 10)
    await create(furnished, draft("tools/a", config='{"n": 2}', labels=("zeta",)), 20)
    await create(furnished, draft("tools/b", tags=("y",)), 30)
    await create(furnished, PromptDraft(name="Ärger", type=PromptType.CHAT, body=()), 40)
    mine = (await get(furnished, "tools/a", 2)).id

    async def found(*where: Any, **asked: Any) -> dict[str, tuple[int, ...]]:
        page = await other.prompts.list(CHAT, PromptQuery(where=where, **asked))
        assert page.total == len(page.rows) or asked
        return {row.name: row.versions for row in page.rows}

    def words(field: WordsField, quantity: Quantity, *values: str) -> WordsHold:
        return WordsHold(field=field, values=frozenset(values), quantity=quantity)

    both, first, second = {"tools/a": (1, 2)}, {"tools/a": (1,)}, {"tools/a": (2,)}
    b, chat = {"tools/b": (1,)}, {"Ärger": (1,)}
    assert await found(TextLike(field=TextField.NAME, pattern="TOOLS/%")) == {**both, **b}
    assert await found(TextLike(field=TextField.NAME, pattern="ä%")) == chat
    assert await found(TextLike(field=TextField.NAME, pattern="tools/%", is_wanted=False)) == chat
    assert await found(TextIs(field=TextField.ID, values=frozenset({mine}))) == second
    assert await found(TextIs(field=TextField.TYPE, values=frozenset({"text"}), is_wanted=False)) == chat
    assert await found(NumberWithin(field=NumberField.VERSION, low=2)) == second
    assert await found(NumberWithin(field=NumberField.CREATED, low=10, high=10)) == first
    assert await found(NumberWithin(field=NumberField.UPDATED, low=40)) == chat
    assert await found(words(WordsField.LABELS, Quantity.ANY, "production", "zeta")) == both
    assert await found(words(WordsField.LABELS, Quantity.ALL, "zeta", "latest")) == second
    assert await found(words(WordsField.LABELS, Quantity.NONE, "latest")) == first
    assert await found(words(WordsField.TAGS, Quantity.ALL, "x", "y")) == both
    assert await found(ConfigHas(key="n")) == both
    assert await found(ConfigHas(key="n", pattern="%fa_t")) == first
    assert await found(ConfigHas(key="n", equals="2")) == second
    assert await found(ConfigHas(key="n", is_wanted=False)) == {**b, **chat}
    assert await found(ConfigHas(key="n", equals="2"), NumberWithin(field=NumberField.VERSION, high=1)) == {}
    assert await found(NumberWithin(field=NumberField.VERSION, low=1), name="tools/b") == b
    page = await other.prompts.list(CHAT, PromptQuery(where=(ConfigHas(key="n", equals="Fast"),)))
    [old] = page.rows
    assert (old.labels, old.updated_us, old.config, old.tags) == (("production",), 10, '{"n": "Fast"}', ("x", "y"))
    two = PromptQuery(where=(NumberWithin(field=NumberField.VERSION, low=1),), limit=1, offset=1)
    assert (names(await other.prompts.list(CHAT, two)), (await other.prompts.list(CHAT, two)).total) == (["tools/b"], 3)
    assert await other.prompts.list(SHOP, two) == PromptPage([], 0)
