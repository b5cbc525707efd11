"""Rows against the ledger, tombstones against rows, and the change sequence."""

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from panope.domain.events import EntityKind
from panope.domain.ledger import Receipt
from panope.domain.merge.codec import StateParts
from panope.domain.merge.state import State
from panope.features.verification.findings import FindingKind, Findings, show_time
from panope.features.verification.states import examine
from panope.features.verification.streams import Key, side_by_side
from panope.ports.verification import Arrivals, CutRow, Project, StoredLedger, StoredReceipt, StoredStates, Unreadable

_STATUSES: Final = range(200, 600)
_UNKNOWN: Final = 10**12


def check_ledger(store: StoredLedger, within: Project, findings: Findings) -> Iterator[None]:
    """Rows came with requests that the ledger has, and not more rows than it says were accepted.

    A row takes the time of the last request of its commit, so its own was received then or before: up to every moment
    the rows that had come by then are at most as many as were accepted by then. Yields once per time of arrival.
    """
    arrivals = (((found.project, found.created_us), found) for found in store.arrivals(within))
    account = _Account(findings)
    for (project, _), arrived, accepted in side_by_side(arrivals, _accepted(store, within, findings)):
        account.take(project, arrived, accepted)
        yield


def _accepted(store: StoredLedger, within: Project, findings: Findings) -> Iterator[tuple[Key, int]]:
    """How many events were accepted, by project and time; receipts are checked on the way."""
    for key, receipts in groupby(store.receipts(within), lambda found: (found.project, found.received_us)):
        yield key, sum(_check_receipt(found, findings) for found in receipts)


def _check_receipt(found: StoredReceipt, findings: Findings) -> int:
    """How many events a receipt says were accepted; of one that cannot be read, as many as anybody could send."""
    receipt = found.receipt
    if isinstance(receipt, Unreadable):
        note = f"of {show_time(found.received_us)}, {receipt.reason}"
        findings.add(FindingKind.RECEIPT_UNREADABLE, found.project, "receipt", "", note=note)
        return _UNKNOWN
    if wrong := _implausible(receipt):
        findings.add(FindingKind.RECEIPT_IMPLAUSIBLE, found.project, "receipt", receipt.request_id, wrong)
    return receipt.accepted


def _implausible(receipt: Receipt) -> list[str]:
    """Fields of a receipt that contradict it. A request that was refused whole has a reason and no event to count."""
    wrong = [name for name in ("accepted", "rejected", "body_bytes") if getattr(receipt, name) < 0]
    explained = sum(receipt.reasons.values())
    if explained != receipt.rejected and (explained, receipt.rejected) != (1, 0):
        wrong.append("reasons")
    wrong += [name for name in ("reasons", "repairs") if min(getattr(receipt, name).values(), default=1) < 1]
    return wrong if receipt.status in _STATUSES else [*wrong, "status"]


class _Account:
    """Rows and accepted events of a project up to a moment."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._project: int | None = None
        self._left = dict.fromkeys(("trace", "entity"), 0)

    def take(self, project: int, arrived: Arrivals | None, accepted: int | None) -> None:
        if project != self._project:
            self._project = project
            self._left = dict.fromkeys(self._left, 0)
        for name in self._left:
            self._left[name] += accepted or 0
        if arrived is None:
            return
        if accepted is None:
            count = sum(arrived.counts.values())
            note = f"{count} rows of {show_time(arrived.created_us)}, the first of them by id"
            self._findings.add(FindingKind.RECEIPT_MISSING, project, "row", arrived.example, ("created_us",), note)
            return
        counts = arrived.counts
        self._left["trace"] -= counts.get("trace", 0)
        self._left["entity"] -= counts.get("observation", 0) + counts.get("score", 0)
        short = -min(self._left.values())
        if short > 0:
            note = f"{short} rows too many by {show_time(arrived.created_us)}"
            self._findings.add(FindingKind.RECEIPTS_TOO_FEW, project, "row", arrived.example, ("accepted",), note)
            self._left = {name: max(0, left) for name, left in self._left.items()}


def check_deletions(store: StoredStates, within: Project, findings: Findings) -> Iterator[None]:
    """Nothing that was said before a deletion is in a row. Yields once per row that a tombstone concerns."""
    for cut in store.cut_rows(within):
        stored = cut.stored
        state = examine(stored.kind, stored.parts)[0] if isinstance(stored.parts, StateParts) else None
        if isinstance(state, State) and _is_older(cut, state):
            note = "its trace was deleted" if cut.is_of_trace else ""
            findings.add(FindingKind.DELETED_ROW, stored.project, stored.kind.value, stored.id, note=note)
        yield


def _is_older(cut: CutRow, state: State) -> bool:
    """Whether a state holds what its own cut forbids; of its trace's cut, whether it was put into the trace before."""
    fragments = state.fragments
    if cut.is_of_trace:
        naming = [fragment for fragment in fragments if fragment.values.get("trace_id")]
        if naming or cut.stored.kind is EntityKind.SCORE:
            fragments = naming
    return any(fragment.stamp.at_us <= cut.cut_us for fragment in fragments)


def check_stamps(store: StoredLedger, findings: Findings, limit: int) -> None:
    """Places in the change sequence are given out once, and none is taken that is yet to be given out."""
    for kind, rows in (
        (FindingKind.STAMP_REPEATED, store.repeated_stamps(limit)),
        (FindingKind.STAMP_AHEAD, store.stamps_ahead(limit)),
    ):
        for row in rows:
            findings.add(kind, row.project, row.table, row.id, note=str(row.number))
