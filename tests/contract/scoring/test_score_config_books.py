"""A change of a config by one process is known to every other with its next score."""

from panope.domain.ids import ScoreConfigId
from panope.domain.scoring.configs import ScoreConfig
from panope.features.scores.configs import ScoreConfigService
from panope.ports.catalog import Catalog
from tests.contract.catalog.test_catalog import CHAT, SHOP

DRAFT = ScoreConfig(id=ScoreConfigId(""), name="accuracy", data_type="NUMERIC", min_value=0, max_value=1)


def service(catalog: Catalog, number: int) -> ScoreConfigService:
    return ScoreConfigService(catalog.score_configs, catalog.version, lambda: number, lambda: f"config-{number}")


async def test_every_process_judges_by_the_config_as_it_is(furnished: Catalog, other: Catalog) -> None:
    here, there = service(furnished, 1), service(other, 2)
    assert (await there.get_book(CHAT)).configs == []
    made = await here.create_config(CHAT, DRAFT)
    assert (await there.get_book(CHAT)).by_id == {made.id: made}
    assert (await there.get_book(SHOP)).by_id == {}
    changed = await there.update_config(CHAT, [made.id], {"max_value": 5.0})
    assert (await here.get_book(CHAT)).by_id == {made.id: changed}
    assert (changed.max_value, changed.created_us, changed.updated_us) == (5.0, 1, 2)


async def test_a_book_is_read_once_per_version(furnished: Catalog, other: Catalog) -> None:
    here, there = service(furnished, 1), service(other, 2)
    await here.create_config(CHAT, DRAFT)
    book = await here.get_book(CHAT)
    assert await here.get_book(CHAT) is book
    await there.create_presets(CHAT)
    assert len((await here.get_book(CHAT)).configs) == 7
