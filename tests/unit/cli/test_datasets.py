"""`panope datasets` in the place of a server: a directory with a project, files in and out, items from traces."""

import asyncio
import io
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from panope.adapters.sqlite.directory import DataDirectory
from panope.adapters.sqlite.telemetry import SqliteTelemetry
from panope.domain.ids import ProjectId
from panope.domain.pricing import PriceBook
from tests.support.batches import batch
from tests.support.told import trace
from tests.unit.cli.conftest import Run

PROJECT = ProjectId("default")
CSV = "question,language,answer\nFrance?,en,Paris\nSpanien?,de,Madrid\n"
NAMED = ("--input", "question", "--input", "language", "--expected-output", "answer")


@pytest.fixture(autouse=True)
def _logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def folder(run: Run, tmp_path: Path) -> Path:
    """Where commands run: with a project, and a file of questions."""
    assert run("keys", "create").status == 0
    assert run("db", "upgrade").status == 0
    (tmp_path / "questions.csv").write_text(CSV)
    return tmp_path


def load(run: Run, file: str = "questions.csv", *more: str) -> str:
    done = run("datasets", "import", "capitals", file, "--create", *more)
    assert done.status == 0, done.err
    return done.out


def test_a_file_goes_in_and_comes_out_and_the_dataset_is_listed(run: Run, folder: Path) -> None:
    assert load(run, "questions.csv", *NAMED) == "capitals: 2 lines: 2 items added, 0 changed, 0 the same.\n"
    assert load(run, "questions.csv", *NAMED) == "capitals: 2 lines: 0 items added, 0 changed, 2 the same.\n"
    assert run("datasets", "export", "capitals", "out.jsonl").out == "capitals: 2 items written to out.jsonl.\n"
    rows = [json.loads(line) for line in (folder / "out.jsonl").read_text().splitlines()]
    assert [(row["input"], row["expectedOutput"]) for row in rows] == [
        ({"question": "France?", "language": "en"}, "Paris"),
        ({"question": "Spanien?", "language": "de"}, "Madrid"),
    ]
    assert not list(folder.glob("*.part"))
    (listed,) = json.loads(run("datasets", "list", "--json").out)
    assert (listed["name"], listed["items"], listed["project"]) == ("capitals", 2, PROJECT)
    assert run("datasets", "list").out.startswith("capitals\tdefault\t2\t")


def test_a_dry_run_adds_nothing(run: Run, folder: Path) -> None:
    told = load(run, "questions.csv", *NAMED, "--dry-run")
    assert told == "capitals: 2 lines: 2 items would be added, 0 would be changed, 0 the same.\n"
    assert run("datasets", "export", "capitals").out == ""


def test_standard_input_and_output_are_files_too(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'{"id":"a","input":1,"extra":2}')))
    done = run("datasets", "import", "capitals", "-", "--format", "jsonl", "--create")
    assert done.out == "capitals: 1 lines: 1 items added, 0 changed, 0 the same.\n"
    assert done.err == "panope: columns that were not read: extra\n"
    assert run("datasets", "export", "capitals", "--format", "csv").out.splitlines()[1].startswith("a,1,")
    assert run("datasets", "export", "capitals", "--version", "2020-01-01").out == ""


def test_wrong_lines_are_all_told_and_nothing_is_imported(run: Run, folder: Path) -> None:
    (folder / "broken.jsonl").write_text('{"input":1}\n{"input":\n{}\n')
    done = run("datasets", "import", "capitals", "broken.jsonl", "--create")
    assert (done.status, done.out) == (1, "")
    assert done.err.splitlines() == [
        "panope: Nothing was imported: 2 of 3 lines wrong. Line 2: is not JSON in UTF-8",
        "panope: line 3: has neither an input nor an id",
    ]
    assert run("datasets", "export", "capitals").out == ""


def test_progress_is_told_where_nobody_watches(run: Run, folder: Path) -> None:
    (folder / "many.jsonl").write_text('{"input":1}\n' * 100_001)
    done = run("datasets", "import", "capitals", "many.jsonl", "--create")
    assert done.err.splitlines() == ["panope: checked 100,000 lines", "panope: written 100,000 lines"]


def test_what_is_not_there_is_named(run: Run, folder: Path) -> None:
    for command in (("import", "none", "questions.csv"), ("export", "none"), ("from-traces", "none")):
        done = run("datasets", *command)
        assert (done.status, done.out) == (1, ""), command
        assert "dataset" in done.err.lower(), command
    assert "There is no project x: these are there: default" in run("datasets", "list", "--project", "x").err
    assert "format of the file is not known" in run("datasets", "import", "none", "/dev/null").err


async def _send(folder: Path) -> None:
    telemetry = SqliteTelemetry(DataDirectory(folder / "panope-data").telemetry_path)
    told = [
        trace("t1", 1, name="chat", tags=["production"], input="France?", output="Paris"),
        trace("t2", 2, name="chat", tags=["staging"], input="Spain?", output="Madrid"),
    ]
    await telemetry.writer.apply(batch(PROJECT, told, prices=PriceBook(())))
    await telemetry.close()


def test_items_are_made_of_traces_once(run: Run, folder: Path) -> None:
    asyncio.run(_send(folder))
    (folder / "none.jsonl").write_text("")
    load(run, "none.jsonl")
    chosen = ("datasets", "from-traces", "capitals", "--name", "chat", "--tag", "production", "--since", "2020-01-01")
    told = "capitals: 1 traces found: {} items {}added, {} there already, 0 traces without input.\n"
    assert run(*chosen, "--dry-run").out == told.format(1, "would be ", 0)
    assert run(*chosen).out == told.format(1, "", 0)
    assert run(*chosen).out == told.format(0, "", 1)
    assert json.loads(run("datasets", "export", "capitals").out)["sourceTraceId"] == "t1"
