"""The source keeps its size budgets, documents itself, and reads the outside world through one door each."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tools.lints.docstrings import find_undocumented
from tools.lints.effects import find_effects
from tools.lints.names import find_empty_names
from tools.lints.sizes import find_full_folders, find_long_files, find_long_functions, find_wide_classes
from tools.lints.source import Finding, Source, read_sources

ROOT = Path(__file__).parents[2]
PYTHON_FOLDERS = ("src", "tests", "tools", "bench")
BUILT = "src/panope/web/"
DECISIONS = "docs/adr/"  # a numbered series, which groups would tear apart
FILE_FOLDERS = ("src", "tools", "docs", "constraints")

Lint = Callable[[Source], Iterable[Finding]]


def report(findings: Iterable[Finding]) -> str:
    return "\n".join(map(str, sorted(findings)))


def check(lint: Lint, *folders: str) -> None:
    sources = read_sources(ROOT, *folders)
    assert sources, "no source was read: the test would pass on nothing"
    found = report(finding for source in sources for finding in lint(source))
    assert not found, f"\n{found}"


def test_no_file_is_too_long() -> None:
    check(find_long_files, *PYTHON_FOLDERS)


def test_no_function_is_too_long() -> None:
    check(find_long_functions, "src", "tools", "bench")


def test_no_class_plays_too_many_roles() -> None:
    check(find_wide_classes, "src", "tools", "bench")


def test_no_folder_is_too_full() -> None:
    files = [path for folder in FILE_FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file()]
    files += [
        path for folder in ("tests", "bench") for path in (ROOT / folder).rglob("*.py")
    ]  # cases and results are data
    paths = [path.relative_to(ROOT).as_posix() for path in files if "__pycache__" not in path.parts]
    paths = [path for path in paths if not path.startswith((BUILT, DECISIONS))]
    assert paths
    found = report(find_full_folders(paths))
    assert not found, f"\n{found}"


def test_everything_public_is_documented() -> None:
    check(find_undocumented, "src")


def test_every_name_says_something() -> None:
    check(find_empty_names, *PYTHON_FOLDERS)


def test_time_chance_and_environment_have_one_door_each() -> None:
    check(find_effects, "src")


def sample(text: str, path: str = "src/panope/domain/sample.py") -> Source:
    return Source(path, text)


BODY = "    pass\n"
METHODS = "".join(f"    def method{n}(self): ...\n" for n in range(12))

BAD: list[tuple[Lint, Source]] = [
    (find_long_files, sample("x = 1\n" * 601)),
    (find_long_functions, sample("def f():\n" + BODY * 60)),
    (find_long_functions, sample("class C:\n    async def f():\n" + "        pass\n" * 60)),
    (find_wide_classes, sample("class C:\n" + METHODS + "    async def one_more(self): ...\n")),
    (find_undocumented, sample("x = 1\n")),
    (find_undocumented, sample('"""Doc."""\ndef f(): ...\n')),
    (find_undocumented, sample('"""Doc."""\nasync def f(): ...\n')),
    (find_undocumented, sample('"""Doc."""\nclass C: ...\n')),
    (find_undocumented, sample('"""Doc."""\nclass C:\n    """Doc."""\n    def f(self): ...\n')),
    (find_undocumented, sample('"""Doc."""\nif True:\n    def f(): ...\n')),
    (find_empty_names, sample("", "src/panope/domain/utils.py")),
    (find_empty_names, sample("", "src/panope/common/clock.py")),
    (find_empty_names, sample("", "src/panope/kit/json_helpers.py")),
    (find_empty_names, sample("class TraceManager: ...\n")),
    (find_empty_names, sample("class BaseCodec: ...\n")),
    (find_effects, sample("import datetime\ndatetime.datetime.now()\n")),
    (find_effects, sample("from datetime import UTC, datetime\nnow = datetime.now\n")),
    (find_effects, sample("import datetime as dt\ndt.datetime.utcnow()\n")),
    (find_effects, sample("import time\ntime.time()\n")),
    (find_effects, sample("from time import time_ns as ticks\nticks()\n")),
    (find_effects, sample("import uuid\nuuid.uuid4()\n")),
    (find_effects, sample("from uuid import uuid4\nfield(default_factory=uuid4)\n")),
    (find_effects, sample("import random\nrandom.random()\n")),
    (find_effects, sample("from random import choice\nchoice([1])\n")),
    (find_effects, sample("import secrets\nsecrets.token_hex()\n")),
    (find_effects, sample("import os\nos.environ['X']\n")),
    (find_effects, sample("from os import getenv\ngetenv('X')\n")),
    (find_effects, sample("import os\nos.environ['X']\n", "src/panope/kit/clock.py")),
]

GOOD: list[tuple[Lint, Source]] = [
    (find_long_files, sample("x = 1\n" * 600)),
    (find_long_functions, sample("def f():\n" + BODY * 59)),
    (
        find_wide_classes,
        sample("class C:\n" + METHODS + "    def _own(self): ...\n    @property\n    def p(self): ...\n"),
    ),
    (find_undocumented, sample("")),
    (
        find_undocumented,
        sample('"""Doc."""\nx = 1\ndef _own():\n    def inner(): ...\nclass _Own:\n    def f(self): ...\n'),
    ),
    (find_empty_names, sample("class Utilisation: ...\nclass Database: ...\n", "src/panope/domain/database.py")),
    (find_effects, sample("import time\ntime.monotonic()\n")),
    (find_effects, sample("import uuid\nuuid.uuid5(uuid.NAMESPACE_URL, 'x')\n")),
    (find_effects, sample("from datetime import datetime\ndatetime.fromisoformat('2026-01-01')\n")),
    (find_effects, sample("import time\ntime.time()\n", "src/panope/kit/clock.py")),
    (find_effects, sample("import uuid\nuuid.uuid4()\n", "src/panope/kit/ids.py")),
    (find_effects, sample("import os\nos.environ\n", "src/panope/config/settings.py")),
]


@pytest.mark.parametrize(("lint", "source"), BAD)
def test_lint_finds_what_breaks_its_rule(lint: Lint, source: Source) -> None:
    findings = list(lint(source))
    assert len(findings) == 1, report(findings)
    assert str(findings[0]).startswith(f"{source.path}:")


@pytest.mark.parametrize(("lint", "source"), GOOD)
def test_lint_leaves_alone_what_keeps_its_rule(lint: Lint, source: Source) -> None:
    assert report(lint(source)) == ""


def test_full_folder_is_found_and_its_subfolders_are_not_counted() -> None:
    full = [f"src/a/{n}.py" for n in range(21)]
    assert [finding.path for finding in find_full_folders(full)] == ["src/a"]
    assert list(find_full_folders([*full[:20], "src/a/b/1.py"])) == []
