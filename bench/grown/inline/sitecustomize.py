"""Python reads this first where the folder is in its path: SQLite moves the pages of its log within commits."""

from panope.adapters.sqlite import checkpoints


def _is_never_possible(version: tuple[int, ...]) -> bool:
    return not version


checkpoints.is_possible = _is_never_possible
