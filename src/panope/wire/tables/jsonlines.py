"""Items as JSON lines: one object a line, with every value as it is."""

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, Final

import msgspec

from panope.domain.datasets.items import DatasetItem
from panope.domain.datasets.lines import ItemLine
from panope.wire.jsontext import is_too_deep
from panope.wire.langfuse.datasets.values import show_value
from panope.wire.langfuse.times import format_time
from panope.wire.tables.columns import ColumnReader

_BOM: Final = b"\xef\xbb\xbf"
_DECODE: Final = msgspec.json.Decoder(dict[str, Any]).decode


def read(stream: BinaryIO, columns: ColumnReader) -> Iterator[ItemLine]:
    """Every line that is not blank."""
    for number, line in enumerate(stream, 1):
        document = line.strip()
        if number == 1:
            document = document.removeprefix(_BOM)
        if document:
            yield _read_line(number, document, columns)


def _read_line(number: int, document: bytes, columns: ColumnReader) -> ItemLine:
    try:
        record = _DECODE(document)
    except msgspec.ValidationError:
        return ItemLine(number, None, "is JSON, but not an object of values that can be kept")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ItemLine(number, None, "is not JSON in UTF-8")
    if is_too_deep(document):
        return ItemLine(number, None, "nests too deeply: flatten it")
    return columns.read(number, record)


class JsonLinesWriter:
    """Implements `ItemWriter`."""

    def begin(self) -> bytes:
        """See `ItemWriter.begin`."""
        return b""

    def write(self, items: Sequence[DatasetItem]) -> bytes:
        """See `ItemWriter.write`."""
        return b"".join(msgspec.json.encode(_show(item)) + b"\n" for item in items)

    def end(self) -> bytes:
        """See `ItemWriter.end`."""
        return b""


def _show(item: DatasetItem) -> dict[str, Any]:
    return {
        "id": item.id,
        "input": show_value(item.input),
        "expectedOutput": show_value(item.expected_output),
        "metadata": show_value(item.metadata),
        "status": item.status.value,
        "sourceTraceId": item.source_trace_id,
        "sourceObservationId": item.source_observation_id,
        "createdAt": format_time(item.created_us),
        "updatedAt": format_time(item.updated_us),
    }
