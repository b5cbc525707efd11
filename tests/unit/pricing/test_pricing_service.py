"""Use cases of price models over the memory catalog."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import count

import pytest

from panope.adapters.memory.catalog.whole import MemoryCatalog
from panope.domain.accounts import Organization, Project
from panope.domain.errors import ConflictError, InvalidError, NotFoundError
from panope.domain.ids import ModelId, OrganizationId, ProjectId
from panope.domain.pricing import ManagedModels, PriceModel, PriceTier
from panope.features.pricing.service import PricingService
from panope.ports.telemetry import UnpricedModel
from tests.unit.pricing.support import NoTelemetry

MINE = ProjectId("mine")
OTHER = ProjectId("other")


def _draft(name: str, pattern: str | None = None, price: str = "0.000001", **changes: object) -> PriceModel:
    tiers = (
        PriceTier(id="", name="Standard", is_default=True, priority=0, prices={"input": Decimal(price)}),
        PriceTier(id="", name="Large", is_default=False, priority=1, prices={"input": Decimal(price)}),
    )
    return PriceModel(**{"id": "", "name": name, "match_pattern": pattern or name, "tiers": tiers} | changes)


MANAGED = ManagedModels(
    [
        _draft("zeta", "^zeta$", id="managed-2", is_managed=True),
        _draft("alpha", "^alpha$", id="managed-1", is_managed=True),
    ],
)


@pytest.fixture
async def catalog() -> MemoryCatalog:
    made = MemoryCatalog()
    await made.organizations.add(Organization(id=OrganizationId("org"), name="Org"))
    for project_id in (MINE, OTHER):
        await made.projects.add(Project(id=project_id, organization_id=OrganizationId("org"), name=project_id))
    return made


@pytest.fixture
def numbers() -> Iterator[int]:
    return count(1)


@pytest.fixture
def pricing(catalog: MemoryCatalog, numbers: Iterator[int]) -> PricingService:
    ids = count(1)
    return _service(catalog, NoTelemetry(), numbers, ids)


def _service(
    catalog: MemoryCatalog, telemetry: NoTelemetry, times: Iterator[int], ids: Iterator[int]
) -> PricingService:
    return PricingService(
        models=catalog.models,
        version=catalog.version,
        managed=MANAGED,
        telemetry=telemetry,
        clock=lambda: next(times),
        new_id=lambda: f"model-{next(ids)}",
    )


async def test_new_model_prices_the_next_observation(pricing: PricingService) -> None:
    assert (await pricing.get_book(MINE)).match("house", 0) is None
    made = await pricing.create_model(MINE, _draft("house"))
    found = (await pricing.get_book(MINE)).match("house", 0)
    assert found == made
    assert (made.id, made.created_us, made.is_managed) == ("model-1", 1, False)
    assert [tier.id for tier in made.tiers] == ["model-1-default", "model-1-1"]


async def test_own_model_overrides_the_managed_one_in_its_project_only(pricing: PricingService) -> None:
    await pricing.create_model(MINE, _draft("alpha", price="0.5"))
    ids = [found.id if (found := (await pricing.get_book(p)).match("alpha", 0)) else None for p in (MINE, OTHER)]
    assert ids == ["model-1", "managed-1"]


async def test_book_is_kept_until_a_model_changes(pricing: PricingService) -> None:
    await pricing.create_model(MINE, _draft("house"))
    book = await pricing.get_book(MINE)
    assert await pricing.get_book(MINE) is book
    await pricing.delete_model(MINE, ModelId("model-1"))
    assert await pricing.get_book(MINE) is not book
    assert (await pricing.get_book(MINE)).match("house", 0) is None


async def test_change_by_another_process_is_seen_at_once(catalog: MemoryCatalog, pricing: PricingService) -> None:
    before = await pricing.get_book(MINE)
    await catalog.models.create(MINE, _draft("house", id="elsewhere"))
    assert before.match("house", 0) is None
    assert (await pricing.get_book(MINE)).match("house", 0) is not None


async def test_projects_without_models_of_their_own_share_one_book(pricing: PricingService) -> None:
    assert await pricing.get_book(MINE) is await pricing.get_book(OTHER)


async def test_list_shows_own_models_by_name_and_then_managed_ones(pricing: PricingService) -> None:
    for name in ("zulu", "bravo"):
        await pricing.create_model(MINE, _draft(name))
    assert [model.name for model in await pricing.list_models(MINE)] == ["bravo", "zulu", "alpha", "zeta"]
    assert [model.name for model in await pricing.list_models(OTHER)] == ["alpha", "zeta"]


async def test_second_model_of_a_name_is_refused(pricing: PricingService) -> None:
    await pricing.create_model(MINE, _draft("house"))
    with pytest.raises(InvalidError, match="choose another modelName") as caught:
        await pricing.create_model(MINE, _draft("house", "other"))
    assert caught.value.issues[0].path == ("modelName",)
    await pricing.create_model(OTHER, _draft("house"))


async def test_name_of_a_managed_model_is_free(pricing: PricingService) -> None:
    assert (await pricing.create_model(MINE, _draft("alpha"))).name == "alpha"


async def test_replacing_keeps_the_creation_and_the_place_of_the_name(pricing: PricingService) -> None:
    made = await pricing.create_model(MINE, _draft("house"))
    changed = await pricing.replace_model(MINE, ModelId(made.id), _draft("house", price="7"))
    assert (changed.id, changed.created_us, changed.updated_us) == (made.id, 1, 2)
    assert await pricing.get_model(MINE, ModelId(made.id)) == changed
    assert changed.tiers[0].prices["input"] == 7


async def test_replacing_an_unknown_id_creates_it(pricing: PricingService) -> None:
    await pricing.replace_model(MINE, ModelId("chosen"), _draft("house"))
    assert (await pricing.get_model(MINE, ModelId("chosen"))).name == "house"


async def test_replacing_cannot_take_the_name_of_another_model(pricing: PricingService) -> None:
    await pricing.create_model(MINE, _draft("house"))
    with pytest.raises(InvalidError, match="choose another modelName"):
        await pricing.replace_model(MINE, ModelId("chosen"), _draft("house"))


async def test_replacing_cannot_touch_another_project(pricing: PricingService) -> None:
    made = await pricing.create_model(OTHER, _draft("house"))
    with pytest.raises(ConflictError):
        await pricing.replace_model(MINE, ModelId(made.id), _draft("mine"))
    assert (await pricing.get_model(OTHER, ModelId(made.id))).name == "house"


@pytest.mark.parametrize("model_id", ["", "x" * 801, "a\x00b"])
async def test_id_that_no_store_holds_is_refused(pricing: PricingService, model_id: str) -> None:
    with pytest.raises(InvalidError, match="800 bytes"):
        await pricing.replace_model(MINE, ModelId(model_id), _draft("house"))


@pytest.mark.parametrize("model_id", ["managed-1", "unknown"])
async def test_managed_and_unknown_models_cannot_be_deleted(pricing: PricingService, model_id: str) -> None:
    with pytest.raises(NotFoundError):
        await pricing.delete_model(MINE, ModelId(model_id))


async def test_managed_model_can_be_shown_and_not_replaced(pricing: PricingService) -> None:
    assert (await pricing.get_model(MINE, ModelId("managed-1"))).name == "alpha"
    with pytest.raises(NotFoundError, match="only overridden"):
        await pricing.replace_model(MINE, ModelId("managed-1"), _draft("alpha"))


async def test_model_of_another_project_is_not_found(pricing: PricingService) -> None:
    made = await pricing.create_model(OTHER, _draft("house"))
    for call in (pricing.get_model, pricing.delete_model):
        with pytest.raises(NotFoundError):
            await call(MINE, ModelId(made.id))


async def test_unpriced_models_come_from_telemetry(catalog: MemoryCatalog, numbers: Iterator[int]) -> None:
    unpriced = [UnpricedModel(model="x", uses=3, total_tokens=9, last_us=5)]
    pricing = _service(catalog, NoTelemetry(unpriced), numbers, count(1))
    assert await pricing.list_unpriced(MINE, 7) == unpriced
