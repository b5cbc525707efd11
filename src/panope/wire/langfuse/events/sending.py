"""What is known about one event apart from its body, and how the parts of a body become values."""

from typing import Any, Final

import msgspec
from msgspec import UNSET, Struct, field

from panope.kit.ids import derive_id
from panope.wire import jsontext
from panope.wire.langfuse.environment import normalise_environment
from panope.wire.langfuse.events.bodies import Opaque, Text
from panope.wire.langfuse.events.refusals import RefusedError, check_id, read_time

_QUOTE: Final = ord('"')

MAX_TEXT_CHARS: Final = 1000
"""Of names, versions, releases, models and tags, which are filtered and indexed."""


class Sending(Struct, kw_only=True, gc=False):
    """One event's frame after its checks."""

    project_id: str
    event_id: str
    at_us: int
    latest_us: int
    """Times beyond this have not happened yet."""
    is_update: bool = False
    repairs: list[str] = field(default_factory=list)
    """Codes of what was changed on the way in; the codec adds to it."""

    def entity_id(self, sent: Text) -> str:
        """Return the id that was sent, or the one that every retry of this event derives again."""
        if sent is UNSET or not sent:
            return derive_id(self.project_id, self.event_id)
        return check_id(sent, "body.id")


def put_id(values: dict[str, Any], name: str, key: str, sent: Text) -> None:
    """Add an id that refers to something; an empty one refers to nothing, like null."""
    if sent is UNSET:
        return
    values[name] = check_id(sent, key) if sent else None


def put_time(values: dict[str, Any], name: str, sent: Text, sending: Sending) -> None:
    """Add a time in µs."""
    if sent is UNSET:
        return
    values[name] = None if sent is None else read_time(sent, f"body.{name}", sending.latest_us)


def put_text(values: dict[str, Any], name: str, sent: Text, sending: Sending) -> None:
    """Add a short text, cut to `MAX_TEXT_CHARS`."""
    if sent is UNSET:
        return
    if sent is not None and len(sent) > MAX_TEXT_CHARS:
        sending.repairs.append("text_cut")
        sent = sent[:MAX_TEXT_CHARS]
    values[name] = sent


def put_payload(values: dict[str, Any], name: str, sent: Opaque, sending: Sending) -> None:
    """Add an input or output as text: a string as it is, anything else as its JSON."""
    if sent is UNSET:
        return
    values[name] = _read_text(bytes(sent), name, sending)


def put_environment(values: dict[str, Any], sent: object) -> None:
    """Add the environment, cleaned; null says nothing."""
    if sent is not UNSET and sent is not None:
        values["environment"] = normalise_environment(sent)


def read_metadata(sent: Opaque, sending: Sending) -> dict[str, Any] | None:
    """Return metadata as an object, any other root as `{"metadata": root}`, None for null."""
    if sent is UNSET:
        return None
    value = bytes(sent)
    if jsontext.is_too_deep(value):
        raise _too_deep("metadata")
    root = jsontext.read_value(value, sending.repairs)
    return root if root is None or isinstance(root, dict) else {"metadata": root}


def read_object(sent: Opaque, key: str, sending: Sending) -> tuple[str, dict[str, Any]] | None:
    """Return an object as its JSON text and as values; None when it was not sent, is null or is empty."""
    if sent is UNSET:
        return None
    value = bytes(sent)
    if value == b"null":
        return None
    if value[:1] != b"{":
        message = f"body.{key} must be an object."
        raise RefusedError("wrong_type", message)
    text = _read_text(value, key, sending) or "{}"
    content = msgspec.json.decode(text)
    return (text, content) if content else None


def _read_text(value: bytes, key: str, sending: Sending) -> str | None:
    """A value as text: a string as it is, null as None, anything else as its JSON."""
    if value[0] != _QUOTE and value != b"null" and value.isascii() and jsontext.is_plain(value):  # as most are
        return value.decode()
    if jsontext.is_too_deep(value):
        raise _too_deep(key)
    return jsontext.read_text(value, sending.repairs)


def _too_deep(key: str) -> RefusedError:
    message = f"body.{key} nests more than {jsontext.MAX_DEPTH} arrays and objects; flatten it or send it as a string."
    return RefusedError("too_deep", message)
