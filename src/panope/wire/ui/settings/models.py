"""Price models with their uses, on the wire of the web app. The rest of a model is as in the public API."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, Final

from msgspec import Meta, Struct
from msgspec.structs import asdict

from panope.domain.pricing import MAX_PATTERN_BYTES, PriceModel
from panope.domain.settings.model_uses import ModelUse, TestedName
from panope.ports.telemetry import UnpricedModel
from panope.wire.langfuse.jsonvalues import encode
from panope.wire.langfuse.models import ModelBody, show_model
from panope.wire.langfuse.requests import read_body

_MOST_NAMES: Final = 20


class UsedModelBody(ModelBody):
    """A price model. `weekUses`: observations of the last seven days that it prices now; `lastDayUs`: of 30 days."""

    week_uses: int
    last_day_us: int | None
    used_names: list[str]
    """Model names of the last 30 days that it prices, up to 20, those used most first."""


class UsedModelsBody(Struct):
    """All models that a project sees: its own, then those that ship with panope."""

    models: list[UsedModelBody]


class UnpricedNameBody(Struct, kw_only=True, rename="camel"):
    """A model name that observations with usage sent and that no price matched."""

    model: str
    uses: int
    total_tokens: int | None
    """Of these uses alone; null where it would take too long to tell."""
    last_us: int
    has_model: bool
    """Whether a price model matches the name by now: what arrived before, or used types without a price, is unknown."""


class UnpricedNamesBody(Struct, kw_only=True, rename="camel"):
    """Of observations since then, those used most first."""

    since_us: int
    names: list[UnpricedNameBody]


class PatternRequest(Struct, kw_only=True):
    """A pattern to try, on the names of late and on some more."""

    pattern: Annotated[str, Meta(max_length=MAX_PATTERN_BYTES)]
    names: Annotated[list[Annotated[str, Meta(max_length=1_000)]], Meta(max_length=_MOST_NAMES)] = []


class TestedNameBody(Struct, kw_only=True, rename="camel"):
    """A model name, its uses in the last seven days, and whether the pattern is found in it."""

    model: str
    week_uses: int
    is_match: bool


class TestedPatternBody(Struct):
    """What a pattern is found in."""

    names: list[TestedNameBody]


def encode_used_models(models: Sequence[PriceModel], uses: Mapping[str, ModelUse]) -> bytes:
    """Write all models."""
    return encode(UsedModelsBody([_show(model, uses.get(model.id)) for model in models]))


def encode_used_model(model: PriceModel, use: ModelUse | None) -> bytes:
    """Write one model."""
    return encode(_show(model, use))


def encode_unpriced_names(names: Iterable[UnpricedModel], has_model: Callable[[str], bool], since_us: int) -> bytes:
    """Write names without a price; `has_model` says whether one matches by now."""
    shown = [
        UnpricedNameBody(
            model=one.model,
            uses=one.uses,
            total_tokens=one.total_tokens,
            last_us=one.last_us,
            has_model=has_model(one.model),
        )
        for one in names
    ]
    return encode(UnpricedNamesBody(since_us=since_us, names=shown))


def read_pattern(body: bytes) -> PatternRequest:
    """Read a pattern to try; raises `InvalidError`."""
    return read_body(body, PatternRequest)


def encode_tested(names: Iterable[TestedName]) -> bytes:
    """Write what a pattern is found in."""
    shown = [TestedNameBody(model=one.model, week_uses=one.week, is_match=one.is_match) for one in names]
    return encode(TestedPatternBody(shown))


def _show(model: PriceModel, use: ModelUse | None) -> UsedModelBody:
    shown = asdict(show_model(model, all_tiers=True))
    return UsedModelBody(
        **shown,
        week_uses=0 if use is None else use.week,
        last_day_us=None if use is None else use.last_day_us,
        used_names=[] if use is None else list(use.names[:_MOST_NAMES]),
    )
