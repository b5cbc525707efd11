"""Which column of a table means what, and the texts of cells.

A cell holds text. Text that is JSON counts as the value that it says, any other as itself, an empty cell as nothing.
What is written is read back as it was: a string that would count as something else is written as JSON.
"""

import base64
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

import msgspec
from msgspec import Struct

from panope.domain.datasets.items import DatasetItem, ItemDraft, ItemStatus
from panope.domain.datasets.lines import ItemLine
from panope.domain.ids import MAX_ID_BYTES, DatasetItemId, is_possible_id
from panope.wire.jsontext import is_too_deep
from panope.wire.langfuse.datasets.values import read_exact, read_value
from panope.wire.langfuse.times import format_time

WRITTEN: Final = (
    *("id", "input", "expectedOutput", "metadata", "status"),
    *("sourceTraceId", "sourceObservationId", "createdAt", "updatedAt"),
)
"""Columns of exported files, in their order."""
_TIMES: Final = frozenset({"createdAt", "updatedAt", "created_at", "updated_at"})
_MOST_IGNORED: Final = 50
_PAYLOADS: Final = {
    "input": ("input",),
    "expected_output": ("expectedOutput", "expected_output"),
    "metadata": ("metadata",),
}
_WORDS: Final = {
    "id": ("id",),
    "status": ("status",),
    "source_trace_id": ("sourceTraceId", "source_trace_id"),
    "source_observation_id": ("sourceObservationId", "source_observation_id"),
}


class Columns(Struct, frozen=True, kw_only=True):
    """Names of the columns to read; empty: those of exported files. Several make an object with their names."""

    id: tuple[str, ...] = ()
    input: tuple[str, ...] = ()
    expected_output: tuple[str, ...] = ()
    metadata: tuple[str, ...] = ()
    source_trace_id: tuple[str, ...] = ()
    source_observation_id: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    new_ids: bool = False
    """Pass over the ids of the file: for a copy of items that are in another dataset of the project."""


class ItemWriter(Protocol):
    """Writes a file part by part."""

    def begin(self) -> bytes:
        """What comes before the first item."""

    def write(self, items: Sequence[DatasetItem]) -> bytes:
        """Some items."""

    def end(self) -> bytes:
        """What comes after the last item."""


class ColumnReader:
    """Makes items of records, which are columns by name."""

    def __init__(self, columns: Columns, *, decode_texts: bool) -> None:
        """Take what columns mean; with `decode_texts` a text that is JSON counts as what it says."""
        self._read = read_value if decode_texts else read_exact
        self._new_ids = columns.new_ids
        self._chosen: dict[str, tuple[str, ...]] = {
            field: names for field in (*_PAYLOADS, *_WORDS) if (names := getattr(columns, field))
        }
        self._payloads = [(field, *self._plan(field, names)) for field, names in _PAYLOADS.items()]
        self._words = [(field, *self._plan(field, names)) for field, names in _WORDS.items()]
        self._used = {name for _, names, _ in (*self._payloads, *self._words) for name in names} | _TIMES
        self.ignored: set[str] = set()
        """Columns that were met and mean nothing."""

    @property
    def required(self) -> set[str]:
        """Columns that somebody named, and that a table must therefore have."""
        return {name for names in self._chosen.values() for name in names}

    def read(self, number: int, record: Mapping[str, Any]) -> ItemLine:
        """The item of a record."""
        if len(self.ignored) < _MOST_IGNORED and not record.keys() <= self._used:
            self.ignored |= record.keys() - self._used
        try:
            values: dict[str, Any] = {
                field: self._payload(record, names, is_chosen) for field, names, is_chosen in self._payloads
            }
            values |= {field: _word(record, names) for field, names, _ in self._words}
        except (TypeError, ValueError, OverflowError) as error:
            return ItemLine(number, None, str(error) if isinstance(error, _CellError) else "holds what JSON cannot")
        if self._new_ids:
            values["id"] = None
        problem = _check(values)
        return ItemLine(number, None, problem) if problem else ItemLine(number, _draft(values))

    def _plan(self, field: str, usual: tuple[str, ...]) -> tuple[tuple[str, ...], bool]:
        chosen = self._chosen.get(field)
        return (usual, False) if chosen is None else (chosen, True)

    def _payload(self, record: Mapping[str, Any], names: tuple[str, ...], is_chosen: bool) -> str | None:  # noqa: FBT001 - part of a plan
        if is_chosen and len(names) > 1:
            texts = {name: self._text(record.get(name)) for name in names}
            if not any(texts.values()):
                return None
            raws = {name: None if text is None else msgspec.Raw(text.encode()) for name, text in texts.items()}
            return msgspec.json.encode(raws).decode()
        return next((self._text(record[name]) for name in names if name in record), None)

    def _text(self, value: Any) -> str | None:
        text = self._read(_plain(value))
        if text is not None and is_too_deep(text.encode()):
            raise _CellError("nests too deeply: flatten it")
        return text


class _CellError(ValueError):
    pass


def _word(record: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    """A cell that holds a plain word, not JSON."""
    for name in names:
        value = record.get(name)
        if value is not None and value != "":
            if isinstance(value, bool) or not isinstance(value, str | int):
                raise _CellError(f"{name} must be text")
            return str(value)
    return None


def _check(values: dict[str, Any]) -> str | None:
    for field in ("id", "source_trace_id", "source_observation_id"):
        if values[field] is not None and not is_possible_id(values[field]):
            return f"{field} must have at most {MAX_ID_BYTES} bytes and no NUL"
    if values["status"] not in {None, *ItemStatus}:
        return f"status must be one of {', '.join(ItemStatus)}"
    if values["id"] is None and values["input"] is None:
        return "has neither an input nor an id"
    return None


def _draft(values: dict[str, Any]) -> ItemDraft:
    status, item_id = values.pop("status"), values.pop("id")
    return ItemDraft(id=DatasetItemId(item_id or ""), status=status and ItemStatus(status), **values)


def _plain(value: Any) -> Any:
    """Values of other formats as JSON has them."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, dt.datetime):
        return value.isoformat()
    return value


def cell(text: str | None) -> str | None:
    """The cell of a value that is kept as JSON text."""
    if text is None or text[0] != '"':
        return text
    plain: str = msgspec.json.decode(text)
    return plain if read_value(plain) == text else text


def cells(item: DatasetItem) -> list[str | None]:
    """All cells of an item."""
    return [
        item.id,
        cell(item.input),
        cell(item.expected_output),
        cell(item.metadata),
        item.status.value,
        item.source_trace_id,
        item.source_observation_id,
        format_time(item.created_us),
        format_time(item.updated_us),
    ]
