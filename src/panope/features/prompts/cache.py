"""Answers that are kept until any prompt changes."""

from typing import Final

from panope.domain.ids import ProjectId
from panope.domain.prompts.prompt import PromptLookup

MAX_BYTES: Final = 64 * 1024 * 1024
ENTRY_BYTES: Final = 1_024
"""What an entry takes beside its answer, names included, roughly."""


class AnswerCache:
    """Encoded answers by project and lookup, of one version of the catalog's prompts. The oldest go first."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._version = -1
        self._answers: dict[tuple[ProjectId, PromptLookup], bytes] = {}
        self.size_bytes = 0
        """What is kept, entries themselves included."""

    def get(self, version: int, project_id: ProjectId, lookup: PromptLookup) -> bytes | None:
        """The answer of this version, if it is kept; what is kept of another version is forgotten."""
        if version != self._version:
            self._answers.clear()
            self.size_bytes = 0
            self._version = version
        return self._answers.get((project_id, lookup))

    def put(self, version: int, project_id: ProjectId, lookup: PromptLookup, answer: bytes) -> None:
        """Keep an answer that was read under `version`, unless somebody has seen another version since."""
        size = len(answer) + ENTRY_BYTES
        key = (project_id, lookup)
        if version != self._version or key in self._answers or size > self._max_bytes // 8:
            return
        while self.size_bytes + size > self._max_bytes:
            self.size_bytes -= len(self._answers.pop(next(iter(self._answers)))) + ENTRY_BYTES
        self._answers[key] = answer
        self.size_bytes += size
