"""What every page of rows says beside its rows."""

from panope.query.ast import Keyset
from panope.query.cursor import encode_cursor


def show_place(place: Keyset | None) -> str | None:
    """Where the next page starts, as text to pass back."""
    return None if place is None else encode_cursor(place)
