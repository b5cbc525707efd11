"""Shapes that several bodies share."""

from msgspec import Struct


class MetaBody(Struct, rename="camel", kw_only=True):
    """Where a page lies among all rows."""

    page: int
    limit: int
    total_items: int
    total_pages: int
