"""Events that tell the web app what has changed, as server-sent events."""

from typing import Final

from msgspec import Struct

from panope.ports.exploration import Changes
from panope.wire.langfuse.jsonvalues import encode

HEARTBEAT: Final = b": still here\n\n"
BEGINNING: Final = b"retry: 2000\n\n"
"""How soon to come back when the connection is lost, in ms."""


class ChangeBody(Struct, rename="camel", kw_only=True):
    """Data of an event `change`."""

    trace_ids: list[str]
    """Traces that came or changed, or a score on them."""


class ChangesBody(Struct, rename="camel", kw_only=True):
    """What has changed since a place; without one, only where to go on."""

    place: str
    """To be sent as `after`."""
    trace_ids: list[str]


def encode_changes(changes: Changes) -> bytes:
    """Write the answer to who asks now and then."""
    return encode(ChangesBody(place=changes.place, trace_ids=changes.trace_ids))


def encode_change(changes: Changes) -> bytes:
    """Write one event; its id is where to go on."""
    data = encode(ChangeBody(trace_ids=changes.trace_ids))
    return b"id: " + changes.place.encode() + b"\nevent: change\ndata: " + data + b"\n\n"
