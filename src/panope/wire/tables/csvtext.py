"""Items as CSV: a line of names first, quoted as spreadsheets do it, UTF-8."""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import BinaryIO, Final

from panope.domain.datasets.items import DatasetItem
from panope.domain.datasets.lines import ItemLine
from panope.domain.errors import InvalidError
from panope.wire.tables.columns import WRITTEN, ColumnReader, cells

_INVALID: Final = "invalid_csv"
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
csv.field_size_limit(2**31 - 1)  # of the whole process; how large a cell may be, the body's limit says


def read(stream: BinaryIO, columns: ColumnReader) -> Iterator[ItemLine]:
    """Every record under the line of names; its number is that of the line on which it begins."""
    decoded = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    reader = csv.reader(decoded, strict=True)
    try:
        names = _check_names(next(reader, []), columns)
        begins = reader.line_num + 1
        for record in reader:
            if record:
                yield _read_record(begins, names, record, columns)
            begins = reader.line_num + 1
    except csv.Error as error:
        raise InvalidError(f"Line {reader.line_num} is not CSV: {error}", code=_INVALID) from None
    except UnicodeDecodeError:
        text = f"After line {reader.line_num} the file is not UTF-8: save it as such"
        raise InvalidError(text, code=_INVALID) from None
    finally:
        decoded.detach()  # the stream is closed by who opened it


def _read_record(number: int, names: list[str], record: list[str], columns: ColumnReader) -> ItemLine:
    if len(record) != len(names):
        return ItemLine(number, None, f"has {len(record)} cells, and the first line names {len(names)}")
    return columns.read(number, dict(zip(names, record, strict=True)))


def _check_names(names: list[str], columns: ColumnReader) -> list[str]:
    if not names:
        raise InvalidError("The file is empty: its first line must name the columns", code=_INVALID)
    if len(set(names)) < len(names):
        raise InvalidError("Two columns have the same name: give each its own", code=_INVALID)
    require_columns(names, columns)
    return names


def require_columns(names: Sequence[str], columns: ColumnReader) -> None:
    """Raise `InvalidError` unless a table has the columns that somebody named."""
    missing = sorted(columns.required - set(names))
    if missing:
        text = f"There is no column {missing[0]}: the file has {', '.join(names[:50])}"
        raise InvalidError(text, code="no_column")


class CsvWriter:
    """Implements `ItemWriter`."""

    def begin(self) -> bytes:
        """See `ItemWriter.begin`."""
        return _encode([WRITTEN])

    def write(self, items: Sequence[DatasetItem]) -> bytes:
        """See `ItemWriter.write`."""
        return _encode([_inert_cells(item) for item in items])

    def end(self) -> bytes:
        """See `ItemWriter.end`."""
        return b""


def _inert_cells(item: DatasetItem) -> list[str | None]:
    """Cells of which no payload is a formula: text that looks like one is written as JSON, and read back as it was.

    What agents are asked comes from strangers, and a spreadsheet carries out what begins with these signs.
    """
    row = cells(item)
    for at, kept in enumerate((item.input, item.expected_output, item.metadata), WRITTEN.index("input")):
        if kept is not None and kept[0] == '"' and (row[at] or "").startswith(_FORMULA):
            row[at] = kept
    return row


def _encode(rows: Sequence[Sequence[str | None]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
