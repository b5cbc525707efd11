"""Finding things in the web app: by id, by text, beside another."""

from typing import Any

from msgspec import Struct

from panope.wire.langfuse.jsonvalues import encode


class MatchBody(Struct, rename="camel", kw_only=True):
    """Something that an id names."""

    kind: str
    """`trace`, `observation`, `session` or `score`."""
    project_id: str
    id: str
    trace_id: str | None


class MatchesBody(Struct, kw_only=True):
    """All that an id names in the projects that the user sees."""

    matches: list[MatchBody]


class HitBody(Struct, rename="camel", kw_only=True):
    """A text in which it stands: one line of the answer."""

    observation_id: str | None
    """null: the trace itself."""
    field: str
    snippet: str


class EndBody(Struct, rename="camel", kw_only=True):
    """The last line of an answer that ends early."""

    is_truncated: bool = True


class NeighboursBody(Struct, kw_only=True):
    """Ids of the rows on either side; null at the ends."""

    previous: str | None
    next: str | None


def encode_line(body: Any) -> bytes:
    """Write one line of an answer in lines."""
    return encode(body) + b"\n"
