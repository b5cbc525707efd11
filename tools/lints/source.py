"""What lints read and what they find."""

import ast
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, order=True)
class Finding:
    """One place that breaks one rule; reads as `path:line: message`."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


@dataclass(frozen=True)
class Source:
    """One Python file: its path from the root of the repository, with slashes, and its text."""

    path: str
    text: str

    @property
    def tree(self) -> ast.Module:
        """The parsed text."""
        return ast.parse(self.text, self.path)

    def find(self, node: ast.AST | None, message: str) -> Finding:
        """A finding at a node, or on the first line."""
        return Finding(self.path, getattr(node, "lineno", 1), message)


def read_sources(root: Path, *folders: str) -> list[Source]:
    """Every Python file below some folders of the repository, by path."""
    paths = [path for folder in folders for path in sorted((root / folder).rglob("*.py"))]
    return [Source(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")) for path in paths]
