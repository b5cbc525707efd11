"""How a state is laid out for storage: its large texts apart from the record of who decided what."""

from typing import Any

import msgspec
from msgspec import Struct

from panope.domain.merge.leaves import flatten, unflatten
from panope.domain.merge.state import Fragment, Path, Stamp, State
from panope.domain.tracing import Payload

_APART = ("input", "output")


class StateParts(Struct, frozen=True, gc=False):
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
    values: dict[str, Any] = {}
    leaves: bool | list[tuple[list[str | int], Any]] = False
    tags: list[str] = []


_astuple = msgspec.structs.astuple
_encode_json = msgspec.json.Encoder(order="sorted").encode
_decode_object = msgspec.json.Decoder(dict[str, Any]).decode
_encode_skeleton = msgspec.msgpack.Encoder().encode
_decode_skeleton = msgspec.msgpack.Decoder(list[_StoredFragment]).decode


def encode(state: State) -> StateParts:
    """Lay a state out for storage."""
    fragments = state.fragments
    if len(fragments) != 1 or fragments[0].leaves:
        return _encode_merged(fragments)
    fragment = fragments[0]
    values, whole = fragment.values, fragment.whole
    input_text, output_text = values.get("input"), values.get("output")
    if input_text is not None or output_text is not None:
        values = values.copy()
        if input_text is not None:
            values["input"] = True
        if output_text is not None:
            values["output"] = True
    skeleton = _encode_skeleton(((*_astuple(fragment.stamp), values, whole is not None, fragment.tags),))
    return StateParts(skeleton, input_text, output_text, None if whole is None else _encode_json(whole).decode())


def _encode_merged(fragments: list[Fragment]) -> StateParts:
    """The same for a state that several events decide."""
    input_text: str | None = None
    output_text: str | None = None
    holders: list[Fragment] = []
    stored: list[tuple[object, ...]] = []
    for fragment in fragments:
        if fragment.leaves or fragment.whole:
            holders.append(fragment)
        values = fragment.values
        told_input, told_output = values.get("input"), values.get("output")
        if told_input is not None or told_output is not None:
            values = values.copy()
            if told_input is not None:
                input_text, values["input"] = told_input, True
            if told_output is not None:
                output_text, values["output"] = told_output, True
        stored.append((*_astuple(fragment.stamp), values, False, fragment.tags))
    metadata = None
    if holders:
        is_plain = len(holders) == 1 and _is_plain(holders[0])
        for at, fragment in enumerate(fragments):
            if fragment.leaves or fragment.whole:
                stored[at] = (*stored[at][:-2], is_plain or _laid_out(fragment), fragment.tags)
        metadata = metadata_text(State(fragments))
    return StateParts(_encode_skeleton(stored), input_text, output_text, metadata)


def _laid_out(fragment: Fragment) -> list[tuple[list[str | int], Any]]:
    return [(list(path), value) for path, value in fragment.leaves.items()]


def metadata_text(state: State) -> str | None:
    """Metadata of an entity as it is seen now: a JSON object with sorted keys; None when there is none."""
    seen = read_metadata(state)
    return _encode_json(seen).decode() if seen else None


def read_metadata(state: State) -> dict[str, Any]:
    """Metadata of an entity as it is seen now."""
    for fragment in state.fragments:
        if fragment.whole is not None:
            return fragment.whole
    return unflatten(state.fragments)


def decode(parts: StateParts) -> State:
    """Read a state back; the inverse of `encode`."""
    fragments = []
    for stored in _decode_skeleton(parts.skeleton):
        values = stored.values
        for name in _APART:
            if name in values:
                values[name] = getattr(parts, name)
        stamp = Stamp(stored.rank, stored.at_us, stored.is_update, stored.event_id)
        leaves, whole = _read_leaves(stored.leaves, parts)
        fragments.append(Fragment(stamp, values, leaves, stored.tags, whole))
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
        experiment=values.get("experiment", {}),
        usage_sent=values.get("usage_sent"),
        cost_sent=values.get("cost_sent"),
        resource=values.get("resource"),
        scope=values.get("scope"),
        mapper=values.get("mapper"),
    )


def _is_plain(holder: Fragment) -> bool:
    """Whether the metadata as seen says all that the leaves say: no array that could have gaps, nothing hidden."""
    if holder.whole is not None:
        return True
    paths = holder.leaves
    return not any(isinstance(key, int) or path[:depth] in paths for path in paths for depth, key in enumerate(path))


def _read_leaves(
    stored: bool | list[tuple[list[str | int], Any]],  # noqa: FBT001
    parts: StateParts,
) -> tuple[dict[Path, Any], dict[str, Any] | None]:
    if stored is False:
        return {}, None
    if stored is True:
        metadata = _decode_object(parts.metadata or "{}")
        scalars, empties = flatten(metadata)
        return ({}, metadata) if not empties else (scalars or empties, None)
    return {tuple(path): value for path, value in stored}, None
