"""Names that say nothing: a module or class called so has no subject of its own and collects what nobody placed."""

import ast
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

from tools.lints.source import Finding, Source

EMPTY_WORDS: Final = frozenset({"base", "common", "helper", "manager", "misc", "util", "utility"})

_CAMEL_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def find_empty_names(source: Source) -> Iterator[Finding]:
    """Modules, packages and classes with an empty word in their name, in singular or plural."""
    path = PurePosixPath(source.path)
    for part in (*path.parent.parts, path.stem):
        yield from (source.find(None, f"the name {part!r} says nothing: {word!r}") for word in _empty_words(part))
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef):
            found = _empty_words(node.name)
            yield from (source.find(node, f"the name {node.name!r} says nothing: {word!r}") for word in found)


def _empty_words(name: str) -> list[str]:
    words = [word.lower() for part in name.split("_") for word in _CAMEL_WORD.findall(part)]
    return [
        word for word in words if word in EMPTY_WORDS or word.removesuffix("s") in EMPTY_WORDS or word == "utilities"
    ]
