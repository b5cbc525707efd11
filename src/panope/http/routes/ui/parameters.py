"""Descriptions of the query strings of the web app's routes."""

from typing import Any, Final

from panope.http.routes.describing import query_parameter
from panope.query.question import Listing
from panope.wire.ui.requests import DEFAULT_LIMIT, MAX_LIMIT, MAX_META_KEYS, SORTS

_MOMENT: Final = {"type": "integer", "format": "int64"}
_TEXT: Final = {"type": "string"}

FILTERS: Final = [
    query_parameter("q", _TEXT, "Only rows that match this, in the query language"),
    query_parameter(
        "env",
        {"type": "array", "items": _TEXT},
        "Only of these environments; without it, all but those that only machinery writes to",
    ),
    query_parameter("from", _MOMENT, "Only of this moment or later, in µs since the epoch"),
    query_parameter("to", _MOMENT, "and before this"),
]


_AFTER: Final = query_parameter(
    "after",
    _MOMENT,
    "Only rows that came or changed since `asOfUs` of an earlier page; sessions by their traces",
)


WITH_PAYLOAD: Final = frozenset({Listing.TRACES, Listing.OBSERVATIONS})
"""Lists whose rows have inputs, outputs and metadata."""
_META: Final = query_parameter(
    "meta",
    {"type": "array", "items": _TEXT, "maxItems": MAX_META_KEYS},
    "Keys of the metadata, at its top level, that rows carry under `meta`",
)
_PARTS: Final = query_parameter(
    "parts", {"type": "boolean"}, "Whether rows carry `models` and `tools`, which their observations name"
)


def order_parameter(listing: Listing) -> dict[str, Any]:
    """The order of a list."""
    columns = [f"{name}-{direction}" for name in SORTS[listing] for direction in ("ASC", "DESC")]
    return query_parameter("orderBy", {"type": "string", "enum": columns}, "Ties are broken by the id")


def list_parameters(listing: Listing) -> list[dict[str, Any]]:
    """Of a page of a list."""
    limit = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}
    return [
        *FILTERS,
        order_parameter(listing),
        query_parameter("limit", limit, "Rows per page"),
        query_parameter("cursor", _TEXT, "Where to go on: `next` of the page before"),
        *([] if listing is Listing.USERS else [_AFTER]),
        *([_META] if listing in WITH_PAYLOAD else []),
        *([_PARTS] if listing is Listing.TRACES else []),
    ]


TEXT: Final = [
    {**query_parameter("field", {"type": "string", "enum": ["input", "output"]}, "Which text"), "required": True},
    query_parameter(
        "range",
        _TEXT,
        "START-END in bytes, END not included, or START-; without it all of up to 256 KiB, else the first 32 KiB",
    ),
]
SKELETON: Final = [query_parameter("page", {"type": "integer", "minimum": 0, "default": 0}, "Which page, from 0")]
