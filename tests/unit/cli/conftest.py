"""Running the command in this process, as the shell would."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from msgspec import Struct

from panope.cli.main import main


class Outcome(Struct, frozen=True):
    """What a command left behind."""

    status: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Iterator[Run]:
    """Run a command in an empty directory without any variable of ours set."""
    monkeypatch.chdir(tmp_path)
    for name in ("DATABASE_URL", "PORT", "SALT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "200")

    def run_command(*arguments: str) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["panope", *arguments])
        try:
            main()
            status = 0
        except SystemExit as left:
            status = int(left.code or 0)
        captured = capsys.readouterr()
        return Outcome(status, captured.out, captured.err)

    yield run_command
    structlog.reset_defaults()  # a command sets up logging for its process, which is that of all tests here
