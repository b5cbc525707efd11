"""What a query text says: terms that must all hold."""

from typing import Final, Literal

from msgspec import Struct

RESERVED: Final = frozenset({"OR", "AND", "NOT"})
"""Words that are not searched for, nor values, unless quoted."""

At = Literal["start", "end", "anywhere"]
Comparison = Literal[">", ">=", "<", "<=", "="]
Joint = Literal["or", "and"]


class Plain(Struct, frozen=True, tag_field="form", tag="plain"):
    """A value alone; what that means is up to the field."""

    text: str


class Pattern(Struct, frozen=True, tag_field="form", tag="pattern"):
    """`a*`, `*a` or `*a*`: where in the value the text stands. Never empty."""

    text: str
    at: At


class Compare(Struct, frozen=True, tag_field="form", tag="compare"):
    """A comparison with a value."""

    op: Comparison
    text: str


class Range(Struct, frozen=True, tag_field="form", tag="range"):
    """`low..high`, both ends included."""

    low: str
    high: str


class Several(Struct, frozen=True, tag_field="form", tag="several"):
    """`(a OR b)` or `(a AND b)`; a single text is joined by `or`."""

    texts: tuple[str, ...]
    joint: Joint


class Present(Struct, frozen=True, tag_field="form", tag="present"):
    """`has:field`."""


Value = Plain | Pattern | Compare | Range | Several | Present


class Term(Struct, frozen=True):
    """One condition. Without a field it is a phrase to search for; the field `is` has a flag as its plain value."""

    field: str | None
    value: Value
    key: str | None = None
    """Entry of a field that has several: `region` of `meta.region`."""
    negated: bool = False


class Query(Struct, frozen=True):
    """The terms of a text, in its order."""

    terms: tuple[Term, ...]
    spans: tuple[tuple[int, int], ...] = ()
    """Position and length of each term in the text that was read, in characters; empty when there was none."""

    def span(self, index: int) -> tuple[int, int]:
        """Where a term stands; (0, 0) when it was not read from a text."""
        return self.spans[index] if index < len(self.spans) else (0, 0)
