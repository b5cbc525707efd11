"""Rows of a list as a file: CSV or JSON lines, of the columns that are asked for."""

import csv
import io
import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Final
from urllib.parse import unquote

import msgspec
from msgspec import Struct

from panope.domain.errors import Issue
from panope.domain.tracing import Payload
from panope.query.question import Listing
from panope.wire.langfuse.jsonvalues import encode, show_metadata
from panope.wire.langfuse.paging import Params, invalid
from panope.wire.langfuse.requests import invalid_body
from panope.wire.ui.pages import ROWS

PAYLOAD_COLUMNS: Final = ("input", "output", "metadata")
"""Of traces and observations; only where they are named, as they are large."""
PART_COLUMNS: Final = ("models", "tools")
"""Of traces; only where they are named, as every observation is looked at for them."""
_WITH_PAYLOAD: Final = frozenset({Listing.TRACES, Listing.OBSERVATIONS})
_META, _SCORE = "meta.", "score."
_KEYED: Final = (_META, _SCORE)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?")


class ExportFormat(StrEnum):
    """A kind of file."""

    CSV = "csv"
    JSONL = "jsonl"


MEDIA_TYPES: Final = {ExportFormat.CSV: "text/csv; charset=utf-8", ExportFormat.JSONL: "application/x-ndjson"}


class ExportRequest(Struct, frozen=True):
    """A file as it was asked for."""

    format: ExportFormat
    columns: tuple[str, ...]
    with_payload: bool
    """Whether one of the columns is large."""
    with_parts: bool = False
    """Whether one of the columns is told by the observations of a trace."""


def columns_of(listing: Listing) -> tuple[str, ...]:
    """The columns that a list has."""
    plain = [field.encode_name for field in msgspec.structs.fields(ROWS[listing]) if field.encode_name != "meta"]
    return (*plain, *(PAYLOAD_COLUMNS if listing in _WITH_PAYLOAD else ()))


def read_export(listing: Listing, params: Params) -> ExportRequest:
    """Read `format` and `columns`; without columns, all but those that are read only where they are named.

    `meta.KEY` and `score.NAME` are columns of traces and observations, their keys encoded as in an address.
    """
    known = columns_of(listing)
    large = PAYLOAD_COLUMNS if listing in _WITH_PAYLOAD else ()
    asked = params.words("columns") or tuple(name for name in known if name not in (*large, *PART_COLUMNS))
    keyed = _KEYED if listing in _WITH_PAYLOAD else ()
    unknown = [name for name in asked if name not in known and not name.startswith(keyed)]
    if unknown:
        message = f"names {unknown[0][:100]}, which is no column; there are {', '.join(known)}"
        raise invalid_body([Issue(("columns",), message)])
    name = params.choice("format", ExportFormat)
    if name is None:
        raise invalid(("format",), f"must be one of {', '.join(ExportFormat)}")
    with_payload = not set(large).isdisjoint(asked) or any(column.startswith(_META) for column in asked)
    with_parts = listing is Listing.TRACES and not set(PART_COLUMNS).isdisjoint(asked)
    return ExportRequest(ExportFormat(name), asked, with_payload=with_payload, with_parts=with_parts)


class RowFile:
    """Writes the file piece by piece."""

    def __init__(self, request: ExportRequest) -> None:
        self._request = request

    def begin(self) -> bytes:
        """What stands before the rows."""
        names = [unquote(name) for name in self._request.columns]
        return _write_csv([names]) if self._request.format is ExportFormat.CSV else b""

    def write(self, rows: Sequence[tuple[Any, Payload | None]]) -> bytes:
        """Some rows, with their payloads where they are asked for."""
        shown = [self._show(row, payload) for row, payload in rows]
        if self._request.format is ExportFormat.CSV:
            return _write_csv([[_cell(value) for value in row.values()] for row in shown])
        return b"".join(encode(row) + b"\n" for row in shown)

    def _show(self, row: Any, payload: Payload | None) -> dict[str, Any]:
        values = msgspec.to_builtins(row)
        if payload is not None:
            values |= {"input": payload.input, "output": payload.output, "metadata": show_metadata(payload.metadata)}
        metadata = values.get("metadata") or {}
        return {unquote(name): self._value(name, values, metadata) for name in self._request.columns}

    @staticmethod
    def _value(name: str, values: dict[str, Any], metadata: dict[str, Any]) -> Any:
        if name.startswith(_META):
            return msgspec.json.decode(encode(metadata.get(unquote(name.removeprefix(_META)))))
        if name.startswith(_SCORE):
            return _mean_of(unquote(name.removeprefix(_SCORE)), values.get("scores") or [])
        return values.get(name)


def _mean_of(name: str, scores: Sequence[dict[str, Any]]) -> Any:
    """What the scores of a name say together: the mean of numbers, of others the newest."""
    own = [score for score in scores if score["name"] == name]
    if not own:
        return None
    if own[0]["stringValue"] is not None:
        return own[0]["stringValue"]
    return sum(score["value"] for score in own) / len(own)


def _cell(value: Any) -> str:
    """A value as the text of a cell; text that a spreadsheet would carry out is marked as text.

    What agents are asked comes from strangers.
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        return encode(value).decode()
    return f"'{value}" if value.startswith(_FORMULA) and not _NUMBER.fullmatch(value) else value


def _write_csv(rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
