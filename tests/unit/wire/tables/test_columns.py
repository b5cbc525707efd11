"""Cells of tables: whatever value is written is read back, and Parquet says what it needs."""

import importlib.util
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from panope.domain.errors import InvalidError
from panope.wire.langfuse.datasets.values import read_exact, read_value
from panope.wire.tables.columns import cell
from panope.wire.tables.formats import choose_format

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
    with pytest.raises(InvalidError, match=r"pip install 'panope\[parquet\]'"):
        choose_format("parquet")
