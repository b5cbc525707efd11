"""What can be wrong with a store, what it means and what to do about it; and the collecting of it in bounded memory."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from msgspec import Struct, field


class FindingKind(StrEnum):
    """The closed set of what a check can find."""

    STORE_DAMAGED = "store-damaged"
    PROJECT_UNKNOWN = "project-unknown"
    ROW_UNREADABLE = "row-unreadable"
    STATE_MISSING = "state-missing"
    STATE_ORPHANED = "state-orphaned"
    STATE_UNREADABLE = "state-unreadable"
    STATE_ABNORMAL = "state-abnormal"
    ROW_DIFFERS = "row-differs"
    VALUE_MALFORMED = "value-malformed"
    COST_DIFFERS = "cost-differs"
    ATTRIBUTES_MISSING = "attributes-missing"
    ATTRIBUTES_DIFFER = "attributes-differ"
    TRACE_MISSING = "trace-missing"
    TRACE_EMPTY = "trace-empty"
    TOTALS_DIFFER = "totals-differ"
    SESSION_MISSING = "session-missing"
    SESSION_EMPTY = "session-empty"
    SESSION_DIFFERS = "session-differs"
    TAGS_DIFFER = "tags-differ"
    BUCKET_DIFFERS = "bucket-differs"
    LINK_DIFFERS = "link-differs"
    LINK_ORPHANED = "link-orphaned"
    DELETED_ROW = "deleted-row"
    RECEIPT_UNREADABLE = "receipt-unreadable"
    RECEIPT_IMPLAUSIBLE = "receipt-implausible"
    RECEIPT_MISSING = "receipt-missing"
    RECEIPTS_TOO_FEW = "receipts-too-few"
    STAMP_REPEATED = "stamp-repeated"
    STAMP_AHEAD = "stamp-ahead"


class Advice(Struct, frozen=True):
    """What a kind of finding means to whoever runs the store."""

    means: str
    do: str


_RESTORE: Final = "Look for a failing disk, or for whoever wrote to the tables; put this part back from a backup."
_RESEND: Final = "Sending the same events again puts it right; else put it back from a backup."
_REPORT: Final = (
    "What was sent is safe; what sums it up is wrong. If nobody wrote to the tables, this is a defect of panope: "
    "please report it with this output."
)

ADVICE: Final[dict[FindingKind, Advice]] = {
    FindingKind.STORE_DAMAGED: Advice(
        "The database itself says that its files are damaged.",
        "Stop the server, keep a copy of the files, check the disk, and restore a backup or what can be recovered.",
    ),
    FindingKind.PROJECT_UNKNOWN: Advice("A row belongs to a project that the store does not know.", _RESTORE),
    FindingKind.ROW_UNREADABLE: Advice("Columns of a row cannot be decoded; reading it fails.", _RESTORE),
    FindingKind.STATE_MISSING: Advice("A row has lost the record of what was sent, its input and its output.", _RESEND),
    FindingKind.STATE_ORPHANED: Advice("A record of what was sent has lost its row.", _RESTORE),
    FindingKind.STATE_UNREADABLE: Advice("The record of what was sent cannot be decoded.", _RESTORE),
    FindingKind.STATE_ABNORMAL: Advice(
        "The record of what was sent can be decoded, but panope would not have stored it in this form.", _RESTORE
    ),
    FindingKind.ROW_DIFFERS: Advice("Columns of a row are not what was sent; lists and filters show them.", _RESTORE),
    FindingKind.VALUE_MALFORMED: Advice("A value is outside of what there is for its column.", _RESTORE),
    FindingKind.COST_DIFFERS: Advice("A cost is not what the prices that are noted with it come to.", _RESTORE),
    FindingKind.ATTRIBUTES_MISSING: Advice("A row names resource or scope attributes that are not stored.", _RESEND),
    FindingKind.ATTRIBUTES_DIFFER: Advice(
        "Resource or scope attributes are not those that their id stands for.", _RESTORE
    ),
    FindingKind.TRACE_MISSING: Advice("Observations name a trace that is not there; no list shows them.", _RESEND),
    FindingKind.TRACE_EMPTY: Advice("A trace that nothing was sent about and that no observation names.", _REPORT),
    FindingKind.TOTALS_DIFFER: Advice("What a trace says that its observations add up to is not their sum.", _REPORT),
    FindingKind.SESSION_MISSING: Advice("Traces name a session that is not there.", _REPORT),
    FindingKind.SESSION_EMPTY: Advice("A session that no trace names.", _REPORT),
    FindingKind.SESSION_DIFFERS: Advice("A session does not say of its traces what they are.", _REPORT),
    FindingKind.TAGS_DIFFER: Advice(
        "The index of tags is not what the traces say; filters by tag miss or find too much.", _REPORT
    ),
    FindingKind.BUCKET_DIFFERS: Advice(
        "The sums of an hour are not those of its rows; charts and totals are wrong.", _REPORT
    ),
    FindingKind.LINK_DIFFERS: Advice(
        "What is kept of the place of an observation or a trace in an experiment is not what was sent; runs show too "
        "much or too little.",
        _REPORT,
    ),
    FindingKind.LINK_ORPHANED: Advice(
        "A link to an experiment has lost its observation or its trace; runs show an item that nothing can be read of.",
        _REPORT,
    ),
    FindingKind.DELETED_ROW: Advice(
        "A row holds what was said before it was deleted: it has come back.", "Delete it again, and report it."
    ),
    FindingKind.RECEIPT_UNREADABLE: Advice("A receipt of the ledger cannot be decoded.", _RESTORE),
    FindingKind.RECEIPT_IMPLAUSIBLE: Advice("A receipt contradicts itself.", _RESTORE),
    FindingKind.RECEIPT_MISSING: Advice(
        "Rows came at a time at which the ledger has no request.",
        "Look for whoever wrote to the tables or deleted from the ledger.",
    ),
    FindingKind.RECEIPTS_TOO_FEW: Advice(
        "There are more rows than the ledger says were accepted until then.",
        "Look for whoever wrote to the tables or deleted from the ledger.",
    ),
    FindingKind.STAMP_REPEATED: Advice(
        "Rows share a place in the change sequence; who reads changes may miss one.", _REPORT
    ),
    FindingKind.STAMP_AHEAD: Advice(
        "A row has a place in the change sequence, or a key, that is yet to be given out: a later write will collide.",
        "Was only a part of a backup restored? Restore all of it.",
    ),
}


class Finding(Struct, frozen=True, kw_only=True):
    """One thing that is wrong. Holds ids and names, never what was sent."""

    project: str = ""
    """Project id; its number as `#7` where no project has it; "" for what belongs to none."""
    entity: str
    """`trace`, `observation`, `session`, `bucket`, …"""
    id: str
    fields: tuple[str, ...] = ()
    """The columns that are wrong."""
    note: str = ""
    """What more there is to say."""


class FindingGroup(Struct, kw_only=True):
    """All findings of a kind: how many there are, and the first of them."""

    kind: FindingKind
    count: int = 0
    examples: list[Finding] = field(default_factory=list)


class Findings:
    """Collects findings: counts all, keeps the first of each kind."""

    def __init__(self, projects: dict[int, str], limit: int) -> None:
        self._projects = projects
        self._limit = limit
        self._groups: dict[FindingKind, FindingGroup] = {}

    def add(
        self,
        kind: FindingKind,
        project: int | None,
        entity: str,
        entity_id: str,
        fields: Iterable[str] = (),
        note: str = "",
    ) -> None:
        """Take one in."""
        group = self._groups.setdefault(kind, FindingGroup(kind=kind))
        group.count += 1
        if len(group.examples) < self._limit:
            name = "" if project is None else self._projects.get(project, f"#{project}")
            group.examples.append(Finding(project=name, entity=entity, id=entity_id, fields=tuple(fields), note=note))

    def knows(self, project: int) -> bool:
        """Whether a project is one of the store's."""
        return project in self._projects

    def groups(self) -> Sequence[FindingGroup]:
        """What was found, in the order of `FindingKind`."""
        return [self._groups[kind] for kind in FindingKind if kind in self._groups]


def show_time(time_us: int) -> str:
    """A time as ISO 8601 in UTC; as it is stored where it is beyond the calendar, for what is damaged may be."""
    try:
        return datetime.fromtimestamp(time_us // 1_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OSError, OverflowError, ValueError):
        return f"{time_us} us"
