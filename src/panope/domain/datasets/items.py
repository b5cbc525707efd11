"""What an item of a dataset is, and how a write makes its next version."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from panope.domain.datasets.datasets import Dataset
from panope.domain.datasets.schemas import problems
from panope.domain.errors import InvalidError, Issue
from panope.domain.ids import DatasetId, DatasetItemId

MAX_LISTED: Final = 20
"""Wrong items that one error names."""


class ItemStatus(StrEnum):
    """Whether an item takes part in lists and runs."""

    ACTIVE = "ACTIVE"
    ARCHIVED = "ARCHIVED"


class Existing(StrEnum):
    """What a write of many items does with one whose id is there already."""

    CHANGE = "change"
    """Give it a new version, in any case."""
    CHANGE_IF_DIFFERENT = "change_if_different"
    """Give it a new version, unless that would be the same again."""
    LEAVE = "leave"
    """Leave it as it is."""


class DatasetItem(Struct, frozen=True, kw_only=True):
    """One version of an item. `input`, `expected_output` and `metadata` are JSON text; None: nothing."""

    id: DatasetItemId
    dataset_id: DatasetId
    dataset_name: str
    status: ItemStatus = ItemStatus.ACTIVE
    input: str | None = None
    expected_output: str | None = None
    metadata: str | None = None
    source_trace_id: str | None = None
    source_observation_id: str | None = None
    created_us: int = 0
    """When the item was first written. Items of one write follow each other by a microsecond, in its order."""
    valid_from_us: int = 0
    """When this version began. Versions of one write begin together: who reads as of then sees all of them or none."""

    @property
    def updated_us(self) -> int:
        """When the item was last written."""
        return max(self.valid_from_us, self.created_us)


class ItemDraft(Struct, frozen=True, kw_only=True):
    """What somebody wants an item to be; None keeps what is there."""

    id: DatasetItemId
    status: ItemStatus | None = None
    input: str | None = None
    expected_output: str | None = None
    metadata: str | None = None
    source_trace_id: str | None = None
    source_observation_id: str | None = None


class ItemKey(Struct, frozen=True):
    """Place of an item in the order of creation."""

    created_us: int
    id: str


_KEPT: Final = tuple(name for name in ItemDraft.__struct_fields__ if name != "id")


def merged(dataset: Dataset, stored: DatasetItem | None, draft: ItemDraft, *, at_us: int, place: int) -> DatasetItem:
    """The version of an item that a write leaves; `place` is that of the draft among those of the write."""
    changes = {name: value for name in _KEPT if (value := getattr(draft, name)) is not None}
    if stored is not None:
        return replace(stored, valid_from_us=at_us, **changes)
    return DatasetItem(
        id=draft.id,
        dataset_id=dataset.id,
        dataset_name=dataset.name,
        created_us=at_us + place,
        valid_from_us=at_us,
        **changes,
    )


def is_same(item: DatasetItem, stored: DatasetItem) -> bool:
    """Whether a write would leave everything as it is."""
    return replace(item, valid_from_us=stored.valid_from_us) == stored


def check_item(dataset: Dataset, item: DatasetItem) -> Iterator[Issue]:
    """Every place at which an item breaks the schemas of its dataset; a missing expected output breaks none.

    An item without an input is broken anyway.
    """
    if item.input is None:
        yield Issue(("input",), "Dataset item input cannot be null", "no_input")
    elif dataset.input_schema is not None:
        yield from problems(dataset.input_schema, item.input, ("input",))
    if dataset.expected_output_schema is not None and item.expected_output is not None:
        yield from problems(dataset.expected_output_schema, item.expected_output, ("expectedOutput",))


class Findings:
    """Collects what is wrong with many items, up to a bound."""

    def __init__(self, limit: int = MAX_LISTED) -> None:
        self._limit = limit
        self._issues: list[Issue] = []
        self.count = 0
        """Items that are wrong, listed or not."""

    def add(self, place: str | int, issues: Iterator[Issue]) -> bool:
        """Take what is wrong with the item at a place; return whether anything is."""
        found = next(issues, None)
        if found is None:
            return False
        self.count += 1
        if len(self._issues) < self._limit:
            self._issues += [replace(issue, path=(place, *issue.path)) for issue in (found, *issues)]
        return True

    def error(self, what: str, code: str) -> InvalidError:
        """The error that lists them; `what` begins its text, and is followed by the first."""
        first = self._issues[0]
        where = ".".join(map(str, first.path))
        return InvalidError(f"{what}: {where}: {first.message}", code=code, issues=self._issues[: self._limit])
