"""Generated terms of the query language, and how they are written down in tests."""

from typing import Any

from hypothesis import strategies as st

from panope.query.text.fields import FLAGS, KEYED, TEXT_FIELDS
from panope.query.text.terms import Compare, Pattern, Plain, Present, Range, Several, Term

_ODD = st.sampled_from(
    ["OR", "AND", "NOT", "a..b", "..", ".", "-", "*", "=", ">x", 'a"b', "a\\", "\\", "a b", "a:b", "()"]
)
TEXTS = _ODD | st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=6)
_FILLED = TEXTS.filter(bool)
_COMPARISONS = st.sampled_from([">", ">=", "<", "<=", "="])

VALUES: st.SearchStrategy[Any] = (
    st.builds(Plain, TEXTS)
    | st.builds(Pattern, _FILLED, st.sampled_from(["start", "end", "anywhere"]))
    | st.builds(Compare, _COMPARISONS, TEXTS)
    | st.builds(Range, TEXTS, TEXTS)
    | st.builds(Several, st.lists(TEXTS, min_size=1, max_size=3).map(tuple), st.just("or"))
    | st.builds(Several, st.lists(TEXTS, min_size=2, max_size=3).map(tuple), st.just("and"))
)
_NAMES = st.sampled_from(sorted(set(TEXT_FIELDS) - KEYED))
_KEYS = st.sampled_from(sorted(KEYED | {"cost"}))

TERMS: st.SearchStrategy[Term] = (
    st.builds(Term, st.none(), st.builds(Plain, TEXTS), st.none(), st.booleans())
    | st.builds(Term, st.just("is"), st.builds(Plain, st.sampled_from(sorted(FLAGS))), st.none(), st.booleans())
    | st.builds(Term, _NAMES, VALUES, st.none(), st.booleans())
    | st.builds(Term, _KEYS, VALUES, TEXTS, st.booleans())
    | st.builds(Term, _NAMES | st.just("score"), st.just(Present()), st.none(), st.booleans())
    | st.builds(Term, _KEYS, st.just(Present()), TEXTS, st.booleans())
)
