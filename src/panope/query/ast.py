"""The tree of a query. Every engine compiles it; the memory engine evaluates it and so defines what it means.

Rules that every engine follows: text compares by code point (collation `C`) and case matters, but to
`MATCHES`; null is last in either direction; a condition on a null value is false, its negation true, but for text that
is compared with "": there null reads as ""; the tie-break is the id in the direction of the sort.
"""

from enum import StrEnum

from msgspec import Struct


class Op(StrEnum):
    """Comparison of a field with a value. Negations hold for null."""

    EQ = "="
    NE = "<>"
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="
    CONTAINS = "contains"
    NOT_CONTAINS = "does not contain"
    MATCHES = "matches"
    """The folded text contains the folded value: `CONTAINS` without regard to capitals."""
    NOT_MATCHES = "does not match"
    STARTS_WITH = "starts with"
    ENDS_WITH = "ends with"
    ANY_OF = "any of"
    NONE_OF = "none of"
    ALL_OF = "all of"
    IS_NULL = "is null"
    IS_NOT_NULL = "is not null"


Value = str | int | float | bool | tuple[str, ...] | None
"""Storage units: µs, 10⁻¹² USD; a tuple for the `of` operators; None for the null operators."""


class Condition(Struct, frozen=True, tag=True):
    """`field op value`; `key` picks the entry of a map field (metadata, scores)."""

    field: str
    op: Op
    value: Value = None
    key: str | None = None


class And(Struct, frozen=True, tag=True):
    """All of them; true when empty."""

    nodes: tuple["Node", ...]


class Or(Struct, frozen=True, tag=True):
    """Any of them; false when empty."""

    nodes: tuple["Node", ...]


class Not(Struct, frozen=True, tag=True):
    """The opposite, in two-valued logic: null never makes a condition unknown."""

    node: "Node"


class Some(Struct, frozen=True, tag=True):
    """One part at least satisfies the node: of a trace, one of its observations; of a session, one of its traces."""

    node: "Node"


Node = Condition | And | Or | Not | Some

ALWAYS = And(())


class Sort(Struct, frozen=True):
    """Order of a list; the id breaks ties in the same direction."""

    field: str
    descending: bool = True


class Keyset(Struct, frozen=True):
    """Where the next page starts: strictly after this row in the order of the sort."""

    value: str | int | float | None
    id: str


class ListQuery(Struct, frozen=True, kw_only=True):
    """One page of one view. Exactly one of `offset` and `after` moves it."""

    where: Node = ALWAYS
    sort: Sort
    limit: int = 50
    offset: int = 0
    after: Keyset | None = None
    with_payload: bool = False
    """Also read input, output and metadata of the rows of the page."""
    with_previews: bool = False
    """Also fill in the previews of observations, from the payload where the row keeps none."""
    with_ids: bool = True
    """Also name what belongs to each trace of the page: its observations and scores."""
    with_total: bool = False
    """Also count all rows that match, exactly."""
