"""Price models as a project sees them: the shipped ones, its own, and the book that prices its observations."""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Final, Protocol

from msgspec.structs import replace

from panope.domain.errors import ConflictError, InvalidError, Issue, NotFoundError
from panope.domain.ids import MAX_ID_BYTES, ModelId, ProjectId, is_possible_id
from panope.domain.pricing import ManagedModels, PriceBook, PriceModel, newest_first
from panope.domain.tokens import TokenCounter
from panope.kit.clock import Clock
from panope.ports.catalog import CatalogVersion, ModelStore
from panope.ports.telemetry import UnpricedModel

_MAX_BOOKS = 1_000
_NOT_FOUND: Final = "model_not_found"


class UnpricedUses(Protocol):
    """What the service asks of telemetry."""

    async def list_unpriced_models(self, project_id: ProjectId, since_us: int) -> Sequence[UnpricedModel]:
        """Model names of observations with usage and without a price since then, most used first."""


class PricingService:
    """Lists, defines and forgets price models, and keeps a price book per project.

    The managed models are in memory, shared by all projects; only a project's own are in the catalog.
    """

    def __init__(
        self,
        models: ModelStore,
        version: CatalogVersion,
        managed: ManagedModels,
        telemetry: UnpricedUses,
        clock: Clock,
        new_id: Callable[[], str],
        tokens: TokenCounter | None = None,
    ) -> None:
        self._models = models
        self._version = version
        self._managed = managed
        self._telemetry = telemetry
        self._clock = clock
        self._new_id = new_id
        self._tokens = tokens
        self._plain_book = PriceBook((), managed, tokens)
        self._books: dict[ProjectId, tuple[int, PriceBook]] = {}
        self._managed_by_id = {model.id: model for model in managed.models}
        self._managed_in_order = _by_name(managed.models)

    async def get_book(self, project_id: ProjectId) -> PriceBook:
        """Prices as they are now; never older than the last change that was acknowledged."""
        version = (await self._version.current()).models
        kept = self._books.get(project_id)
        if kept is not None and kept[0] == version:
            return kept[1]
        own = await self._own(project_id)
        book = PriceBook(own, self._managed, self._tokens) if own else self._plain_book
        if len(self._books) >= _MAX_BOOKS:
            self._books.clear()
        self._books[project_id] = (version, book)
        return book

    async def get_edition(self) -> int:
        """A number that changes whenever a price of any project does."""
        return (await self._version.current()).models

    async def list_models(self, project_id: ProjectId) -> Sequence[PriceModel]:
        """The project's own models, then the managed ones, each by (name, start from latest to none)."""
        return [*_by_name(await self._own(project_id)), *self._managed_in_order]

    async def get_model(self, project_id: ProjectId, model_id: ModelId) -> PriceModel:
        """One model, own or managed. Raises `NotFoundError`."""
        managed = self._managed_by_id.get(model_id)
        found = managed or (await self._models.get(project_id, model_id) if is_possible_id(model_id) else None)
        if found is None:
            raise NotFoundError("Model not found: neither the project nor panope has one of this id", code=_NOT_FOUND)
        return found

    async def create_model(self, project_id: ProjectId, draft: PriceModel) -> PriceModel:
        """Define a model from a draft without id. Raises `InvalidError` when the project has one of that name."""
        await self._require_free_name(project_id, draft.name, None)
        model = self._finish(draft, ModelId(self._new_id()))
        try:
            await self._models.create(project_id, model)
        except ConflictError:
            raise _name_taken() from None
        return model

    async def replace_model(self, project_id: ProjectId, model_id: ModelId, draft: PriceModel) -> PriceModel:
        """Define a model under an id of the caller's choice, in place of the one that had it.

        Raises `NotFoundError` for a managed model, which cannot be changed, `InvalidError` when another model of the
        project has the name, and `ConflictError` when the id is taken elsewhere.
        """
        if model_id in self._managed_by_id:
            raise _not_the_projects()
        if not is_possible_id(model_id):
            raise InvalidError(f"A model id must have between 1 and {MAX_ID_BYTES} bytes", code="invalid_id")
        await self._require_free_name(project_id, draft.name, model_id)
        before = await self._models.get(project_id, model_id)
        model = self._finish(draft, model_id)
        if before is not None:
            model = replace(model, created_us=before.created_us)
        await self._models.upsert(project_id, [model])
        return model

    async def delete_model(self, project_id: ProjectId, model_id: ModelId) -> None:
        """Delete a model of the project's own. Raises `NotFoundError` for any other, managed ones included."""
        is_own = model_id not in self._managed_by_id and is_possible_id(model_id)
        if not is_own or not await self._models.delete(project_id, model_id):
            raise _not_the_projects()

    async def list_unpriced(self, project_id: ProjectId, since_us: int) -> Sequence[UnpricedModel]:
        """Model names with usage and without a price since then, most used first."""
        return await self._telemetry.list_unpriced_models(project_id, since_us)

    async def _own(self, project_id: ProjectId) -> list[PriceModel]:
        return [model for model in await self._models.list(project_id) if not model.is_managed]

    async def _require_free_name(self, project_id: ProjectId, name: str, model_id: ModelId | None) -> None:
        if any(model.name == name and model.id != model_id for model in await self._own(project_id)):
            raise _name_taken()

    def _finish(self, draft: PriceModel, model_id: ModelId) -> PriceModel:
        now_us = self._clock()
        tiers = tuple(
            replace(tier, id=f"{model_id}-{tier.priority}" if tier.priority else f"{model_id}-default")
            for tier in draft.tiers
        )
        return replace(draft, id=model_id, tiers=tiers, is_managed=False, created_us=now_us, updated_us=now_us)


def _by_name(models: Sequence[PriceModel]) -> list[PriceModel]:
    return sorted(newest_first(models), key=attrgetter("name"))


def _not_the_projects() -> NotFoundError:
    text = "Model not found: the project has none of this id; managed models cannot be changed, only overridden"
    return NotFoundError(text, code=_NOT_FOUND)


def _name_taken() -> InvalidError:
    text = "The project has a model of this name: delete it first, replace it by its id, or choose another modelName"
    return InvalidError(text, code="model_name_taken", issues=(Issue(("modelName",), text, "model_name_taken"),))
