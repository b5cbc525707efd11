"""Cells of tables: whatever value is written is read back, and Parquet says what it needs."""

import csv
import importlib.util
import io
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from panope.domain.datasets.items import DatasetItem
from panope.domain.errors import InvalidError, TooLargeError
from panope.domain.ids import DatasetId, DatasetItemId
from panope.wire.langfuse.datasets.values import read_exact, read_value
from panope.wire.tables.columns import Columns, cell
from panope.wire.tables.csvtext import CsvWriter
from panope.wire.tables.formats import FileFormat, ItemFile, choose_format

TEXTS = st.text(st.characters(blacklist_categories=["Cs"]), max_size=20)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@given(VALUES)
def test_a_cell_is_read_back_as_the_value_that_was_written(value: Any) -> None:
    kept = read_exact(value)
    if kept is not None:
        kept = msgspec.json.encode(msgspec.json.decode(kept)).decode()  # names that became equal are one
    assert read_value(cell(kept)) == kept


@given(TEXTS)
def test_a_text_that_is_json_counts_as_what_it_says(text: str) -> None:
    quoted = msgspec.json.encode(text).decode()
    assert read_value(quoted) == read_exact(text)


def test_parquet_without_its_reader_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(InvalidError, match="install panope with its extra `parquet`"):
        choose_format("parquet")


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "-1", "plain", '"=1'])
def test_no_text_of_a_stranger_becomes_a_formula_in_a_spreadsheet(text: str) -> None:
    kept = read_exact(text)
    item = DatasetItem(id=DatasetItemId("a"), dataset_id=DatasetId("d"), dataset_name="n", input=kept)
    written = CsvWriter().begin() + CsvWriter().write([item])
    [_, row] = csv.reader(io.StringIO(written.decode(), newline=""))
    assert row[1][0] not in "=+-@\t\r"
    [line] = ItemFile(lambda: io.BytesIO(written), FileFormat.CSV, Columns()).lines()
    assert line.draft is not None
    assert line.draft.input == kept


def packed(rows: int, cell_bytes: int) -> bytes:
    """A Parquet file of some hundred bytes that says the same in every row."""
    pa = pytest.importorskip("pyarrow", reason="the extra `parquet` is not installed")
    parquet = pytest.importorskip("pyarrow.parquet")
    column = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), ["a" * cell_bytes])
    sink = io.BytesIO()
    parquet.write_table(pa.table({"input": column}), sink, compression="zstd", store_schema=False)
    return sink.getvalue()


@pytest.mark.parametrize(("rows", "cell_bytes"), [(2_000, 50_000), (1, 20_000_000)])
def test_a_small_parquet_file_that_unpacks_to_much_is_refused(rows: int, cell_bytes: int) -> None:
    body = packed(rows, cell_bytes)
    assert len(body) < 20_000
    file = ItemFile(lambda: io.BytesIO(body), FileFormat.PARQUET, Columns(), max_unpacked_bytes=10_000_000)
    with pytest.raises(TooLargeError, match="10000000 bytes"):
        list(file.lines())


def test_rows_of_parquet_are_unpacked_a_few_at_a_time_when_they_are_large() -> None:
    pa = pytest.importorskip("pyarrow", reason="the extra `parquet` is not installed")
    body = packed(100, 4_000_000)
    lines = ItemFile(lambda: io.BytesIO(body), FileFormat.PARQUET, Columns()).lines()
    held = [pa.total_allocated_bytes() for line in lines if line.draft is not None]
    assert len(held) == 100
    assert max(held) < 150_000_000
