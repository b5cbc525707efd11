"""The parameter `q` of lists: query text, as a tree."""

from panope.query.ast import ALWAYS, Node
from panope.query.fields import View
from panope.query.text.errors import InvalidTextError, QueryError
from panope.query.text.lower import lower
from panope.query.text.parse import parse_query
from panope.wire.langfuse.paging import Params, invalid


def read_q(view: View, params: Params, now_us: int | None) -> Node:
    """What `q` asks for; everything when it was not sent. Relative times count from `now_us`, in µs.

    Raises InvalidTextError with the place and the reason. Where there is no `now_us`, `q` is not taken.
    """
    text = params.text("q")
    if text is None:
        return ALWAYS
    if now_us is None:
        raise invalid(("q",), "is taken by lists alone; use filter here")
    query = parse_query(text)
    if isinstance(query, QueryError):
        raise InvalidTextError(query)
    return lower(query, view, {}, now_us)
