"""The fields of the query language, for whoever helps people to write it."""

from typing import Final

from msgspec import Struct

from panope.query.fields import APART
from panope.query.question import Listing
from panope.query.text.fields import FLAGS, KEYED, MAY_HAVE_KEY, TEXT_FIELDS, Kind, TextField
from panope.wire.langfuse.jsonvalues import encode


class QueryFieldBody(Struct, kw_only=True, rename="camel"):
    """One field."""

    name: str
    kind: Kind
    needs_key: bool
    may_have_key: bool
    lists: list[Listing]
    """Lists that can be asked for it."""
    counted: list[Listing]
    """Lists that count its values."""


class QueryFlagBody(Struct, kw_only=True, rename="camel"):
    """One thing that `is:` takes."""

    name: str
    lists: list[Listing]


class QueryLanguageBody(Struct, kw_only=True, rename="camel"):
    """All that a query may name."""

    fields: list[QueryFieldBody]
    flags: list[QueryFlagBody]


def _show_field(field: TextField) -> QueryFieldBody:
    counted = {
        view
        for view, place in field.places.items()
        if place.depth <= 1 and field.kind is not Kind.MOMENT and place.column not in APART[view]
    }
    return QueryFieldBody(
        name=field.name,
        kind=field.kind,
        needs_key=field.name in KEYED,
        may_have_key=field.name in MAY_HAVE_KEY,
        lists=[listing for listing in Listing if listing.view in field.places],
        counted=[listing for listing in Listing if listing.view in counted and listing is not Listing.USERS],
    )


QUERY_LANGUAGE: Final = encode(
    QueryLanguageBody(
        fields=[_show_field(field) for field in TEXT_FIELDS.values()],
        flags=[
            QueryFlagBody(name=name, lists=[listing for listing in Listing if listing.view in places])
            for name, places in FLAGS.items()
        ],
    )
)
