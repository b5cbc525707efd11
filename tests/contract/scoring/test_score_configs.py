"""The contract of score configs, unchanged for every engine."""

import asyncio

import pytest
from msgspec.structs import replace

from panope.domain.errors import ConflictError, InvalidError, NotFoundError
from panope.domain.ids import ProjectId, ScoreConfigId
from panope.domain.scoring.configs import ScoreCategory, ScoreConfig
from panope.domain.scoring.presets import make_presets
from panope.ports.catalog import Catalog
from tests.contract.catalog.test_catalog import CHAT, SHOP


def make_config(name: str, *, created_us: int = 1) -> ScoreConfig:
    return ScoreConfig(id=ScoreConfigId(f"id of {name}"), name=name, data_type="NUMERIC", created_us=created_us)


async def test_a_config_comes_back_exactly_as_it_was_given(furnished: Catalog, other: Catalog) -> None:
    numeric = replace(
        make_config("accuracy"), min_value=-0.1, max_value=1e300, description="it's 100% :x ✓", direction="higher"
    )
    categorical = replace(
        make_config("mood", created_us=2),
        data_type="CATEGORICAL",
        categories=(ScoreCategory("good 🙂", 1.5), ScoreCategory("bad", -2)),
        is_archived=True,
        direction="lower",
        updated_us=7,
    )
    for config in (numeric, categorical):
        await furnished.score_configs.create(CHAT, config)
    assert await other.score_configs.list(CHAT) == [categorical, numeric]
    assert await other.score_configs.list(SHOP) == []


async def test_configs_are_listed_newest_first(furnished: Catalog) -> None:
    for name, created_us in (("b", 1), ("a", 1), ("c", 9), ("d", 5)):
        await furnished.score_configs.create(CHAT, make_config(name, created_us=created_us))
    assert [config.name for config in await furnished.score_configs.list(CHAT)] == ["c", "d", "b", "a"]


async def test_ids_are_unique_within_a_project_and_names_need_not_be(furnished: Catalog) -> None:
    config = make_config("accuracy")
    await furnished.score_configs.create(CHAT, config)
    await furnished.score_configs.create(SHOP, config)
    await furnished.score_configs.create(CHAT, replace(config, id=ScoreConfigId("second")))
    with pytest.raises(ConflictError):
        await furnished.score_configs.create(CHAT, replace(config, name="other"))
    with pytest.raises(NotFoundError, match="ghost"):
        await furnished.score_configs.create(ProjectId("ghost"), config)
    assert [config.name for config in await furnished.score_configs.list(CHAT)] == ["accuracy", "accuracy"]


async def test_an_update_is_seen_by_everybody_and_touches_one_project(furnished: Catalog, other: Catalog) -> None:
    config = make_config("accuracy")
    for project_id in (CHAT, SHOP):
        await furnished.score_configs.create(project_id, config)
    version = await other.version.current()
    changed = await furnished.score_configs.update(CHAT, config.id, lambda found: replace(found, is_archived=True))
    assert changed == replace(config, is_archived=True)
    assert await other.score_configs.list(CHAT) == [changed]
    assert await other.score_configs.list(SHOP) == [config]
    assert (await other.version.current()).score_configs > version.score_configs
    assert (await other.version.current()).models == version.models


async def test_what_is_not_there_or_not_allowed_changes_nothing(furnished: Catalog) -> None:
    config = make_config("accuracy")
    await furnished.score_configs.create(SHOP, config)
    version = await furnished.version.current()

    def refuse(_: ScoreConfig) -> ScoreConfig:
        raise InvalidError("not allowed")

    assert await furnished.score_configs.update(CHAT, config.id, refuse) is None
    assert await furnished.score_configs.update(SHOP, ScoreConfigId("none"), refuse) is None
    with pytest.raises(InvalidError, match="not allowed"):
        await furnished.score_configs.update(SHOP, config.id, refuse)
    assert await furnished.score_configs.update(SHOP, config.id, lambda found: found) == config
    assert await furnished.version.current() == version


async def test_concurrent_updates_lose_nothing(furnished: Catalog, other: Catalog) -> None:
    config = replace(make_config("accuracy"), description="")
    await furnished.score_configs.create(CHAT, config)
    views = [furnished, other]

    async def add(number: int) -> None:
        def change(found: ScoreConfig) -> ScoreConfig:
            return replace(found, description=f"{found.description} {number}")

        await views[number % 2].score_configs.update(CHAT, config.id, change)

    await asyncio.gather(*map(add, range(40)))
    (stored,) = await other.score_configs.list(CHAT)
    assert sorted(map(int, (stored.description or "").split())) == list(range(40))


async def test_presets_are_made_once_whoever_asks(furnished: Catalog, other: Catalog) -> None:
    await furnished.score_configs.create(CHAT, make_config("toxicity"))
    views = [furnished, other]
    added = await asyncio.gather(
        *(views[number % 2].score_configs.create_missing(CHAT, make_presets(number)) for number in range(10))
    )
    assert sorted(len(made) for made in added) == [0] * 9 + [5]
    names = sorted(config.name for config in await other.score_configs.list(CHAT))
    assert names == sorted(preset.name for preset in make_presets(0))
    version = await furnished.version.current()
    assert await furnished.score_configs.create_missing(CHAT, make_presets(0)) == []
    assert await furnished.version.current() == version
    assert await furnished.score_configs.list(SHOP) == []
    with pytest.raises(NotFoundError):
        await furnished.score_configs.create_missing(ProjectId("ghost"), make_presets(0))
