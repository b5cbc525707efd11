"""Size budgets: a file, function, class or folder beyond its limit is a room with too much in it."""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from tools.lints.source import Finding, Source

MAX_FILE_LINES: Final = 600
MAX_FUNCTION_LINES: Final = 60
MAX_PUBLIC_METHODS: Final = 12
MAX_FOLDER_FILES: Final = 20

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def find_long_files(source: Source) -> Iterator[Finding]:
    """Files of more than `MAX_FILE_LINES` lines."""
    lines = len(source.text.splitlines())
    if lines > MAX_FILE_LINES:
        yield source.find(None, f"{lines} lines, at most {MAX_FILE_LINES}: split the file by what it talks about")


def find_long_functions(source: Source) -> Iterator[Finding]:
    """Functions of more than `MAX_FUNCTION_LINES` lines, docstring included, decorators not."""
    for node in ast.walk(source.tree):
        if isinstance(node, _Function):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > MAX_FUNCTION_LINES:
                yield source.find(node, f"{node.name} has {lines} lines, at most {MAX_FUNCTION_LINES}: name its parts")


def find_wide_classes(source: Source) -> Iterator[Finding]:
    """Classes with more than `MAX_PUBLIC_METHODS` public methods; properties are not counted."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef):
            count = sum(isinstance(part, _Function) and _is_public_method(part) for part in node.body)
            if count > MAX_PUBLIC_METHODS:
                message = (
                    f"{node.name} has {count} public methods, at most {MAX_PUBLIC_METHODS}: it plays several roles"
                )
                yield source.find(node, message)


def find_full_folders(paths: Iterable[str]) -> Iterator[Finding]:
    """Folders with more than `MAX_FOLDER_FILES` files of their own. `paths` are those of the files."""
    counts = Counter(Path(path).parent.as_posix() for path in paths)
    for folder, count in sorted(counts.items()):
        if count > MAX_FOLDER_FILES:
            yield Finding(folder, 1, f"{count} files, at most {MAX_FOLDER_FILES}: group them in folders")


def _is_public_method(node: _Function) -> bool:
    is_property = any(
        _last_name(decorator) in {"property", "setter", "cached_property"} for decorator in node.decorator_list
    )
    return not node.name.startswith("_") and not is_property


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
