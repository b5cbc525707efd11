"""Reading what was written gives the same terms, and reading anything gives terms or a mistake."""

from hypothesis import given
from hypothesis import strategies as st

from panope.query.text.errors import QueryError
from panope.query.text.parse import parse_query
from panope.query.text.show import print_query
from panope.query.text.terms import Query, Term
from tests.support.terms import TERMS

_PIECES = st.sampled_from(
    [
        "name",
        ":",
        "-",
        "(",
        ")",
        " OR ",
        " AND ",
        '"',
        "\\",
        "*",
        "..",
        ">",
        "=",
        " ",
        "has:",
        "is:",
        "meta.",
        "a",
        "1",
        "é",
    ]
)


@given(st.lists(TERMS, max_size=5))
def test_terms_survive_being_printed(terms: list[Term]) -> None:
    text = print_query(terms)
    found = parse_query(text)
    assert isinstance(found, Query), (text, found)
    assert found.terms == tuple(terms), text


@given(st.lists(_PIECES, max_size=20).map("".join) | st.text())
def test_every_text_gives_terms_or_a_mistake_within_it(text: str) -> None:
    found = parse_query(text)
    if isinstance(found, QueryError):
        assert 0 <= found.position < len(text)
        assert found.length >= 1
        assert found.position + found.length <= len(text) + 1
        assert found.message
    else:
        assert parse_query(print_query(found.terms)) == Query(found.terms, parse_query_spans(found))


def parse_query_spans(query: Query) -> tuple[tuple[int, int], ...]:
    """Where the terms stand in the canonical text."""
    again = parse_query(print_query(query.terms))
    assert isinstance(again, Query)
    return again.spans
