"""Importing a file of items, all or nothing.

The file is read twice: first to find everything that is wrong with it, while nobody waits, and then to write it in one
transaction. Neither holds more than a part of it in memory.
"""

import asyncio
from array import array
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Final, Protocol

from msgspec import Struct
from msgspec.structs import replace

from panope.domain.datasets.datasets import Dataset
from panope.domain.datasets.items import Existing, ItemDraft, check_item, merged
from panope.domain.datasets.lines import ItemLine, LineProblem
from panope.domain.errors import InvalidError, Issue
from panope.domain.ids import DatasetItemId, ProjectId
from panope.kit.clock import Clock
from panope.kit.ids import derive_id
from panope.ports.datasets import DatasetItemStore, ItemsWritten

MAX_LISTED: Final = 20
"""Wrong lines that one error names."""
_TELL_EVERY: Final = 5_000

Progress = Callable[[str, int], None]
"""Is told `checked` or `written` and how many lines, from whatever thread."""


class Lines(Protocol):
    """A file that can be read again."""

    def lines(self) -> Iterator[ItemLine]:
        """Every line from the first."""


class Imported(Struct, frozen=True, kw_only=True):
    """What an import did, or would have done."""

    lines: int
    created: int
    updated: int
    unchanged: int


class ItemImport:
    """Imports files into datasets.

    An item without an id of its own gets one that its content tells, and which of the lines with that content it is: so
    the same file again changes nothing, however often it is sent.
    """

    def __init__(self, items: DatasetItemStore, clock: Clock) -> None:
        self._items = items
        self._clock = clock

    async def run(
        self,
        project_id: ProjectId,
        dataset: Dataset,
        file: Lines,
        *,
        is_dry_run: bool = False,
        on_progress: Progress | None = None,
    ) -> Imported:
        """Add what is new, change what differs, leave the rest.

        Raises `InvalidError` with the lines that are wrong, up to a number, and `ConflictError` when an id is that of
        an item of another dataset; nothing was imported then.
        """
        tell = on_progress or _tell_nobody
        numbers = await asyncio.to_thread(_check, project_id, dataset, file, tell)
        try:
            written = await self._items.write(
                project_id,
                dataset.id,
                _drafts(project_id, dataset, file),
                at_us=self._clock(),
                existing=Existing.CHANGE_IF_DIFFERENT,
                is_dry_run=is_dry_run,
                on_written=lambda count: tell("written", count),
            )
        except InvalidError as error:
            raise _by_line(error, numbers) from None
        return _outcome(written, len(numbers))


def _tell_nobody(_what: str, _count: int) -> None:
    pass


def _named(project_id: ProjectId, dataset: Dataset, file: Lines) -> Iterator[tuple[ItemLine, ItemDraft | None]]:
    """Lines with their drafts, each of which has an id."""
    met: dict[bytes, int] = {}
    for line in file.lines():
        draft = line.draft
        if draft is not None and not draft.id:
            content = _digest(draft)
            met[content] = times = met.get(content, 0) + 1
            item_id = derive_id(project_id, f"{dataset.id} {content.hex()} {times}")
            draft = replace(draft, id=DatasetItemId(item_id))
        yield line, draft


def _digest(draft: ItemDraft) -> bytes:
    values = (
        *(draft.input, draft.expected_output, draft.metadata),
        *(draft.source_trace_id, draft.source_observation_id, draft.status),
    )
    return sha256("\0".join(value or "" for value in values).encode()).digest()


def _drafts(project_id: ProjectId, dataset: Dataset, file: Lines) -> Iterator[ItemDraft]:
    for line, draft in _named(project_id, dataset, file):
        if draft is None:
            text = f"The file changed while it was read, at line {line.number}: import it again"
            raise InvalidError(text, code="file_changed")
        yield draft


def _check(project_id: ProjectId, dataset: Dataset, file: Lines, tell: Progress) -> "array[int]":
    """The numbers of all lines. Raises `InvalidError` when any is wrong."""
    numbers = array("Q")
    places: dict[str, int] = {}
    problems: list[LineProblem] = []
    wrong = 0
    for line, draft in _named(project_id, dataset, file):
        numbers.append(line.number)
        message = line.problem if draft is None else _find_problem(dataset, draft, places)
        if draft is not None:
            places[draft.id] = line.number
        if message is not None:
            wrong += 1
            if len(problems) < MAX_LISTED:
                problems.append(LineProblem(line.number, message))
        if len(numbers) % _TELL_EVERY == 0:
            tell("checked", len(numbers))
    tell("checked", len(numbers))
    if wrong:
        raise _refusal(problems, wrong, len(numbers))
    return numbers


def _find_problem(dataset: Dataset, draft: ItemDraft, places: dict[str, int]) -> str | None:
    if draft.id in places:
        return f"has the id of line {places[draft.id]}"
    if draft.input is None:
        return None  # keeps the input of an item that is there, which the store looks at
    issue = next(check_item(dataset, merged(dataset, None, draft, at_us=0, place=0)), None)
    return None if issue is None else f"{'.'.join(map(str, issue.path))}: {issue.message}"


def _refusal(problems: list[LineProblem], wrong: int, count: int) -> InvalidError:
    first = problems[0]
    text = f"Nothing was imported: {wrong} of {count} lines wrong. Line {first.number}: {first.message}"
    issues = [Issue(("line", problem.number), problem.message, "invalid_line") for problem in problems]
    return InvalidError(text, code="invalid_file", issues=issues)


def _by_line(error: InvalidError, numbers: "array[int]") -> InvalidError:
    """The same error in numbers of lines instead of places among the items."""
    issues = [issue for issue in error.issues if isinstance(issue.path[0], int) and issue.path[0] < len(numbers)]
    if not issues:
        return error
    problems = [
        LineProblem(numbers[int(issue.path[0])], f"{'.'.join(map(str, issue.path[1:]))}: {issue.message}")
        for issue in issues[:MAX_LISTED]
    ]
    return _refusal(problems, len(issues), len(numbers))


def _outcome(written: ItemsWritten, lines: int) -> Imported:
    return Imported(lines=lines, created=written.created, updated=written.updated, unchanged=written.unchanged)
