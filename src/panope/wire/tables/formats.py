"""Which kinds of file there are, and who reads and writes each."""

from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import BinaryIO, Final

from panope.domain.datasets.lines import ItemLine
from panope.domain.errors import InvalidError
from panope.wire.tables import csvtext, jsonlines, parquet
from panope.wire.tables.columns import ColumnReader, Columns, ItemWriter


class FileFormat(StrEnum):
    """A kind of file."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"


MEDIA_TYPES: Final = {
    FileFormat.CSV: "text/csv",
    FileFormat.JSONL: "application/x-ndjson",
    FileFormat.PARQUET: "application/vnd.apache.parquet",
}
_ALIASES: Final = {
    **{media_type: file_format for file_format, media_type in MEDIA_TYPES.items()},
    "application/jsonl": FileFormat.JSONL,
    "application/x-jsonlines": FileFormat.JSONL,
    "application/csv": FileFormat.CSV,
    "application/parquet": FileFormat.PARQUET,
}
_ENDINGS: Final = {
    ".csv": FileFormat.CSV,
    ".jsonl": FileFormat.JSONL,
    ".ndjson": FileFormat.JSONL,
    ".parquet": FileFormat.PARQUET,
}


def choose_format(asked: str | None, *, media_type: str | None = None, file_name: str | None = None) -> FileFormat:
    """The format that was asked for, else the one that a media type or the end of a file's name tells.

    Raises `InvalidError` when none does, and for Parquet where its reader is not installed.
    """
    chosen = _choose(asked, media_type, file_name)
    if chosen is FileFormat.PARQUET:
        parquet.require()
    return chosen


def _choose(asked: str | None, media_type: str | None, file_name: str | None) -> FileFormat:
    names = ", ".join(FileFormat)
    if asked is not None:
        try:
            return FileFormat(asked.lower())
        except ValueError:
            raise InvalidError(f"There is no such format of files: choose one of {names}", code="no_format") from None
    if media_type is not None and (known := _ALIASES.get(media_type.partition(";")[0].strip().lower())):
        return known
    ending = next((end for end in _ENDINGS if file_name is not None and file_name.lower().endswith(end)), None)
    if ending is None:
        raise InvalidError(f"The format of the file is not known: say which of {names} it is", code="no_format")
    return _ENDINGS[ending]


class ItemFile:
    """A file of items that can be read as often as it is opened."""

    def __init__(
        self,
        open_file: Callable[[], BinaryIO],
        file_format: FileFormat,
        columns: Columns,
        *,
        max_unpacked_bytes: int | None = None,
    ) -> None:
        """Take how to open it; with `max_unpacked_bytes` a file that a stranger packed is refused beyond them."""
        self._open = open_file
        self._max_unpacked_bytes = max_unpacked_bytes
        self._format = file_format
        self._columns = ColumnReader(columns, decode_texts=file_format is not FileFormat.JSONL)

    @property
    def ignored(self) -> list[str]:
        """Columns that were met so far and mean nothing here, sorted."""
        return sorted(self._columns.ignored)

    def lines(self) -> Iterator[ItemLine]:
        """Every line from the first. Raises `InvalidError` for what is no file of this format."""
        with self._open() as stream:
            if self._format is FileFormat.PARQUET:
                yield from parquet.read(stream, self._columns, self._max_unpacked_bytes)
            else:
                read = {FileFormat.CSV: csvtext.read, FileFormat.JSONL: jsonlines.read}[self._format]
                yield from read(stream, self._columns)


def make_writer(file_format: FileFormat) -> ItemWriter:
    """Who writes files of this format."""
    writers: dict[FileFormat, Callable[[], ItemWriter]] = {
        FileFormat.CSV: csvtext.CsvWriter,
        FileFormat.JSONL: jsonlines.JsonLinesWriter,
        FileFormat.PARQUET: parquet.ParquetWriter,
    }
    return writers[file_format]()
