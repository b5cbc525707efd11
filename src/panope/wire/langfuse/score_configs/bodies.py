"""What a client sends to agree on a score config or to change one, and how one is shown."""

from collections.abc import Sequence
from typing import Any, Final, Literal

import msgspec
from msgspec import UNSET, Struct, UnsetType

from panope.domain.errors import Issue
from panope.domain.ids import ProjectId, ScoreConfigId
from panope.domain.scores import ScoreDataType
from panope.domain.scoring.configs import BOOLEAN_CATEGORIES, Direction, ScoreCategory, ScoreConfig
from panope.wire.langfuse.clients import knows_text_scores
from panope.wire.langfuse.paging import PageNumber, page_meta
from panope.wire.langfuse.requests import invalid_body, read_body
from panope.wire.langfuse.times import format_time

DataType = Literal["NUMERIC", "CATEGORICAL", "BOOLEAN", "TEXT"]
DirectionName = Literal["higher", "lower", "none"]

_INVALID_CONFIG: Final = "invalid_score_config"


class _Camel(Struct, rename="camel", kw_only=True):
    pass


class CategoryBody(_Camel):
    """A possible value of a CATEGORICAL score."""

    label: str
    value: float


class ScoreConfigRequest(_Camel):
    """A new score config."""

    name: str
    data_type: DataType
    categories: list[CategoryBody] | None = None
    min_value: float | None = None
    max_value: float | None = None
    description: str | None = None
    direction: DirectionName | None = None


class ScoreConfigPatch(_Camel):
    """What to change; null takes a bound or the description away."""

    is_archived: bool | UnsetType | None = UNSET
    name: str | UnsetType | None = UNSET
    categories: list[CategoryBody] | UnsetType | None = UNSET
    min_value: float | UnsetType | None = UNSET
    max_value: float | UnsetType | None = UNSET
    description: str | UnsetType | None = UNSET
    direction: DirectionName | UnsetType | None = UNSET


class ScoreConfigBody(_Camel):
    """A score config as clients see it."""

    id: str
    project_id: str
    name: str
    data_type: str
    is_archived: bool
    min_value: float | None
    max_value: float | None
    categories: list[CategoryBody] | None
    description: str | None
    direction: str
    created_at: str
    updated_at: str


class ScoreConfigsBody(Struct):
    """One page of score configs."""

    data: list[ScoreConfigBody]
    meta: dict[str, int]


class PresetsBody(Struct):
    """The presets that were missing."""

    data: list[ScoreConfigBody]


_CLEARABLE: Final = frozenset({"min_value", "max_value", "description"})


def read_config(body: bytes) -> ScoreConfig:
    """Read a new config, without id; whether it is lawful the use case says.

    Raises `InvalidError` with the place that is of the wrong type.
    """
    request = read_body(body, ScoreConfigRequest, code=_INVALID_CONFIG)
    categories = _read_categories(request.categories)
    if categories is None and request.data_type == ScoreDataType.BOOLEAN:
        categories = BOOLEAN_CATEGORIES
    return ScoreConfig(
        id=ScoreConfigId(""),
        name=request.name,
        data_type=request.data_type,
        min_value=request.min_value,
        max_value=request.max_value,
        categories=categories,
        description=request.description,
        direction=request.direction or str(Direction.NONE),
    )


def read_patch(body: bytes) -> dict[str, Any]:
    """Read changes: values by the field of `ScoreConfig`. Raises `InvalidError` when there is none."""
    patch = read_body(body, ScoreConfigPatch, code=_INVALID_CONFIG)
    sent = {name: getattr(patch, name) for name in ScoreConfigPatch.__struct_fields__}
    changes = {
        name: value for name, value in sent.items() if value is not UNSET and (value is not None or name in _CLEARABLE)
    }
    if not changes:
        names = ", ".join(ScoreConfigPatch.__struct_encode_fields__)
        raise invalid_body([Issue((), f"names nothing to change: send at least one of {names}")], code=_INVALID_CONFIG)
    if "categories" in changes:
        changes["categories"] = _read_categories(changes["categories"])
    return changes


def encode_config(project_id: ProjectId, config: ScoreConfig, sdk: str | None = None) -> bytes:
    """Encode one config for a client; one that does not know texts is shown categories without labels."""
    return msgspec.json.encode(_show(project_id, config, sdk))


def encode_configs(
    project_id: ProjectId, configs: Sequence[ScoreConfig], page: PageNumber, sdk: str | None = None
) -> bytes:
    """Encode one page out of all configs."""
    shown = [_show(project_id, config, sdk) for config in configs[page.offset : page.offset + page.limit]]
    return msgspec.json.encode(ScoreConfigsBody(shown, page_meta(page, len(configs))))


def encode_presets(project_id: ProjectId, configs: Sequence[ScoreConfig]) -> bytes:
    """Encode the presets that were made."""
    return msgspec.json.encode(PresetsBody([_show(project_id, config, None) for config in configs]))


def _read_categories(categories: list[CategoryBody] | None) -> tuple[ScoreCategory, ...] | None:
    if categories is None:
        return None
    return tuple(ScoreCategory(category.label, category.value) for category in categories)


def _show(project_id: ProjectId, config: ScoreConfig, sdk: str | None) -> ScoreConfigBody:
    is_hidden_text = config.data_type == ScoreDataType.TEXT and not knows_text_scores(sdk)
    categories = config.categories
    return ScoreConfigBody(
        id=config.id,
        project_id=project_id,
        name=config.name,
        data_type=str(ScoreDataType.CATEGORICAL) if is_hidden_text else config.data_type,
        is_archived=config.is_archived,
        min_value=config.min_value,
        max_value=config.max_value,
        categories=None if categories is None else [CategoryBody(label=c.label, value=c.value) for c in categories],
        description=config.description,
        direction=config.direction,
        created_at=format_time(config.created_us),
        updated_at=format_time(config.updated_us),
    )
