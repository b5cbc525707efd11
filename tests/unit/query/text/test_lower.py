"""Lowering: total over all terms, and what no single case of the table says."""

from hypothesis import given
from hypothesis import strategies as st

from panope.query.fields import APART, FIELDS, View
from panope.query.text.errors import InvalidTextError
from panope.query.text.fields import BY_USAGE, FLAGS, TEXT_FIELDS, Kind
from panope.query.text.lower import lower
from panope.query.text.moments import read_moment
from panope.query.text.terms import Compare, Plain, Query, Range, Term
from panope.query.text.units import COUNT, DURATION, MONEY, NUMBER, read_number
from panope.query.validate import validate_where
from tests.support.batches import NOW_US
from tests.support.terms import TERMS

_TYPES = st.dictionaries(
    st.text(max_size=3), st.sampled_from(["NUMERIC", "CATEGORICAL", "BOOLEAN", "TEXT"]), max_size=3
)
_LIKE_NUMBERS = st.from_regex(r"-?\$?[0-9.]{0,40}([eE][+-]?[0-9]{1,4})?[a-zµM]{0,2}", fullmatch=True)
_LIKE_TIMES = st.from_regex(r"[+-]?[0-9]{1,6}[smhdw]|[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.]{5,12}Z?)?", fullmatch=True)
_MEASURED = sorted(name for name, field in TEXT_FIELDS.items() if field.kind not in (Kind.MAP, Kind.SCORE))
_SIZED = st.builds(
    Term,
    st.sampled_from(_MEASURED),
    st.builds(Compare, st.sampled_from([">", ">=", "<", "<=", "="]), _LIKE_NUMBERS | _LIKE_TIMES)
    | st.builds(Range, _LIKE_NUMBERS | _LIKE_TIMES, _LIKE_NUMBERS | _LIKE_TIMES)
    | st.builds(Plain, _LIKE_NUMBERS | _LIKE_TIMES),
)


@given(st.lists(TERMS | _SIZED, max_size=4), st.sampled_from(list(View)), _TYPES)
def test_any_terms_become_a_query_that_engines_take_or_a_mistake(
    terms: list[Term], view: View, score_types: dict[str, str]
) -> None:
    try:
        node = lower(Query(tuple(terms)), view, score_types, NOW_US)
    except InvalidTextError as refused:
        assert refused.error.message  # noqa: PT017 - either outcome is right
        return
    validate_where(view, node)


@given(_LIKE_NUMBERS, st.sampled_from([NUMBER, COUNT, DURATION, MONEY]))
def test_numbers_stay_within_storage(text: str, units: dict[str, object]) -> None:
    found = read_number(text, units)  # type: ignore[arg-type]
    assert found is None or abs(found) < 2**63


@given(_LIKE_TIMES | st.text(max_size=12))
def test_a_time_is_a_stretch_of_milliseconds(text: str) -> None:
    found = read_moment(text, NOW_US)
    if found is not None:
        first, end = found
        assert first % 1000 == end % 1000 == 0
        assert end - first in (1_000, 86_400_000_000)


def test_every_place_is_a_field_of_its_view_or_of_a_part() -> None:
    parts = {View.TRACES: View.OBSERVATIONS, View.SESSIONS: View.TRACES}
    virtual = {*BY_USAGE, "score", "running"}
    places = [
        *((field.name, field.places) for field in TEXT_FIELDS.values()),
        *((name, known) for name, known in FLAGS.items()),
    ]
    for name, known in places:
        for view, place in known.items():
            at = view
            for _ in range(place.depth):
                at = parts[at]
            assert place.column in virtual or place.column in FIELDS[at] | APART[at], (name, view)
