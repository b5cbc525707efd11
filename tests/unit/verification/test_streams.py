"""Two ordered streams meet at every key that either has."""

from hypothesis import given
from hypothesis import strategies as st

from panope.features.verification.streams import side_by_side

keyed = st.dictionaries(st.tuples(st.integers(0, 3), st.text("ab", max_size=2)), st.integers(), max_size=8)


@given(keyed, keyed)
def test_every_key_of_either_side_comes_once_and_in_order(
    ours: dict[tuple[int, str], int], theirs: dict[tuple[int, str], int]
) -> None:
    met = list(side_by_side(iter(sorted(ours.items())), iter(sorted(theirs.items()))))
    assert met == [(key, ours.get(key), theirs.get(key)) for key in sorted({*ours, *theirs})]


def test_a_repeated_key_is_met_once_and_then_stands_alone() -> None:
    met = list(side_by_side(iter([((1,), "a"), ((1,), "b")]), iter([((1,), "c")])))
    assert met == [((1,), "a", "c"), ((1,), "b", None)]
