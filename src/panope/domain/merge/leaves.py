"""Metadata as leaf paths, so that it merges leaf by leaf: arrays by index, a later scalar replacing a branch."""

from collections.abc import Iterable
from typing import Any

from panope.domain.merge.state import Fragment, Path

_CONTAINERS = frozenset({dict, list})
_FEW = 8


def flatten(metadata: dict[str, Any]) -> tuple[dict[Path, Any], dict[Path, Any]]:
    """Split an object into its scalar leaves and its empty containers, both by path.

    Example: `{"a": {"b": [1]}, "c": {}}` → `{("a", "b", 0): 1}` and `{("c",): {}}`.
    """
    scalars: dict[Path, Any] = {}
    empties: dict[Path, Any] = {}
    pending: list[tuple[Path, Any]] = [((key,), value) for key, value in reversed(metadata.items())]
    while pending:
        path, value = pending.pop()
        if isinstance(value, dict):
            children: Iterable[tuple[str | int, Any]] = value.items()
        elif isinstance(value, list):
            children = enumerate(value)
        else:
            scalars[path] = value
            continue
        if value:
            pending.extend(reversed([((*path, key), child) for key, child in children]))
        else:
            empties[path] = value
    return scalars, empties


def has_empties(metadata: dict[str, Any]) -> bool:
    """Whether an object holds an empty container at any depth."""
    pending: list[Any] = [metadata]
    for node in pending:
        children = node.values() if type(node) is dict else node
        if len(children) > _FEW and _CONTAINERS.isdisjoint(map(type, children)):
            continue
        for child in children:
            kind = type(child)
            if kind is dict or kind is list:
                if not child:
                    return True
                pending.append(child)
    return False


def prune(fragments: list[Fragment]) -> dict[Path, int]:
    """Decide which fragment holds each path that still matters, by index into `fragments` (rising stamps).

    A write matters unless a later one stands at the same path or at an ancestor of it: then it is hidden for good, and
    whatever it hid is hidden by the later one too. So dropping it is safe and the result is independent of the order.
    """
    holders: dict[Path, int] = {}
    for index, fragment in enumerate(fragments):
        for path in fragment.leaves:
            holders[path] = index
    return {path: index for path, index in holders.items() if not _is_hidden(path, index, holders)}


def _is_hidden(path: Path, index: int, holders: dict[Path, int]) -> bool:
    return any(holders.get(path[:depth], -1) > index for depth in range(1, len(path)))


def unflatten(fragments: list[Fragment]) -> dict[str, Any]:
    """Replay the leaves in the order of their stamps into one object, keys sorted at every level.

    A scalar replaces the branch below its path, a branch replaces the scalar above it; where one event says both, the
    branch stands. Children that are all numbered become an array with nulls in the gaps; mixed children become an
    object.
    """
    root: dict[str | int, Any] = {}
    for fragment in fragments:
        for path, value in sorted(fragment.leaves.items(), key=_depth):
            _put(root, path, value)
    return {str(key): _materialise(root[key]) for key in sorted(root, key=str)}


def _depth(leaf: tuple[Path, Any]) -> int:
    return len(leaf[0])


class _Branch(dict[str | int, Any]):
    """An inner node, told apart from an empty container that was sent as a value."""


def _put(root: dict[str | int, Any], path: Path, value: object) -> None:
    node = root
    for key in path[:-1]:
        child = node.get(key)
        if not isinstance(child, _Branch):
            child = node[key] = _Branch()
        node = child
    node[path[-1]] = value


def _materialise(node: object) -> object:
    if not isinstance(node, _Branch):
        return node
    if all(isinstance(key, int) for key in node):
        return [_materialise(node.get(position)) for position in range(max(node) + 1)]  # type: ignore[operator]
    return {str(key): _materialise(node[key]) for key in sorted(node, key=str)}
