"""How much matches, in the web app."""

from msgspec import Struct

from panope.ports.exploration import RowCount
from panope.wire.langfuse.jsonvalues import encode


class CountBody(Struct, rename="camel", kw_only=True):
    """How many rows match."""

    count: int
    is_exact: bool
    """False: there are more than that."""


def encode_count(found: RowCount) -> bytes:
    """Write a count."""
    return encode(CountBody(count=found.count, is_exact=found.is_exact))
