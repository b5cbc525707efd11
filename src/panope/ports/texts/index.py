"""The index of texts: built beside the writer, from what it noted in each commit.

Readers use the index where there is one and look at what it does not know yet themselves, so no answer depends on how
far it has come. Every method may raise `UnavailableError` when the store is away; then nothing was changed.
"""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from panope.domain.ids import ProjectId
from panope.ports.operations import Holder


class TextIndexState(Struct, frozen=True, kw_only=True):
    """How far the index of a project has come."""

    project_id: ProjectId
    waiting_rows: int
    """Traces and observations that changed since they were indexed, or that there can be at most of them."""
    lag_us: int
    """How long the oldest of them has waited by the clock of the store; 0 without any."""
    rows: int
    """Traces and observations that segments hold."""
    segments: int
    bytes: int
    is_going: bool = False
    """Whether it is being dropped, or was when whoever did so ended: nobody builds it."""


class TextIndexStore(Protocol):
    """Keeps the index of each project that is to have one."""

    async def describe(self) -> Sequence[TextIndexState]:
        """The projects that have an index, by id."""

    async def find(self, project_id: ProjectId) -> TextIndexState | None:
        """The index of one project; None when it has none."""

    async def start(self, project_id: ProjectId) -> None:
        """Give a project an index, which has everything before it still to do. Nothing when it has one.

        One that is going stays, and is built anew.
        """

    async def drop(self, project_id: ProjectId) -> None:
        """Take a project's index away, with all that it holds of texts. Nothing when it has none."""

    async def claim(self, project_id: ProjectId, holder: Holder) -> bool:
        """Take or keep the lease of a project's index; whether it is the holder's now."""

    async def advance(self, project_id: ProjectId, holder: Holder) -> int:
        """Do one step, of a few thousand rows: index what changed, take out what was deleted, or unite segments.

        Returns how many rows it was about: 0 when nothing is worth a step now, or when the lease is another's. A step
        that was interrupted is done again.
        """
