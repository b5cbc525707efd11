"""Items as Parquet, where pyarrow is installed: the extra `parquet`."""

import importlib.util
import io
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, Final

from panope.domain.datasets.items import DatasetItem
from panope.domain.datasets.lines import ItemLine
from panope.domain.errors import InvalidError
from panope.wire.tables.columns import WRITTEN, ColumnReader, cells
from panope.wire.tables.csvtext import require_columns

_BATCH: Final = 500


def require() -> None:
    """Raise `InvalidError` unless Parquet can be read and written here."""
    if importlib.util.find_spec("pyarrow") is None:
        raise InvalidError(
            "Parquet needs pyarrow, which is not installed here: run `pip install 'panope[parquet]'` where the server "
            "runs, or use csv or jsonl",
            code="parquet_missing",
        )


def read(stream: BinaryIO, columns: ColumnReader) -> Iterator[ItemLine]:
    """Every row."""
    import pyarrow as pa  # noqa: PLC0415 - an extra, and 45 MB
    from pyarrow import parquet  # noqa: PLC0415

    number = 0
    try:
        file = parquet.ParquetFile(stream)
        require_columns(file.schema_arrow.names, columns)
        for batch in file.iter_batches(batch_size=_BATCH):
            for record in batch.to_pylist():
                number += 1
                yield columns.read(number, record)
    except (pa.ArrowException, OSError) as error:
        raise InvalidError(f"After row {number} the file is not Parquet", code="invalid_parquet") from error


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
