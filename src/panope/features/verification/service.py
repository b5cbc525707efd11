"""Checking a whole store, step by step."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct, field

from panope.domain.errors import NotFoundError, PanopeError
from panope.domain.events import EntityKind
from panope.domain.ids import ProjectId
from panope.features.verification.attributes import check_attribute_sets, check_orphans
from panope.features.verification.findings import FindingGroup, FindingKind, Findings
from panope.features.verification.ledger import check_deletions, check_ledger, check_stamps
from panope.features.verification.links import check_orphaned_links
from panope.features.verification.prices import CostCheck, FindModel
from panope.features.verification.sessions import check_sessions, check_tags
from panope.features.verification.states import StateCheck
from panope.features.verification.totals import check_buckets, check_totals
from panope.kit.clock import Clock
from panope.ports.verification import STORE_DAMAGED, Integrity, Project, StoreSnapshot

_ORPHANS: Final = "states without a row"
_ORPHANED_LINKS: Final = "links without a row"
_COUNTS_FINDINGS: Final = frozenset({_ORPHANS, _ORPHANED_LINKS})
"""Steps that count what they find; the others count what they look at."""
_TICK: Final = 1_000
"""Steps of progress are told of this many at a time."""

OnProgress = Callable[[str, int, int | None], None]
"""Name of the step, how many it has looked at, and of how many, when that is known."""


class VerifyOptions(Struct, frozen=True, kw_only=True):
    """What to check."""

    project_id: ProjectId | None = None
    """None: the whole store."""
    deep: bool = False
    """Also indexes against tables, which takes long."""
    examples: int = 20
    """How many findings of a kind are kept; all are counted."""


class Verification(Struct, kw_only=True):
    """What came of it."""

    groups: Sequence[FindingGroup] = ()
    checked: dict[str, int] = field(default_factory=dict)
    """How many were looked at, by what they are."""
    looked_at: list[str] = field(default_factory=list)
    """What the engine checked by itself."""
    not_checked: list[str] = field(default_factory=list)
    """What was not looked at, and why."""
    failures: list[str] = field(default_factory=list)
    """Steps that could not be finished because the store was away, and what of it is missing."""

    @property
    def is_clean(self) -> bool:
        """Whether nothing was found; what was not checked is not known."""
        return not self.groups


class Verifier:
    """Checks one snapshot. Reads everything once or a few times, and keeps next to nothing of it."""

    def __init__(
        self,
        store: StoreSnapshot,
        *,
        clock: Clock,
        find_model: FindModel | None = None,
        on_progress: OnProgress | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._find_model = find_model
        self._on_progress = on_progress or (lambda _step, _done, _total: None)

    def run(self, options: VerifyOptions) -> Verification:
        """Check all that there is to check. Blocks. Raises `NotFoundError` for a project that never had telemetry."""
        answer = Verification()
        try:
            projects = self._store.projects()
        except PanopeError as error:
            return self._run_without_projects(error, options, answer)
        within = _number_of(projects, options.project_id)
        findings = Findings({number: str(name) for number, name in projects.items()}, options.examples)
        costs = CostCheck(self._find_model)
        sizes = self._sizes(within)
        for name, total, steps in self._steps(within, findings, costs, sizes):
            self._run_step(name, total, steps, answer, findings)
        self._check_engine(options, answer, findings)
        if within is None:
            self._check_stamps(answer, findings, sizes, options.examples)
        else:
            answer.not_checked.append("what belongs to no project: leave --project away")
        if costs.unproven:
            answer.not_checked.append(
                f"{costs.unproven} of {costs.computed} computed costs beyond their form: a price in them is not noted "
                "beside them, or their model is gone"
            )
        answer.groups = findings.groups()
        return answer

    def _run_without_projects(self, error: PanopeError, options: VerifyOptions, answer: Verification) -> Verification:
        """All that can be done where even the list of projects cannot be read: let the engine say what it knows."""
        findings = Findings({}, options.examples)
        _note_failure("projects", error, answer, findings)
        self._check_engine(options, answer, findings)
        answer.groups = findings.groups()
        return answer

    def _sizes(self, within: Project) -> Mapping[str, int]:
        """For showing progress; what cannot be counted will be told of when it is read."""
        try:
            return self._store.sizes(within)
        except PanopeError:
            return dict.fromkeys(("trace", "observation", "score", "session"), 0)

    def _steps(
        self, within: Project, findings: Findings, costs: CostCheck, sizes: Mapping[str, int]
    ) -> Iterator[tuple[str, int | None, Iterator[None]]]:
        store = self._store
        states = StateCheck(store, findings, costs, self._clock)
        for kind in EntityKind:
            yield f"{kind.value}s", sizes[kind.value], states.check_all(store.rows(kind, within))
        if within is None:
            yield _ORPHANS, None, check_orphans(store, findings)
        yield _ORPHANED_LINKS, None, check_orphaned_links(store, within, findings)
        yield "trace totals", sizes["trace"], check_totals(store, within, findings)
        yield "sessions", sizes["session"], check_sessions(store, within, findings)
        yield "tagged traces", None, check_tags(store, within, findings)
        for kind in (EntityKind.TRACE, EntityKind.OBSERVATION):
            yield f"{kind.value} buckets", None, check_buckets(store, kind, within, findings)
        yield "attribute sets", None, check_attribute_sets(store, within, findings)
        yield "rows with a tombstone", None, check_deletions(store, within, findings)
        yield "times of arrival", None, check_ledger(store, within, findings)

    def _run_step(
        self, name: str, total: int | None, steps: Iterator[None], answer: Verification, findings: Findings
    ) -> None:
        done = 0
        self._on_progress(name, 0, total)
        try:
            for _ in steps:
                done += 1
                if not done % _TICK:
                    self._on_progress(name, done, total)
        except PanopeError as error:
            _note_failure(name, error, answer, findings)
        self._on_progress(name, done, done)
        if name not in _COUNTS_FINDINGS:
            answer.checked[name] = done

    def _check_stamps(self, answer: Verification, findings: Findings, sizes: Mapping[str, int], limit: int) -> None:
        name = "places in the change sequence"
        self._on_progress(name, 0, None)
        try:
            check_stamps(self._store, findings, limit)
        except PanopeError as error:
            _note_failure(name, error, answer, findings)
        else:
            answer.checked[name] = sum(sizes.values())
        self._on_progress(name, 1, 1)

    def _check_engine(self, options: VerifyOptions, answer: Verification, findings: Findings) -> None:
        name = "files of the database"
        self._on_progress(name, 0, None)
        integrity = Integrity()
        try:
            integrity = self._store.integrity(deep=options.deep)
        except PanopeError as error:
            _note_failure(name, error, answer, findings)
        self._on_progress(name, 1, 1)
        for sentence in integrity.damage:
            findings.add(FindingKind.STORE_DAMAGED, None, "database", sentence)
        answer.looked_at = integrity.checked
        answer.not_checked += integrity.not_checked
        answer.failures += integrity.missing


def _note_failure(name: str, error: PanopeError, answer: Verification, findings: Findings) -> None:
    if error.code == STORE_DAMAGED:
        findings.add(FindingKind.STORE_DAMAGED, None, "database", name, note=error.message)
        answer.not_checked.append(f"the rest of the {name}: the store is damaged there")
    else:
        answer.failures.append(f"{name}: {error.message}")


def _number_of(projects: Mapping[int, ProjectId], project_id: ProjectId | None) -> Project:
    if project_id is None:
        return None
    for number, known in projects.items():
        if known == project_id:
            return number
    raise NotFoundError(
        f"The project {project_id} has no telemetry here: `panope keys list` shows the projects",
        code="project_without_telemetry",
    )
