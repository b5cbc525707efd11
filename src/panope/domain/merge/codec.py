"""How a state is laid out for storage: its large texts apart from the record of who decided what."""

from typing import Any

import msgspec
from msgspec import Struct

from panope.domain.merge.leaves import flatten, unflatten
from panope.domain.merge.state import Fragment, Path, Stamp, State
from panope.domain.tracing import Payload

_APART = ("input", "output")


class StateParts(Struct, frozen=True):
    """A state, ready to be stored in whatever way suits the engine. All four together are the state; none is spare."""

    skeleton: bytes
    """Stamps and small values, MessagePack."""
    input: str | None
    output: str | None
    metadata: str | None
    """The metadata as it is seen now, a JSON object with sorted keys; None when there is none."""


class _StoredFragment(Struct, array_like=True, omit_defaults=True):
    """A fragment without what lies apart: `True` stands for a text that does, or for all of the metadata."""

    rank: int
    at_us: int
    is_update: bool
    event_id: str
    digest: bytes
    values: dict[str, Any] = {}
    leaves: bool | list[tuple[list[str | int], Any]] = False
    tags: list[str] = []


_encode_json = msgspec.json.Encoder(order="sorted").encode
_decode_object = msgspec.json.Decoder(dict[str, Any]).decode
_encode_skeleton = msgspec.msgpack.Encoder().encode
_decode_skeleton = msgspec.msgpack.Decoder(list[_StoredFragment]).decode


def encode(state: State) -> StateParts:
    """Lay a state out for storage."""
    seen = unflatten(state.fragments) if any(fragment.leaves for fragment in state.fragments) else {}
    is_plain = _is_plain(state.fragments)
    texts: dict[str, str | None] = dict.fromkeys(_APART)
    stored = []
    for fragment in state.fragments:
        values = fragment.values
        if "input" in values or "output" in values:
            values = values.copy()
            for name in _APART:
                if name in values:
                    texts[name], values[name] = values[name], True
        leaves = is_plain or [(list(path), value) for path, value in fragment.leaves.items()]
        stored.append(_StoredFragment(*fragment.stamp, values, leaves if fragment.leaves else False, fragment.tags))
    metadata = _encode_json(seen).decode() if seen else None
    return StateParts(_encode_skeleton(stored), texts["input"], texts["output"], metadata)


def decode(parts: StateParts) -> State:
    """Read a state back; the inverse of `encode`."""
    fragments = []
    for stored in _decode_skeleton(parts.skeleton):
        values = stored.values
        for name in _APART:
            if name in values:
                values[name] = getattr(parts, name)
        stamp = Stamp(stored.rank, stored.at_us, stored.is_update, stored.event_id, stored.digest)
        fragments.append(Fragment(stamp, values, _leaves(stored.leaves, parts), stored.tags))
    return State(fragments)


def read_payload(parts: StateParts) -> Payload:
    """The large part of an entity, as the public API shows it."""
    values: dict[str, Any] = {}
    for stored in _decode_skeleton(parts.skeleton):
        values.update(stored.values)
    return Payload(
        input=parts.input,
        output=parts.output,
        metadata=_decode_object(parts.metadata) if parts.metadata else {},
        span_events=values.get("span_events", []),
        links=values.get("links", []),
        usage_sent=values.get("usage_sent"),
        cost_sent=values.get("cost_sent"),
    )


def _is_plain(fragments: list[Fragment]) -> bool:
    """Whether the metadata as seen says all that the leaves say: one holder, and no array that could have gaps."""
    holders = [fragment.leaves for fragment in fragments if fragment.leaves]
    return len(holders) == 1 and not any(isinstance(key, int) for path in holders[0] for key in path)


def _leaves(stored: bool | list[tuple[list[str | int], Any]], parts: StateParts) -> dict[Path, Any]:  # noqa: FBT001
    if stored is False:
        return {}
    if stored is True:
        scalars, empties = flatten(_decode_object(parts.metadata or "{}"))
        return scalars or empties
    return {tuple(path): value for path, value in stored}
