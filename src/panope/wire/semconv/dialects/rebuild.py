"""Nested values from flattened names: `gen_ai.prompt.0.role` and its like."""

from typing import Any, Final

MAX_SLOTS: Final = 10_001
"""Array positions that one value may take, gaps included: a single huge index must not cost memory."""


def rebuild(attributes: dict[str, Any], keys: tuple[str, ...], prefix: str) -> Any:
    """Nested value of all keys below a prefix, or the attribute of that very name; None when there is neither.

    Levels whose names are all numbers become arrays with null in the gaps, unless that takes more than `MAX_SLOTS`.
    """
    if prefix in attributes:
        return attributes[prefix]
    start = prefix + "."
    root: dict[str, Any] = {}
    for key in keys:
        if key.startswith(start):
            _put(root, key[len(start) :].split("."), attributes[key])
    return _Materialiser().value(root) if root else None


class _Branch(dict[str, Any]):
    """An inner level, told apart from an object that was sent as a value."""


def _put(node: dict[str, Any], path: list[str], value: object) -> None:
    for name in path[:-1]:
        child = node.get(name)
        if not isinstance(child, _Branch):
            child = node[name] = _Branch()
        node = child
    if not isinstance(node.get(path[-1]), _Branch):
        node[path[-1]] = value


class _Materialiser:
    """Turns levels into arrays and objects while slots last."""

    def __init__(self) -> None:
        self._slots = MAX_SLOTS

    def value(self, node: dict[str, Any]) -> Any:
        length = self._reserve(node)
        children = {name: self.value(child) if isinstance(child, _Branch) else child for name, child in node.items()}
        if length is None:
            return children
        numbered = {int(name): child for name, child in children.items()}
        return [numbered.get(position) for position in range(length)]

    def _reserve(self, node: dict[str, Any]) -> int | None:
        """Length of the array that a level is; None when it is an object, or too long an array."""
        if not all(name.isascii() and name.isdecimal() and len(name) <= len(str(MAX_SLOTS)) for name in node):
            return None
        length = max(map(int, node)) + 1
        if length > self._slots:
            return None
        self._slots -= length
        return length
