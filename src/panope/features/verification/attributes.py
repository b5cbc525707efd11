"""Attribute sets against their ids, and states against their rows."""

from collections.abc import Iterator
from hashlib import blake2b
from typing import Final

from panope.features.verification.findings import FindingKind, Findings
from panope.ports.verification import Project, StoredStates

_ID_DIGITS: Final = 16


def check_attribute_sets(store: StoredStates, within: Project, findings: Findings) -> Iterator[None]:
    """The id of a set is the hash of its content. Yields once per set."""
    for project, kept in store.attribute_sets(within):
        if blake2b(kept.json.encode()).hexdigest()[:_ID_DIGITS] != kept.id:
            findings.add(FindingKind.ATTRIBUTES_DIFFER, project, "attribute set", kept.id)
        yield


def check_orphans(store: StoredStates, findings: Findings) -> Iterator[None]:
    """No state is without its row. Yields once per state that is."""
    for orphan in store.orphans():
        findings.add(FindingKind.STATE_ORPHANED, None, f"{orphan.kind.value} state", f"key {orphan.key}")
        yield
