"""Items as Parquet, where pyarrow is installed: the extra `parquet`."""

import importlib.util
import io
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, Final

from panope.domain.datasets.items import DatasetItem
from panope.domain.datasets.lines import ItemLine
from panope.domain.errors import InvalidError, TooLargeError
from panope.wire.tables.columns import WRITTEN, ColumnReader, cells
from panope.wire.tables.csvtext import require_columns

_BATCH: Final = 500
_BATCH_BYTES: Final = 32 * 1024 * 1024
"""What a batch may hold unpacked: a cell that is written once may stand in every row."""


def require() -> None:
    """Raise `InvalidError` unless Parquet can be read and written here."""
    if importlib.util.find_spec("pyarrow") is None:
        raise InvalidError(
            "Parquet needs pyarrow, which is not installed here: install panope with its extra `parquet` where the "
            "server runs, or use csv or jsonl",
            code="parquet_missing",
        )


def read(stream: BinaryIO, columns: ColumnReader, max_unpacked_bytes: int | None = None) -> Iterator[ItemLine]:
    """Every row. Raises `InvalidError` as soon as all of them together have more bytes than may be."""
    import pyarrow as pa  # noqa: PLC0415 - an extra, and 45 MB
    from pyarrow import parquet  # noqa: PLC0415

    number = unpacked = 0
    try:
        file = parquet.ParquetFile(stream)
        require_columns(file.schema_arrow.names, columns)
        largest, whole = _told_bytes(file.metadata)
        _bound(whole, max_unpacked_bytes)
        for batch in file.iter_batches(batch_size=max(1, min(_BATCH, _BATCH_BYTES // max(1, largest)))):
            unpacked += batch.nbytes
            _bound(unpacked, max_unpacked_bytes)
            for record in batch.to_pylist():
                number += 1
                yield columns.read(number, record)
    except (pa.ArrowException, OSError) as error:
        raise InvalidError(f"After row {number} the file is not Parquet", code="invalid_parquet") from error


def _told_bytes(metadata: Any) -> tuple[int, int]:
    """Unpacked bytes of the largest group of rows, which no cell exceeds, and of all, as the file tells them."""
    sizes = [metadata.row_group(number).total_byte_size for number in range(metadata.num_row_groups)]
    return max(sizes, default=0), sum(sizes)


def _bound(count: int, most: int | None) -> None:
    if most is not None and count > most:
        text = f"The file unpacks to more than {most} bytes: import it in parts, or with `panope datasets import`"
        raise TooLargeError(text, code="file_too_large")


class ParquetWriter:
    """Implements `ItemWriter`: every column is text, as in CSV."""

    def __init__(self) -> None:
        import pyarrow as pa  # noqa: PLC0415
        from pyarrow import parquet  # noqa: PLC0415

        self._arrow = pa
        self._schema = pa.schema([(name, pa.string()) for name in WRITTEN])
        self._sink = _Outlet()
        self._writer: Any = parquet.ParquetWriter(pa.PythonFile(self._sink, mode="w"), self._schema, compression="zstd")

    def begin(self) -> bytes:
        """See `ItemWriter.begin`."""
        return self._sink.take()

    def write(self, items: Sequence[DatasetItem]) -> bytes:
        """See `ItemWriter.write`."""
        rows = [cells(item) for item in items]
        columns = [self._arrow.array(column, self._arrow.string()) for column in zip(*rows, strict=True)]
        self._writer.write_table(self._arrow.Table.from_arrays(columns, schema=self._schema))
        return self._sink.take()

    def end(self) -> bytes:
        """See `ItemWriter.end`."""
        self._writer.close()
        return self._sink.take()


class _Outlet(io.RawIOBase):
    """A file that hands out what was written to it, and forgets it."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []
        self._size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        part = bytes(data)
        self._parts.append(part)
        self._size += len(part)
        return len(part)

    def tell(self) -> int:
        return self._size

    def take(self) -> bytes:
        taken = b"".join(self._parts)
        self._parts.clear()
        return taken
