"""How a state is laid out for storage: its large texts apart from the record of who decided what."""

from msgspec import Struct


class StateParts(Struct, frozen=True):
    """A state, ready to be stored in whatever way suits the engine. All four together are the state; none is spare."""

    skeleton: bytes
    """Stamps and small values, MessagePack."""
    input: str | None
    output: str | None
    metadata: str | None
    """The metadata as it is seen now, a JSON object with sorted keys; None when there is none."""
