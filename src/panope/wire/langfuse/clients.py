"""What some published clients cannot read, by the name and version that they state: `python 4.14.0`."""

import re
from typing import Final

_VERSION: Final = re.compile(r"(\d+)\.(\d+)")
_FIRST_WITH_ATTRIBUTE_CONDITIONS: Final = (4, 15)
_FIRST_WITH_TEXT_SCORES: Final = (3, 0)
_FIRST_WITHOUT_BATCHES: Final = (5, 0)


def knows_attribute_conditions(sdk: str | None) -> bool:
    """Whether a client can read price tiers that depend on an attribute; it fails on the whole page otherwise."""
    return _is_at_least(sdk, _FIRST_WITH_ATTRIBUTE_CONDITIONS)


def knows_text_scores(sdk: str | None) -> bool:
    """Whether a client can read scores of type TEXT; it fails on the whole trace otherwise."""
    return _is_at_least(sdk, _FIRST_WITH_TEXT_SCORES)


def resends_batches(sdk: str | None) -> bool:
    """Whether a client sends a whole batch again, several times, when the answer names one event as refused."""
    name, _, version = (sdk or "").partition(" ")
    return "python" in name.lower() and (not version or not _is_at_least(sdk, _FIRST_WITHOUT_BATCHES))


def _is_at_least(sdk: str | None, first: tuple[int, int]) -> bool:
    """Whether it is not a Python SDK before `first`; a client that says nothing is taken for a new one."""
    name, _, version = (sdk or "").partition(" ")
    found = _VERSION.match(version)
    if "python" not in name.lower() or found is None:
        return True
    return (int(found[1]), int(found[2])) >= first
