"""The examples of the documentation: what a fenced block of Markdown is, and how it is run.

The first word after the fence is the language, the second says what runs the block:

    python NAME       with the pins of `tests/conformance/requirements/NAME.txt`, keys and address in the environment
    python dev        with this interpreter, keys and address in the environment
    sh run            by a shell, in the folder of the page; what it exports holds for the rest of the page
    sh serve          the same, until it answers as a server; the rest of the page talks to it
    text output       is what the block above prints; `…` stands for anything
    … not-run         is there to be read
    … continued       goes on where the block above it with the same runner stopped

A page's blocks run in their order. The address in them is replaced by that of a server of the test's own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
RUNNABLE = ("python", "sh")
PLAIN = ("", "text", "toml", "yaml", "json", "nginx", "sql")
_FENCE = re.compile(r"^```(.*)$")


@dataclass(frozen=True)
class Example:
    """One fenced block."""

    page: str
    """Path from the root of the repository."""
    line: int
    """Of its opening fence."""
    language: str
    words: tuple[str, ...]
    """What follows the language."""
    text: str
    output: str | None = None
    """What it is to print, when the page shows it."""

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def runner(self) -> str:
        """What runs it; empty when the page does not say."""
        return self.words[0] if self.words else ""

    @property
    def is_run(self) -> bool:
        """Whether it is to be run."""
        return self.language in RUNNABLE and self.runner != "not-run"

    @property
    def is_continued(self) -> bool:
        """Whether it needs the block before it."""
        return "continued" in self.words


@dataclass
class _Block:
    line: int
    info: list[str]
    lines: list[str] = field(default_factory=list)


def pages() -> list[Path]:
    """Every page that may hold examples."""
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def examples_of(page: Path) -> list[Example]:
    """The fenced blocks of a page, each with the output that follows it."""
    name = page.relative_to(ROOT).as_posix()
    found: list[Example] = []
    for block in _blocks(page.read_text(encoding="utf-8")):
        language, *words = block.info or [""]
        text = "\n".join(block.lines) + "\n"
        if (language, words[:1]) == ("text", ["output"]):
            assert found, f"{name}:{block.line}: an output without an example"
            assert found[-1].is_run, f"{name}:{block.line}: the output of something that is not run"
            found[-1] = Example(**{**vars(found[-1]), "output": text})
        else:
            found.append(Example(name, block.line, language, tuple(words), text))
    return found


def _blocks(text: str) -> Iterator[_Block]:
    open_block: _Block | None = None
    for number, line in enumerate(text.splitlines(), 1):
        fence = _FENCE.match(line)
        if open_block is None and fence:
            open_block = _Block(number, fence[1].split())
        elif open_block is not None and fence:
            assert not fence[1], f"line {number}: a fence within a fence"
            yield open_block
            open_block = None
        elif open_block is not None:
            open_block.lines.append(line)
    assert open_block is None, "a fence is not closed"


def matches(shown: str, printed: str, *, is_end: bool = False) -> bool:
    """Whether what was printed is what the page shows, or ends in it."""
    pattern = ".*?".join(re.escape(part) for part in shown.strip().split("…"))
    return re.fullmatch((r"(?:.*\n)?" if is_end else "") + pattern, printed.strip(), re.DOTALL) is not None
