"""What a dataset is, and how an upsert changes it."""

import re
from typing import Final

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from panope.domain.errors import InvalidError, Issue
from panope.domain.ids import DatasetId

MAX_NAME_BYTES: Final = 800
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_MARKUP: Final = re.compile(r"<[^<>]*>")


class Dataset(Struct, frozen=True, kw_only=True):
    """A named collection of items. `metadata` and the two schemas are JSON text."""

    id: DatasetId
    name: str
    """Unique within the project. Slashes make folders for people; to panope they are letters."""
    description: str | None = None
    metadata: str | None = None
    input_schema: str | None = None
    """JSON Schema that the input of every item keeps to; None: any input."""
    expected_output_schema: str | None = None
    created_us: int = 0
    updated_us: int = 0
    """When the dataset itself was last upserted; writes of items leave it alone."""
    item_count: int = 0
    """Items that are active now."""
    last_write_us: int = 0
    """Moves with every write of items: who reads it twice alike has missed nothing between."""


class DatasetDraft(Struct, frozen=True, kw_only=True):
    """What somebody wants a dataset to be. None keeps what is there; of a schema, UNSET keeps and None clears."""

    name: str
    description: str | None = None
    metadata: str | None = None
    input_schema: str | UnsetType | None = UNSET
    expected_output_schema: str | UnsetType | None = UNSET


def check_name(name: str, place: tuple[str | int, ...] = ("name",)) -> None:
    """Raise `InvalidError` unless a dataset may be called that."""
    problem = None
    if not name.strip():
        problem = "must not be blank"
    elif len(name.encode(errors="replace")) > MAX_NAME_BYTES:
        problem = f"must have at most {MAX_NAME_BYTES} bytes in UTF-8"
    elif _CONTROL.search(name):
        problem = "must not hold control characters"
    elif _MARKUP.search(name):
        problem = "must not hold HTML tags"
    if problem:
        text = f"The name of a dataset {problem}"
        raise InvalidError(text, code="invalid_dataset_name", issues=(Issue(place, problem, "invalid_name"),))


def upserted(stored: Dataset | None, draft: DatasetDraft, dataset_id: DatasetId, at_us: int) -> Dataset:
    """The dataset that an upsert leaves: `stored` with what the draft says, or a new one of this id."""
    base = stored or Dataset(id=dataset_id, name=draft.name, created_us=at_us)
    schemas = (draft.input_schema, draft.expected_output_schema)
    return replace(
        base,
        description=base.description if draft.description is None else draft.description,
        metadata=base.metadata if draft.metadata is None else draft.metadata,
        input_schema=base.input_schema if isinstance(schemas[0], UnsetType) else schemas[0],
        expected_output_schema=base.expected_output_schema if isinstance(schemas[1], UnsetType) else schemas[1],
        updated_us=max(at_us, base.updated_us),
    )


def has_new_schema(stored: Dataset | None, changed: Dataset) -> bool:
    """Whether items that are there already have to be looked at before the change."""
    if stored is None:
        return False
    pairs = (
        (stored.input_schema, changed.input_schema),
        (stored.expected_output_schema, changed.expected_output_schema),
    )
    return any(after is not None and after != before for before, after in pairs)
