"""What is known about one entity: the fragments of events that still decide something."""

from typing import Any, Final

from msgspec import Struct, field

Path = tuple[str | int, ...]
"""Where a metadata leaf lies: object keys as text, array positions as numbers."""


class Rank:
    """How strongly a fragment speaks; a higher rank beats a lower one whatever the time."""

    EMPTY: Final = -1
    """Empty containers in metadata: they stand only where nothing else was ever said."""
    DERIVED: Final = 0
    """Concluded without being told."""
    SENT: Final = 1


class Stamp(Struct, frozen=True, order=True, gc=False):
    """Order over fragments. Equal stamps mean the same event.

    Where that was sent twice with two contents, each value decides for itself: see `join`.
    """

    rank: int
    at_us: int
    is_update: bool
    event_id: str


class Fragment(Struct, gc=False):
    """What one event, at one rank, still decides."""

    stamp: Stamp
    values: dict[str, Any] = field(default_factory=dict)
    leaves: dict[Path, Any] = field(default_factory=dict)
    """Metadata by leaf path; values are scalars, or an empty container at rank EMPTY."""
    tags: list[str] = field(default_factory=list)
    whole: dict[str, Any] | None = None
    """Metadata not yet taken apart, instead of `leaves`: an object that is not empty and holds no empty container.
    Most entities are told once, and then nobody needs the leaves.
    """


class State(Struct, gc=False):
    """Fragments in rising order of their stamps, in normal form: every field is decided by exactly one of them.

    One that decides nothing is not kept, but for the latest: a deletion has to know how late the entity was heard of.
    """

    fragments: list[Fragment] = field(default_factory=list)

    def values(self) -> dict[str, Any]:
        """The decided value of every field."""
        if len(self.fragments) == 1:
            return self.fragments[0].values
        decided: dict[str, Any] = {}
        for fragment in self.fragments:
            decided.update(fragment.values)
        return decided

    def tags(self) -> list[str]:
        """All tags, sorted."""
        if len(self.fragments) == 1:
            return self.fragments[0].tags
        return sorted({tag for fragment in self.fragments for tag in fragment.tags})

    def last_at_us(self) -> int:
        """Latest event time among the fragments; 0 without any."""
        return max((fragment.stamp.at_us for fragment in self.fragments), default=0)
