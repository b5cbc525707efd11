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
        children = {name: self.value(child) if isinstance(child, _Branch) else child for name, child in node.items()}
        if not all(name.isascii() and name.isdecimal() and len(name) < len(str(MAX_SLOTS)) + 1 for name in children):
            return children
        numbered = {int(name): child for name, child in children.items()}
        length = max(numbered) + 1
        if length > self._slots:
            return children
        self._slots -= length
        return [numbered.get(position) for position in range(length)]
